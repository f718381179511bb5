"""Taking back: the entries at the gates, what still waits to be sent, the tasks; and the recall to whoever was told.

The recall of each message lies sealed beside it, so that nobody has to open a name to say sorry. Whoever was told by a
call or a visit is told by another call.
"""

from sqlalchemy.engine import Connection

from central.alerts.limits import limits
from central.alerts.lists import mark
from central.authority.tasks import Kind, NewTask, open_task
from central.statements import run

_SENT = ("sent", "delivered")


def take_back(connection: Connection, release: int, state: str, now_ms: int, *, tell: bool) -> None:
    """Set a release to `state` (stopped, recalled or over) and undo what it did; with `tell` recalls go out."""
    forget_entries(connection, release)
    sql = (
        "UPDATE message SET state = 'cancelled', sealed = ? WHERE release = ? AND kind = 'alert'"
        " AND state IN ('held', 'waiting', 'failed')"
    )
    run(connection, sql, (b"", release))
    if tell:
        _send_recalls(connection, release, now_ms)
    elif run(connection, "SELECT sent_ms FROM release WHERE id = ?", (release,)).scalar() is None:
        sql = "UPDATE message SET state = 'cancelled', sealed = ? WHERE release = ? AND kind IN ('recall', 'clearance')"
        run(connection, sql, (b"", release))  # nobody was told: there is nothing to take back
    _end_tasks(connection, release, now_ms, tell)
    reach = {"stopped": "stopped", "recalled": "recalled", "over": "withdrawn"}[state]
    unsent = "" if tell else " AND state NOT IN ('sent', 'delivered')"
    sql = f"UPDATE reach SET state = ?, changed_ms = ? WHERE release = ?{unsent}"
    run(connection, sql, (reach, now_ms, release))
    run(connection, "UPDATE release SET state = ? WHERE id = ?", (state, release))


def forget_entries(connection: Connection, release: int, contact: int | None = None) -> None:
    """Take a release's entries (or one contact's) out of the lists of the gates."""
    where, values = "release = ?", [release]
    if contact is not None:
        where, values = f"{where} AND contact = ?", [release, contact]
    sql = f"SELECT DISTINCT scope FROM exposure_entry WHERE {where} AND live = 1"
    mark(connection, [scope for (scope,) in run(connection, sql, values).all()])
    run(connection, f"DELETE FROM exposure_entry WHERE {where}", values)


def recall_case(connection: Connection, ring: object, case: str, now_ms: int) -> int:
    """Everything that was released for a case is taken back, and whoever heard is told; how many releases.

    For a case that was ruled out or that ended by itself. `ring` is not used: the job `alerts` signs within a second.
    """
    sql = (
        "SELECT id, state, sent_ms FROM release"
        " WHERE case_id = ? AND (state IN ('proposed', 'held', 'released', 'sent') OR state = 'stopped') ORDER BY id"
    )
    done = 0
    for release, state, sent_ms in run(connection, sql, (case,)).all():
        if state == "stopped" and sent_ms is None:
            continue
        take_back(
            connection, release, "recalled" if sent_ms is not None else "stopped", now_ms, tell=sent_ms is not None
        )
        sql = (
            "UPDATE release SET stopped_by = COALESCE(stopped_by, ?), stopped_ms = COALESCE(stopped_ms, ?) WHERE id = ?"
        )
        run(connection, sql, ("case ended", now_ms, release))
        done += 1
    sql = "UPDATE public_notice SET withdrawn_ms = ? WHERE case_id = ? AND withdrawn_ms IS NULL"
    run(connection, sql, (now_ms, case))
    return done


def _send_recalls(connection: Connection, release: int, now_ms: int) -> None:
    """Of those whose alert left the house; the others' recalls go unread."""
    told = (
        "SELECT reach FROM message WHERE release = ? AND kind = 'alert' AND state IN ('sending', 'sent', 'delivered')"
    )
    sql = (
        "UPDATE message SET state = 'waiting', next_ms = ?, ends_ms = ? WHERE release = ? AND kind = 'recall'"
        f" AND state = 'held' AND reach IN ({told})"
    )
    run(connection, sql, (now_ms, now_ms + limits().alert_ms, release, release))
    sql = "UPDATE message SET state = 'cancelled', sealed = ? WHERE release = ? AND kind = 'recall' AND state = 'held'"
    run(connection, sql, (b"", release))


def _end_tasks(connection: Connection, release: int, now_ms: int, tell: bool) -> None:
    sql = (
        "SELECT t.id, t.done_ms, t.outcome, t.kind, t.about, t.station, t.ward, t.province, t.contact, t.person"
        " FROM reach r JOIN task t ON t.id = r.task WHERE r.release = ?"
    )
    for row in run(connection, sql, (release,)).all():
        if row[1] is None:
            sql = "UPDATE task SET done_ms = ?, outcome = 'not_needed' WHERE id = ? AND done_ms IS NULL"
            run(connection, sql, (now_ms, row[0]))
        elif tell and row[2] in ("reached", "declined", "done"):
            kind: Kind = "call" if row[3] == "call" else "visit"
            open_task(connection, NewTask(kind, row[4], now_ms + limits().task_ms, *row[5:10]), now_ms)
