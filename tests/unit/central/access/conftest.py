"""A database in memory with every table of the centre."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Connection

from central.database import open_database
from central.tables import metadata


@pytest.fixture
def connection() -> Iterator[Connection]:
    """One transaction in an empty database."""
    engine = open_database("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()
