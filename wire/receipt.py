"""The centre's word that records are durable there. Only this lets the edge forget.

    receipt = COSE_Sign1(receipt key, purpose "receipt", CBOR [1, device, epoch, generation, n, through seq,
              [[from, to] missing], [[seq, reason] rejected], opened through, [[first, last, h] marks]])

- "Through" means: under every seq up to it a record is durable at the centre, or accounted for as expired or lost.
- Whose records they are, the marks say: those from first to last of the chain that has the hash h behind last. Two
  cards with one key (a clone) share numbers and receipts, never a chain: each believes no further than its own chain.
- A receipt counts only if its (generation, n) is greater than the last one's: old receipts cannot come back.
- Within one generation through_seq never falls. A centre that was restored from a backup raises its generation, and
  only that may lower it: the edge then sends again what the copy had not seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wire import cbor
from wire.crypto import SigningKey, sign1, verify1
from wire.refusal import Refused

VERSION = 1
PURPOSE = "receipt"
MAX_RECEIPT_BYTES = 8 * 1024
MAX_RANGES = 64
MAX_REJECTED = 64
MAX_REASON = 40
MAX_MARKS = 24  # the centre commits 20 batches at once: each can be answered, and the ends of the chain named too
# Half of SHA-256. To be taken for another's record, one would have to hit the 128 bits of a chain that grows elsewhere;
# two records of one's own that collide (2^64 tries) deceive nobody else, and the receipt itself is signed.
MARK_BYTES = 16
_SEQ_END = 1 << 62


class Mark(NamedTuple):
    """The records first..last of one chain are durable; `h` is the first 16 bytes of the chain's hash behind `last`."""

    first: int
    last: int
    h: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """Inclusive ranges throughout; `rejected` pairs a seq with a reason code; 0 as through means nothing yet."""

    device: str
    epoch: bytes
    generation: int
    n: int
    through_seq: int
    missing: tuple[tuple[int, int], ...] = ()
    rejected: tuple[tuple[int, str], ...] = ()
    opened_through: int = 0
    marks: tuple[Mark, ...] = ()

    @property
    def order(self) -> tuple[int, int]:
        """What a later receipt must exceed."""
        return self.generation, self.n


def encode_receipt(receipt: Receipt, key: SigningKey) -> bytes:
    """The signed bytes; only the first 64 missing ranges and rejections and the first 24 marks are told.

    The next receipt tells more. Of each mark's hash the first 16 bytes go out.
    """
    r = receipt
    missing = [list(pair) for pair in r.missing[:MAX_RANGES]]
    rejected = [[seq, reason[:MAX_REASON]] for seq, reason in r.rejected[:MAX_REJECTED]]
    marks = [[first, last, h[:MARK_BYTES]] for first, last, h in r.marks[:MAX_MARKS]]
    body = [VERSION, r.device, r.epoch, r.generation, r.n, r.through_seq, missing, rejected, r.opened_through, marks]
    return sign1(cbor.dumps(body), key, PURPOSE)


def decode_receipt(message: bytes, keys: Mapping[bytes, bytes]) -> Receipt:
    """Raises Refused: too_large, malformed, unknown_key, bad_signature, newer_version, bad_receipt."""
    if len(message) > MAX_RECEIPT_BYTES:
        raise Refused("too_large", "receipt")
    _, payload = verify1(message, keys, PURPOSE)
    match cbor.loads(payload, MAX_RECEIPT_BYTES):
        case [int(version), *_] if version > VERSION:
            raise Refused("newer_version", str(version))
        case [
            int(version),
            str(device),
            bytes(epoch),
            int(generation),
            int(n),
            int(through),
            list(missing),
            list(rejected),
            int(opened),
            list(marks),
        ] if (
            cbor.whole(version, generation, n, through, opened)
            and version == VERSION
            and 0 < len(device) <= 64
            and len(epoch) == 8
            and 0 <= min(generation, n, through, opened) <= max(generation, n, through, opened) < _SEQ_END
            and len(missing) <= MAX_RANGES
            and len(rejected) <= MAX_REJECTED
            and len(marks) <= MAX_MARKS
        ):
            pairs = tuple(_range(item) for item in missing)
            reasons = tuple(_rejection(item) for item in rejected)
            return Receipt(device, epoch, generation, n, through, pairs, reasons, opened, tuple(map(_mark, marks)))
    raise Refused("bad_receipt", "its fields")


def accept_receipt(current: Receipt | None, message: bytes, keys: Mapping[bytes, bytes], device: str) -> Receipt:
    """The receipt to go by from now on. `current` is the last one accepted for the same epoch.

    Raises Refused: what decode_receipt raises, foreign (another device), stale, lowered.
    """
    new = decode_receipt(message, keys)
    if new.device != device:
        raise Refused("foreign", "another device's receipt")
    check_order(current, new)
    return new


def check_order(current: Receipt | None, new: Receipt) -> None:
    """Raises Refused("stale" or "lowered") unless `new` may follow `current`, the last one of the same epoch."""
    if current is None or current.epoch != new.epoch:
        return
    if new.order <= current.order:
        raise Refused("stale", f"{new.order} after {current.order}")
    if new.generation == current.generation and new.through_seq < current.through_seq:
        raise Refused("lowered", "through_seq fell within one generation")


def _range(item: object) -> tuple[int, int]:
    match item:
        case [int(first), int(last)] if cbor.whole(first, last) and 0 < first <= last < _SEQ_END:
            return first, last
    raise Refused("bad_receipt", "a range expected")


def _mark(item: object) -> Mark:
    match item:
        case [int(first), int(last), bytes(h)] if (
            cbor.whole(first, last) and 0 < first <= last < _SEQ_END and len(h) == MARK_BYTES
        ):
            return Mark(first, last, h)
    raise Refused("bad_receipt", "a mark expected")


def _rejection(item: object) -> tuple[int, str]:
    match item:
        case [int(seq), str(reason)] if cbor.whole(seq) and 0 < seq < _SEQ_END and len(reason) <= MAX_REASON:
            return seq, reason
    raise Refused("bad_receipt", "a rejection expected")
