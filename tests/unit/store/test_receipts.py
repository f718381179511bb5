"""Receipts: old ones, lowered ones, ones that speak of another card's records, and a card that lost what it flushed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import outbox, receipts
from store.db import Store
from store.epochs import current_epoch
from tests.unit.store.desk import DEVICE, START_MS, Desk, desk_in, make_visit, own_marks, receive, send_all, write
from wire.receipt import MARK_BYTES, Mark, Receipt
from wire.refusal import Refused


def foreign(first: int, last: int) -> Mark:
    """Somebody else's records under our numbers."""
    return Mark(first, last, hashlib.sha256(b"another card %d" % last).digest()[:MARK_BYTES])


def apply(store: Store, epoch: bytes, n: int, through: int, *marks: Mark, generation: int = 1) -> receipts.Applied:
    """Go by a receipt with those marks and no others."""
    receipt = Receipt(DEVICE, epoch, generation, n, through, marks=marks)
    return receipts.apply_receipt(store, receipt, b"signed", START_MS)


def part(store: Store, epoch: bytes, first: int, last: int) -> Mark:
    """The mark of a batch first..last of our own."""
    (mark,) = own_marks(store, epoch, last)
    return mark._replace(first=first)


def waiting(store: Store, epoch: bytes) -> list[int]:
    """The numbers that would be sent."""
    return sorted(send_all(store, epoch))


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
    assert waiting(store, epoch) == list(range(4, 11))


def test_a_restored_centre_whose_copy_holds_another_cards_records_gets_ours(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    receive(store, epoch, 10, 5)
    applied = apply(store, epoch, 1, 6, foreign(1, 6), generation=2)
    assert (applied.rewound_to, applied.new_epoch) == (0, receipts.FOREIGN)
    assert waiting(store, epoch) == list(range(1, 11))


def test_a_receipt_for_an_unknown_epoch_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        receive(desk.open(), b"stranger", 1, 1)
    assert refused.value.reason == "unknown_epoch"


def test_a_receipt_without_our_mark_moves_nothing(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    applied = apply(store, epoch, 1, 10)
    assert (applied.newly_received, applied.through_seq, applied.new_epoch) == (0, 0, None)
    assert waiting(store, epoch) == list(range(1, 11))


def test_another_cards_receipt_leaves_our_unsent_rows_waiting(desk: Desk) -> None:
    """The clone sent its 7..10 first, and its receipt says "through 10" to both: our own 7..10 were never sent."""
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 10)[0].epoch
    receive(store, epoch, 6, 1)
    applied = apply(store, epoch, 2, 10, foreign(1, 10))
    assert (applied.new_epoch, applied.through_seq) == (receipts.FOREIGN, 6)
    assert waiting(store, epoch) == [7, 8, 9, 10]
    assert write(recorder, 1)[0].seq == 1 and current_epoch(store) != epoch
    # The centre keeps ours as a branch and answers it: that is the end.
    applied = apply(store, epoch, 3, 10, part(store, epoch, 7, 10), foreign(1, 10))
    assert (applied.newly_received, applied.new_epoch) == (4, None), "a new epoch was drawn already"
    assert waiting(store, epoch) == []
    assert [state.epoch for state in outbox.epochs(store)] == [current_epoch(store)]


def test_an_answer_to_a_later_batch_does_not_speak_for_those_before_it(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    assert apply(store, epoch, 1, 10, part(store, epoch, 6, 10)).through_seq == 0
    assert apply(store, epoch, 2, 10, part(store, epoch, 6, 10), part(store, epoch, 1, 5)).through_seq == 10


def test_a_mark_is_believed_no_further_than_through(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    assert apply(store, epoch, 1, 4, part(store, epoch, 1, 8)).through_seq == 4


def test_a_receipt_beyond_our_last_seq_begins_a_new_epoch_and_loses_nobody(desk: Desk) -> None:
    store = desk.open()
    recorder = desk.recorder(store)
    epoch = write(recorder, 10)[0].epoch
    receive(store, epoch, 5, 1)
    # The centre has 12 records of an epoch in which this card knows 10: it lost flushed commits, and the numbers 9
    # and 10 may have been given to two people each.
    applied = receive(store, epoch, 12, 2)
    assert applied.new_epoch == receipts.AHEAD and current_epoch(store) != epoch
    assert waiting(store, epoch) == list(range(6, 11)), "what waits is sent once more"
    assert write(recorder, 1)[0].seq == 1
    assert [state.current for state in outbox.epochs(store)] == [False, True]
    applied = apply(store, epoch, 3, 12, part(store, epoch, 6, 10), foreign(1, 12))
    assert (applied.new_epoch, applied.newly_received) == (None, 5)
    assert [state.epoch for state in outbox.epochs(store)] == [current_epoch(store)]


def test_a_mark_beyond_our_last_seq_begins_a_new_epoch_though_through_is_behind_a_gap(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    applied = apply(store, epoch, 1, 10, part(store, epoch, 1, 10), foreign(15, 20))
    assert (applied.new_epoch, applied.through_seq) == (receipts.AHEAD, 10)


def test_lost_rows_are_passed_over_and_the_row_behind_them_still_proves_the_chain(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    sent, lost, behind = part(store, epoch, 1, 3), part(store, epoch, 4, 7), part(store, epoch, 8, 10)
    store.execute("DELETE FROM outbox WHERE seq IN (6, 7)")
    assert apply(store, epoch, 1, 3, sent).through_seq == 3
    assert apply(store, epoch, 2, 7, lost).through_seq == 7, "row 8 knows the hash that was behind row 7"
    assert apply(store, epoch, 3, 10, behind).through_seq == 10
    assert outbox.backlog(store).rows == 0


def test_numbers_that_were_told_as_lost_are_passed_over(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    before, behind = part(store, epoch, 1, 5), part(store, epoch, 8, 10)
    store.execute("DELETE FROM outbox WHERE seq IN (6, 7)")
    assert apply(store, epoch, 1, 5, before, behind).through_seq == 5, "the centre does not know yet that they are lost"
    assert apply(store, epoch, 2, 10, before, behind).through_seq == 10
    assert outbox.backlog(store).rows == 0


def test_a_hash_that_no_row_can_prove_is_not_believed(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    end = part(store, epoch, 1, 6)
    store.execute("DELETE FROM outbox WHERE seq IN (6, 7)")
    applied = apply(store, epoch, 1, 7, end)
    assert (applied.through_seq, applied.new_epoch) == (0, None)
    assert waiting(store, epoch) == [1, 2, 3, 4, 5, 8, 9, 10]


def test_a_row_that_changed_on_the_card_is_known_by_the_one_behind_it(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    end = part(store, epoch, 1, 6)
    store.execute("UPDATE outbox SET sealed = CAST(sealed || x'00' AS BLOB) WHERE seq = 6")
    applied = apply(store, epoch, 1, 6, end)
    assert (applied.through_seq, applied.new_epoch) == (6, None)


def test_rows_that_the_law_destroyed_need_no_proof(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    store.execute("DELETE FROM outbox")
    store.execute("UPDATE epoch SET floor_seq = 10")
    assert apply(store, epoch, 1, 10).through_seq == 10
    assert outbox.backlog(store).rows == 0


def test_what_was_believed_in_ram_is_committed_as_it_is(desk: Desk) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 10)[0].epoch
    held = Receipt(DEVICE, epoch, 1, 5, 8)
    late = Receipt(DEVICE, epoch, 1, 6, 10, marks=(part(store, epoch, 9, 10),))
    assert receipts.apply_receipt(store, late, b"", START_MS, held).through_seq == 10
    with pytest.raises(Refused):
        receipts.keep_belief(store, held, b"", START_MS)
    receipts.keep_belief(store, Receipt(DEVICE, epoch, 2, 1, 9), b"", START_MS)
    assert waiting(store, epoch) == [10]


def test_the_centres_rejections_are_kept_for_the_technician(desk: Desk) -> None:
    store = desk.open()
    epoch = desk.recorder(store).record(make_visit(1)).epoch
    receipt = Receipt("t-gate-1", epoch, 1, 1, 1, rejected=((1, "cannot_open"),))
    assert receipts.apply_receipt(store, receipt, b"", START_MS).rejected == 1
    assert receipts.rejections(store) == [(epoch.hex(), 1, "cannot_open")]


ROWS = 30
_LOST = {1, 2, 3, 11, 12, 20}


@pytest.fixture(scope="module")
def holey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, bytes, list[bytes]]]:
    """A card with some rows lost; its chain hashes as they were."""
    with desk_in(tmp_path_factory.mktemp("holey")) as desk:
        store = desk.open()
        epoch = write(desk.recorder(store), ROWS)[0].epoch
        chain = [bytes(MARK_BYTES), *(own_marks(store, epoch, seq)[0].h for seq in range(1, ROWS + 1))]
        store.execute(f"DELETE FROM outbox WHERE seq IN ({','.join(map(str, _LOST))})")
        yield store, epoch, chain


_seqs = st.integers(1, ROWS + 3)
_claims = st.lists(st.tuples(_seqs, _seqs, st.one_of(st.none(), st.integers(0, ROWS))), max_size=6)


@settings(max_examples=400, deadline=None)
@given(_claims, st.integers(0, ROWS + 3), st.integers(0, ROWS))
def test_whatever_is_marked_no_row_counts_but_one_whose_own_chain_is(
    holey: tuple[Store, bytes, list[bytes]], claims: list[tuple[int, int, int | None]], through: int, before: int
) -> None:
    store, epoch, chain = holey
    marks = []
    for one, other, which in claims:
        first, last = min(one, other), max(one, other)
        honest = last if last <= ROWS else 0
        marks.append(Mark(first, last, chain[honest if which is None else which]))
    last_receipt = Receipt(DEVICE, epoch, 1, 1, min(before, through))
    belief = receipts.believe(store, Receipt(DEVICE, epoch, 1, 2, through, marks=tuple(marks)), last_receipt, ROWS)
    assert last_receipt.through_seq <= belief.through_seq <= through
    proven = {
        seq for m in marks if m.last <= ROWS and m.h == chain[m.last] for seq in range(m.first, m.last + 1)
    } | set(range(1, last_receipt.through_seq + 1))
    assert set(range(1, min(belief.through_seq, ROWS) + 1)) - _LOST <= proven
    wrong = any(m.last <= ROWS and m.h != chain[m.last] and not {m.last, m.last + 1} <= _LOST for m in marks)
    if wrong or through > ROWS:
        assert belief.new_epoch is not None
    if not marks and through <= ROWS:
        assert belief.new_epoch is None


def test_a_new_epoch_is_drawn_once(tmp_path: Path) -> None:
    with desk_in(tmp_path) as desk:
        store = desk.open()
        epoch = write(desk.recorder(store), 5)[0].epoch
        for n in range(1, 4):
            apply(store, epoch, n, 5, foreign(1, 5))
        assert store.execute("SELECT count(*) FROM epoch").fetchone() == (2,)
