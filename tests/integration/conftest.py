"""Processes of the product that start fast, for every test here that does not ask how a start is."""

from collections.abc import Iterator

import pytest

from tests.parts.warm import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made
