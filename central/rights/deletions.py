"""The deletion that a person asked for: here at once, at the kiosks by a signed bulletin, certified when all answered.

- Two officers: one proposes it for the person of the request, another signs (central.rights.two_officers).
- What goes: their visits and stays, the sealed records behind them, whatever else of theirs a package keeps by record,
  and their codes; the number that is left stands for nobody.
- What stays: cases and contacts they were part of, as numbers, until their own limit; nothing at all goes while a legal
  hold protects them or a case of theirs runs: then the officer says so in the answer.
- A kiosk still has the sealed records for 14 days after the centre's receipt. Each is told the numbers, answers with an
  event, and the certificate waits until each has answered or its own limit has come.
- The certificate names the records: after a restore from an older copy `deletion again FILE` destroys them once more.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.phones.forgetting import forget_told
from central.rights import certificates
from central.rights.destroying import Step, empty_records
from central.rights.holds import is_held, refresh_held
from central.rights.limits import DAY_MS
from central.rights.person_ends import forget_codes, record_tables
from central.rights.runs import add_step, facts_of, new_run
from central.rights.tied import records_of_request
from central.rights.two_officers import DELETION, need_signed
from central.statements import run
from wire.deletions import EVENT, KIND, NAME, Doomed, deletions_body
from wire.records import PUBLIC_PAGES
from wire.refusal import Refused

KIOSK_DAYS = 15  # store.retention: 14 days after the receipt, and the day in which the purge runs
_LIVES_DAYS = 60  # of the bulletin: longer than any kiosk keeps what it names


class Deleted(NamedTuple):
    """What a deletion did here: its run, records, and kiosks that have to follow."""

    run: int
    records: int
    kiosks: int


def delete_person(connection: Connection, ring: Keyring, request: str, now_ms: int) -> Deleted:
    """Destroy what is held of the person of a request, inside the caller's transaction.

    Raises Refused: request_unknown (or not identified, or closed), second_officer, held, case_runs.
    """
    need_signed(connection, request, DELETION)
    sql = "SELECT person FROM rights_request WHERE id = ? AND identified_ms IS NOT NULL AND closed_ms IS NULL"
    row = run(connection, sql, (request,)).first()
    if row is None:
        raise Refused("request_unknown", request[:32])
    person = row[0]
    check_free(connection, person, now_ms)
    records = sorted(records_of_request(connection, request))
    run_id = new_run(connection, request, now_ms)
    times = _destroy(connection, records)
    if person is not None:
        _forget_person(connection, person)
    sql = "INSERT INTO deletion_count (run, kind, destroyed, held, through) VALUES (?, 'request', 0, 0, '')"
    run(connection, sql, (run_id,))
    keys = tuple(("raw_record", *record) for record in records)
    add_step(connection, run_id, "request", Step(keys, min(times, default=None), max(times, default=None), ""))
    run(connection, "UPDATE deletion_run SET ended_ms = ? WHERE id = ?", (now_ms, run_id))
    kiosks = _tell_kiosks(connection, ring, run_id, records, now_ms)
    close_answered(connection, ring, now_ms)
    return Deleted(run_id, len(records), kiosks)


def delete_again(connection: Connection, records: Iterable[tuple[str, bytes, int, int]]) -> int:
    """Destroy the records that a certificate names, after a restore: (device, epoch, first, last); how many."""
    found: list[tuple[int, int]] = []
    for device, epoch, first, last in records:
        sql = (
            "SELECT r.stream, r.seq FROM raw_record r JOIN stream s ON s.id = r.stream"
            " WHERE s.device = ? AND s.epoch = ? AND r.seq BETWEEN ? AND ? AND length(r.sealed) > 0"
        )
        found += [(stream, seq) for stream, seq in run(connection, sql, (device, epoch, first, last))]
    _destroy(connection, found)
    return len(found)


def close_answered(connection: Connection, ring: Keyring, now_ms: int) -> int:
    """Note the answers of kiosks, and certify each deletion of which none is missing any more; how many were."""
    _take_answers(connection)
    sql = (
        "SELECT id, about FROM deletion_run r WHERE certificate IS NULL AND ended_ms IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM deletion_range d WHERE d.run = r.id AND d.answered_ms IS NULL AND d.ends_ms > ?) ORDER BY id"
    )
    done = run(connection, sql, (now_ms,)).all()
    for run_id, about in done:
        number = certificates.keep(connection, ring, about, facts_of(connection, run_id), now_ms)
        run(connection, "UPDATE deletion_run SET certificate = ? WHERE id = ?", (number, run_id))
        note(connection, Look("job:retention", "deletion_certified", Purpose.DATA_SUBJECT, about), now_ms)
    return len(done)


def check_free(connection: Connection, person: int | None, now_ms: int) -> None:
    """Raises Refused: held, case_runs. Whom a receipt alone has named (None), nothing else is known of."""
    if person is None:
        return
    refresh_held(connection, now_ms)
    if is_held(connection, person):
        raise Refused("held", "a legal hold protects these data")
    sql = (
        "SELECT 1 FROM case_file WHERE state IN ('waiting', 'suspected', 'confirmed') AND (person = ? OR id IN"
        " (SELECT case_id FROM contact WHERE person = ? AND state <> 'withdrawn'))"
    )
    if run(connection, sql, (person, person)).first():
        raise Refused("case_runs", "the person is part of a case that runs")


def _destroy(connection: Connection, records: list[tuple[int, int]]) -> list[int]:
    """Empty the sealed bytes, delete the rows that came of them; when they had come in."""
    times: list[int] = []
    for stream, seq in records:
        sql = "SELECT received_ms FROM raw_record WHERE stream = ? AND seq = ?"
        times += [row[0] for row in run(connection, sql, (stream, seq))]
        for table in (*record_tables(pseudonym=True), *record_tables(pseudonym=False)):
            run(connection, f"DELETE FROM {table} WHERE stream = ? AND seq = ?", (stream, seq))
    empty_records(connection, records, "deleted")
    forget_told(connection, records)
    return times


def _forget_person(connection: Connection, person: int) -> None:
    """Stays, codes and links; the number stays for what names it, and stands for nobody."""
    run(connection, "DELETE FROM stay WHERE person = ?", (person,))
    forget_codes(connection, [person])


def _tell_kiosks(
    connection: Connection, ring: Keyring, run_id: int, records: list[tuple[int, int]], now_ms: int
) -> int:
    devices = set()
    for stream, first, last, received_ms in _ranges(connection, records):
        ends_ms = received_ms + KIOSK_DAYS * DAY_MS
        if ends_ms > now_ms and not _of_public_pages(connection, stream):
            sql = "INSERT INTO deletion_range (run, stream, first_seq, last_seq, ends_ms) VALUES (?, ?, ?, ?, ?)"
            run(connection, sql, (run_id, stream, first, last, ends_ms))
            sql = "SELECT s.device FROM stream s JOIN device d ON d.id = s.device WHERE s.id = ? AND d.state = 'active'"
            devices |= {row[0] for row in run(connection, sql, (stream,))}
        else:
            sql = (
                "INSERT INTO deletion_range (run, stream, first_seq, last_seq, ends_ms, answered_ms)"
                " VALUES (?, ?, ?, ?, ?, ?)"
            )
            run(connection, sql, (run_id, stream, first, last, ends_ms, ends_ms))
    for device in sorted(devices):
        _publish(connection, ring, device, now_ms)
    return len(devices)


def _of_public_pages(connection: Connection, stream: int) -> bool:
    """The centre's own pages for phones keep nothing that they have written."""
    return run(connection, "SELECT device FROM stream WHERE id = ?", (stream,)).scalar() == PUBLIC_PAGES


def _ranges(connection: Connection, records: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """(stream, first, last, received ms of the newest) of records that stand side by side."""
    found: list[tuple[int, int, int, int]] = []
    for stream, seq in sorted(records):
        sql = "SELECT received_ms FROM raw_record WHERE stream = ? AND seq = ?"
        at = run(connection, sql, (stream, seq)).scalar() or 0
        if found and found[-1][0] == stream and found[-1][2] == seq - 1:
            _, first, _, before = found.pop()
            found.append((stream, first, seq, max(at, before)))
        else:
            found.append((stream, seq, seq, at))
    return found


def _publish(connection: Connection, ring: Keyring, device: str, now_ms: int) -> None:
    """Everything that this kiosk has not answered yet, in one bulletin."""
    sql = (
        "SELECT s.epoch, r.first_seq, r.last_seq FROM deletion_range r JOIN stream s ON s.id = r.stream"
        " WHERE s.device = ? AND r.answered_ms IS NULL AND r.ends_ms > ? ORDER BY s.id, r.first_seq"
    )
    doomed = [Doomed(bytes(epoch), first, last) for epoch, first, last in run(connection, sql, (device, now_ms))]
    ends_ms = now_ms + _LIVES_DAYS * DAY_MS
    publish_bulletin(connection, ring, KIND, NAME, f"device-{device}", deletions_body(doomed), ends_ms, now_ms)


def _take_answers(connection: Connection) -> None:
    """Answers are device events; each closes the ranges that it covers."""
    sql = "SELECT DISTINCT s.device FROM deletion_range r JOIN stream s ON s.id = r.stream WHERE r.answered_ms IS NULL"
    for (device,) in run(connection, sql).all():
        sql = (
            "SELECT e.facts, e.at_ms FROM device_event e JOIN stream s ON s.id = e.stream"
            " WHERE s.device = ? AND e.name = ?"
        )
        for facts, at_ms in run(connection, sql, (device, EVENT)).all():
            _answer(connection, device, json.loads(facts), at_ms)


def _answer(connection: Connection, device: str, facts: Any, at_ms: int) -> None:
    match facts:
        case {"epoch": str(epoch), "from": int(first), "through": int(last)} if len(epoch) == 16:
            run(
                connection,
                "UPDATE deletion_range SET answered_ms = ? WHERE answered_ms IS NULL AND first_seq >= ?"
                " AND last_seq <= ? AND stream IN (SELECT id FROM stream WHERE device = ? AND epoch = ?)",
                (at_ms, first, last, device, _hex(epoch)),
            )


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
