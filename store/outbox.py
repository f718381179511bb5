"""What waits for the centre. Nothing here deletes: only retention does.

A row counts as received when the last receipt of its epoch was believed through its seq (store.receipts); no row
carries a mark, so a centre that was restored from a backup needs only lower that number to get everything again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from store.db import Store
from store.epochs import SEQ_MASK, current_epoch, last_of, ordinal_of, place_of
from wire.batch import link
from wire.envelope import WrappedKeys

_HASH = "SELECT place, h_before FROM outbox"


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
    with store.reading():  # retention may destroy rows between two of these looks
        ordinal, through = _known(store, epoch)
        end = place_of(ordinal, SEQ_MASK)
        start = place_of(ordinal, min(max(after_seq, through), SEQ_MASK))
        head = store.execute(f"{_HASH} WHERE place > ? AND place <= ? ORDER BY place LIMIT 1", (start, end)).fetchone()
        if head is None:
            return None
        first, h_before = head
        span = (first, min(first + limit - 1, end))
        found = store.execute("SELECT sealed FROM outbox WHERE place BETWEEN ? AND ? ORDER BY place", span).fetchall()
        sealed = [data for (data,) in found]
        last, h_last = store.execute(f"{_HASH} WHERE place <= ? ORDER BY place DESC LIMIT 1", span[1:]).fetchone()
        if last - first >= len(sealed) or sum(map(len, sealed)) > max_bytes:
            sealed = sealed[: min(_gapless(store, span), _fitting(sealed, max_bytes))]
            last, h_last = store.execute(f"{_HASH} WHERE place = ?", (first + len(sealed) - 1,)).fetchone()
        ids = store.execute("SELECT DISTINCT key_id FROM outbox WHERE place BETWEEN ? AND ?", (first, last)).fetchall()
    key_ids = frozenset(key_id for (key_id,) in ids)
    return Slice(first & SEQ_MASK, h_before, tuple(sealed), key_ids, link(h_last, sealed[-1]))


def _gapless(store: Store, span: tuple[int, int]) -> int:
    """How many rows follow each other without a gap from the first place of `span`, which is there, within it."""
    found = store.execute("SELECT place FROM outbox WHERE place BETWEEN ? AND ? ORDER BY place", span).fetchall()
    return next((index for index, (place,) in enumerate(found) if place != span[0] + index), len(found))


def _fitting(sealed: Sequence[bytes], max_bytes: int) -> int:
    """How many of these fit into `max_bytes` together; at least one."""
    return max(1, sum(size <= max_bytes for size in accumulate(map(len, sealed))))


def _known(store: Store, epoch: bytes) -> tuple[int, int]:
    """(ordinal, through seq) of an epoch; (0, 0) for one that this database does not know."""
    row = store.execute(
        "SELECT e.ordinal, ifnull(r.through_seq, 0) FROM epoch e LEFT JOIN receipt r USING (epoch) WHERE e.epoch = ?",
        (epoch,),
    ).fetchone()
    return row or (0, 0)


def wrapped_keys(store: Store, epoch: bytes, key_ids: frozenset[int]) -> tuple[WrappedKeys, ...]:
    """The wrapped keys of those ids (at most 200), in the order of their ids."""
    marks = ",".join("?" * len(key_ids))
    rows = store.execute(
        "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped FROM content_key"
        f" WHERE epoch = ? AND key_id IN ({marks}) ORDER BY key_id",
        (epoch, *key_ids),
    ).fetchall()
    return tuple(WrappedKeys(*row) for row in rows)


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
