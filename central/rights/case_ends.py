"""The end of a case's data: everything that hangs on it, leaves first, in one transaction.

A case that is over counts its days from its end; one that nobody ever closed goes after twice as long.
"""

from typing import Any

from sqlalchemy.engine import Connection

from central.rights.limits import DAY_MS, Limit
from central.statements import run

_ROWS_OF_A_CASE = 200
_CONTACTS = "(SELECT id FROM contact WHERE case_id = ?)"
_RELEASES = "(SELECT id FROM release WHERE case_id = ?)"
_REACHES = f"(SELECT id FROM reach WHERE release IN {_RELEASES} OR contact IN {_CONTACTS})"
_TASKS = f"(SELECT id FROM task WHERE about = ? OR contact IN {_CONTACTS})"
# What hangs on a case, leaves first.
OF_A_CASE = (
    ("message", f"release IN {_RELEASES} OR reach IN {_REACHES}"),
    ("phone_told", f"release IN {_RELEASES}"),
    ("call_code", f"reach IN {_REACHES} OR task IN {_TASKS}"),
    ("reach", f"release IN {_RELEASES} OR contact IN {_CONTACTS}"),
    ("follow_up", f"contact IN {_CONTACTS} OR task IN {_TASKS}"),
    ("exposure_entry", f"contact IN {_CONTACTS} OR release IN {_RELEASES}"),
    ("task", f"about = ? OR contact IN {_CONTACTS}"),
    ("release", "case_id = ?"),
    ("public_notice", "case_id = ?"),
    ("contact", "case_id = ?"),
    ("case_event", "case_id = ?"),
    ("case_file", "id = ?"),
)


def end_cases(connection: Connection, limit: Limit, now_ms: int, most: int) -> list[tuple[Any, ...]]:
    """Destroy cases that are due, as many as have about `most` rows; (id, when they ended) of each."""
    over = "state IN ('ruled_out', 'expired', 'merged', 'closed') AND coalesce(closed_ms, opened_ms) < ?"
    held = (
        "SELECT what FROM legal_hold WHERE kind = 'case' AND signed_ms IS NOT NULL AND lifted_ms IS NULL"
        " AND ends_ms > ?"
    )
    sql = (
        f"SELECT id, coalesce(closed_ms, opened_ms) FROM case_file WHERE ({over} OR opened_ms < ?) AND id NOT IN"
        f" ({held}) AND (person IS NULL OR person NOT IN (SELECT person FROM held_person)) ORDER BY id LIMIT ?"
    )
    before = limit.before(now_ms)
    values = (before, before - limit.days * DAY_MS, now_ms, max(1, most // _ROWS_OF_A_CASE))
    due = [tuple(row) for row in run(connection, sql, values)]
    for case, _ in due:
        for table, where in OF_A_CASE:
            run(connection, f"DELETE FROM {table} WHERE {where}", (case,) * where.count("?"))
    return due
