"""Whose daily report is missing: arrivals in quarantine who declared nothing on a day since they came.

Any declaration by one of the person's codes counts as that day's report: which form it was, only the vault part says.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.desks.said import BY_LIGHT, DECLARATION, day_of, start_of
from central.desks.seats import arrival_rule
from central.statements import run
from central.vault.port import RecordId

_HOUR_MS = 3_600_000
_AT_ONCE = 2_000


class Late(NamedTuple):
    """An arrival: the last day that is missing, and how many are; where they stay."""

    record: RecordId
    person: int | None
    venue: str
    ward: str
    province: str
    day: int
    days: int


def due_days(arrived: int, release: int | None, now_ms: int, grace_hours: int) -> range:
    """PURE. The days on which a report was due: from the day after entering to the day of release, if they are over
    and the hours of grace as well."""
    over = day_of(now_ms - grace_hours * _HOUR_MS)
    return range(arrived + 1, min(over, (release if release is not None else arrived) + 1))


def missing_days(connection: Connection, now_ms: int) -> list[Late]:
    """Every arrival in quarantine with a report missing today; those without a known person are left out."""
    rule = arrival_rule()
    sql = (
        "SELECT stream, seq, person, venue, CASE WHEN stay_province = '' THEN ward ELSE stay_ward END,"
        " CASE WHEN stay_province = '' THEN province ELSE stay_province END, day, release_day FROM arrival"
        " WHERE left_ms IS NULL AND release_day >= ? AND person IS NOT NULL ORDER BY release_day LIMIT ?"
    )
    rows = run(connection, sql, (day_of(now_ms) - 1, _AT_ONCE)).all()
    found = []
    for stream, seq, person, venue, ward, province, day, release in rows:
        due = due_days(day, release, now_ms, rule.grace_hours)
        missing = sorted(set(due) - reported_days(connection, person, due))
        if missing:
            late = (RecordId(stream, seq), person, venue, ward, province)
            found.append(Late(*late, missing[-1], len(missing)))
    return found


def daily_reports(connection: Connection, day: int) -> dict[tuple[str, str], tuple[int, int]]:
    """(province, ward) where they stay -> (arrivals in quarantine on a day whose report is due, those who reported).

    The duty is there from the day after entering to the day of release or leaving; the hours of grace move none of it.
    """
    sql = (
        "SELECT CASE WHEN stay_province = '' THEN province ELSE stay_province END,"
        " CASE WHEN stay_province = '' THEN ward ELSE stay_ward END, count(*),"
        " sum(CASE WHEN EXISTS (SELECT 1 FROM identity i JOIN declared d ON d.person = i.pseudonym"
        " WHERE i.person = a.person AND d.day = ? AND d.kind IN (?, ?)) THEN 1 ELSE 0 END) FROM arrival a"
        " WHERE a.day < ? AND release_day >= ? AND (left_ms IS NULL OR left_ms >= ?) AND person IS NOT NULL"
        " GROUP BY 1, 2"
    )
    found = run(connection, sql, (day, DECLARATION, BY_LIGHT, day, day, start_of(day))).all()
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in found}


def reported_days(connection: Connection, person: int, days: range) -> set[int]:
    """The days among `days` on which the person declared something."""
    if not days:
        return set()
    sql = (
        "SELECT DISTINCT d.day FROM identity i JOIN declared d ON d.person = i.pseudonym"
        " WHERE i.person = ? AND d.day BETWEEN ? AND ? AND d.kind IN (?, ?)"
    )
    values = (person, days.start, days.stop - 1, DECLARATION, BY_LIGHT)
    return {int(day) for (day,) in run(connection, sql, values)}
