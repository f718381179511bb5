"""A full disk: the radio is told so, nothing that was kept is lost, and with room again it goes on."""

from pathlib import Path

import pytest

from store.db import StoreError
from store.retention import Limits, purge_sightings
from store.sightings import SUSPECT, Sightings
from tests.unit.store.heard import DAY, sightings_in, window
from wire.envelope import ClockQuality
from wire.sightings import SightingWindow


def _minute(number: int) -> list[SightingWindow]:
    return [window(number * 200 + row, number % 1440, DAY - 14 + number // 100) for row in range(200)]


def _keep_until_full(sightings: Sightings) -> tuple[int, str]:
    for number in range(2_000):
        try:
            sightings.keep(_minute(number))
        except StoreError as error:
            return number, error.reason
    raise AssertionError("2 MB held 2,000 minutes")


def _all(sightings: Sightings) -> list[SightingWindow]:
    return [one for day in sightings.days() for one in sightings.of_day(day)]


def test_a_full_disk_is_named_and_what_was_kept_stays(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(256 * 1024))
    folder = small_disk / "data"
    with sightings_in(folder) as sightings:
        count, reason = _keep_until_full(sightings)
        assert reason == "disk_full" and count > 100
        expected = [one for number in range(count) for one in _minute(number)]
        assert _all(sightings) == expected and sightings.unreadable == 0
        with pytest.raises(StoreError):
            sightings.keep(_minute(count))
        ballast.unlink()
        sightings.keep(_minute(count))
        assert _all(sightings) == [*expected, *_minute(count)]
    assert not (folder / SUSPECT).exists(), "a full disk is no damage"
    with sightings_in(folder) as sightings:
        assert len(_all(sightings)) == (count + 1) * 200


def test_the_purge_makes_room_again(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(768 * 1024))
    with sightings_in(small_disk / "data") as sightings:
        count, _ = _keep_until_full(sightings)
        ballast.unlink()  # as the reserve of the gate is given back
        purged = purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert purged.days == 1 and purged.windows == min(100, count) * 200
        assert len(_all(sightings)) == max(0, count - 100) * 200
        for number in range(count, count + 50):
            sightings.keep(_minute(number))


def test_no_room_for_a_new_file_is_a_named_fault(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes((2 << 20) - 8192))
    with pytest.raises(StoreError) as error, sightings_in(small_disk / "data"):
        pass
    assert error.value.reason == "disk_full"
