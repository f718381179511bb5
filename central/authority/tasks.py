"""Tasks: who has to call or to visit whom, until when. What an officer does is noted by whoever shows the page."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

Kind = Literal["call", "visit", "follow_up", "call_back", "declaration", "arrival", "request"]
OUTCOMES = ("reached", "no_answer", "wrong_number", "moved_away", "declined", "done", "not_needed")


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


def open_task(connection: Connection, new: NewTask, now_ms: int) -> int:
    """Put a task on its station's list; its id."""
    sql = (
        "INSERT INTO task (kind, about, contact, person, station, ward, province, made_ms, due_ms, tries)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING id"
    )
    values = (new.kind, new.about, new.contact, new.person, new.station, new.ward, new.province, now_ms, new.due_ms)
    return int(run(connection, sql, values).scalar_one())


def close_task(connection: Connection, task: int, officer: str, outcome: str, now_ms: int) -> None:
    """Say what came of it. Raises Refused: bad_outcome, task_unknown (or closed already)."""
    if outcome not in OUTCOMES:
        raise Refused("bad_outcome", outcome[:32])
    sql = "UPDATE task SET done_ms = ?, outcome = ?, officer = ?, tries = tries + 1 WHERE id = ? AND done_ms IS NULL"
    if run(connection, sql, (now_ms, outcome, officer, task)).rowcount != 1:
        raise Refused("task_unknown", str(task))
