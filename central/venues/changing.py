"""A place's data change: what is about its running at once; its name, kind and ward after the ward's yes.

The same list holds what the ward is told afterwards: places that went to another manager.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from central.places.places import Place, Site, describe_place, places_by_number, put_site, site_of
from central.statements import run
from central.venues.asking import Said
from wire.refusal import Refused

CONFIRMED_BY_WARD = ("name", "kind", "ward")
_MOST = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants of a place; `wanted` maps name, kind or ward to what it shall be."""

    id: int
    place: Place
    wanted: Mapping[str, str]
    asked_by: str
    asked_ms: int


def change(connection: Connection, place: Place, said: Said, login: str, now_ms: int) -> bool:
    """Say a place anew; whether something of it waits for the ward. A newer wish takes the place of an older one."""
    kept = site_of(connection, place.number)
    site = Site(said.address, said.lat_e6, said.lon_e6, said.capacity, kept.listed_ms, kept.closed_ms)
    put_site(connection, place.number, site)
    describe_place(connection, replace(place, opens_min=said.opens_min, closes_min=said.closes_min), now_ms)
    wanted = {
        name: str(getattr(said, name)) for name in CONFIRMED_BY_WARD if getattr(said, name) != getattr(place, name)
    }
    sql = "UPDATE place_change SET state = 'replaced' WHERE place = ? AND state = 'waiting'"
    run(connection, sql, (place.number,))
    if not wanted:
        return False
    sql = (
        "INSERT INTO place_change (place, wanted, asked_by, asked_ms, state, decided_by)"
        " VALUES (?, ?, ?, ?, 'waiting', '')"
    )
    run(connection, sql, (place.number, json.dumps(wanted, ensure_ascii=False), login, now_ms))
    return True


def decide(connection: Connection, change: Change, yes: bool, login: str, now_ms: int) -> None:
    """The ward's answer. Raises Refused("change_state") where it was answered before, "own_change"."""
    if change.asked_by == login:
        raise Refused("own_change")
    state = "confirmed" if yes else "refused"
    sql = "UPDATE place_change SET state = ?, decided_by = ?, decided_ms = ? WHERE id = ? AND state = 'waiting'"
    if run(connection, sql, (state, login, now_ms, change.id)).rowcount != 1:
        raise Refused("change_state")
    if yes:
        place, wanted = change.place, change.wanted
        name, kind, ward = (wanted.get(field, getattr(place, field)) for field in CONFIRMED_BY_WARD)
        describe_place(connection, replace(place, name=name, kind=kind, ward=ward), now_ms)


def waiting(connection: Connection) -> list[Change]:
    """What waits for a ward, oldest first."""
    sql = (
        "SELECT id, place, wanted, asked_by, asked_ms FROM place_change WHERE state = 'waiting'"
        " ORDER BY asked_ms, id LIMIT ?"
    )
    rows = run(connection, sql, (_MOST,)).all()
    known = places_by_number(connection, [row[1] for row in rows])
    return [Change(row[0], known[row[1]], json.loads(row[2]), row[3], row[4]) for row in rows]


def change_of(connection: Connection, number: int) -> Change:
    """One of them. Raises Refused("change_unknown")."""
    sql = "SELECT id, place, wanted, asked_by, asked_ms FROM place_change WHERE id = ?"
    row = run(connection, sql, (number,)).first()
    if row is None:
        raise Refused("change_unknown")
    return Change(row[0], places_by_number(connection, [row[1]])[row[1]], json.loads(row[2]), row[3], row[4])


def open_change(connection: Connection, place: Place) -> Mapping[str, str]:
    """What waits for the ward of one place; empty for nothing."""
    sql = "SELECT wanted FROM place_change WHERE place = ? AND state = 'waiting'"
    row = run(connection, sql, (place.number,)).first()
    return {} if row is None else dict(json.loads(row[0]))


def moved(connection: Connection, since_ms: int) -> list[tuple[Place, str, str, int]]:
    """(place, from, to, when made) of places that went to another manager, the newest first."""
    sql = (
        "SELECT place, given_by, taken_by, made_ms FROM handing_over WHERE state = 'taken' AND made_ms >= ?"
        " ORDER BY made_ms DESC LIMIT ?"
    )
    rows = run(connection, sql, (since_ms, _MOST)).all()
    known = places_by_number(connection, [row[0] for row in rows])
    return [(known[row[0]], row[1], row[2], row[3]) for row in rows]
