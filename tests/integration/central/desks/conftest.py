"""A centre with the small province, on SQLite, made once and copied for each test that changes it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from central.vault.client import OpenerClient
from central.web.app import Site, make_app
from tests.integration.central.conftest import Template
from tests.integration.central.desks.world import build_places
from tests.parts.centre import NOW_MS, Centre, open_migrated
from tests.parts.vault import running_opener

MakeApp = Callable[[OpenerClient], Flask]


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """These tests ask for SQLite unless they name both."""
    return str(request.param)


@pytest.fixture
def province(centre: Centre) -> Centre:
    """A centre with places and stations."""
    with centre.engine.begin() as connection:
        build_places(connection)
    return centre


@pytest.fixture
def opener(province: Centre) -> Iterator[OpenerClient]:
    """The real opener of that centre."""
    with running_opener(province) as vault:
        yield vault


def app_of(centre: Centre, vault: OpenerClient) -> Flask:
    """The officers' pages of a centre."""
    return make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS, vault))


@pytest.fixture(scope="module")
def shared(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One province for all tests of a module that only read."""
    folder: Path = tmp_path_factory.mktemp("shared")
    of = template("sqlite")
    keys = shutil.copytree(of.keys, folder / "keys")
    shutil.copy(of.keys.with_name("central.db"), folder)
    made = open_migrated(f"sqlite:///{folder}/central.db", keys)
    with made.engine.begin() as connection:
        build_places(connection)
    yield made
    made.engine.dispose()
