"""A full disk: nothing half written, the reserve gives room to finish, and with room again the gate goes on."""

import os
from pathlib import Path

import pytest

from store import reserve, salvage
from store.db import StoreError
from store.epochs import current_epoch
from tests.unit.store.desk import Desk, check_chain, desk_in, make_visit, send_all


def _write_until_full(desk: Desk) -> tuple[int, str]:
    recorder = desk.recorder(desk.stores[-1])
    for i in range(1, 20_000):
        try:
            recorder.record(make_visit(i), visitor=bytes(16))
        except StoreError as error:
            return i - 1, error.reason
    raise AssertionError("2 MB held 20,000 visits")


def test_a_full_disk_is_named_and_no_row_is_half_written(small_disk: Path) -> None:
    with desk_in(small_disk / "data") as desk:
        store = desk.open()
        count, reason = _write_until_full(desk)
        assert reason == "disk_full" and count > 100
        assert check_chain(store, current_epoch(store)) == count
        assert store.execute("SELECT count(*) FROM visit").fetchone() == (count,)
        assert len(send_all(store, current_epoch(store))) == count, "what is there can be sent"
        with pytest.raises(StoreError) as error:
            desk.recorder(store).record(make_visit(1))
        assert error.value.reason == "disk_full"


def test_the_reserve_gives_room_to_fold_the_log_in_and_the_gate_goes_on(small_disk: Path) -> None:
    folder = small_disk / "data"
    with desk_in(folder) as desk:
        store = desk.open()
        assert reserve.hold(folder, 512 * 1024)
        count, _ = _write_until_full(desk)
        assert reserve.release(folder)
        store.checkpoint()
        recorder = desk.recorder(store)
        assert recorder.record(make_visit(count + 1), visitor=bytes(16)).seq == count + 1
        assert not reserve.hold(folder, 2 << 20) and not (folder / reserve.FILE).exists()
        assert check_chain(store, current_epoch(store)) == count + 1


def test_room_again_and_the_same_recorder_goes_on(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    with desk_in(small_disk / "data") as desk:
        store = desk.open()
        recorder = desk.recorder(store)
        count = 0
        with pytest.raises(StoreError):
            for count in range(20_000):
                recorder.record(make_visit(count))
        for _ in range(3):
            with pytest.raises(StoreError):
                recorder.record(make_visit(count))
        ballast.unlink()
        assert recorder.record(make_visit(count)).seq == count + 1
        assert len(send_all(store, current_epoch(store))) == count + 1


def test_a_database_that_was_full_opens_again_after_a_restart(small_disk: Path) -> None:
    folder = small_disk / "data"
    with desk_in(folder) as desk:
        desk.open()
        assert reserve.hold(folder, 256 * 1024)
        count, _ = _write_until_full(desk)
    reserve.release(folder)
    with desk_in(folder) as desk:
        store, moved = desk.start()
        assert moved is None
        assert check_chain(store, current_epoch(store)) == count


def test_no_room_for_a_new_database_is_a_named_fault(small_disk: Path) -> None:
    folder = small_disk / "data"
    (small_disk / "ballast").write_bytes(bytes((2 << 20) - 8192))
    with pytest.raises(StoreError) as error:
        salvage.open_or_move_aside(folder, now_ms=lambda: 1, random_bytes=os.urandom, wait=lambda _: None)
    assert error.value.reason == "disk_full"
