"""What the radio heard is kept by day, sealed, given back as it was; a broken file or block never stops the gate."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.db import Leaving, StoreError
from store.retention import ASIDE
from store.sightings import FILE, SUSPECT, open_sightings
from tests.unit.store.heard import DAY, NOW_MS, bytes_on_disk, identifier, sightings_in, window
from wire.refusal import Refused
from wire.sighting_blocks import MOST_WINDOWS, as_minutes, minutes_of
from wire.sightings import DAY_MS, WINDOW_MS, SightingWindow

_LEVEL = st.integers(-128, 127)
_WINDOWS = st.lists(
    st.builds(
        SightingWindow,
        system=st.integers(1, 4),
        identifier=st.binary(min_size=1, max_size=20),
        at_ms=st.integers(DAY * 1440, (DAY + 3) * 1440).map(lambda minute: minute * WINDOW_MS),
        strongest=_LEVEL,
        mean=_LEVEL,
        heard=st.integers(1, 255),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(_WINDOWS)
def test_windows_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, windows: list[SightingWindow]
) -> None:
    with sightings_in(tmp_path_factory.mktemp("kept")) as sightings:
        sightings.keep(windows)
        found = [one for day in sightings.days() for one in sightings.of_day(day)]
        assert sorted(found) == sorted(windows)
        assert sightings.days() == sorted({one.at_ms // DAY_MS for one in windows})
        assert sorted(one for minute in as_minutes(windows) for one in minute.windows()) == sorted(windows)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_block_or_refused(block: bytes) -> None:
    try:
        for minute in minutes_of(block, DAY):
            assert len(list(minute.windows())) == len(minute.identifiers())
    except Refused as refused:
        assert refused.reason == "bad_block"


@pytest.mark.parametrize(
    "wrong",
    [
        window(1, 0)._replace(identifier=b""),
        window(1, 0)._replace(identifier=bytes(21)),
        window(1, 0)._replace(strongest=128),
        window(1, 0)._replace(mean=-129),
        window(1, 0)._replace(heard=256),
        window(1, 0)._replace(system=256),
        window(1, 0)._replace(at_ms=-WINDOW_MS),
    ],
)
def test_what_no_row_can_hold_is_refused_and_nothing_is_kept(tmp_path: Path, wrong: SightingWindow) -> None:
    with sightings_in(tmp_path) as sightings:
        with pytest.raises(Refused):
            sightings.keep([window(1, 0), wrong])
        assert sightings.days() == []


def test_minutes_can_be_asked_for_across_blocks(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        for first in (0, 500, 1000):
            sightings.keep([window(minute, minute) for minute in range(first, first + 440)])
        found = [minute.at_ms // WINDOW_MS % 1440 for minute in sightings.minutes(DAY, 430, 510)]
        assert found == [*range(430, 440), *range(500, 511)]
        assert list(sightings.minutes(DAY - 1)) == list(sightings.minutes(DAY + 1)) == []


def test_a_crowd_is_cut_into_blocks_and_places_rise(tmp_path: Path) -> None:
    crowd = [window(number, 7) for number in range(MOST_WINDOWS + 10)]
    with sightings_in(tmp_path) as sightings:
        before = sightings.last_place(DAY)
        sightings.keep(crowd)
        assert sightings.last_place(DAY) == before + 2
        assert sorted(sightings.of_day(DAY)) == sorted(crowd)


def test_nothing_readable_lies_on_the_card(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(number, number) for number in range(100)])
        assert not any(identifier(number) in bytes_on_disk(tmp_path) for number in range(100))
        sightings.checkpoint()
        assert not any(identifier(number) in bytes_on_disk(tmp_path) for number in range(100))


def test_each_day_has_a_key_of_its_own(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1, DAY), window(1, 1, DAY + 1)])
        keys = {row[0] for row in sightings.rows("SELECT key FROM day_key")}
        assert len(keys) == 2 and all(len(key) == 32 for key in keys)


@pytest.mark.parametrize("move", ["day", "place", "byte"])
def test_a_swapped_or_broken_block_is_passed_over_and_counted(tmp_path: Path, move: str) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1)])
        sightings.keep([window(2, 2)])
        sightings.keep([window(3, 3, DAY + 1)])
        first = sightings.last_place(DAY)
        if move == "day":
            other = sightings.rows("SELECT sealed FROM block WHERE place = ?", (sightings.last_place(DAY + 1),))
            sightings.execute("UPDATE block SET sealed = ? WHERE place = ?", (other[0][0], first))
        elif move == "place":
            sightings.execute("UPDATE block SET place = place + 5 WHERE place = ?", (first,))
        else:
            sightings.execute("UPDATE block SET sealed = CAST(sealed || x'00' AS BLOB) WHERE place = ?", (first,))
        assert list(sightings.of_day(DAY)) == [window(1, 1)]
        assert sightings.unreadable == 1


def test_a_reader_sees_that_the_radio_has_committed(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as radio, sightings_in(tmp_path) as gate:
        before = gate.data_version()
        assert gate.data_version() == before
        radio.keep([window(1, 1)])
        assert gate.data_version() != before
        assert list(gate.of_day(DAY)) == [window(1, 1)]


def test_a_file_that_is_no_database_is_put_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all " * 1000)
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1)])
        assert list(sightings.of_day(DAY)) == [window(1, 1)]
    assert (tmp_path / ASIDE / f"{NOW_MS}-{FILE}").read_bytes().startswith(b"no database")


def test_damage_met_while_reading_is_an_error_and_the_next_start_begins_anew(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        for minute in range(40):
            sightings.keep([window(number, minute) for number in range(200)])
    with (tmp_path / FILE).open("r+b") as file:  # all but the first page, which alone is read when it is opened
        size = file.seek(0, 2)
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    with pytest.raises(StoreError), sightings_in(tmp_path) as sightings:
        list(sightings.of_day(DAY))
    assert (tmp_path / SUSPECT).exists()
    with sightings_in(tmp_path) as sightings:
        assert sightings.days() == []
        sightings.keep([window(1, 1)])
    assert not (tmp_path / SUSPECT).exists()
    assert [path.name for path in (tmp_path / ASIDE).iterdir()] == [f"{NOW_MS}-{FILE}"]


def test_a_suspicion_without_ground_changes_nothing(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1)])
    (tmp_path / SUSPECT).touch()
    with sightings_in(tmp_path) as sightings:
        assert list(sightings.of_day(DAY)) == [window(1, 1)]
    assert not (tmp_path / SUSPECT).exists() and not (tmp_path / ASIDE).exists()


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_who_holds_a_file_that_is_gone_is_told(tmp_path: Path, how: str) -> None:
    with sightings_in(tmp_path) as gate:
        gate.data_version()
        (tmp_path / FILE).rename(tmp_path / "away")
        if how == "replaced":
            with sightings_in(tmp_path) as radio:
                radio.keep([window(1, 1)])
        with pytest.raises(Leaving):
            gate.data_version()


def test_a_file_of_a_newer_version_stays_as_it_is(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        sightings.keep([window(1, 1)])
        sightings.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError):
        open_sightings(tmp_path, now_ms=lambda: NOW_MS)
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("SELECT count(*) FROM block").fetchone() == (1,)
    connection.close()


def test_a_block_without_the_key_of_its_day_cannot_be_written(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings, pytest.raises(StoreError):
        sightings.execute("INSERT INTO block (place, first, last, windows, sealed) VALUES (1, 0, 0, 1, zeroblob(40))")


def test_processes_that_begin_the_file_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    for number in range(20):
        folder, ready = tmp_path / str(number), Barrier(4)

        def begin(folder: Path = folder, ready: Barrier = ready) -> list[int]:
            ready.wait(10)
            with sightings_in(folder) as sightings:
                return sightings.days()

        with ThreadPoolExecutor(4) as pool:
            assert [task.result() for task in [pool.submit(begin) for _ in range(4)]] == [[]] * 4
