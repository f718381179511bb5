"""What the page of the night shows: the contacts of running cases in an order to work through, and the counts above.

Every statement goes by an index: the running cases are few, and only their contacts are looked at.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run

PAGE = 50
_RUNS = "f.state IN ('suspected', 'confirmed')"
_TOLD_AGAIN_MS = 7 * 86_400_000  # after a case is over, whoever was told by a call is told that it was wrong
# The open tasks of each contact in one walk over their index; only the rows of one page are then read whole.
_OPEN = (
    "WITH o AS (SELECT contact, min(due_ms) AS due_ms, max(CASE WHEN kind = 'call_back' THEN 1 ELSE 0 END) AS back"
    " FROM task WHERE done_ms IS NULL AND contact IS NOT NULL GROUP BY contact) "
)
_FROM = " FROM case_file f JOIN contact c ON c.case_id = f.id LEFT JOIN o ON o.contact = c.id"
_NONE = "c.state IN ('listed', 'waiting') AND c.channel = '' AND o.contact IS NULL"
# In this order an officer works: what is late, who has nothing, who waits for our call, then by time.
_RANK = (
    "CASE WHEN o.due_ms < ? THEN 0"
    f" WHEN {_NONE} THEN 1 WHEN o.back = 1 THEN 2 WHEN o.contact IS NOT NULL THEN 3"
    " WHEN c.state IN ('listed', 'waiting') THEN 4 WHEN c.state = 'lost' THEN 5 WHEN c.state = 'declined' THEN 6"
    " ELSE 7 END"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the officer chose; "" for everything. `within` is a condition on ward and province, with its values."""

    within: str
    values: tuple[Any, ...]
    case: str = ""
    ward: str = ""
    officer: str = ""
    show: str = ""  # "", "open", "none", "late", "reached"

    def where(self, now_ms: int) -> tuple[str, tuple[Any, ...]]:
        """The condition on f, c and o."""
        runs = f"({_RUNS} AND c.state <> 'withdrawn' OR f.closed_ms > ? AND o.contact IS NOT NULL)"
        parts, values = [runs, self.within], [now_ms - _TOLD_AGAIN_MS, *self.values]
        for condition, value in (("c.case_id = ?", self.case), ("c.ward = ?", self.ward), (_MINE, self.officer)):
            if value:
                parts.append(condition)
                values.append(value)
        if self.show in _SHOWN:
            condition, timed = _SHOWN[self.show]
            parts.append(f"({condition})")
            values += [now_ms] if timed else []
        return " AND ".join(parts), tuple(values)


_MINE = "c.id IN (SELECT contact FROM task WHERE officer = ? AND done_ms IS NULL)"
_SHOWN = {
    "open": ("o.contact IS NOT NULL", False),
    "none": (_NONE, False),
    "late": ("o.due_ms < ?", True),
    "reached": ("c.state = 'reached'", False),
}


class Reason(NamedTuple):
    """The longest reason of a contact, for one line. `place` is place.number."""

    kind: str
    place: int
    other: int
    minutes: int
    start_ms: int
    end_ms: int
    assumed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One contact, with the task that comes next. Times in Unix ms."""

    contact: int
    case: str
    person: int
    hop: int
    label: str
    overlap_ms: int
    reason: Reason | None
    ward: str
    channel: str
    state: str
    reached_ms: int | None
    reached_by: str | None
    gone: bool
    task: int | None
    kind: str | None
    station: str
    officer: str
    due_ms: int | None
    tries: int
    rank: int


class Counts(NamedTuple):
    """Numbers above the list; `last_ms` is when the last one was reached."""

    contacts: int
    reached: int
    under_way: int
    none: int
    late: int
    unlabelled: int
    last_ms: int | None


_NEXT = "(SELECT n.id FROM task n WHERE n.contact = c.id AND n.done_ms IS NULL ORDER BY n.due_ms, n.id LIMIT 1)"


def rows(connection: Connection, chosen: Filter, now_ms: int, page: int = 0, at_most: int = PAGE) -> list[Row]:
    """One page of contacts in the order to work through."""
    where, values = chosen.where(now_ms)
    order = "ORDER BY rank, o.due_ms, c.hop, c.id LIMIT ? OFFSET ?"
    sql = f"{_OPEN}SELECT c.id, {_RANK} AS rank{_FROM} WHERE {where} {order}"
    ranks = dict(tuple(row) for row in run(connection, sql, (now_ms, *values, at_most, page * at_most)))
    if not ranks:
        return []
    sql = (
        "SELECT c.id, c.case_id, c.person, c.hop, c.label, c.overlap_ms, c.reasons, c.ward, c.channel, c.state,"
        " c.reached_ms, c.reached_by, c.found_ms < f.traced_ms, t.id, t.kind, COALESCE(s.name, t.station, ''),"
        " COALESCE(a.name, t.officer, ''), t.due_ms, COALESCE(t.tries, 0) FROM contact c JOIN case_file f"
        f" ON f.id = c.case_id LEFT JOIN task t ON t.id = {_NEXT} LEFT JOIN station s ON s.id = t.station"
        f" LEFT JOIN account a ON a.login = t.officer WHERE c.id IN ({', '.join('?' * len(ranks))})"
    )
    found = {row[0]: tuple(row) for row in run(connection, sql, tuple(ranks))}
    return [_row((*found[contact], rank)) for contact, rank in ranks.items() if contact in found]


def _row(row: tuple[Any, ...]) -> Row:
    values = [*row]
    values[6], values[12] = longest(row[6]), bool(row[12])
    return Row(*values)


def counts(connection: Connection, chosen: Filter, now_ms: int) -> Counts:
    """The numbers of everything that meets the filter."""
    return total(counts_by_ward(connection, chosen, now_ms))


def total(by_ward: dict[str, Counts]) -> Counts:
    """PURE. The numbers of all wards together."""
    sums = [sum(one[i] or 0 for one in by_ward.values()) for i in range(6)]
    last = max((one.last_ms for one in by_ward.values() if one.last_ms is not None), default=None)
    return _counts([*sums, last])


def counts_by_ward(connection: Connection, chosen: Filter, now_ms: int) -> dict[str, Counts]:
    """The numbers by ward; a ward where nobody meets the filter is not among them."""
    where, values = chosen.where(now_ms)
    sql = (
        f"{_OPEN}SELECT c.ward, count(*), COALESCE(sum(CASE WHEN c.state = 'reached' THEN 1 ELSE 0 END), 0),"
        " COALESCE(sum(CASE WHEN c.state IN ('listed', 'waiting') AND (c.channel <> '' OR o.contact IS NOT NULL)"
        " THEN 1 ELSE 0 END), 0),"
        f" COALESCE(sum(CASE WHEN {_NONE} THEN 1 ELSE 0 END), 0),"
        " COALESCE(sum(CASE WHEN o.due_ms < ? THEN 1 ELSE 0 END), 0),"
        " COALESCE(sum(CASE WHEN c.label = '' THEN 1 ELSE 0 END), 0),"
        f" max(c.reached_ms){_FROM} WHERE {where} GROUP BY c.ward"
    )
    return {row[0]: _counts(row[1:]) for row in run(connection, sql, (now_ms, *values))}


def _counts(numbers: Sequence[Any]) -> Counts:
    contacts, reached, under_way, none, late, unlabelled, last_ms = numbers
    return Counts(int(contacts), int(reached), int(under_way), int(none), int(late), int(unlabelled), last_ms)


def longest(text: str) -> Reason | None:
    """The reason with the longest time together; None for a contact without one."""
    found = [_reason(item) for item in json.loads(text)]
    return max(found, key=lambda one: one.end_ms - one.start_ms, default=None)


def reasons(text: str) -> list[Reason]:
    """All reasons of a contact, in order of time."""
    return [_reason(item) for item in json.loads(text)]


def _reason(item: list[Any]) -> Reason:
    kind, place, other, start_ms, end_ms, assumed = item[:6]
    return Reason(kind, place, other, (end_ms - start_ms) // 60_000, start_ms, end_ms, bool(assumed))


def officers(connection: Connection, chosen: Filter, at_most: int = 60) -> list[tuple[str, str]]:
    """(login, name) of those who have open tasks with contacts that the officer may see."""
    sql = (
        "SELECT DISTINCT a.login, a.name FROM task t JOIN contact c ON c.id = t.contact JOIN account a"
        f" ON a.login = t.officer WHERE t.done_ms IS NULL AND t.officer IS NOT NULL AND {chosen.within}"
        " ORDER BY a.name, a.login LIMIT ?"
    )
    return [(row[0], row[1]) for row in run(connection, sql, (*chosen.values, at_most))]


def wards(connection: Connection, chosen: Filter, at_most: int = 200) -> list[str]:
    """Wards with contacts of running cases that the officer may see."""
    sql = (
        f"SELECT DISTINCT c.ward FROM case_file f JOIN contact c ON c.case_id = f.id WHERE {_RUNS}"
        f" AND c.state <> 'withdrawn' AND {chosen.within} ORDER BY c.ward LIMIT ?"
    )
    return [row[0] for row in run(connection, sql, (*chosen.values, at_most)) if row[0]]


def sees(connection: Connection, chosen: Filter) -> bool:
    """Whether the chosen case has a contact in the officer's areas."""
    sql = f"SELECT 1 FROM contact c WHERE c.case_id = ? AND {chosen.within} LIMIT 1"
    return run(connection, sql, (chosen.case, *chosen.values)).first() is not None


def running_cases(connection: Connection, chosen: Filter, at_most: int = 100) -> list[tuple[str, str]]:
    """(id, state) of running cases with contacts that the officer may see, the newest first."""
    sql = (
        f"SELECT f.id, f.state FROM case_file f WHERE {_RUNS} AND EXISTS (SELECT 1 FROM contact c WHERE"
        f" c.case_id = f.id AND c.state <> 'withdrawn' AND {chosen.within}) ORDER BY f.id DESC LIMIT ?"
    )
    return [(row[0], row[1]) for row in run(connection, sql, (*chosen.values, at_most))]
