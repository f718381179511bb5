"""A centre on each of the two databases, and brokers of both kinds."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.parts.brokers import KINDS, Broker
from tests.parts.centre import Centre, make_centre, open_migrated
from tests.parts.postgres import PostgresServer, running_postgres

Template = Callable[[str], Centre]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all tests; each test has a database of its own."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which of the two."""
    return str(request.param)


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/central.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Template:
    """A migrated centre of each kind, to be copied: keys and migrations take longer than most tests."""

    @cache
    def make(database: str) -> Centre:
        folder = tmp_path_factory.mktemp(database)
        if database == "sqlite":
            url = f"sqlite:///{folder}/central.db"
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            url = server.new_database()
        made = make_centre(url, folder)
        made.engine.dispose()
        return made

    return make


@pytest.fixture
def centre(database: str, template: Template, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """A centre without devices."""
    of = template(database)
    keys = shutil.copytree(of.keys, tmp_path / "keys")
    if database == "sqlite":
        shutil.copy(of.keys.with_name("central.db"), tmp_path)
        made = open_migrated(f"sqlite:///{tmp_path}/central.db", keys)
        yield made
        made.engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made = open_migrated(server.new_database(of.url), keys)
    yield made
    made.engine.dispose()
    server.drop(made.url)


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A running broker that may be killed."""
    made = Broker(request.param, tmp_path)
    made.start()
    yield made
    made.stop()
