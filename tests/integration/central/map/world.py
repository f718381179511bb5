"""A country of synthetic places: in every state, with a point or without, and some that must not be seen."""

import random
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from central.database import insert_rows
from central.places.schema import place
from central.safety.schema import facility_event, facility_now
from central.safety.states import Cause, State, put_state
from central.statements import run
from central.zoning.names import wards_of
from tests.parts.centre import NOW_MS

DAY_MS = 86_400_000
POINTS = {
    "48": (16.05, 108.2),
    "01": (21.02, 105.83),
    "79": (10.78, 106.7),
    "56": (12.25, 109.19),
    "46": (16.46, 107.59),
}
FIRST = ("Chợ", "Trường Tiểu học", "Bệnh viện", "Siêu thị", "Nhà máy")
KINDS = ("market", "school", "hospital", "supermarket", "factory")
SECOND = ("Đồng Mẫu", "Hoà Thử", "Thí Nghiệm", "Ví Dụ", "Tân Mẫu", "An Thử", "Bến Mẫu", "Cầu Thử")


def add_place(
    connection: Connection,
    number: int,
    venue: str,
    name: str,
    province: str,
    *,
    kind: str = "market",
    ward: str = "",
    point: tuple[float, float] | None = None,
    listed: bool = True,
    closed: bool = False,
) -> int:
    """One place; its number."""
    lat, lon = (None, None) if point is None else (round(point[0] * 1e6), round(point[1] * 1e6))
    sql = (
        "INSERT INTO place (number, id, name, kind, ward, province, made_ms, closed_ms, address, lat_e6, lon_e6,"
        " listed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '1 Đường Mẫu', ?, ?, ?)"
    )
    times = (NOW_MS - 9 * DAY_MS, NOW_MS - DAY_MS if closed else None)
    row = (number, venue, name, kind, ward, province, *times, lat, lon, NOW_MS - 8 * DAY_MS if listed else None)
    run(connection, sql, row)
    if listed:
        put_state(connection, number, State.NOT_ASSESSED, Cause.LISTED, NOW_MS - 8 * DAY_MS)
    return number


def fill(connection: Connection, count: int, provinces: Sequence[str] = tuple(POINTS), seed: int = 7) -> None:
    """`count` listed places by executemany, a fifth of them without a point; states by chance."""
    draw = random.Random(seed)
    places, events, nows = [], [], []
    for number in range(1, count + 1):
        province = provinces[number % len(provinces)]
        ward = draw.choice(wards_of(province))[0] if wards_of(province) else ""
        kind = draw.randrange(len(KINDS))
        lat, lon = POINTS.get(province, (16.0, 108.0))
        spot = (None, None) if draw.random() < 0.2 else (_near(draw, lat), _near(draw, lon))
        name = f"{FIRST[kind]} {draw.choice(SECOND)} {number}"
        row = (number, f"v-{number:06d}", name, KINDS[kind], ward, province, None, None, NOW_MS - 9 * DAY_MS, None)
        places.append((*row, f"{number} Đường Mẫu", *spot, None, NOW_MS - 8 * DAY_MS))
        state = draw.choices(list(State), (70, 15, 5, 10))[0].value
        since = NOW_MS - draw.randrange(1, 7) * DAY_MS
        until = None if state == "not_assessed" else NOW_MS + draw.randrange(1, 20) * DAY_MS
        events.append((number, number, since, state, "self_check", "", "[]", until))
        nows.append((number, number, state, since, until, number))
    insert_rows(connection, place, places)
    insert_rows(connection, facility_event, events)
    insert_rows(connection, facility_now, nows)
    if connection.dialect.name == "postgresql":  # it counts on from where it stood, not from what was inserted
        for table, column in (("place", "number"), ("facility_event", "id")):
            sql = f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {count})"
            connection.exec_driver_sql(sql)


def _near(draw: random.Random, degrees: float) -> int:
    return round((degrees + draw.gauss(0, 0.03)) * 1e6)
