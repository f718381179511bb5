"""What kiosks matched with a case's keys: from opened records to rows, and from rows to what an authority reads.

- A record belongs to a case, or it is refused: there is no other ground to keep it (docs/privacy.md).
- What comes of a case that was ruled out is taken, so that the kiosk may go on, and its bytes are let go at once: only
  number and digest stay.
- On PostgreSQL the case's row is shared by everybody who adds to it, and a rule-out waits for them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.database import insert_rows
from central.radio.schema import case_conflict, contact_candidate, encounter
from central.registry import Device
from central.statements import run
from wire.records import ContactCandidate, Encounter
from wire.refusal import Refused
from wire.sightings import SYSTEMS


class Matched(NamedTuple):
    """An Encounter (kind 3) or ContactCandidate (kind 9); `values` are the columns of its table behind case_id."""

    seq: int
    kind: int
    case: str
    values: tuple[Any, ...]


def matched_of(seq: int, record: Encounter | ContactCandidate) -> Matched:
    """PURE. Raises Refused("bad_record") for one that names no case, an unknown system, or ends before it begins."""
    if not record.case.isprintable() or not record.case:
        raise Refused("bad_record", "no case")
    if record.system not in SYSTEMS or record.start_ms > record.end_ms:
        raise Refused("bad_record", "system or times")
    times = (record.start_ms, record.end_ms, record.windows)
    if isinstance(record, Encounter):
        values = (record.system, record.identifier, *times, json.dumps(record.buckets), record.confidence)
        return Matched(seq, Encounter.KIND, record.case, values)
    if record.case_system not in SYSTEMS:
        raise Refused("bad_record", "the case's system")
    identifiers = (record.case_system, record.case_identifier, record.system, record.identifier)
    return Matched(seq, ContactCandidate.KIND, record.case, (*identifiers, *times, record.bucket))


def keep_matched(connection: Connection, stream: int, device: Device, found: Sequence[Matched], now_ms: int) -> None:
    """Keep new rows, whose raw records lie there already."""
    if not found:
        return
    ruled_out = _hold_cases(connection, found, now_ms)
    for row in found:
        if row.case in ruled_out:
            sql = "UPDATE raw_record SET sealed = ?, reason = 'ruled_out' WHERE stream = ? AND seq = ?"
            run(connection, sql, (b"", stream, row.seq))
    for kind, table in ((Encounter.KIND, encounter), (ContactCandidate.KIND, contact_candidate)):
        kept = [row for row in found if row.kind == kind and row.case not in ruled_out]
        rows = [(stream, row.seq, device.venue, device.gate, row.case, *row.values) for row in kept]
        insert_rows(connection, table, rows)


def note_conflicts(connection: Connection, stream: int, found: Iterable[tuple[Matched, bytes]], now_ms: int) -> None:
    """(row, digest) of records that lie in `conflict`: their bytes go with their case, too."""
    rows = list(found)
    if not rows:
        return
    ruled_out = _hold_cases(connection, [row for row, _ in rows], now_ms)
    noted = [(stream, row.seq, digest, row.case) for row, digest in rows if row.case not in ruled_out]
    insert_rows(connection, case_conflict, noted, if_absent=True)
    for row, digest in rows:
        if row.case in ruled_out:
            sql = "UPDATE conflict SET sealed = ? WHERE stream = ? AND seq = ? AND digest = ?"
            run(connection, sql, (b"", stream, row.seq, digest))


def _hold_cases(connection: Connection, found: Iterable[Matched], now_ms: int) -> set[str]:
    """The cases among those of `found` that were ruled out; none changes until this transaction ends."""
    ruled_out = set()
    lock = " FOR SHARE" if connection.dialect.name == "postgresql" else ""
    for case in sorted({row.case for row in found}):
        sql = (
            "INSERT INTO ble_case (id, standing, said_ms, generation) VALUES (?, 'unknown', ?, 0)"
            " ON CONFLICT (id) DO NOTHING"
        )
        run(connection, sql, (case, now_ms))
        standing = run(connection, f"SELECT standing FROM ble_case WHERE id = ?{lock}", (case,)).scalar_one()
        if standing == "ruled_out":
            ruled_out.add(case)
    return ruled_out


def encounters_of(connection: Connection, case: str) -> Iterator[dict[str, Any]]:
    """What kiosks heard of a case, encounters first, by time. Identifiers in hex, times in Unix ms."""
    sql = (
        "SELECT venue, gate, system, identifier, start_ms, end_ms, windows, buckets, confidence FROM encounter"
        " WHERE case_id = ? ORDER BY start_ms, stream, seq"
    )
    for venue, gate, system, identifier, start, end, windows, buckets, confidence in run(connection, sql, (case,)):
        where = {"kind": "encounter", "case": case, "venue": venue, "gate": gate}
        who = {"system": system, "id": bytes(identifier).hex()}
        strength = {"buckets": json.loads(buckets), "confidence": confidence}
        yield {**where, **who, "start_ms": start, "end_ms": end, "windows": windows, **strength}
    sql = (
        "SELECT venue, gate, case_system, case_identifier, system, identifier, start_ms, end_ms, windows, bucket"
        " FROM contact_candidate WHERE case_id = ? ORDER BY start_ms, stream, seq"
    )
    for venue, gate, case_system, case_id, system, identifier, *figures in run(connection, sql, (case,)):
        where = {"kind": "candidate", "case": case, "venue": venue, "gate": gate}
        both = {"case_system": case_system, "case_id": bytes(case_id).hex()}
        other = {"system": system, "id": bytes(identifier).hex()}
        yield {**where, **both, **other, **dict(zip(("start_ms", "end_ms", "windows", "bucket"), figures, strict=True))}
