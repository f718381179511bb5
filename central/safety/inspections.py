"""Inspections by the authority: asked for, done with findings and deadlines, and done again.

What an inspection found stands above a better word of the place until another inspection: a recheck is due at the
earliest deadline of its findings.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.safety.checks import place_scheme
from central.safety.periods import DAY_MS, start_of_day
from central.safety.standing import restate
from central.safety.states import State
from central.statements import run
from wire.refusal import Refused

DUE_DAYS = {"planned": 14, "feedback": 3, "measured": 7, "recheck": 7}
MOST_DAYS = 90
MOST_WORDS = 500
_COLUMNS = "id, place, why, about, asked_ms, asked_by, due_ms, done_ms, done_by, state, until_ms, words"


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection, asked for or done."""

    id: int
    place: int
    why: str
    about: str
    asked_ms: int
    asked_by: str
    due_ms: int
    done_ms: int | None
    done_by: str | None
    state: str | None
    until_ms: int | None
    words: str

    def late(self, now_ms: int) -> bool:
        """Whether it should have been done."""
        return self.done_ms is None and self.due_ms < now_ms


@dataclass(frozen=True, slots=True)
class Finding:
    """A criterion ("4@market-2026") that was not met."""

    id: int
    inspection: int
    criterion: str
    words: str
    deadline_ms: int
    fixed_ms: int | None

    def late(self, now_ms: int) -> bool:
        """Whether the deadline is over and nobody has found it met."""
        return self.fixed_ms is None and self.deadline_ms < now_ms


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspector writes down of one criterion: its id, words, and the days to mend it."""

    criterion: str
    words: str
    days: int


def ask_inspection(
    connection: Connection, place: int, why: str, about: str, now_ms: int, by: str, due_ms: int | None = None
) -> int:
    """Ask for an inspection; its number. One that is open for the same thing is not asked for twice.

    `why`: planned, feedback, measured or recheck. Raises Refused: safety_why, place_unknown.
    """
    if why not in DUE_DAYS:
        raise Refused("safety_why", why[:16])
    if run(connection, "SELECT 1 FROM place WHERE number = ? AND closed_ms IS NULL", (place,)).first() is None:
        raise Refused("place_unknown", str(place))
    sql = "SELECT id FROM inspection WHERE place = ? AND why = ? AND about = ? AND done_ms IS NULL"
    row = run(connection, sql, (place, why, about)).first()
    if row is not None:
        return int(row[0])
    due = due_ms if due_ms is not None else start_of_day(now_ms) + (DUE_DAYS[why] + 1) * DAY_MS
    sql = (
        "INSERT INTO inspection (place, why, about, asked_ms, asked_by, due_ms, words)"
        " VALUES (?, ?, ?, ?, ?, ?, '') RETURNING id"
    )
    return int(run(connection, sql, (place, why, about, now_ms, by, due)).scalar_one())


def finish_inspection(
    connection: Connection, number: int, state: State, words: str, found: Sequence[Found], by: str, now_ms: int
) -> int | None:
    """Put down what was found; the number of the recheck that it asks for, None for a safe place.

    What earlier inspections had found and this one has not is mended. Raises Refused: inspection_unknown,
    inspection_done, safety_result (a safe place with something found, or the other way round), safety_finding.
    """
    one = inspection_of(connection, number)
    if one.done_ms is not None:
        raise Refused("inspection_done", str(number))
    if state is State.NOT_ASSESSED or (state is State.SAFE) != (not found):
        raise Refused("safety_result", state)
    scheme = place_scheme(connection, one.place)
    known = {criterion.id for criterion in scheme.criteria} | {""}
    if any(f.criterion not in known or not 1 <= f.days <= MOST_DAYS for f in found) or _twice(found):
        raise Refused("safety_finding", str(number))
    named = {f.criterion: f"{f.criterion}@{scheme.id}" if f.criterion else "" for f in found}
    until_ms = start_of_day(now_ms) + (scheme.days + 1) * DAY_MS if state is State.SAFE else None
    sql = (
        "UPDATE inspection SET done_ms = ?, done_by = ?, state = ?, until_ms = ?, words = ?"
        " WHERE id = ? AND done_ms IS NULL"
    )
    if run(connection, sql, (now_ms, by, state, until_ms, words[:MOST_WORDS], number)).rowcount != 1:
        raise Refused("inspection_done", str(number))  # a colleague was quicker
    _mend(connection, one.place, set(named.values()), now_ms)
    for f in found:
        deadline = start_of_day(now_ms) + (f.days + 1) * DAY_MS
        sql = "INSERT INTO finding (inspection, criterion, words, deadline_ms) VALUES (?, ?, ?, ?)"
        run(connection, sql, (number, named[f.criterion], f.words[:MOST_WORDS], deadline))
    again = None
    if found:
        due = start_of_day(now_ms) + (min(f.days for f in found) + 1) * DAY_MS
        again = ask_inspection(connection, one.place, "recheck", str(number), now_ms, by, due)
    restate(connection, one.place, now_ms)
    return again


def inspection_of(connection: Connection, number: int) -> Inspection:
    """One inspection. Raises Refused("inspection_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM inspection WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("inspection_unknown", str(number))
    return Inspection(*row)


def inspections_of(connection: Connection, place: int, limit: int = 20) -> list[Inspection]:
    """The inspections of a place that are done, newest first."""
    sql = f"SELECT {_COLUMNS} FROM inspection WHERE place = ? AND done_ms IS NOT NULL ORDER BY done_ms DESC LIMIT ?"
    return [Inspection(*row) for row in run(connection, sql, (place, limit))]


def open_of(connection: Connection, place: int) -> list[Inspection]:
    """The inspections of a place that are asked for and not done."""
    sql = f"SELECT {_COLUMNS} FROM inspection WHERE place = ? AND done_ms IS NULL ORDER BY due_ms LIMIT 20"
    return [Inspection(*row) for row in run(connection, sql, (place,))]


def due_inspections(connection: Connection, areas: Collection[str], limit: int) -> list[Inspection]:
    """What is asked for and not done at the places of these areas, what is due first at the top."""
    where, values = areas_where(areas)
    sql = (
        f"SELECT {', '.join(f'i.{name}' for name in _COLUMNS.split(', '))} FROM inspection i"
        " JOIN place p ON p.number = i.place WHERE i.done_ms IS NULL AND p.closed_ms IS NULL"
        f" AND ({where}) ORDER BY i.due_ms, i.id LIMIT ?"
    )
    return [Inspection(*row) for row in run(connection, sql, (*values, limit))]


def areas_where(areas: Collection[str]) -> tuple[str, list[str]]:
    """(condition on `place p`, its values) for the places of these areas."""
    where, values = ["'all' = ?"], ["all" if "all" in areas else ""]
    for kind, column in (("province-", "province"), ("ward-", "ward"), ("venue-", "id")):
        named = [area[len(kind) :] for area in areas if area.startswith(kind)]
        if named:
            where.append(f"p.{column} IN ({', '.join('?' * len(named))})")
            values += named
    return " OR ".join(where), values


def findings_of(connection: Connection, numbers: Sequence[int]) -> Mapping[int, list[Finding]]:
    """number of the inspection -> what it found; of at most 500 inspections."""
    found: dict[int, list[Finding]] = {number: [] for number in numbers[:500]}
    if found:
        marks = ", ".join("?" * len(found))
        sql = (
            "SELECT id, inspection, criterion, words, deadline_ms, fixed_ms FROM finding"
            f" WHERE inspection IN ({marks}) ORDER BY id"
        )
        for row in run(connection, sql, tuple(found)):
            found[row[1]].append(Finding(*row))
    return found


def open_findings(connection: Connection, place: int) -> list[Finding]:
    """What was found at a place and nobody has found met since; of a criterion found twice, the newest."""
    newest = {one.criterion: one for one in sorted(_all_open(connection, place), key=lambda one: one.id)}
    return sorted(newest.values(), key=lambda one: one.deadline_ms)


def _all_open(connection: Connection, place: int) -> list[Finding]:
    sql = (
        "SELECT f.id, f.inspection, f.criterion, f.words, f.deadline_ms, f.fixed_ms FROM finding f"
        " JOIN inspection i ON i.id = f.inspection WHERE i.place = ? AND f.fixed_ms IS NULL ORDER BY f.deadline_ms"
    )
    return [Finding(*row) for row in run(connection, sql, (place,))]


def _mend(connection: Connection, place: int, still: set[str], now_ms: int) -> None:
    """Everything found before is met, unless it is found again: then it stays open, with the deadline it has missed."""
    for one in _all_open(connection, place):
        if one.criterion not in still:
            run(connection, "UPDATE finding SET fixed_ms = ? WHERE id = ?", (now_ms, one.id))


def _twice(found: Sequence[Found]) -> bool:
    return len({one.criterion for one in found}) != len(found)
