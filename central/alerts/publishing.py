"""The job `alerts`: what is released goes out, and lists that changed are signed anew. It alone signs them.

In one transaction: the stop list and the case are asked once more, the entries become live, the lists are signed, the
messages are let go and the tasks opened. So a release is out as a whole or not at all, however often the job is killed.
"""

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.alerts.contacts import check_case, set_contacts
from central.alerts.limits import Limits, limits
from central.alerts.lists import dirty_scopes, mark, publish_scope
from central.alerts.recalling import forget_entries, take_back
from central.alerts.releasing import Release, release_of
from central.alerts.stops import is_stopped, stopped_contacts
from central.authority.reaching import on_its_way, released
from central.authority.tasks import NewTask, open_task
from central.jobs import Bench
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused

_ACTOR = "job:alerts"
_SCOPES_AT_ONCE = 20


def send_released(bench: Bench) -> bool:
    """One release, or some lists; whether more is waiting. What is stopped waits and holds up nobody."""
    now_ms = bench.now_ms()
    with bench.engine.connect().execution_options(reads_only=True) as connection:
        waiting = [number for (number,) in run(connection, _RELEASED).all()]
        dirty = bool(dirty_scopes(connection))
    for number in waiting:
        with bench.engine.begin() as connection:
            if send_one(connection, bench.ring, number, limits(), now_ms):
                return True
    if not dirty:
        return False
    with bench.engine.begin() as connection:
        return publish_dirty(connection, bench.ring, now_ms)


def send_one(connection: Connection, ring: Keyring, number: int, table: Limits, now_ms: int) -> bool:
    """Send a release unless it is stopped; whether anything was done."""
    _lock(connection, number)
    one = release_of(connection, number)
    if one.state != "released" or is_stopped(connection, f"case-{one.case_id}", f"release-{number}"):
        return False
    try:
        check_case(connection, one.case_id)
    except Refused:
        take_back(connection, number, "stopped", now_ms, tell=False)
        return True
    gone = _withdraw(connection, number, now_ms)
    scopes = [scope for (scope,) in run(connection, _SCOPES, (number,)).all()]
    run(connection, "UPDATE exposure_entry SET live = 1 WHERE release = ?", (number,))
    run(
        connection,
        "UPDATE message SET state = 'waiting' WHERE release = ? AND kind = 'alert' AND state = 'held'",
        (number,),
    )
    sql = "UPDATE reach SET state = 'waiting', changed_ms = ? WHERE release = ? AND state = 'proposed'"
    run(connection, sql, (now_ms, number))
    _open_tasks(connection, one, table, now_ms)
    run(connection, "UPDATE release SET state = 'sent', sent_ms = ? WHERE id = ?", (now_ms, number))
    _say_channels(connection, number)
    released(connection, one.case_id, _ACTOR, now_ms)
    detail = {"release": number, "withdrawn": gone, **one.counts}
    note(connection, Look(_ACTOR, "alert_sent", Purpose.TRACING, one.case_id, detail=detail), now_ms)
    mark(connection, scopes)
    publish_dirty(connection, ring, now_ms)
    return True


def publish_dirty(connection: Connection, ring: Keyring, now_ms: int) -> bool:
    """Sign the lists that changed; whether more are waiting."""
    dirty = dirty_scopes(connection)
    for scope in dirty[:_SCOPES_AT_ONCE]:
        publish_scope(connection, ring, scope, now_ms)
    return len(dirty) > _SCOPES_AT_ONCE


def _lock(connection: Connection, number: int) -> None:
    """Two jobs must not send one release: the second waits, and finds it sent."""
    run(connection, "UPDATE release SET state = state WHERE id = ?", (number,))


def _withdraw(connection: Connection, number: int, now_ms: int) -> int:
    """Drop those who are on the stop list, and contacts that are none any more."""
    sql = "SELECT DISTINCT r.contact, c.state FROM reach r JOIN contact c ON c.id = r.contact WHERE r.release = ?"
    stopped = stopped_contacts(connection)
    gone = [
        contact
        for contact, state in run(connection, sql, (number,)).all()
        if state == "withdrawn" or contact in stopped
    ]
    for contact in gone:
        forget_entries(connection, number, contact)
        sql = (
            "UPDATE message SET state = 'cancelled', sealed = ? WHERE release = ?"
            " AND reach IN (SELECT id FROM reach WHERE release = ? AND contact = ?)"
        )
        run(connection, sql, (b"", number, number, contact))
        sql = "UPDATE reach SET state = 'withdrawn', changed_ms = ? WHERE release = ? AND contact = ?"
        run(connection, sql, (now_ms, number, contact))
    return len(gone)


def _open_tasks(connection: Connection, one: Release, table: Limits, now_ms: int) -> None:
    sql = (
        "SELECT r.id, r.channel, r.station, c.id, c.person, c.ward, c.province FROM reach r"
        " JOIN contact c ON c.id = r.contact"
        " WHERE r.release = ? AND r.channel IN ('call', 'visit') AND r.state = 'waiting' AND r.task IS NULL"
        " ORDER BY r.id"
    )
    for reach, channel, station, contact, person, ward, province in run(connection, sql, (one.id,)).all():
        new = NewTask(channel, one.case_id, now_ms + table.task_ms, station or "", ward, province, contact, person)
        task = open_task(connection, new, now_ms)
        run(connection, "UPDATE reach SET task = ? WHERE id = ?", (task, reach))


def _say_channels(connection: Connection, number: int) -> None:
    sql = "SELECT contact, channel FROM reach WHERE release = ? AND state = 'waiting' ORDER BY contact, id"
    channels: dict[int, list[str]] = {}
    for contact, channel in run(connection, sql, (number,)).all():
        channels.setdefault(contact, []).append(channel)
    for contact, named in channels.items():
        on_its_way(connection, contact, ",".join(named))
    set_contacts(connection, channels, "listed", "waiting")


_RELEASED = "SELECT id FROM release WHERE state = 'released' ORDER BY released_ms LIMIT 50"
_SCOPES = "SELECT DISTINCT scope FROM exposure_entry WHERE release = ?"
