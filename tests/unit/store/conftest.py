"""Fixtures of the store's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.desk import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A folder for a database, closed at the end."""
    with desk_in(tmp_path / "data") as made:
        yield made
