"""The purge destroys the key of a day first, then the day; fourteen days stay; a wrong clock destroys nothing."""

import os
from pathlib import Path

import pytest

from store.exposures import Exposed, exposures, put_exposures
from store.match_log import Done, done, note_done
from store.retention import ASIDE, Limits, purge_sightings
from store.sightings import FILE
from store.taps import add_tap, last_tap_id
from tests.unit.store.heard import DAY, NOW_MS, bytes_on_disk, identifier, sightings_in, window
from wire.envelope import ClockQuality
from wire.sightings import DAY_MS


def test_fourteen_days_stay_and_what_is_older_is_destroyed(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        for day in range(DAY - 20, DAY + 1):
            sightings.keep([window(day, 1, day), window(day, 2, day)])
        purged = purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert (purged.days, purged.windows) == (7, 14)
        assert sightings.days() == list(range(DAY - 13, DAY + 1))
        assert all(len(list(sightings.of_day(day))) == 2 for day in sightings.days())
        again = purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert (again.days, again.windows, again.exposures) == (0, 0, 0)


@pytest.mark.parametrize("clock", [ClockQuality.UNSET, ClockQuality.HOLDOVER])
def test_only_a_clock_set_from_outside_destroys(tmp_path: Path, clock: ClockQuality) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1, DAY - 100)])
        assert purge_sightings(sightings, Limits(), clock).skipped == "clock_unset"
        assert sightings.days() == [DAY - 100]


def test_a_technician_may_shorten_the_days(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(day, 1, day) for day in range(DAY - 5, DAY + 1)])
        purge_sightings(sightings, Limits(sighting_days=2), ClockQuality.SYNCED)
        assert sightings.days() == [DAY - 1, DAY]


def test_neither_key_nor_identifier_is_on_the_card_afterwards(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(number, number % 1440, DAY - 14) for number in range(3000)])
        sightings.keep([window(1, 1)])
        old, kept = (row[0] for row in sightings.rows("SELECT key FROM day_key ORDER BY day"))
        sealed = sightings.rows("SELECT sealed FROM block ORDER BY place")[0][0]
        assert old in bytes_on_disk(tmp_path) and sealed[:64] in bytes_on_disk(tmp_path)
        purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        left = bytes_on_disk(tmp_path)
        assert old not in left and kept in left
        assert sealed[:64] not in left and sealed[-64:] not in left
        assert not any(identifier(number) in left for number in range(3000))


def test_what_was_matched_goes_with_its_day(tmp_path: Path) -> None:
    old_ms = (DAY - 14) * DAY_MS + 5
    with sightings_in(tmp_path) as sightings:
        gone, stays = (Exposed(identifier(1, 16), "a", at_ms, NOW_MS + DAY_MS) for at_ms in (old_ms, NOW_MS))
        put_exposures(sightings, [gone, stays])
        note_done(sightings, DAY - 14, Done(bytes(16), 1, 2))
        note_done(sightings, DAY, Done(bytes(16), 1, 2))
        assert purge_sightings(sightings, Limits(), ClockQuality.SYNCED).exposures == 1
        assert exposures(sightings) == [stays]
        assert done(sightings, DAY - 14) is None and done(sightings, DAY) == Done(bytes(16), 1, 2)


def test_days_that_have_not_come_yet_are_destroyed(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1, DAY + 1), window(1, 1, DAY + 300)])
        purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert sightings.days() == [DAY + 1]


def test_what_is_left_of_a_day_without_its_key_goes_with_the_next_run(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1), window(2, 2, DAY - 1)])
        sightings.execute(
            "DELETE FROM day_key WHERE day = ?", (DAY - 1,)
        )  # as a kill behind the first commit leaves it
        assert purge_sightings(sightings, Limits(), ClockQuality.SYNCED).windows == 1
        assert sightings.days() == [DAY]


def test_a_tap_of_yesterday_is_not_kept(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        for at_ms in (NOW_MS - DAY_MS - 1, NOW_MS - 5):
            add_tap(sightings, pass_id=bytes(16), expires_s=1, companions=0, at_ms=at_ms, boot=b"boot 001", mono_ms=1)
        purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert sightings.rows("SELECT count(*) FROM tap") == [(1,)] and last_tap_id(sightings) == 2


def test_a_file_put_aside_is_emptied_by_the_next_run_and_its_name_stays_for_two_days(tmp_path: Path) -> None:
    aside = tmp_path / ASIDE / f"{NOW_MS}-{FILE}"
    visits = aside.with_name(f"{NOW_MS}-gatepost.db")
    with sightings_in(tmp_path) as sightings:
        aside.parent.mkdir()
        for path in (aside, visits):
            path.write_bytes(b"a day key" * 9_000)
            os.utime(path, (NOW_MS / 1000 - 60,) * 2)
        assert purge_sightings(sightings, Limits(), ClockQuality.SYNCED).files == [aside.name]
        assert aside.stat().st_size == 0 < visits.stat().st_size
        assert purge_sightings(sightings, Limits(), ClockQuality.SYNCED).files == []
        os.utime(aside, (NOW_MS / 1000 - 2 * DAY_MS / 1000 - 60,) * 2)
        purge_sightings(sightings, Limits(), ClockQuality.SYNCED)
        assert list(aside.parent.iterdir()) == [visits]
