"""Tasks: who has to call or to visit whom, until when. What an officer does is noted by whoever shows the page.

- Somebody who is not reached is never dropped: after no answer the task comes back, after the last try somebody goes
  there; a wrong number becomes a visit, a move becomes a task of the province (rules/calls.toml).
- A task that is taken belongs to one officer; another may take it over, and both stand in the log.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.authority.diseases import calls
from central.authority.reaching import reached
from central.places.places import Station, station_for
from central.statements import run
from wire.refusal import Refused

Kind = Literal["call", "visit", "follow_up", "call_back", "declaration", "arrival", "request"]
OUTCOMES = ("reached", "no_answer", "wrong_number", "moved_away", "declined", "done", "not_needed")
_TO_A_PERSON = ("call", "visit", "call_back")


@dataclass(frozen=True, slots=True)
class NewTask:
    """`about` is the case, declaration or request for which names may be opened; `due_ms` the latest good moment."""

    kind: Kind
    about: str
    due_ms: int
    station: str = ""
    ward: str = ""
    province: str = ""
    contact: int | None = None
    person: int | None = None


class Task(NamedTuple):
    """A row of `task`; times in Unix ms."""

    id: int
    kind: Kind
    about: str
    contact: int | None
    person: int | None
    station: str
    ward: str
    province: str
    officer: str | None
    made_ms: int
    due_ms: int
    tries: int
    done_ms: int | None
    outcome: str | None

    @property
    def areas(self) -> frozenset[str]:
        """Where it lies: for `desk.require`."""
        return areas_of_place("", self.ward, self.province)


COLUMNS = ", ".join(Task._fields)


def open_task(connection: Connection, new: NewTask, now_ms: int) -> int:
    """Put a task on its station's list; its id."""
    sql = (
        "INSERT INTO task (kind, about, contact, person, station, ward, province, made_ms, due_ms, tries)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING id"
    )
    values = (new.kind, new.about, new.contact, new.person, new.station, new.ward, new.province, now_ms, new.due_ms)
    return int(run(connection, sql, values).scalar_one())


def task_of(connection: Connection, task: int) -> Task:
    """Raises Refused("task_unknown")."""
    row = run(connection, f"SELECT {COLUMNS} FROM task WHERE id = ?", (task,)).first()
    if row is None:
        raise Refused("task_unknown", str(task))
    return Task(*row)


def tasks_of(connection: Connection, contact: int) -> list[Task]:
    """Every task of a contact, open ones first."""
    sql = f"SELECT {COLUMNS} FROM task WHERE contact = ? ORDER BY done_ms IS NOT NULL, due_ms, id LIMIT 60"
    return [Task(*row) for row in run(connection, sql, (contact,))]


def take_task(connection: Connection, task: int, officer: str) -> None:
    """It is this officer's now. Raises Refused("task_unknown") for one that is done."""
    sql = "UPDATE task SET officer = ? WHERE id = ? AND done_ms IS NULL"
    if run(connection, sql, (officer, task)).rowcount != 1:
        raise Refused("task_unknown", str(task))


def close_task(connection: Connection, task: int, officer: str, outcome: str, now_ms: int) -> None:
    """Say what came of it. Raises Refused: bad_outcome, task_unknown (or closed already)."""
    if outcome not in OUTCOMES:
        raise Refused("bad_outcome", outcome[:32])
    sql = "UPDATE task SET done_ms = ?, outcome = ?, officer = ?, tries = tries + 1 WHERE id = ? AND done_ms IS NULL"
    if run(connection, sql, (now_ms, outcome, officer, task)).rowcount != 1:
        raise Refused("task_unknown", str(task))


def write_outcome(connection: Connection, task: int, officer: str, outcome: str, now_ms: int) -> int | None:
    """What came of a task, and what follows from it; the id of the task that goes on, None when nothing is left to do.

    Raises Refused: bad_outcome, task_unknown.
    """
    one = task_of(connection, task)
    if outcome == "no_answer" and one.tries + 1 < calls().tries:
        sql = "UPDATE task SET tries = tries + 1, due_ms = ?, officer = ? WHERE id = ? AND done_ms IS NULL"
        if run(connection, sql, (now_ms + calls().again_ms, officer, task)).rowcount != 1:
            raise Refused("task_unknown", str(task))
        return task
    close_task(connection, task, officer, outcome, now_ms)
    if one.contact is None:
        return None
    if outcome == "reached" and one.kind in _TO_A_PERSON:
        reached(connection, one.contact, "visit" if one.kind == "visit" else "call", now_ms)
    if outcome == "declined":
        _set_state(connection, one.contact, "declined")
    return _goes_on(connection, one, outcome, now_ms)


def _goes_on(connection: Connection, one: Task, outcome: str, now_ms: int) -> int | None:
    if one.kind not in (*_TO_A_PERSON, "follow_up") or outcome in ("reached", "declined", "done", "not_needed"):
        return None
    due = now_ms + calls().visit_ms
    if outcome == "moved_away":
        if not one.station:
            _set_state(connection, one.contact, "lost")
            return None
        return open_task(connection, _again(one, "call", due, ""), now_ms)
    return open_task(connection, _again(one, "visit", due, one.station), now_ms)


def _again(one: Task, kind: Kind, due_ms: int, station: str) -> NewTask:
    return NewTask(kind, one.about, due_ms, station, one.ward, one.province, one.contact, one.person)


def _set_state(connection: Connection, contact: int | None, state: str) -> None:
    sql = "UPDATE contact SET state = ? WHERE id = ? AND state <> 'withdrawn'"
    run(connection, sql, (state, contact))


def call_back(connection: Connection, contact: int, now_ms: int) -> int:
    """Somebody asked to be called back: one open task of that kind a contact; its id. Raises contact_unknown."""
    row = run(connection, "SELECT case_id, person, ward, province FROM contact WHERE id = ?", (contact,)).first()
    if row is None:
        raise Refused("contact_unknown", str(contact))
    sql = "SELECT id FROM task WHERE contact = ? AND kind = 'call_back' AND done_ms IS NULL"
    held = run(connection, sql, (contact,)).first()
    if held is not None:
        return int(held[0])
    case, person, ward, province = row
    station = station_for(connection, ward, province)
    due = now_ms + calls().call_back_ms
    name = "" if station is None else station.id
    return open_task(connection, NewTask("call_back", case, due, name, ward, province, contact, person), now_ms)


def assign_rest(connection: Connection, case: str, now_ms: int, at_most: int = 5000) -> int:
    """A call task for every contact without a channel and without a task; how many."""
    sql = (
        "SELECT c.id, c.person, c.ward, c.province FROM contact c WHERE c.case_id = ? AND c.channel = ''"
        " AND c.state IN ('listed', 'waiting')"
        " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.contact = c.id AND t.done_ms IS NULL) ORDER BY c.id LIMIT ?"
    )
    stations: dict[tuple[str, str], Station | None] = {}
    rows = run(connection, sql, (case, at_most)).all()
    for contact, person, ward, province in rows:
        if (ward, province) not in stations:
            stations[ward, province] = station_for(connection, ward, province)
        station = stations[ward, province]
        due, name = now_ms + calls().first_ms, "" if station is None else station.id
        open_task(connection, NewTask("call", case, due, name, ward, province, contact, person), now_ms)
    sql = (
        "UPDATE contact SET state = 'waiting' WHERE case_id = ? AND state = 'listed'"
        " AND EXISTS (SELECT 1 FROM task t WHERE t.contact = contact.id AND t.done_ms IS NULL)"
    )
    run(connection, sql, (case,))
    return len(rows)
