"""What the centre's receipts change here. Only this lets rows count as received.

- A row is received when the last receipt of its epoch was believed through its seq; no row carries a mark of its own.
- A receipt is believed no further than its marks name this card's own chain hash. Whoever has the same key and epoch (a
  cloned card) is answered under the same name, and that says nothing of our rows.
- Numbers under which no row lies here (destroyed, lost) are passed over: nothing waits there.
- More than was ever written here, or another hash where we have one: somebody else gives out our numbers, or this card
  lost what it had flushed and gave numbers twice. A new epoch is drawn; rows of the old one still go out until a mark
  names them, and the centre keeps both of a number.
- Believing never goes back within a generation of the centre; a higher one (a centre restored from a copy) starts anew.
"""

from dataclasses import dataclass

from store.db import Store, draw_epoch
from store.epochs import SEQ_MASK, current_epoch, last_of, ordinal_of, place_of
from wire.batch import link
from wire.receipt import MARK_BYTES, Mark, Receipt, check_order
from wire.refusal import Refused

LOG_EVERY_MS = 3_600_000
AHEAD = "receipt_ahead"  # of more records than this file ever wrote
FOREIGN = "foreign_chain"  # of other records under our numbers


@dataclass(frozen=True, slots=True)
class Belief:
    """How far a receipt is believed, and why a new epoch must be drawn (AHEAD, FOREIGN or None)."""

    through_seq: int
    new_epoch: str | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What a receipt changed. `through_seq`: how far it was believed; `new_epoch` as in Belief."""

    newly_received: int
    rewound_to: int | None
    rejected: int
    new_epoch: str | None
    through_seq: int


def last_heard_ms(store: Store) -> int:
    """When the centre last confirmed something, Unix ms, to the hour; 0 for never."""
    return int(store.execute("SELECT ifnull(max(received_ms), 0) FROM receipt_log").fetchone()[0])


def last_receipt(store: Store, epoch: bytes) -> Receipt | None:
    """The last accepted receipt of an epoch, as far as it was believed (its ranges and rejections are not kept)."""
    row = store.execute(
        "SELECT generation, n, through_seq, opened_through FROM receipt WHERE epoch = ?", (epoch,)
    ).fetchone()
    return None if row is None else Receipt("", epoch, row[0], row[1], row[2], opened_through=row[3])


def believe(store: Store, receipt: Receipt, last: Receipt | None, last_seq: int) -> Belief:
    """How far to go by `receipt`, given what was believed so far and how far rows were written; reads only."""
    chain = _OwnChain(store, ordinal_of(store, receipt.epoch))
    through = 0 if last is None or last.generation != receipt.generation else last.through_seq
    foreign = False
    for mark in sorted(receipt.marks):
        ours = chain.has(mark)
        foreign = foreign or ours is False
        if ours and mark.last > through and (mark.first <= through + 1 or mark.first <= chain.next_after(through)):
            through = mark.last
    if through < receipt.through_seq:
        through = min(receipt.through_seq, max(through, chain.next_after(through) - 1))
    most = max(receipt.through_seq, *(mark.last for mark in receipt.marks), 0)
    new_epoch = AHEAD if most > last_seq else FOREIGN if foreign else None
    if new_epoch is not None and receipt.epoch != current_epoch(store):
        new_epoch = None  # another was drawn already
    return Belief(min(through, receipt.through_seq), new_epoch)


def apply_receipt(store: Store, receipt: Receipt, message: bytes, now_ms: int, held: Receipt | None = None) -> Applied:
    """Go by `receipt` from now on; one transaction, safe to repeat.

    `held` is a later belief than the stored one, if there is one. `now_ms` is 0 while the clock is unset. Raises
    Refused: stale, lowered, unknown_epoch.
    """
    with store.transaction():
        if not ordinal_of(store, receipt.epoch):
            raise Refused("unknown_epoch", "a receipt for an epoch this database never drew")
        last = _later(last_receipt(store, receipt.epoch), held)
        check_order(last, receipt)
        last_seq, _ = last_of(store, receipt.epoch)
        belief = believe(store, receipt, last, last_seq)
        if belief.new_epoch is not None:
            draw_epoch(store, AHEAD)
        _write_receipt(store, receipt, belief.through_seq, message, now_ms)
    before, through = 0 if last is None else last.through_seq, belief.through_seq
    newly = max(0, min(through, last_seq) - before)
    rewound = through if through < before else None
    return Applied(newly, rewound, len(receipt.rejected), belief.new_epoch, through)


def keep_belief(store: Store, believed: Receipt, message: bytes, now_ms: int) -> None:
    """Commit what `believe` has said before, its `through_seq` as it is. Raises Refused: stale, lowered."""
    with store.transaction():
        check_order(last_receipt(store, believed.epoch), believed)
        _write_receipt(store, believed, believed.through_seq, message, now_ms)


def rejections(store: Store) -> list[tuple[str, int, str]]:
    """(epoch hex, seq, reason) of the newest 50 records that the centre could not use."""
    rows = store.execute("SELECT epoch, seq, reason FROM rejected ORDER BY told_ms DESC LIMIT 50").fetchall()
    return [(epoch.hex(), seq, reason) for epoch, seq, reason in rows]


class _OwnChain:
    """The chain of one epoch, as far as its rows are still here."""

    def __init__(self, store: Store, ordinal: int) -> None:
        self._store, self._ordinal = store, ordinal

    def has(self, mark: Mark) -> bool | None:
        """Whether our chain has that hash behind `mark.last`; None where no row is left to tell."""
        row = self._row(mark.last)
        if row is not None and link(*row)[:MARK_BYTES] == mark.h:
            return True
        # The next row holds the hash as it was once: it counts where this row was lost, or changed on a bad page.
        after = self._row(mark.last + 1)
        if after is not None:
            return bool(after[0][:MARK_BYTES] == mark.h)
        return None if row is None else False

    def next_after(self, seq: int) -> int:
        """The lowest seq behind `seq` under which a row lies; a number beyond all where there is none."""
        row = self._store.execute(
            "SELECT place FROM outbox WHERE place > ? AND place <= ? ORDER BY place LIMIT 1",
            (place_of(self._ordinal, min(seq, SEQ_MASK)), place_of(self._ordinal, SEQ_MASK)),
        ).fetchone()
        return 1 << 62 if row is None else row[0] & SEQ_MASK

    def _row(self, seq: int) -> tuple[bytes, bytes] | None:
        """(h before, sealed)"""
        if seq > SEQ_MASK:
            return None
        row: tuple[bytes, bytes] | None = self._store.execute(
            "SELECT h_before, sealed FROM outbox WHERE place = ?", (place_of(self._ordinal, seq),)
        ).fetchone()
        return row


def _later(stored: Receipt | None, held: Receipt | None) -> Receipt | None:
    if stored is None or held is None:
        return stored or held
    return held if held.order > stored.order else stored


def _write_receipt(store: Store, receipt: Receipt, through: int, message: bytes, now_ms: int) -> None:
    r = receipt
    store.execute(
        "INSERT INTO receipt (epoch, generation, n, through_seq, opened_through, message) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (epoch) DO UPDATE SET generation = excluded.generation, n = excluded.n,"
        " through_seq = excluded.through_seq, opened_through = excluded.opened_through, message = excluded.message",
        (r.epoch, r.generation, r.n, through, r.opened_through, message),
    )
    store.execute("DELETE FROM receipt_log WHERE epoch = ? AND through_seq > ?", (r.epoch, through))
    logged = store.execute(
        "SELECT received_ms FROM receipt_log WHERE epoch = ? ORDER BY through_seq DESC LIMIT 1", (r.epoch,)
    ).fetchone()
    if logged is None or (logged[0] == 0) != (now_ms == 0) or abs(now_ms - logged[0]) >= LOG_EVERY_MS:
        store.execute("INSERT OR IGNORE INTO receipt_log VALUES (?, ?, ?)", (r.epoch, through, now_ms))
    store.connection.executemany(
        "INSERT INTO rejected (epoch, seq, reason, told_ms) VALUES (?, ?, ?, ?) ON CONFLICT (epoch, seq) DO NOTHING",
        [(r.epoch, seq, reason, now_ms) for seq, reason in r.rejected],
    )
