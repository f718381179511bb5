"""The map's rows, as the database has them. A place that is closed or not listed is never read."""

from collections.abc import Sequence
from sys import intern
from typing import Any

from sqlalchemy.engine import Connection

from central.map.model import NOT_ASSESSED, STATES, Facility
from central.safety.opening import weekday
from central.statements import run

_FIELDS = (
    "p.number, p.id, p.name, p.kind, p.ward, p.province, p.address, p.lat_e6, p.lon_e6,"
    " n.state, n.since_ms, n.until_ms, n.change, p.listed_ms,"
    " CASE WHEN (w.weekdays & ?) = 0 OR EXISTS (SELECT 1 FROM closure c WHERE c.place = p.number"
    " AND c.first_day <= ? AND c.last_day >= ?) THEN 1 ELSE 0 END"
)
_WEEK = "LEFT JOIN opening_week w ON w.place = p.number"
_FROM = f"place p LEFT JOIN facility_now n ON n.place = p.number {_WEEK}"
_LISTED = "p.listed_ms IS NOT NULL AND p.closed_ms IS NULL"


def newest_change(connection: Connection) -> int:
    """The number of the last change of any place's state; 0 before the first."""
    return int(run(connection, "SELECT max(change) FROM facility_now").scalar() or 0)


def changed_since(connection: Connection, change: int, day: int) -> tuple[list[Facility], set[int]]:
    """(listed places whose state changed after `change`, numbers of those that changed and are not listed).

    `day`: today in Viet Nam, counted from 1970-01-01.
    """
    sql = (
        f"SELECT {_FIELDS}, p.closed_ms FROM facility_now n JOIN place p ON p.number = n.place {_WEEK}"
        " WHERE n.change > ? ORDER BY n.change"
    )
    rows = run(connection, sql, (*_on(day), change)).all()
    listed = [row for row in rows if row[13] is not None and row[15] is None]
    return [_facility(row) for row in listed], {row[0] for row in rows} - {row[0] for row in listed}


def page(connection: Connection, after: int, count: int, day: int) -> list[Facility]:
    """The next `count` listed places by number, as of a day."""
    sql = f"SELECT {_FIELDS} FROM {_FROM} WHERE p.number > ? AND {_LISTED} ORDER BY p.number LIMIT ?"
    return [_facility(row) for row in run(connection, sql, (*_on(day), after, count)).all()]


def _on(day: int) -> tuple[int, int, int]:
    return (1 << weekday(day), day, day)


def _facility(row: Sequence[Any]) -> Facility:
    number, venue, name, kind, ward, province, address, lat, lon, state, since, until, change, listed, shut = row[:15]
    return Facility(
        *(number, venue, name, intern(kind), intern(ward), intern(province), address or ""),
        *(None if lat is None else lat / 1e6, None if lon is None else lon / 1e6),
        *(NOT_ASSESSED if state is None else STATES.index(state), since or listed, until, change or 0, bool(shut)),
    )
