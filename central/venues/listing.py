"""A place comes onto the map: described, listed, not assessed yet; and the first code of who runs it."""

import secrets

from sqlalchemy.engine import Connection

from central.access import factors
from central.access.accounts import create_account
from central.access.roles import Grant
from central.places.places import Place, Site, describe_place, put_site
from central.safety.states import Cause, State, put_state
from central.statements import run
from central.venues.asking import Said
from wire.refusal import Refused

OWNER, STAFF = "venue_owner", "venue_staff"
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # none that is read as another
_TRIES = 20


def new_id(connection: Connection, ward: str) -> str:
    """An id that no place has: its ward, and four letters."""
    for _ in range(_TRIES):
        made = f"v-{ward}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"
        if run(connection, "SELECT 1 FROM place WHERE id = ?", (made,)).first() is None:
            return made
    raise Refused("ward_full", ward)


def list_place(connection: Connection, venue: str, said: Said, now_ms: int) -> Place:
    """Describe a place and put it onto the map, unless it stands there already."""
    described = Place(0, venue, said.name, said.kind, said.ward, said.province, said.opens_min, said.closes_min)
    place = describe_place(connection, described, now_ms)
    put_site(connection, place.number, Site(said.address, said.lat_e6, said.lon_e6, said.capacity))
    put_on_map(connection, place.number, now_ms)
    return place


def put_on_map(connection: Connection, number: int, now_ms: int) -> None:
    """List a place that is not listed; nobody has assessed it yet. One that is closed stays off the map."""
    sql = "UPDATE place SET listed_ms = ? WHERE number = ? AND listed_ms IS NULL AND closed_ms IS NULL"
    if run(connection, sql, (now_ms, number)).rowcount:
        put_state(connection, number, State.NOT_ASSESSED, Cause.LISTED, now_ms)


def file_place(connection: Connection, number: int, office: str = "", own_id: str = "") -> None:
    """What the desk keeps beside the place."""
    sql = (
        "INSERT INTO venue_file (place, office, own_id, closed_by) VALUES (?, ?, ?, '') ON CONFLICT (place) DO NOTHING"
    )
    run(connection, sql, (number, office, own_id))


def add_manager(connection: Connection, place: Place, now_ms: int) -> tuple[str, str]:
    """(login, first code) of the account that runs a place; one that is there gets a new first code.

    The account is called after the place: who the manager is stands nowhere.
    """
    login = place.id.lower()[:32]
    if run(connection, "SELECT 1 FROM account WHERE login = ?", (login,)).first() is None:
        create_account(connection, login, place.name, None, [Grant(OWNER, f"venue-{place.id}")], now_ms)
    elif not managed_by(connection, place, login):
        raise Refused("manager_gone")
    return login, factors.invite(connection, login, now_ms)


def managed_by(connection: Connection, place: Place, login: str) -> bool:
    """Whether an account runs this very place."""
    sql = "SELECT 1 FROM account_grant WHERE login = ? AND role = ? AND area = ?"
    return run(connection, sql, (login, OWNER, f"venue-{place.id}")).first() is not None
