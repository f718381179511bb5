"""The declaration desk in the database: the queue, and what an officer does with an item.

Whoever calls checks the right and writes the log. An item is also a task of a health station; the two close together.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.authority.tasks import close_task, open_task
from central.desks.queue import Item, task_of
from central.desks.tied import about_of
from central.desks.triage import HOUR_MS, shipped_triage
from central.statements import run
from central.vault.port import RecordId
from wire.refusal import Refused

# What came of an item -> what its task says (central.authority.tasks.OUTCOMES).
OUTCOMES = {
    "well": "done",
    "to_care": "done",
    "suspected": "done",
    "unreachable": "no_answer",
    "mistake": "wrong_number",
    "not_needed": "not_needed",
}
PAGE = 50
_ITEM = (
    "t.id, t.kind, t.stream, t.seq, t.day, t.person, t.venue, t.ward, t.province, t.rank, t.why, t.rules, t.station,"
    " t.task, t.officer, t.made_ms, t.due_ms, t.calls, t.closed_ms, t.outcome"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item of the queue. `why` are ids of the rules that put it there."""

    id: int
    kind: str
    record: RecordId
    day: int
    person: int | None
    venue: str
    ward: str
    province: str
    rank: int
    why: tuple[str, ...]
    rules: str
    station: str
    task: int | None
    officer: str | None
    made_ms: int
    due_ms: int
    calls: int
    closed_ms: int | None
    outcome: str | None

    @property
    def about(self) -> str:
        """How the log and the opener call it."""
        return about_of(self.record)

    @property
    def areas(self) -> frozenset[str]:
        """Where a right must be held to work on it."""
        return areas_of_place(self.venue, self.ward, self.province)


def item_of(connection: Connection, number: int) -> Waiting:
    """Raises Refused("item_unknown")."""
    row = run(connection, f"SELECT {_ITEM} FROM triage t WHERE t.id = ?", (number,)).first()
    if row is None:
        raise Refused("item_unknown", str(number))
    return _waiting(row)


def queue(connection: Connection, areas: Collection[str], mine: str = "", after: int = 0) -> list[Waiting]:
    """Open items of these areas ("all" for every one), most urgent first; `mine`: only what that officer has taken."""
    where, values = _within(areas)
    sql = (
        f"SELECT {_ITEM} FROM triage t WHERE t.closed_ms IS NULL AND ({where}) AND (? = '' OR t.officer = ?)"
        " ORDER BY t.rank, t.due_ms, t.id LIMIT ? OFFSET ?"
    )
    return [_waiting(row) for row in run(connection, sql, (*values, mine, mine, PAGE, after))]


def closed(connection: Connection, areas: Collection[str], since_ms: int) -> list[Waiting]:
    """What was closed since then, the latest first."""
    where, values = _within(areas)
    sql = f"SELECT {_ITEM} FROM triage t WHERE t.closed_ms > ? AND ({where}) ORDER BY t.closed_ms DESC LIMIT ?"
    return [_waiting(row) for row in run(connection, sql, (since_ms, *values, PAGE))]


def counts(connection: Connection, areas: Collection[str], now_ms: int) -> dict[str, int]:
    """open, late (past their time), unassigned, and closed in the last 24 hours."""
    where, values = _within(areas)
    sql = (
        "SELECT count(*), COALESCE(sum(CASE WHEN t.due_ms < ? THEN 1 ELSE 0 END), 0),"
        " COALESCE(sum(CASE WHEN t.station = '' THEN 1 ELSE 0 END), 0) FROM triage t"
        f" WHERE t.closed_ms IS NULL AND ({where})"
    )
    opened, late, free = run(connection, sql, (now_ms, *values)).one()
    sql = f"SELECT count(*) FROM triage t WHERE t.closed_ms > ? AND ({where})"
    done = run(connection, sql, (now_ms - 24 * HOUR_MS, *values)).scalar_one()
    return {"open": int(opened), "late": int(late), "free": int(free), "done": int(done)}


def take(connection: Connection, item: Waiting, officer: str) -> None:
    """Somebody works on it now."""
    sql = "UPDATE triage SET officer = ? WHERE id = ? AND closed_ms IS NULL AND (officer IS NULL OR officer = ?)"
    if run(connection, sql, (officer, item.id, officer)).rowcount != 1:
        raise Refused("item_taken", str(item.id))


def assign(connection: Connection, item: Waiting, station: str, officer: str, now_ms: int) -> None:
    """Give it to a health station. Raises Refused: station_unknown, item_closed."""
    if run(connection, "SELECT 1 FROM station WHERE id = ?", (station,)).first() is None:
        raise Refused("station_unknown", station[:32])
    _must_be_open(item)
    if item.task is not None:
        _close_task(connection, item.task, officer, "not_needed", now_ms)
    whose = Item(item.kind, item.record, item.day, item.person, item.venue, item.ward, item.province)
    task = open_task(connection, task_of(whose, station, item.due_ms), now_ms)
    run(connection, "UPDATE triage SET station = ?, task = ?, officer = NULL WHERE id = ?", (station, task, item.id))


def no_answer(connection: Connection, item: Waiting, officer: str, now_ms: int) -> None:
    """Somebody called and nobody answered: later again, a bounded number of times."""
    _must_be_open(item)
    rules = shipped_triage()
    if item.calls + 1 >= rules.calls:
        close(connection, item, officer, "unreachable", now_ms)
        return
    due_ms = now_ms + rules.call_again_hours * HOUR_MS
    sql = "UPDATE triage SET calls = calls + 1, due_ms = ?, officer = ? WHERE id = ? AND closed_ms IS NULL"
    run(connection, sql, (due_ms, officer, item.id))


def close(connection: Connection, item: Waiting, officer: str, outcome: str, now_ms: int) -> None:
    """Say what came of it; its task closes too. Raises Refused: bad_outcome, item_closed."""
    if outcome not in OUTCOMES:
        raise Refused("bad_outcome", outcome[:32])
    _must_be_open(item)
    sql = "UPDATE triage SET closed_ms = ?, outcome = ?, officer = ? WHERE id = ? AND closed_ms IS NULL"
    if run(connection, sql, (now_ms, outcome, officer, item.id)).rowcount != 1:
        raise Refused("item_closed", str(item.id))
    if item.task is not None:
        _close_task(connection, item.task, officer, OUTCOMES[outcome], now_ms)


def close_done(connection: Connection, now_ms: int) -> None:
    """Items whose task was closed on the station's own list."""
    sql = (
        "SELECT t.id, k.outcome, COALESCE(k.officer, '') FROM triage t JOIN task k ON k.id = t.task"
        " WHERE t.closed_ms IS NULL AND k.done_ms IS NOT NULL LIMIT 500"
    )
    said = {"no_answer": "unreachable", "wrong_number": "mistake", "not_needed": "not_needed"}
    for number, outcome, officer in run(connection, sql).all():
        sql = "UPDATE triage SET closed_ms = ?, outcome = ?, officer = ? WHERE id = ?"
        run(connection, sql, (now_ms, said.get(outcome, "well"), officer, number))


def _close_task(connection: Connection, task: int, officer: str, outcome: str, now_ms: int) -> None:
    if run(connection, "SELECT 1 FROM task WHERE id = ? AND done_ms IS NULL", (task,)).first() is not None:
        close_task(connection, task, officer, outcome, now_ms)


def _must_be_open(item: Waiting) -> None:
    if item.closed_ms is not None:
        raise Refused("item_closed", str(item.id))


def _within(areas: Collection[str]) -> tuple[str, list[str]]:
    """SQL that holds for items in one of the areas."""
    if "all" in areas:
        return "1 = 1", []
    columns = {"province": "t.province", "ward": "t.ward", "venue": "t.venue"}
    parts = [area.partition("-") for area in sorted(areas)]
    known = [(columns[kind], value) for kind, _, value in parts if kind in columns]
    return " OR ".join(f"{column} = ?" for column, _ in known) or "1 = 0", [value for _, value in known]


def _waiting(row: Any) -> Waiting:
    number, kind, stream, seq, day, person, venue, ward, province, rank, why, *rest = row
    where = (venue, ward, province)
    return Waiting(number, kind, RecordId(stream, seq), day, person, *where, rank, tuple(json.loads(why)), *rest)
