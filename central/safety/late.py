"""Places that are not assessed since a day or longer although they are open: the list of the ward."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.places.places import Place, places_by_number
from central.safety.closing_days import opening_of
from central.safety.inspections import areas_where
from central.safety.periods import DAY_MS, day_of
from central.statements import run

LATE_MS = DAY_MS


@dataclass(frozen=True, slots=True)
class Late:
    """A place, since when it is not assessed, and when it was reminded of that (None: nobody there wants it)."""

    place: Place
    since_ms: int
    told_ms: int | None


def late_places(connection: Connection, areas: Collection[str], now_ms: int, limit: int) -> list[Late]:
    """The places of these areas that owe a check since a day, the latest ones last; those shut today owe none."""
    where, values = areas_where(areas)
    sql = (
        "SELECT n.place, coalesce(n.until_ms, n.since_ms), t.late_ms FROM facility_now n"
        " JOIN place p ON p.number = n.place LEFT JOIN check_told t ON t.place = n.place"
        " WHERE p.closed_ms IS NULL AND p.listed_ms IS NOT NULL AND ((n.state = 'not_assessed' AND n.since_ms <= ?)"
        f" OR n.until_ms <= ?) AND ({where}) ORDER BY 2, n.place LIMIT ?"
    )
    rows = run(connection, sql, (now_ms - LATE_MS, now_ms - LATE_MS, *values, limit)).all()
    held, today = places_by_number(connection, [row[0] for row in rows]), day_of(now_ms)
    return [
        Late(held[number], since_ms, told_ms)
        for number, since_ms, told_ms in rows
        if not opening_of(connection, number).shut(today)
    ]
