"""Batches in any order and receipts in the right one."""

import dataclasses
import itertools
import random

import pytest
import zstandard

from tests.parts.devices import SyntheticDevice
from tests.unit.wire import samples
from wire.batch import CHAIN_START, MAX_BATCH_BYTES, Batch, decode_batch, encode_batch, fold
from wire.crypto import sign1
from wire.receipt import MARK_BYTES, MAX_RECEIPT_BYTES, Mark, Receipt, accept_receipt, encode_receipt
from wire.refusal import Refused

DEVICE = SyntheticDevice("t-gate-1")
DEVICES = {DEVICE.kid: DEVICE.public}
RECEIPT_KEYS = {samples.RECEIPT_KEY.kid: samples.RECEIPT_KEY.public}


def test_any_cut_of_the_chain_verifies() -> None:
    DEVICE.cut(1, 30)
    for first in range(1, 31):
        for count in range(1, 32 - first):
            assert decode_batch(DEVICE.batch(first, count), DEVICES).chain_holds()


def test_the_same_bytes_in_any_order_any_number_of_times_say_the_same() -> None:
    messages = DEVICE.batches(50, 10)
    in_order = [decode_batch(m, DEVICES) for m in messages]
    assert [decode_batch(m, DEVICES) for m in (*reversed(messages), *messages)] == [*reversed(in_order), *in_order]
    assert all(a.h_after == b.h_before for a, b in itertools.pairwise(in_order))


def test_a_record_swapped_within_its_batch_breaks_the_chain() -> None:
    batch = DEVICE.cut(1, 3)
    swapped = dataclasses.replace(batch, records=(batch.records[1], batch.records[0], batch.records[2]))
    assert not swapped.chain_holds()


def test_a_batch_is_verified_before_it_is_inflated() -> None:
    bomb = zstandard.compress(bytes(100_000_000), 1)
    assert len(bomb) < MAX_BATCH_BYTES
    with pytest.raises(Refused) as refused:
        decode_batch(sign1(bomb, samples.OTHER_KEY, "batch"), DEVICES)
    assert refused.value.reason == "unknown_key"
    with pytest.raises(Refused) as refused:  # and even its owner cannot fill the centre's memory
        decode_batch(sign1(bomb, DEVICE.key, "batch"), DEVICES)
    assert refused.value.reason == "too_large"


def test_a_batch_of_more_than_200_records_or_64_kib_is_not_made() -> None:
    small, large = (b"x",) * 201, tuple(random.Random(i).randbytes(20_000) for i in range(4))
    for records in (small, large):
        with pytest.raises(Refused) as refused:
            encode_batch(
                Batch("d", bytes(8), 1, CHAIN_START, (), records, fold(CHAIN_START, records)), samples.DEVICE_KEY
            )
        assert refused.value.reason == "too_large"


def test_one_record_of_the_largest_size_fits_a_batch() -> None:
    record = random.Random(1).randbytes(32 * 1024)
    message = encode_batch(
        Batch("d", bytes(8), 1, CHAIN_START, (), (record,), fold(CHAIN_START, [record])), samples.DEVICE_KEY
    )
    assert len(message) <= MAX_BATCH_BYTES


@pytest.mark.parametrize(("full", "most"), [(False, 120), (True, 185)])
def test_wire_bytes_of_a_visit_in_batches_of_200(full: bool, most: int) -> None:
    device = SyntheticDevice("t-gate-2", full=full)
    assert sum(map(len, device.batches(1000))) / 1000 <= most


def test_a_batch_of_a_newer_program_says_so() -> None:
    from wire import cbor

    message = sign1(zstandard.compress(cbor.dumps([2, "new"])), DEVICE.key, "batch")
    with pytest.raises(Refused) as refused:
        decode_batch(message, DEVICES)
    assert refused.value.reason == "newer_version"


def _receipt(generation: int, n: int, through: int, device: str = "t-gate-1") -> bytes:
    return encode_receipt(Receipt(device, b"epoch 01", generation, n, through), samples.RECEIPT_KEY)


def _accept(current: Receipt | None, message: bytes) -> Receipt:
    return accept_receipt(current, message, RECEIPT_KEYS, "t-gate-1")


def _refusal(current: Receipt | None, message: bytes) -> str:
    with pytest.raises(Refused) as refused:
        _accept(current, message)
    return refused.value.reason


def test_an_old_receipt_cannot_come_back() -> None:
    current = _accept(None, _receipt(1, 5, 100))
    assert _refusal(current, _receipt(1, 5, 100)) == "stale"
    assert _refusal(current, _receipt(1, 4, 200)) == "stale"
    assert _refusal(current, _receipt(0, 9, 200)) == "stale"


def test_through_cannot_be_lowered_within_one_generation() -> None:
    assert _refusal(_accept(None, _receipt(1, 5, 100)), _receipt(1, 6, 99)) == "lowered"


def test_a_restored_centre_lowers_through_by_a_higher_generation() -> None:
    assert _accept(_accept(None, _receipt(1, 5, 100)), _receipt(2, 1, 40)).through_seq == 40


def test_receipts_of_two_epochs_do_not_concern_each_other() -> None:
    current = _accept(None, _receipt(1, 5, 100))
    other = dataclasses.replace(current, epoch=b"epoch 02", n=1, through_seq=1)
    assert _accept(current, encode_receipt(other, samples.RECEIPT_KEY)).through_seq == 1


def test_a_receipt_for_another_device_is_foreign() -> None:
    assert _refusal(None, _receipt(1, 1, 1, "t-gate-2")) == "foreign"


def test_a_receipt_signed_by_a_device_is_refused() -> None:
    message = encode_receipt(Receipt("t-gate-1", b"epoch 01", 1, 1, 1), samples.DEVICE_KEY)
    assert _refusal(None, message) == "unknown_key"


def test_a_receipt_with_more_to_tell_than_fits_tells_the_first_64() -> None:
    full = Receipt(
        *("t-gate-1", b"epoch 01", 1, 1, 1),
        tuple((2 * i, 2 * i) for i in range(1, 200)),
        tuple((i, "r" * 50) for i in range(1, 200)),
        marks=tuple(Mark(i, i, bytes([i]) * 32) for i in range(1, 200)),
    )
    read = _accept(None, encode_receipt(full, samples.RECEIPT_KEY))
    assert read.marks == tuple(Mark(i, i, bytes([i]) * MARK_BYTES) for i in range(1, 25))
    assert read.missing == full.missing[:64]
    assert read.rejected == tuple((seq, "r" * 40) for seq, _ in full.rejected[:64])


def test_the_fullest_receipt_fits_its_limit() -> None:
    high = (1 << 62) - 1
    full = Receipt(
        *("d" * 64, b"epoch 01", high, high, high),
        ((high, high),) * 64,
        ((high, "r" * 40),) * 64,
        high,
        (Mark(high, high, bytes(16)),) * 24,
    )
    assert len(encode_receipt(full, samples.RECEIPT_KEY)) < MAX_RECEIPT_BYTES


@pytest.mark.parametrize(
    "bad",
    [
        {"missing": ((5, 4),)},
        {"rejected": ((1 << 62, "x"),)},
        {"opened_through": 1 << 62},
        {"n": -1},
        {"marks": (Mark(5, 4, bytes(16)),)},
        {"marks": (Mark(0, 4, bytes(16)),)},
        {"marks": (Mark(1, 1 << 62, bytes(16)),)},
        {"marks": (Mark(1, 4, bytes(15)),)},
    ],
)
def test_numbers_that_no_database_could_hold_and_short_hashes_are_refused(bad: dict[str, object]) -> None:
    receipt = dataclasses.replace(Receipt("t-gate-1", b"epoch 01", 1, 1, 1), **bad)  # type: ignore[arg-type]
    assert _refusal(None, encode_receipt(receipt, samples.RECEIPT_KEY)) == "bad_receipt"
