"""A gate on a folder for each test, closed at its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.kiosk.site import Kiosk, Time


@pytest.fixture(autouse=True)
def close_stores() -> Iterator[None]:
    yield
    while Kiosk.opened:
        Kiosk.opened.pop().store.close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def kiosk(tmp_path: Path, time: Time) -> Kiosk:
    return Kiosk(tmp_path, time)
