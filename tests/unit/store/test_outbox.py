"""What waits: slices, the backlog and its age, the keys that go along."""

from store import outbox
from store.epochs import current_epoch, last_of
from tests.unit.store.desk import START_MS, Desk, receive, write


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
