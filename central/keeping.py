"""What one verified batch leaves in the tables, inside the caller's transaction.

- Same (device, epoch, seq) and same bytes: a duplicate, nothing happens. Other bytes: a cloned card, or one that gave
  numbers twice; both are kept, the first stays in force, the device is alarmed.
- A record that cannot be read is kept, rejected with its reason, and counts as through. A broken chain is alarmed and
  stored all the same: a visit is worth more than its place in a chain.
- Whatever was kept is answered by a mark of its own chain: whoever sent it takes it as received, and nobody else does.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.alarms import raise_alarm
from central.database import insert_rows
from central.desks.taking import keep_said
from central.events import apply_events, correct_late
from central.opening import KEPT, NO_KEY, OPENED, REJECTED, Opened, Opener, Rows, digest_of
from central.radio.matched import keep_matched, note_conflicts
from central.registry import Device
from central.schema import conflict, raw_record, visit, wrapped_key
from central.spans import add_span
from central.statements import run
from central.strands import Strand, add_strand
from central.streams import Stream, stored_keys
from central.tracing.due import note_due
from wire.batch import fold
from wire.envelope import WrappedKeys


class Counts(NamedTuple):
    """What became of the records of a batch."""

    new: int
    duplicates: int
    conflicts: int
    kept: int
    rejected: int


def keep_batch(
    connection: Connection,
    opener: Opener,
    device: Device,
    opened: Opened,
    stream_of: Callable[[bytes], Stream],
    now_ms: int,
) -> Counts:
    """Store what is new of `opened`; `stream_of` gives the device's stream for an epoch, which is noted as touched."""
    stream = stream_of(opened.epoch)
    rows, duplicates, conflicts = _sort_out(connection, stream, opened, now_ms)
    _weave(connection, stream, opened, conflicts > 0, now_ms)
    _keep_keys(connection, stream, opened.keys)
    if any(reason == NO_KEY for *_, reason in rows.raw):
        sealed = ((seq, data) for seq, data, *_ in rows.raw)
        rows = opener.open_records(sealed, stream.device, stream.epoch, stored_keys(connection, stream))
    at = device.venue, device.gate
    visits = [(stream.id, v[0], *rows.elsewhere.get(v[0], at), v[1], 0, *v[2:]) for v in rows.visits]
    insert_rows(connection, raw_record, [(stream.id, *raw, now_ms) for raw in rows.raw])
    insert_rows(connection, visit, correct_late(connection, stream, visits))
    note_due(connection, stream.id, [v[0] for v in rows.visits])
    keep_matched(connection, stream.id, device, rows.matched, now_ms)
    keep_said(connection, stream.id, device.venue, rows.said, now_ms)
    add_span(connection, stream.id, opened.first_seq, opened.last_seq)
    if rows.events:
        apply_events(connection, stream, rows.events, stream_of, now_ms)
    statuses = [status for _, _, _, status, _ in rows.raw]
    rejected = statuses.count(REJECTED)
    last = next((seq for seq, _, _, status, _ in reversed(rows.raw) if status == OPENED), 0)
    stream.opened_through = max(stream.opened_through, last)
    stream.rejected += rejected
    return Counts(len(statuses), duplicates, conflicts, statuses.count(KEPT), rejected)


def _weave(connection: Connection, stream: Stream, opened: Opened, branches: bool, now_ms: int) -> None:
    """Join the batch to the chains that are here, and have the receipt answer it."""
    strand = Strand(opened.first_seq, opened.last_seq, opened.h_before, opened.h_after)
    stream.answer(strand, holds=opened.chain_holds)

    def hash_at(seq: int) -> bytes:
        if seq == strand.last:
            return strand.h_after
        return fold(strand.h_before, (raw[1] for raw in opened.rows.raw[: seq - strand.first + 1]))

    agrees = opened.chain_holds and add_strand(connection, stream.id, strand, hash_at, branches=branches)
    if not opened.chain_holds or not (agrees or branches):  # a branch is alarmed by its own name
        raise_alarm(connection, "chain_broken", stream.device, f"{strand.first}..{strand.last}", now_ms)


def _sort_out(connection: Connection, stream: Stream, opened: Opened, now_ms: int) -> tuple[Rows, int, int]:
    """(rows that are new here, number of duplicates, number of conflicts); conflicts are put apart."""
    sql = "SELECT seq, digest FROM raw_record WHERE stream = ? AND seq BETWEEN ? AND ?"
    found = run(connection, sql, (stream.id, opened.first_seq, opened.last_seq))
    known = {seq: bytes(digest) for seq, digest in found}
    rows = opened.rows
    if not known:
        return rows, 0, 0
    other = [(seq, digest, sealed) for seq, sealed, digest, *_ in rows.raw if known.get(seq, digest) != digest]
    if other:
        rows_apart = [(stream.id, *item, now_ms) for item in other]
        insert_rows(connection, conflict, rows_apart, if_absent=True)
        apart = {seq: digest for seq, digest, _ in other}
        of_cases = [(row, apart[row.seq]) for row in rows.matched if row.seq in apart]
        note_conflicts(connection, stream.id, of_cases, now_ms)
        detail = f"{len(other)} records from {other[0][0]} on in epoch {stream.epoch.hex()}"
        raise_alarm(connection, "cloned_card", stream.device, detail, now_ms)
    fresh = Rows(
        [raw for raw in rows.raw if raw[0] not in known],
        [v for v in rows.visits if v[0] not in known],
        [event for event in rows.events if event.seq not in known],
        [row for row in rows.matched if row.seq not in known],
        [row for row in rows.said if row.seq not in known],
        rows.elsewhere,
    )
    return fresh, len(rows.raw) - len(fresh.raw) - len(other), len(other)


def _keep_keys(connection: Connection, stream: Stream, keys: Sequence[WrappedKeys]) -> None:
    rows = [
        (
            stream.id,
            k.key_id,
            digest_of(k.trace_wrapped + k.vault_wrapped),
            k.suite,
            k.trace_to,
            k.trace_wrapped,
            k.vault_to,
            k.vault_wrapped,
        )
        for k in keys
    ]
    insert_rows(connection, wrapped_key, rows, if_absent=True)
