"""Receipts, rewind, backlog, and a card that lost what it had flushed."""

import pytest

from store import outbox
from store.epochs import current_epoch, last_of
from tests.unit.store.desk import START_MS, Desk, make_visit, receive, send_all, write
from wire.receipt import Receipt
from wire.refusal import Refused


def test_rows_wait_until_a_receipt_says_through(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    assert outbox.backlog(store).rows == 10
    assert receive(store, epoch, 4, 1).newly_received == 4
    piece = outbox.pending(store, epoch, 0, 3, 60_000)
    assert piece is not None and (piece.first_seq, len(piece.sealed)) == (5, 3)
    assert outbox.backlog(store).rows == 6
    receive(store, epoch, 10, 2)
    assert outbox.pending(store, epoch, 0, 3, 60_000) is None
    assert store.execute("SELECT count(*) FROM outbox").fetchone() == (10,)  # kept for a centre that was restored


def test_a_slice_is_cut_by_bytes_but_never_empty(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 5)[0].epoch
    piece = outbox.pending(store, epoch, 0, 200, 1)
    assert piece is not None and len(piece.sealed) == 1
    piece = outbox.pending(store, epoch, 0, 200, 3 * len(piece.sealed[0]))
    assert piece is not None and len(piece.sealed) == 3


def test_a_slice_stops_at_a_gap(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 5)[0].epoch
    store.execute("DELETE FROM outbox WHERE seq = 3")
    first, second = outbox.pending(store, epoch, 0, 200, 60_000), outbox.pending(store, epoch, 2, 200, 60_000)
    assert first is not None and second is not None
    assert (len(first.sealed), second.first_seq, len(second.sealed)) == (2, 4, 2)


def test_an_old_receipt_cannot_come_back_and_none_can_lower_within_its_generation(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    receive(store, epoch, 8, 5)
    for through, n, reason in ((9, 5, "stale"), (9, 4, "stale"), (7, 6, "lowered")):
        with pytest.raises(Refused) as refused:
            receive(store, epoch, through, n)
        assert refused.value.reason == reason
    assert outbox.backlog(store).rows == 2


def test_a_restored_centre_gets_everything_again(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    receive(store, epoch, 10, 5)
    applied = receive(store, epoch, 3, 1, generation=2)
    assert applied.rewound_to == 3
    assert sorted(send_all(store, epoch)) == list(range(4, 11))


def test_a_receipt_for_an_unknown_epoch_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        receive(desk.open(), b"stranger", 1, 1)
    assert refused.value.reason == "unknown_epoch"


def test_a_receipt_beyond_our_last_seq_begins_a_new_epoch_and_loses_nobody(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 10)[0].epoch
    receive(store, epoch, 5, 1)
    # The centre has 12 records of an epoch in which this card knows 10: it lost flushed commits, and the numbers 9
    # and 10 may have been given to two people each.
    applied = receive(store, epoch, 12, 2)
    assert applied.new_epoch and current_epoch(store) != epoch
    assert sorted(send_all(store, epoch)) == list(range(6, 11)), "what waits is sent once more"
    assert write(recorder, 1)[0].seq == 1
    assert [state.current for state in outbox.epochs(store)] == [False, True]
    assert not receive(store, epoch, 12, 3).new_epoch
    assert send_all(store, epoch) == {}
    assert [state.epoch for state in outbox.epochs(store)] == [current_epoch(store)]


def test_the_backlog_counts_every_epoch(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    old = write(recorder, 4)[0].epoch
    receive(store, old, 9, 1)
    write(recorder, 3)
    backlog = outbox.backlog(store)
    assert backlog.rows == 4 + 3
    assert backlog.oldest_ms is not None and START_MS < backlog.oldest_ms < START_MS + 100


def test_the_backlogs_age_is_not_that_of_a_row_without_a_clock(desk: Desk) -> None:
    from wire.envelope import ClockQuality

    store = desk.open()
    recorder = desk.recorder(store)
    desk.clock = ClockQuality.UNSET
    write(recorder, 1)
    assert outbox.backlog(store) == outbox.Backlog(1, None)
    desk.clock = ClockQuality.SYNCED
    write(recorder, 1)
    assert outbox.backlog(store).oldest_ms == desk.now_ms


def test_the_centres_rejections_are_kept_for_the_technician(desk: Desk) -> None:
    store = desk.open()
    epoch = desk.recorder(store).record(make_visit(1)).epoch
    receipt = Receipt("t-gate-1", epoch, 1, 1, 1, rejected=((1, "cannot_open"),))
    assert outbox.apply_receipt(store, receipt, b"", START_MS).rejected == 1
    assert outbox.rejections(store) == [(epoch.hex(), 1, "cannot_open")]


def test_wrapped_keys_of_a_slice_are_found(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 2)[0].epoch
    write(desk.recorder(store), 2)
    piece = outbox.pending(store, epoch, 0, 200, 60_000)
    assert piece is not None and len(piece.key_ids) == 2
    assert {w.key_id for w in outbox.wrapped_keys(store, epoch, piece.key_ids)} == piece.key_ids


def test_last_of_an_empty_epoch_is_its_floor(desk: Desk) -> None:
    store = desk.open()
    assert last_of(store, current_epoch(store)) == (0, bytes(32))
