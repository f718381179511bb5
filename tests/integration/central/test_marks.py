"""What a receipt's marks vouch for, on SQLite and on PostgreSQL: no other card's records, nothing that is not here."""

from dataclasses import replace
from pathlib import Path

from central.backup import back_up, newest_backup, restore
from central.ingest import Delivery
from tests.parts.centre import NOW_MS, Centre, open_existing
from tests.parts.devices import SyntheticDevice, make_visit
from wire.batch import encode_batch
from wire.receipt import MARK_BYTES, Mark, decode_receipt
from wire.records import DeviceEvent


def mark(device: SyntheticDevice, first: int, last: int) -> Mark:
    """The mark of a device's own records."""
    device.cut(1, last)
    return Mark(first, last, device.chain[last][:MARK_BYTES])


def clone_of(centre: Centre, device: SyntheticDevice, shared: int = 0) -> SyntheticDevice:
    """A second card with the same key and epoch, and the first `shared` records of the other."""
    ingest = centre.ring.root().recipients["ingest"]
    clone = SyntheticDevice(device.device, ingest=ingest, epoch=device.epoch, start_ms=NOW_MS)
    device.cut(1, max(shared, 1))
    for sealed in device.sealed[:shared]:
        clone.add_raw(sealed)
    return clone


def test_a_batch_is_answered_with_the_end_of_its_chain(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(1, 50))
    assert centre.receipt(device).marks == (mark(device, 1, 50),)
    centre.take(*device.batches(300, 50)[1:])
    assert centre.receipt(device).marks == (mark(device, 1, 300),), "one mark, however many batches"


def test_a_duplicate_is_answered_by_its_own_end_too(centre: Centre) -> None:
    """The card that sends it may have lost what came behind it."""
    device = centre.device()
    centre.take(device.batch(1, 50))
    centre.take(device.batch(11, 20))
    assert centre.receipt(device).marks == (mark(device, 11, 30), mark(device, 1, 50))


def test_batches_out_of_order_are_vouched_for_by_themselves_until_the_gap_is_filled(centre: Centre) -> None:
    device = centre.device()
    centre.take(device.batch(41, 20))
    assert centre.receipt(device).marks == (mark(device, 41, 60),)
    centre.take(device.batch(1, 20))
    assert centre.receipt(device).marks == (mark(device, 1, 20),)
    centre.take(device.batch(15, 30))
    assert centre.receipt(device).marks == (mark(device, 15, 44), mark(device, 1, 60))


def test_batches_of_one_commit_in_any_order_are_all_answered(centre: Centre) -> None:
    device = centre.device()
    batches = device.batches(400, 20)
    centre.take(*batches[::-1])
    marks = centre.receipt(device).marks
    assert mark(device, 1, 400) in marks
    assert len(marks) == 20, "the highest is the end itself"


def test_a_clones_branch_is_answered_and_never_taken_for_the_first_cards(centre: Centre) -> None:
    device = centre.device()
    clone = clone_of(centre, device, shared=6)
    centre.take(device.batch(1, 10))
    (outcome,) = centre.take(clone.batch(7, 6))
    assert (outcome.conflicts, outcome.new) == (4, 2)
    receipt = centre.receipt(device)
    assert receipt.through_seq == 12
    assert receipt.marks == (mark(clone, 7, 12), mark(device, 1, 10))
    centre.take(device.batch(11, 4))
    assert centre.receipt(device).marks == (mark(device, 1, 14), mark(clone, 7, 12))
    assert centre.rows("SELECT kind FROM alarm") == [("cloned_card",)]


def test_a_clones_later_batch_does_not_vouch_for_one_that_never_came(centre: Centre) -> None:
    device = centre.device()
    clone = clone_of(centre, device, shared=6)
    centre.take(device.batch(1, 10))
    centre.take(clone.batch(11, 5))
    assert centre.receipt(device).marks == (mark(clone, 11, 15), mark(device, 1, 10))
    centre.take(clone.batch(7, 4))
    assert centre.receipt(device).marks == (mark(clone, 7, 10), mark(clone, 7, 15), mark(device, 1, 10))


def test_a_tombstone_vouches_for_no_chain(centre: Centre) -> None:
    device = centre.device()
    for i in range(1, 9):
        device.add(make_visit(i))
    device.add(DeviceEvent("lost", {"epoch": device.epoch.hex(), "from": 4, "through": 6}))
    centre.take(device.batch(1, 3), device.batch(7, 3))
    receipt = centre.receipt(device)
    assert receipt.through_seq == 9
    assert set(receipt.marks) == {mark(device, 1, 3), mark(device, 7, 9)}


def test_a_batch_whose_own_hashes_do_not_hold_is_answered_but_joins_nothing(centre: Centre) -> None:
    """A row changed on the card: who sent it must be able to end, and nobody may be told that the chain is whole."""
    device = centre.device()
    torn = replace(device.cut(11, 10), records=(b"changed on the card", *device.cut(12, 9).records))
    centre.take(device.batch(1, 10), encode_batch(torn, device.key), device.batch(21, 5))
    assert set(centre.receipt(device).marks) == {mark(device, 1, 10), mark(device, 11, 20), mark(device, 21, 25)}
    centre.take(device.batch(26, 1))
    assert centre.receipt(device).marks == (mark(device, 21, 26), mark(device, 1, 10))


def test_a_restored_centre_vouches_for_what_its_copy_held(centre: Centre, tmp_path: Path) -> None:
    device = centre.device()
    clone = clone_of(centre, device, shared=6)
    centre.take(device.batch(1, 10))
    back_up(centre.engine, centre.keys, tmp_path / "copies", "an invented passphrase", NOW_MS)
    centre.take(device.batch(11, 10), clone.batch(7, 10))
    restore(centre.engine, centre.keys, newest_backup(tmp_path / "copies"), "an invented passphrase", NOW_MS)
    again = open_existing(centre.url, centre.keys)
    (answer,) = again.ingest.announce(again.engine, NOW_MS)
    receipt = decode_receipt(answer.message, again.ring.root().keys("receipt"))
    assert (receipt.through_seq, receipt.marks) == (10, (mark(device, 1, 10),))
    again.take(clone.batch(7, 10))
    assert again.receipt(device).marks == (mark(clone, 7, 16), mark(device, 1, 10))
    again.engine.dispose()


def test_a_batch_from_a_stick_is_answered_as_any_other(centre: Centre) -> None:
    device = centre.device()
    _, answers = centre.ingest.take_all(centre.engine, [Delivery(device.batch(1, 5), None)], NOW_MS)
    keys = centre.ring.root().keys("receipt")
    assert [decode_receipt(answer.message, keys).marks for answer in answers] == [(mark(device, 1, 5),)]
