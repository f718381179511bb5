"""Reading the report of a day from what was counted: a few thousand rows of ward_day at most, whatever came by."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from central.places.places import places_by_id
from central.reports.difficulties import Difficulty, of_day
from central.reports.model import PARTS, Report, Row, Said, make_report
from central.statements import run
from central.zoning.names import official

TREND_DAYS = 14


def read_report(connection: Connection, day: int, province: str, ward: str, language: str = "vi") -> Report:
    """The report of a province by ward, of one ward, or (province "") of the country by province."""
    kind = "ward" if province else "province"
    counted = _rows(connection, day, province, ward)
    rows = [Row(area, _name(kind, area, language), values) for area, values in counted]
    rows.sort(key=lambda row: (row.area == "", row.name, row.area))
    asked = of_day(connection, day, province, ward)
    lines = place_lines(connection, asked, language)
    said = [Said(one.id, lines[one.id], one.topic, one.words, one.answer) for one in asked]
    made_ms = run(connection, "SELECT made_ms FROM report_day WHERE day = ?", (day,)).scalar()
    return make_report(day, province, ward, rows, said, int(made_ms or 0))


def trend(connection: Connection, day: int, province: str, ward: str) -> list[tuple[int, int]]:
    """(day, ways in) of the TREND_DAYS days that end with `day`."""
    where, values = _where(province, ward)
    sql = f"SELECT day, sum(ins) FROM ward_day WHERE day > ? AND day <= ?{where} GROUP BY day"
    found = {int(row[0]): int(row[1]) for row in run(connection, sql, (day - TREND_DAYS, day, *values))}
    return [(one, found.get(one, 0)) for one in range(day - TREND_DAYS + 1, day + 1)]


def provinces(connection: Connection) -> list[str]:
    """Codes of the provinces that have places."""
    sql = "SELECT DISTINCT province FROM place WHERE province <> '' ORDER BY province"
    return [str(row[0]) for row in run(connection, sql)]


def wards(connection: Connection, province: str) -> list[str]:
    """Codes of the wards of a province that have places."""
    sql = "SELECT DISTINCT ward FROM place WHERE province = ? AND ward <> '' ORDER BY ward"
    return [str(row[0]) for row in run(connection, sql, (province,))]


def place_lines(connection: Connection, found: Iterable[Difficulty], language: str) -> dict[int, str]:
    """Where each difficulty (by id) is, in words."""
    several = list(found)
    known = places_by_id(connection, {one.venue for one in several if one.venue})
    lines = {}
    for one in several:
        name = known[one.venue].name if one.venue in known else one.venue
        where = official("ward", one.ward, language) if one.ward else official("province", one.province, language)
        lines[one.id] = ", ".join(part for part in (name, where) if part)
    return lines


def _rows(connection: Connection, day: int, province: str, ward: str) -> list[tuple[str, dict[str, int | None]]]:
    """Added up by the database; what no row knows stays unknown there too (SQL: sum over nulls is null)."""
    where, values = _where(province, ward)
    area, sums = "ward" if province else "province", ", ".join(f"sum({part})" for part in PARTS)
    sql = f"SELECT {area}, {sums} FROM ward_day WHERE day = ?{where} GROUP BY {area}"
    found = run(connection, sql, (day, *values))
    return [
        (row[0], {part: None if n is None else int(n) for part, n in zip(PARTS, row[1:], strict=True)}) for row in found
    ]


def _where(province: str, ward: str) -> tuple[str, list[str]]:
    parts = [(name, value) for name, value in (("province", province), ("ward", ward)) if value]
    return "".join(f" AND {name} = ?" for name, _ in parts), [value for _, value in parts]


def _name(kind: str, code: str, language: str) -> str:
    if code:
        return official(kind, code, language)
    return "(chưa rõ địa bàn)" if language == "vi" else "(area not known)"
