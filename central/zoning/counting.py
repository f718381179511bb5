"""What is known of the risk, from cases, stays and contacts: as numbers by place, for central.zoning.proposing."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from central.places.places import Place, places_by_number
from central.statements import run
from central.zoning.covering import Point
from central.zoning.proposing import Area
from central.zoning.rule import DAY_MS

_PEOPLE_DAYS = 7  # whoever was at a place in these days is counted as affected by its zone
_MOST_CASES = 5_000
_AT_ONCE = 400
_MOST_VALUES = 20_000  # in one statement: SQLite takes 32,766, PostgreSQL 65,535
_COLUMNS = {"venue": "id", "ward": "ward", "province": "province"}
_STAYED = (
    "s.place = p.number AND s.size IN (0, 1, 2, 3, 4, 5) AND s.in_ms > ?"  # sizes named: the index begins with them
)


def risk_points(connection: Connection, since_ms: int, area: str = "") -> list[Point]:
    """A point for each venue that a confirmed case stayed at in its infectious window, its last stay there.

    A case without a known stay is a point in the ward (or province) of its file. With `area`: only of cases that have
    been there since, or whose file lies there.
    """
    kind, _, value = area.partition("-")
    there = ""
    values: list[int | str] = [since_ms]
    if kind in _COLUMNS:
        filed = {"ward": "f.ward = ?", "province": "f.province = ?"}.get(kind, "f.id = ?")
        there = (
            f" AND ({filed} OR EXISTS (SELECT 1 FROM stay s JOIN place p ON p.number = s.place"
            f" WHERE s.person = f.person AND s.out_ms > ? AND p.{_COLUMNS[kind]} = ?))"
        )
        values += [value, since_ms, value]
    sql = (
        "SELECT id, person, from_ms, to_ms, ward, province, opened_ms FROM case_file f"
        f" WHERE state = 'confirmed' AND to_ms > ? AND merged_into IS NULL{there} ORDER BY opened_ms DESC LIMIT ?"
    )
    points = []
    for case, person, from_ms, to_ms, ward, province, opened_ms in run(connection, sql, (*values, _MOST_CASES)).all():
        stays = _stays(connection, person, max(from_ms, since_ms), to_ms) if person is not None else {}
        places = places_by_number(connection, stays)
        contacts = _contacts(connection, case)
        located = [(places[n], at_ms, contacts[n]) for n, at_ms in stays.items() if n in places and places[n].province]
        points += [Point(case, at_ms, p.province, p.ward, p.id, met) for p, at_ms, met in located]
        if not located and province:
            points.append(Point(case, min(opened_ms, to_ms), province, ward))
    return points


def areas_of(connection: Connection, names: Collection[str], now_ms: int) -> dict[str, Area]:
    """Areas with who is affected. One without a place has the ward or province that its name says, and nobody in it."""
    residents = {str(row[0]): int(row[1]) for row in run(connection, "SELECT area, people FROM area_people")}
    found = {name: _bare(name, residents.get(name)) for name in names if _kind(name) in _COLUMNS}
    for kind, column in _COLUMNS.items():
        values = sorted(name.partition("-")[2] for name in found if _kind(name) == kind)
        for start in range(0, len(values), _AT_ONCE):
            for row in _numbers(connection, column, values[start : start + _AT_ONCE], now_ms):
                value, ward, province, people, venues, visits = row
                name = f"{kind}-{value}"
                where = {"venue": (ward, province), "ward": (value, province), "province": ("", value)}[kind]
                found[name] = Area(name, *where, int(people), int(venues), int(visits), residents.get(name))
    return found


def affected(connection: Connection, areas: Sequence[str], now_ms: int) -> tuple[int, int]:
    """(people of the last days, open places) in these areas together, each counted once."""
    parts, values = [], []
    for kind, column in _COLUMNS.items():
        here = [name.partition("-")[2] for name in areas[:_MOST_VALUES] if _kind(name) == kind]
        if here:
            parts.append(f"p.{column} IN ({', '.join('?' * len(here))})")
            values += here
    if not parts:
        return 0, 0
    sql = (
        f"SELECT count(DISTINCT s.person), count(DISTINCT p.number) FROM place p LEFT JOIN stay s ON {_STAYED}"
        f" WHERE ({' OR '.join(parts)}) AND p.closed_ms IS NULL"
    )
    people, venues = run(connection, sql, (now_ms - _PEOPLE_DAYS * DAY_MS, *values)).one()
    return int(people), int(venues)


def with_known_province(areas: dict[str, Area], points: Iterable[Point]) -> dict[str, Area]:
    """PURE. A ward without a place lies where its cases say."""
    province = {f"ward-{point.ward}": point.province for point in points if point.ward}
    return {
        name: area
        if area.province
        else Area(name, area.ward, province.get(name, ""), area.people, area.venues, area.visits, area.residents)
        for name, area in areas.items()
    }


def count_wards(connection: Connection, points: Iterable[Point], now_ms: int) -> None:
    """Keep the cases by ward for the picture, in place of what was counted before."""
    seen = {(point.province, point.ward, point.case) for point in points if point.ward}
    run(connection, "DELETE FROM ward_case")
    for (province, ward), cases in sorted(Counter((province, ward) for province, ward, _ in seen).items()):
        sql = "INSERT INTO ward_case (province, ward, cases, counted_ms) VALUES (?, ?, ?, ?)"
        run(connection, sql, (province, ward, cases, now_ms))


def cases_by_ward(connection: Connection) -> dict[tuple[str, str], int]:
    """(province, ward) -> cases, as they were last counted."""
    return {(row[0], row[1]): int(row[2]) for row in run(connection, "SELECT province, ward, cases FROM ward_case")}


def place_named(connection: Connection, venue: str) -> Place | None:
    """The place of an id, None where there is none."""
    row = run(connection, "SELECT number FROM place WHERE id = ?", (venue,)).first()
    return None if row is None else places_by_number(connection, [row[0]])[row[0]]


def _numbers(connection: Connection, column: str, values: Sequence[str], now_ms: int) -> Sequence[Any]:
    """(value, ward, province, people, open places, visits) of the last days for each value that a place has."""
    sql = (
        f"SELECT p.{column}, min(p.ward), min(p.province), count(DISTINCT s.person), count(DISTINCT p.number),"
        f" count(s.person) FROM place p LEFT JOIN stay s ON {_STAYED}"
        f" WHERE p.{column} IN ({', '.join('?' * len(values))}) AND p.closed_ms IS NULL GROUP BY p.{column}"
    )
    return run(connection, sql, (now_ms - _PEOPLE_DAYS * DAY_MS, *values)).all()


def _kind(name: str) -> str:
    return name.partition("-")[0]


def _bare(name: str, residents: int | None) -> Area:
    kind, _, value = name.partition("-")
    ward, province = (value if kind == "ward" else ""), (value if kind == "province" else "")
    return Area(name, ward, province, residents=residents)


def _stays(connection: Connection, person: int, from_ms: int, to_ms: int) -> dict[int, int]:
    """place number -> the latest check-in there; of a stay that began before the window, the window's start."""
    sql = (
        "SELECT place, max(in_ms) FROM stay WHERE person = ? AND in_ms < ? AND in_ms > ? AND out_ms > ? GROUP BY place"
    )
    rows = run(connection, sql, (person, to_ms, from_ms - DAY_MS, from_ms))
    return {int(place): max(int(at_ms), from_ms) for place, at_ms in rows}


def _contacts(connection: Connection, case: str) -> Counter[int]:
    """place number -> contacts of the first hop who met the case there."""
    found: Counter[int] = Counter()
    sql = "SELECT reasons FROM contact WHERE case_id = ? AND hop = 1 AND state <> 'withdrawn'"
    for (text,) in run(connection, sql, (case,)):
        found.update({_place_of(reason) for reason in json.loads(text)})
    return found


def _place_of(reason: object) -> int:
    """The place of a reason as central.tracing.model writes it: a list in field order, or an object."""
    match reason:
        case [_kind, int(place), *_more]:
            return place
        case {"place": int(place)}:
            return place
    return 0
