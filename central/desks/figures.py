"""Numbers of the desks by ward and day, for the province's report. Nobody is in them."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.desks.said import BY_LIGHT, CHECK, DECLARATION, FEEDBACK, day_of, start_of
from central.safety.opening import EVERY_DAY, MOST_SHUT_DAYS, Opening
from central.statements import run

CHECK_DAYS = 31  # a place's own check is late when none came for so long (monthly, Decision 4999/QĐ-BYT)

_DUE = '%"declaration_due"%'
_REFUSED = '%"declaration_refused"%'
_LATE = (
    "p.closed_ms IS NULL AND p.kind <> 'border'"
    " AND NOT EXISTS (SELECT 1 FROM declared d WHERE d.venue = p.id AND d.kind = ? AND d.day > ? AND d.day <= ?)"
    " AND NOT EXISTS (SELECT 1 FROM self_check c WHERE c.place = p.number AND c.at_ms >= ? AND c.at_ms < ?)"
)


class DeskDay(NamedTuple):
    """One ward on one day. `triaged` of the declarations were put on the desk, `closed` of those are closed by now."""

    province: str
    ward: str
    declared: int
    refused: int
    triaged: int
    closed: int
    checks: int
    feedback: int


def desk_day(connection: Connection, day: int) -> list[DeskDay]:
    """What came in on a day (counted from 1970-01-01 in Viet Nam), by province and ward."""
    sql = (
        "SELECT COALESCE(p.province, ''), COALESCE(p.ward, ''),"
        " sum(CASE WHEN d.kind IN (?, ?) THEN 1 ELSE 0 END),"
        " sum(CASE WHEN d.reasons LIKE ? THEN 1 ELSE 0 END),"
        " sum(CASE WHEN t.id IS NOT NULL AND t.kind = 'declaration' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN t.closed_ms IS NOT NULL AND t.kind = 'declaration' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN d.kind = ? THEN 1 ELSE 0 END), sum(CASE WHEN d.kind = ? THEN 1 ELSE 0 END)"
        " FROM declared d LEFT JOIN place p ON p.id = d.venue LEFT JOIN triage t ON t.stream = d.stream"
        " AND t.seq = d.seq AND t.kind <> 'overdue' WHERE d.day = ? GROUP BY p.province, p.ward ORDER BY 1, 2"
    )
    return [DeskDay(*row) for row in run(connection, sql, (DECLARATION, BY_LIGHT, _REFUSED, CHECK, FEEDBACK, day))]


def by_light(connection: Connection, day: int) -> dict[tuple[str, str], tuple[int, int]]:
    """(province, ward) -> (declarations that came by light, those among them that the order took)."""
    sql = (
        "SELECT COALESCE(p.province, ''), COALESCE(p.ward, ''), count(*),"
        " sum(CASE WHEN d.reasons LIKE ? THEN 0 ELSE 1 END) FROM declared d"
        " LEFT JOIN place p ON p.id = d.venue WHERE d.day = ? AND d.kind = ? GROUP BY 1, 2"
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in run(connection, sql, (_DUE, day, BY_LIGHT))}


def checks_late(connection: Connection, day: int) -> dict[tuple[str, str], int]:
    """(province, ward) -> open places that sent no check of their own in the last CHECK_DAYS days.

    One that falls due on a shut day is due on the next open one, as central.safety.opening has it.
    """
    sql = f"SELECT p.province, p.ward, count(*) FROM place p WHERE {_LATE} GROUP BY p.province, p.ward"
    found = {(row[0], row[1]): int(row[2]) for row in run(connection, sql, _late_of(day))}
    for area in _put_off(connection, day):
        found[area] -= 1
    return {area: late for area, late in found.items() if late}


def _late_of(day: int) -> tuple[int, ...]:
    return (CHECK, day - CHECK_DAYS, day, start_of(day - CHECK_DAYS + 1), start_of(day + 1))


def _put_off(connection: Connection, day: int) -> Iterator[tuple[str, str]]:
    """(province, ward) of each place of _LATE that has been shut ever since its check fell due."""
    shut = dict[int, list[tuple[int, int]]]()
    near = (day - MOST_SHUT_DAYS, day)
    sql = "SELECT place, first_day, last_day FROM closure WHERE last_day >= ? AND first_day <= ?"
    for place, first, last in run(connection, sql, near):
        shut.setdefault(place, []).append((first, last))
    sql = (
        "SELECT p.number, p.province, p.ward, p.made_ms, w.weekdays,"
        " (SELECT max(d.day) FROM declared d WHERE d.venue = p.id AND d.kind = ? AND d.day <= ?),"
        " (SELECT max(c.at_ms) FROM self_check c WHERE c.place = p.number AND c.at_ms < ?)"
        f" FROM place p LEFT JOIN opening_week w ON w.place = p.number WHERE {_LATE} AND (w.weekdays < ? OR EXISTS"
        " (SELECT 1 FROM closure k WHERE k.place = p.number AND k.last_day >= ? AND k.first_day <= ?))"
    )
    values = (CHECK, day, start_of(day + 1), *_late_of(day), EVERY_DAY, *near)
    for number, province, ward, made_ms, weekdays, told, at_ms in run(connection, sql, values):
        opening = Opening(EVERY_DAY if weekdays is None else weekdays, tuple(shut.get(number, ())))
        sent = [one for one in (told, None if at_ms is None else day_of(at_ms)) if one is not None]
        if sent:
            put_off = opening.opens_after(max(sent) + CHECK_DAYS - 2) >= day
        else:  # none ever came: it is due on the first open day
            put_off = opening.opens_after(day_of(made_ms) - 1) > day
        if put_off:
            yield province, ward


def open_items(connection: Connection) -> dict[tuple[str, str, str], int]:
    """(province, ward, kind) -> items of the desk that are open: declaration, overdue (daily reports), report."""
    sql = "SELECT province, ward, kind, count(*) FROM triage WHERE closed_ms IS NULL GROUP BY province, ward, kind"
    return {(row[0], row[1], row[2]): int(row[3]) for row in run(connection, sql)}
