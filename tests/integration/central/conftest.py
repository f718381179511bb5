"""A centre on each of the two databases, and brokers of both kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.brokers import KINDS, Broker
from tests.parts.centre import Centre, make_centre
from tests.parts.postgres import PostgresServer, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all tests; each test has a database of its own."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/central.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Iterator[Centre]:
    """A centre without devices."""
    made = make_centre(database_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A running broker that may be killed."""
    made = Broker(request.param, tmp_path)
    made.start()
    yield made
    made.stop()
