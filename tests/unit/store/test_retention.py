"""The named job: what it destroys, what it never does, and what it tells the centre."""

from store import outbox, retention
from store.db import Store
from store.epochs import current_epoch, last_of
from tests.unit.store.desk import DAY_MS, START_MS, Desk, make_visit, receive, send_all, write
from wire.batch import CHAIN_START
from wire.envelope import ClockQuality
from wire.records import DeviceEvent

LIMITS = retention.Limits()


def _purge(store: Store, clock: ClockQuality = ClockQuality.SYNCED) -> retention.Purged:
    return retention.purge(store, LIMITS, clock)


def _rows(store: Store, table: str = "outbox") -> int:
    return int(store.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_received_rows_stay_14_days_after_their_receipt(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    receive(store, epoch, 6, 1)
    desk.now_ms = START_MS + 14 * DAY_MS
    assert _purge(store).received == 0
    desk.now_ms += 1
    assert _purge(store).received == 6
    assert sorted(send_all(store, epoch)) == [7, 8, 9, 10]


def test_the_chain_and_the_numbers_go_on_behind_what_was_destroyed(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 10)[0].epoch
    head = last_of(store, epoch)
    receive(store, epoch, 10, 1)
    desk.now_ms = START_MS + 15 * DAY_MS
    _purge(store)
    assert _rows(store) == 0 and last_of(store, epoch) == head
    assert write(desk.recorder(store), 1)[0].seq == 11
    assert write(recorder, 1)[0].seq == 12
    piece = outbox.pending(store, epoch, 0, 10, 9999)
    assert piece is not None and piece.h_before == head[1] != CHAIN_START


def test_a_purge_with_the_clock_unset_destroys_nothing(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 5)[0].epoch
    receive(store, epoch, 5, 1)
    desk.now_ms = START_MS + 1000 * DAY_MS
    for clock in (ClockQuality.UNSET, ClockQuality.HOLDOVER):
        assert _purge(store, clock).skipped == "clock_unset"
    assert (_rows(store), _rows(store, "visit")) == (5, 5)


def test_unsent_rows_past_the_legal_limit_leave_a_tombstone(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 6)[0].epoch
    receive(store, epoch, 2, 1)
    desk.now_ms = START_MS + 31 * DAY_MS
    write(recorder, 1)
    purged = _purge(store)
    assert (purged.received, purged.expired_unsent) == (2, 4)
    assert recorder.pay_owed_events() == 1
    sent = send_all(store, epoch)
    assert sorted(sent) == [7, 8]
    assert sent[8] == DeviceEvent("expired", {"epoch": epoch.hex(), "from": 3, "through": 6})
    assert _purge(store).expired_unsent == 0 and recorder.pay_owed_events() == 0


def test_rows_written_without_a_clock_are_not_taken_for_old_ones(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    desk.clock, desk.now_ms = ClockQuality.UNSET, 1_000_000  # a Pi without a battery wakes in 1970
    write(recorder, 3)
    desk.clock, desk.now_ms = ClockQuality.SYNCED, START_MS
    write(recorder, 1)
    assert _purge(store).expired_unsent == 0
    desk.now_ms = START_MS + 31 * DAY_MS
    assert _purge(store).expired_unsent == 4


def test_one_stamp_of_a_wrong_clock_takes_nothing_with_it(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    write(recorder, 3)
    desk.clock, desk.now_ms = ClockQuality.HOLDOVER, START_MS - 90 * DAY_MS
    write(recorder, 1)
    desk.now_ms = START_MS + DAY_MS
    assert _purge(store).expired_unsent == 0


def test_a_receipt_that_came_with_the_clock_unset_keeps_its_rows_14_days(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 3)[0].epoch
    receive(store, epoch, 3, 1, now_ms=0)
    assert _purge(store).received == 0
    desk.now_ms += 14 * DAY_MS
    assert _purge(store).received == 0
    desk.now_ms += 2
    assert _purge(store).received == 3


def test_readable_visits_go_after_two_days_even_those_from_the_future(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    write(recorder, 3)
    desk.now_ms = START_MS + 400 * DAY_MS  # the clock ran ahead for a while
    write(recorder, 2)
    desk.now_ms = START_MS + 2 * DAY_MS
    write(recorder, 1)
    desk.now_ms += 100
    assert _purge(store).visits == 5
    assert (_rows(store, "visit"), _rows(store)) == (1, 6)


def test_what_was_destroyed_is_not_in_the_file_any_more(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    pseudonym = b"sixteen bytes !!"
    for i in range(30):
        recorder.record(make_visit(i), visitor=pseudonym)
    desk.now_ms = START_MS + 3 * DAY_MS
    _purge(store)
    raw = b"".join(path.read_bytes() for path in desk.folder.glob("gatepost.db*"))
    assert pseudonym not in raw


def test_wrapped_keys_go_when_nothing_needs_them_and_they_are_old(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 2)[0].epoch
    write(desk.recorder(store), 2, 3)
    receive(store, epoch, 2, 1)
    assert _purge(store).keys == 0
    desk.now_ms = START_MS + 15 * DAY_MS
    assert _purge(store).keys == 1
    assert store.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert sorted(send_all(store, epoch)) == [3, 4]


def test_files_moved_aside_go_after_the_legal_limit(desk: Desk) -> None:
    import os

    store = desk.open()
    aside = desk.folder / "aside"
    aside.mkdir()
    for name, age in (("old", 31), ("young", 29)):
        (aside / name).write_bytes(b"x")
        os.utime(aside / name, times=((START_MS / 1000) - age * 86_400,) * 2)
    assert _purge(store).files == ["old"]


def test_a_purge_in_slices_destroys_all_of_it(desk: Desk) -> None:
    store = desk.open()
    store.execute("PRAGMA synchronous=OFF")
    count = retention.SLICE_ROWS + 100
    epoch = write(desk.recorder(store), count)[0].epoch
    receive(store, epoch, count, 1, now_ms=desk.now_ms)
    desk.now_ms += 15 * DAY_MS
    assert _purge(store).received == count
    assert (current_epoch(store), last_of(store, epoch)[0]) == (epoch, count)
