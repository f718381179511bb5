"""The jobs `gates_seen` and `escalate`: who was told at a gate, and who was told by nobody so far.

A channel alone can stay silent: a pass that nobody shows again, a phone that is off. After the quiet hours, or as soon
as every message of a person has failed, a call or a visit takes its place.
"""

from sqlalchemy.engine import Connection

from central.alerts.limits import limits
from central.authority.reaching import on_its_way, reached
from central.authority.tasks import Kind, NewTask, open_task
from central.jobs import Bench
from central.places.places import station_for
from central.statements import run
from wire.records import IdentityKind, Signal

_AT_ONCE = 200


def see_gates(bench: Bench) -> bool:
    """Whoever showed a listed pass after the release and was asked to the desk has been told there."""
    now_ms = bench.now_ms()
    sql = (
        "SELECT DISTINCT r.id, r.contact FROM reach r JOIN release a ON a.id = r.release AND a.state = 'sent'"
        " JOIN contact c ON c.id = r.contact JOIN identity i ON i.person = c.person"
        " JOIN visit v ON v.person = i.pseudonym AND v.at_ms >= a.sent_ms AND v.signal = ? AND v.identity_kind = ?"
        " WHERE r.channel = 'gate' AND r.state = 'waiting' LIMIT ?"
    )
    with bench.engine.begin() as connection:
        rows = run(connection, sql, (int(Signal.ASK), int(IdentityKind.PASS), _AT_ONCE)).all()
        for reach, contact in rows:
            mark_reached(connection, reach, contact, "gate", now_ms)
    return len(rows) == _AT_ONCE


def escalate(bench: Bench) -> bool:
    """Open a call or a visit for contacts whose channels have failed, or have been silent too long."""
    now_ms = bench.now_ms()
    with bench.engine.begin() as connection:
        rows = run(connection, _SILENT, (now_ms - limits().quiet_ms, _AT_ONCE)).all()
        for release, case, contact, person, ward, province, phone in rows:
            station = station_for(connection, ward, province)
            kind: Kind = "call" if phone else "visit"
            theirs = "" if station is None else station.id
            due = now_ms + limits().task_ms
            task = open_task(connection, NewTask(kind, case, due, theirs, ward, province, contact, person), now_ms)
            sql = (
                "INSERT INTO reach (release, contact, channel, state, language, segments, station, task, changed_ms)"
                " VALUES (?, ?, ?, 'waiting', '', 0, ?, ?, ?)"
            )
            run(connection, sql, (release, contact, kind, theirs, task, now_ms))
            on_its_way(connection, contact, kind)
    return len(rows) == _AT_ONCE


def mark_reached(connection: Connection, reach: int, contact: int, by: str, now_ms: int) -> None:
    """The contact was told by this channel."""
    run(connection, "UPDATE reach SET state = 'delivered', changed_ms = ? WHERE id = ?", (now_ms, reach))
    reached(connection, contact, by, now_ms)


# Contacts of sent releases that nobody has reached and no task looks after: every message failed and no gate may ask
# them, or the quiet hours are over.
_SILENT = """
SELECT a.id, a.case_id, c.id, c.person, c.ward, c.province,
       EXISTS (SELECT 1 FROM reach p WHERE p.contact = c.id AND p.release = a.id AND p.channel = 'sms')
FROM release a
JOIN (SELECT release, contact, count(*) AS ways,
             sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed,
             sum(CASE WHEN channel IN ('call', 'visit') THEN 1 ELSE 0 END) AS tasks
      FROM reach WHERE state <> 'withdrawn' GROUP BY release, contact) w ON w.release = a.id
JOIN contact c ON c.id = w.contact
WHERE a.state = 'sent' AND c.reached_ms IS NULL AND c.state NOT IN ('withdrawn', 'declined', 'lost')
  AND w.tasks = 0 AND (w.failed = w.ways OR a.sent_ms <= ?)
ORDER BY c.id LIMIT ?
"""
