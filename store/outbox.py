"""What waits for the centre, and what its receipts say. Nothing here deletes: only retention does.

A row counts as received when the last accepted receipt of its epoch says "through" its seq; no row carries a mark, so
a centre that was restored from a backup needs only lower that number to get everything again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from store.db import Store, draw_epoch
from store.epochs import SEQ_MASK, current_epoch, last_of, ordinal_of, place_of
from wire.batch import link
from wire.envelope import WrappedKeys
from wire.receipt import Receipt, check_order
from wire.refusal import Refused

LOG_EVERY_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class EpochState:
    """How far one epoch has been written and received. All numbers 0 when nothing was."""

    epoch: bytes
    last_seq: int
    through_seq: int
    generation: int
    n: int
    current: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A gapless run of waiting records: h_before and h_after are the chain hashes around it (32 bytes each)."""

    first_seq: int
    h_before: bytes
    sealed: tuple[bytes, ...]
    key_ids: frozenset[int]
    h_after: bytes


@dataclass(frozen=True, slots=True)
class Applied:
    """What a receipt changed."""

    newly_received: int
    rewound_to: int | None
    rejected: int
    new_epoch: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many records the centre has not confirmed, and since when (Unix ms) the oldest waits."""

    rows: int
    oldest_ms: int | None


def epochs(store: Store) -> list[EpochState]:
    """Epochs with waiting rows, oldest first, and the current one in any case, last."""
    current = current_epoch(store)
    states = []
    for (epoch,) in store.execute("SELECT epoch FROM epoch ORDER BY ordinal").fetchall():
        last_seq, _ = last_of(store, epoch)
        row = store.execute("SELECT through_seq, generation, n FROM receipt WHERE epoch = ?", (epoch,)).fetchone()
        through, generation, n = row or (0, 0, 0)
        state = EpochState(epoch, last_seq, through, generation, n, epoch == current)
        if state.current or state.through_seq < last_seq:
            states.append(state)
    return states


def pending(store: Store, epoch: bytes, after_seq: int, limit: int, max_bytes: int) -> Slice | None:
    """The next run of unreceived rows behind `after_seq`: at most `limit` rows and about `max_bytes`; None: none."""
    ordinal, through = _known(store, epoch)
    start = place_of(ordinal, min(max(after_seq, through), SEQ_MASK))
    rows = store.execute(
        "SELECT seq, key_id, sealed FROM outbox WHERE place > ? AND place <= ? ORDER BY place LIMIT ?",
        (start, place_of(ordinal, SEQ_MASK), limit),
    ).fetchall()
    if not rows:
        return None
    seqs, key_ids, sealed = zip(*rows, strict=True)
    count = _run_length(seqs, sealed, max_bytes)
    h_before, h_last = _h_before(store, place_of(ordinal, seqs[0]), place_of(ordinal, seqs[count - 1]))
    return Slice(seqs[0], h_before, sealed[:count], frozenset(key_ids[:count]), link(h_last, sealed[count - 1]))


def _run_length(seqs: Sequence[int], sealed: Sequence[bytes], max_bytes: int) -> int:
    """How many of these rows follow each other without a gap and fit into `max_bytes`; at least one."""
    if seqs[-1] - seqs[0] < len(seqs) and sum(map(len, sealed)) <= max_bytes:
        return len(seqs)  # nearly always
    count, size = 1, len(sealed[0])
    while count < len(seqs) and seqs[count] == seqs[0] + count and size + len(sealed[count]) <= max_bytes:
        size += len(sealed[count])
        count += 1
    return count


def _known(store: Store, epoch: bytes) -> tuple[int, int]:
    """(ordinal, through seq) of an epoch; (0, 0) for one that this database does not know."""
    row = store.execute(
        "SELECT e.ordinal, ifnull(r.through_seq, 0) FROM epoch e LEFT JOIN receipt r USING (epoch) WHERE e.epoch = ?",
        (epoch,),
    ).fetchone()
    return row or (0, 0)


def _h_before(store: Store, first: int, last: int) -> tuple[bytes, bytes]:
    """The chain hashes before two rows of one run."""
    rows = store.execute("SELECT h_before FROM outbox WHERE place IN (?, ?) ORDER BY place", (first, last)).fetchall()
    return rows[0][0], rows[-1][0]


def wrapped_keys(store: Store, epoch: bytes, key_ids: frozenset[int]) -> tuple[WrappedKeys, ...]:
    """The wrapped keys of those ids (at most 200), in the order of their ids."""
    marks = ",".join("?" * len(key_ids))
    rows = store.execute(
        "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped FROM content_key"
        f" WHERE epoch = ? AND key_id IN ({marks}) ORDER BY key_id",
        (epoch, *key_ids),
    ).fetchall()
    return tuple(WrappedKeys(*row) for row in rows)


def last_receipt(store: Store, epoch: bytes) -> Receipt | None:
    """The last accepted receipt of an epoch (its ranges and rejections are not kept)."""
    row = store.execute(
        "SELECT generation, n, through_seq, opened_through FROM receipt WHERE epoch = ?", (epoch,)
    ).fetchone()
    return None if row is None else Receipt("", epoch, row[0], row[1], row[2], opened_through=row[3])


def apply_receipt(store: Store, receipt: Receipt, message: bytes, now_ms: int) -> Applied:
    """Go by `receipt` from now on; one transaction, safe to repeat.

    A receipt that claims more than this file ever wrote means that the card lost commits: a new epoch is drawn, so that
    no number is given twice. Its "through" may then speak of numbers that this file gave to other people since: it is
    not believed, and what waits is sent once more (the centre keeps both of a number). The next one is believed again.
    `now_ms` is 0 while the clock is unset. Raises Refused: stale, lowered, unknown_epoch.
    """
    with store.transaction():
        known = store.execute("SELECT 1 FROM epoch WHERE epoch = ?", (receipt.epoch,)).fetchone()
        if known is None:
            raise Refused("unknown_epoch", "a receipt for an epoch this database never drew")
        last = last_receipt(store, receipt.epoch)
        before = 0 if last is None else last.through_seq
        check_order(last, receipt)
        last_seq, _ = last_of(store, receipt.epoch)
        ahead = receipt.through_seq > last_seq and receipt.epoch == current_epoch(store)
        if ahead:
            draw_epoch(store, "receipt_ahead")
            receipt = replace(receipt, through_seq=before)
        _write_receipt(store, receipt, message, now_ms)
    through = receipt.through_seq
    newly = max(0, min(through, last_seq) - before)
    return Applied(newly, through if through < before else None, len(receipt.rejected), ahead)


def backlog(store: Store) -> Backlog:
    """How much waits, over all epochs. Counts by sequence numbers, so its cost does not grow with the backlog.

    `oldest_ms` is that of the first row that was written with a clock.
    """
    rows, oldest = 0, None
    for state in epochs(store):
        rows += state.last_seq - min(state.through_seq, state.last_seq)
        ordinal = ordinal_of(store, state.epoch)
        first = store.execute(
            "SELECT made_ms FROM outbox WHERE place > ? AND place <= ? AND made_ms > 0 ORDER BY place LIMIT 1",
            (place_of(ordinal, min(state.through_seq, SEQ_MASK)), place_of(ordinal, SEQ_MASK)),
        ).fetchone()
        if first is not None and (oldest is None or first[0] < oldest):
            oldest = first[0]
    return Backlog(rows, oldest)


def rejections(store: Store) -> list[tuple[str, int, str]]:
    """(epoch hex, seq, reason) of the newest 50 records that the centre could not use."""
    rows = store.execute("SELECT epoch, seq, reason FROM rejected ORDER BY told_ms DESC LIMIT 50").fetchall()
    return [(epoch.hex(), seq, reason) for epoch, seq, reason in rows]


def _write_receipt(store: Store, receipt: Receipt, message: bytes, now_ms: int) -> None:
    r = receipt
    store.execute(
        "INSERT INTO receipt (epoch, generation, n, through_seq, opened_through, message) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (epoch) DO UPDATE SET generation = excluded.generation, n = excluded.n,"
        " through_seq = excluded.through_seq, opened_through = excluded.opened_through, message = excluded.message",
        (r.epoch, r.generation, r.n, r.through_seq, r.opened_through, message),
    )
    store.execute("DELETE FROM receipt_log WHERE epoch = ? AND through_seq > ?", (r.epoch, r.through_seq))
    logged = store.execute(
        "SELECT received_ms FROM receipt_log WHERE epoch = ? ORDER BY through_seq DESC LIMIT 1", (r.epoch,)
    ).fetchone()
    if logged is None or (logged[0] == 0) != (now_ms == 0) or abs(now_ms - logged[0]) >= LOG_EVERY_MS:
        store.execute("INSERT OR IGNORE INTO receipt_log VALUES (?, ?, ?)", (r.epoch, r.through_seq, now_ms))
    store.connection.executemany(
        "INSERT INTO rejected (epoch, seq, reason, told_ms) VALUES (?, ?, ?, ?) ON CONFLICT (epoch, seq) DO NOTHING",
        [(r.epoch, seq, reason, now_ms) for seq, reason in r.rejected],
    )
