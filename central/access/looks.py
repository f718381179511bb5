"""Who looked at whom, for the person themselves: what they may ask, and what they are told without asking.

- Every person that a row of the log named is told within the days of roles.toml, once for all looks until then.
- Only a head puts it off, for one case or request, with a reason and an end 60 days away at most. That counts for
  lists of several cases, too, in which one of that case's people was shown.
- Whoever sends the notices takes `due_notices` and says `mark_told`; told once is told.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Officer, Purpose
from central.statements import run
from wire.refusal import Refused

MOST_DAYS = 60
MOST_PAUSES = 200  # at once, in the whole country: it is an exception
_LOOKS_AT_ONCE = 1_000  # of one person in one notice; the next notice has the rest
_DAY_MS = 86_400_000


class Looked(NamedTuple):
    """One look at a person. Roles and purposes, no officer's name: that is for those who check."""

    number: int
    at_ms: int
    role: str
    action: str
    purpose: str
    about: str


class Due(NamedTuple):
    """A person to be told, and every look since the last time."""

    person: int
    numbers: tuple[int, ...]
    first_ms: int
    last_ms: int
    purposes: tuple[str, ...]


class Pause(NamedTuple):
    """Being told is put off for a case or a request."""

    id: int
    about: str
    reason: str
    said_by: str
    made_ms: int
    ends_ms: int


def looks_at(connection: Connection, person: int, limit: int = 500) -> list[Looked]:
    """Every look at a person (a person.id), newest first."""
    sql = (
        "SELECT a.number, a.at_ms, a.role, a.action, a.purpose, a.about FROM look_notice n"
        " JOIN audit a ON a.number = n.number WHERE n.person = ? ORDER BY a.number DESC LIMIT ?"
    )
    return [Looked(*row) for row in run(connection, sql, (person, limit))]


def told_looks(connection: Connection, person: int, now_ms: int, limit: int) -> list[Looked]:
    """What a person has been told or must have been told by now, newest first: for a page of their own. What a head has
    put off is left out until that ends."""
    sql = (
        "SELECT a.number, a.at_ms, a.role, a.action, a.purpose, a.about FROM look_notice n"
        " JOIN audit a ON a.number = n.number"
        f" WHERE n.person = ? AND (n.told_ms IS NOT NULL OR n.due_ms <= ? AND {_NOT_PAUSED})"
        " ORDER BY a.number DESC LIMIT ?"
    )
    return [Looked(*row) for row in run(connection, sql, (person, now_ms, now_ms, limit))]


def due_notices(connection: Connection, now_ms: int, limit: int = 100) -> list[Due]:
    """Up to `limit` persons who have to be told now; looks for what is put off are left out until that ends."""
    sql = (
        "SELECT n.person FROM look_notice n JOIN audit a ON a.number = n.number"
        f" WHERE n.told_ms IS NULL AND n.due_ms <= ? AND {_NOT_PAUSED}"
        " GROUP BY n.person ORDER BY min(n.due_ms), n.person LIMIT ?"
    )
    persons = [row[0] for row in run(connection, sql, (now_ms, now_ms, limit))]
    return [_due(connection, person, now_ms) for person in persons]


def mark_told(connection: Connection, numbers: Iterable[int], person: int, now_ms: int) -> None:
    """These looks at the person have been told, or handed to a channel that gives receipts."""
    sql = "UPDATE look_notice SET told_ms = ? WHERE number = ? AND person = ? AND told_ms IS NULL"
    for number in numbers:
        run(connection, sql, (now_ms, number, person))


def waiting(connection: Connection, now_ms: int) -> tuple[int, int]:
    """(persons not told yet, those of them who should have been told by now)."""
    row = run(
        connection,
        "SELECT count(DISTINCT person), count(DISTINCT CASE WHEN due_ms <= ? THEN person END)"
        " FROM look_notice WHERE told_ms IS NULL",
        (now_ms,),
    ).one()
    return int(row[0]), int(row[1])


def put_off(connection: Connection, by: Officer, role: str, about: str, reason: str, days: int, now_ms: int) -> None:
    """A head puts off that those looked at for `about` are told.

    Raises Refused: about_unknown, reason_missing, bad_end, too_many_pauses.
    """
    if not 10 <= len(reason.strip()) <= 300:
        raise Refused("reason_missing")
    if not 1 <= days <= MOST_DAYS:
        raise Refused("bad_end")
    if not about or run(connection, "SELECT 1 FROM audit WHERE about = ? LIMIT 1", (about,)).first() is None:
        raise Refused("about_unknown")
    if len(pauses(connection, now_ms)) >= MOST_PAUSES:
        raise Refused("too_many_pauses")
    sql = "INSERT INTO told_pause (about, reason, said_by, made_ms, ends_ms) VALUES (?, ?, ?, ?, ?)"
    run(connection, sql, (about, reason.strip(), by.account, now_ms, now_ms + days * _DAY_MS))
    note(connection, Look(by.account, "put_off_notices", Purpose.OVERSIGHT, about, role, detail={"days": days}), now_ms)


def end_pause(connection: Connection, by: Officer, role: str, number: int, now_ms: int) -> None:
    """They are told again from now on. Raises Refused("pause_unknown")."""
    found = next((one for one in pauses(connection, now_ms) if one.id == number), None)
    if found is None:
        raise Refused("pause_unknown")
    run(connection, "UPDATE told_pause SET ends_ms = ? WHERE id = ?", (now_ms, number))
    note(connection, Look(by.account, "ended_put_off", Purpose.OVERSIGHT, found.about, role), now_ms)


def pauses(connection: Connection, now_ms: int) -> list[Pause]:
    """Those that run now, the first to end first; at most MOST_PAUSES, which `put_off` sees to."""
    sql = (
        "SELECT id, about, reason, said_by, made_ms, ends_ms FROM told_pause WHERE ends_ms > ? ORDER BY ends_ms, id"
        " LIMIT ?"
    )
    return [Pause(*row) for row in run(connection, sql, (now_ms, MOST_PAUSES))]


# A list (about nothing) that showed somebody waits with their cases: else it would tell what the head has put off.
_NOT_PAUSED = (
    "NOT EXISTS (SELECT 1 FROM told_pause p WHERE p.ends_ms > ? AND (p.about = a.about OR a.about = '' AND"
    " (EXISTS (SELECT 1 FROM contact c WHERE c.person = n.person AND c.case_id = p.about)"
    " OR EXISTS (SELECT 1 FROM case_file f WHERE f.person = n.person AND f.id = p.about))))"
)


def _due(connection: Connection, person: int, now_ms: int) -> Due:
    sql = (
        "SELECT a.number, a.at_ms, a.purpose FROM look_notice n JOIN audit a ON a.number = n.number"
        f" WHERE n.person = ? AND n.told_ms IS NULL AND {_NOT_PAUSED} ORDER BY a.number LIMIT {_LOOKS_AT_ONCE}"
    )
    rows = run(connection, sql, (person, now_ms)).all()
    purposes = tuple(sorted({row[2] for row in rows}))
    return Due(person, tuple(row[0] for row in rows), rows[0][1], rows[-1][1], purposes)
