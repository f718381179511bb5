"""A database in memory with every table of the centre."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.database import open_database
from central.tables import metadata


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """Made once: its tests take everything back."""
    engine = open_database("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction in an empty database, rolled back."""
    with engine.connect() as connection:
        yield connection
        connection.rollback()
