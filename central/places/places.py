"""Places and their health stations. A place stands here from its first device on, its ward may come later."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.statements import run
from wire.refusal import Refused


@dataclass(frozen=True, slots=True)
class Place:
    """`ward` and `province` are official codes of 2025, "" while unknown; opening in minutes after midnight."""

    number: int
    id: str
    name: str
    kind: str
    ward: str
    province: str
    opens_min: int | None = None
    closes_min: int | None = None

    @property
    def areas(self) -> frozenset[str]:
        """Every area that the place lies in, "all" among them."""
        return areas_of_place(self.id, self.ward, self.province)


@dataclass(frozen=True, slots=True)
class Station:
    """A health station of a ward, or one of a province (`ward` "") that stands in for wards without one."""

    id: str
    name: str
    ward: str
    province: str
    phone: str


_PLACE = "number, id, name, kind, ward, province, opens_min, closes_min"


def place_number(connection: Connection, venue: str, now_ms: int) -> int:
    """The number of a venue; a venue that nobody has described yet gets one."""
    row = run(connection, "SELECT number FROM place WHERE id = ?", (venue,)).first()
    if row is None:
        sql = (
            "INSERT INTO place (id, name, kind, ward, province, made_ms) VALUES (?, ?, 'other', '', '', ?)"
            " ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING number"
        )
        row = run(connection, sql, (venue, venue, now_ms)).first()
    assert row is not None
    return int(row[0])


def describe_place(connection: Connection, described: Place, now_ms: int) -> Place:
    """Say what a venue is and where it lies; its number stays."""
    number = place_number(connection, described.id, now_ms)
    d = described
    run(
        connection,
        "UPDATE place SET name = ?, kind = ?, ward = ?, province = ?, opens_min = ?, closes_min = ? WHERE number = ?",
        (d.name, d.kind, d.ward, d.province, d.opens_min, d.closes_min, number),
    )
    return Place(number, d.id, d.name, d.kind, d.ward, d.province, d.opens_min, d.closes_min)


def places(connection: Connection) -> list[Place]:
    """Every place that is not closed, by id."""
    return [
        Place(*row) for row in run(connection, f"SELECT {_PLACE} FROM place WHERE closed_ms IS NULL ORDER BY id").all()
    ]


def places_by_number(connection: Connection, numbers: Iterable[int]) -> dict[int, Place]:
    """The places of these numbers, closed ones too; at most 500 of them a statement."""
    wanted, found = sorted(set(numbers)), {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        sql = f"SELECT {_PLACE} FROM place WHERE number IN ({', '.join('?' * len(some))})"
        found.update({row[0]: Place(*row) for row in run(connection, sql, some)})
    return found


def places_by_id(connection: Connection, venues: Iterable[str]) -> dict[str, Place]:
    """The places of these ids that anybody has described, closed ones too; at most 500 of them a statement."""
    wanted, found = sorted(set(venues)), {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        sql = f"SELECT {_PLACE} FROM place WHERE id IN ({', '.join('?' * len(some))})"
        found.update({row[1]: Place(*row) for row in run(connection, sql, some)})
    return found


def place_of(connection: Connection, venue: str) -> Place:
    """The place of an id. Raises Refused("place_unknown")."""
    row = run(connection, f"SELECT {_PLACE} FROM place WHERE id = ?", (venue,)).first()
    if row is None:
        raise Refused("place_unknown", venue[:64])
    return Place(*row)


def described_place(connection: Connection, venue: str) -> Place:
    """What is known of a venue; one that nobody has described yet is called by its id and lies nowhere."""
    try:
        return place_of(connection, venue)
    except Refused:
        return Place(0, venue, venue, "", "", "")


def put_station(connection: Connection, one: Station) -> None:
    """Add a health station, or say it anew."""
    run(
        connection,
        "INSERT INTO station (id, name, ward, province, phone) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, ward = excluded.ward, province = excluded.province,"
        " phone = excluded.phone",
        (one.id, one.name, one.ward, one.province, one.phone),
    )


def station_for(connection: Connection, ward: str, province: str) -> Station | None:
    """Who looks after a ward: its own station, else one of its province, else any that looks after everybody."""
    sql = (
        "SELECT id, name, ward, province, phone FROM station"
        " WHERE (ward = ? AND ward <> '') OR (ward = '' AND province = ?) OR (ward = '' AND province = '')"
        " ORDER BY ward = '', province = '', id LIMIT 1"
    )
    row = run(connection, sql, (ward, province)).first()
    return None if row is None else Station(*row)


@dataclass(frozen=True, slots=True)
class Site:
    """Where exactly a place is, and how many people it holds; coordinates in millionths of a degree."""

    address: str
    lat_e6: int | None
    lon_e6: int | None
    capacity: int | None
    listed_ms: int | None = None
    closed_ms: int | None = None


def site_of(connection: Connection, number: int) -> Site:
    """The site of a place. Raises Refused("place_unknown")."""
    sql = "SELECT address, lat_e6, lon_e6, capacity, listed_ms, closed_ms FROM place WHERE number = ?"
    row = run(connection, sql, (number,)).first()
    if row is None:
        raise Refused("place_unknown")
    return Site(row[0] or "", *row[1:])


def put_site(connection: Connection, number: int, site: Site) -> None:
    """Say it anew; whether the place is listed or closed is not said here."""
    sql = "UPDATE place SET address = ?, lat_e6 = ?, lon_e6 = ?, capacity = ? WHERE number = ?"
    run(connection, sql, (site.address, site.lat_e6, site.lon_e6, site.capacity, number))
