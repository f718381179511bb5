"""What every part of the tests shares: the mark of those that have the machine to themselves, and spared work."""

import pytest

from tests.parts.compiled import compile_once

# Where the Makefile looks for them.
TIMED = ("tests/unit/devices/", "tests/contract/", "tests/browser/")


def pytest_configure(config: pytest.Config) -> None:
    """The marks of these tests, and what spares them work."""
    config.addinivalue_line("markers", "timed: has a budget of time, so nothing else may run beside it")
    compile_once()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No test may be marked where nobody would run it."""
    lost = [item.nodeid for item in items if item.get_closest_marker("timed") and not item.nodeid.startswith(TIMED)]
    if lost:
        raise pytest.UsageError(f"timed, but not in one of {TIMED}: {lost}")
