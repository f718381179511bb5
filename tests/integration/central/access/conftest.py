"""One centre on SQLite for a whole module of tests, and its app with a clock that tests may turn."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre, make_centre


@dataclass(slots=True)
class Clock:
    """The centre's time."""

    ms: int = NOW_MS

    def __call__(self) -> int:
        return self.ms


@dataclass(frozen=True, slots=True)
class Console:
    """A centre and its pages."""

    centre: Centre
    app: Flask
    clock: Clock
    site: Site


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Shared by a module: its tests use logins of their own."""
    folder = tmp_path_factory.mktemp("console")
    made = make_centre(f"sqlite:///{folder}/central.db", folder)
    clock = Clock()
    site = Site(made.engine, made.ring, [], frozenset({"trung-tam.example"}), clock)
    yield Console(made, make_app(site), clock, site)
    made.engine.dispose()
