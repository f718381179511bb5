"""Processes of the product that start fast, for every test here that does not ask how a start is."""

from collections.abc import Iterator

import pytest

from tests.parts.warm import Nursery

# Half a minute each, most of it waiting: they begin first, so that none of them is what the others wait for at the end.
_LONG = (
    "test_radio_whole_way",
    "test_thief",
    "test_phone_forms",
    "test_whole_way",
    "test_bulletins_by_hand",
    "test_outbreak",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first; all others stay in their order."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made
