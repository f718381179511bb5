"""A place goes to another manager. Two accounts say so: one makes a code, the other signs in and types it."""

from sqlalchemy.engine import Connection

from central.access.accounts import hash_of
from central.access.factors import new_code
from central.places.places import Place, places_by_number
from central.statements import run
from central.venues.listing import OWNER
from wire.refusal import Refused

ENDS_MS = 3 * 86_400_000


def give(connection: Connection, place: Place, login: str, now_ms: int) -> str:
    """The code, shown once; an older one of this place counts no more. 16 letters, 80 bits."""
    take_back(connection, place)
    code = new_code(16)
    sql = "INSERT INTO handing_over (place, hash, given_by, made_ms, ends_ms, state) VALUES (?, ?, ?, ?, ?, 'open')"
    run(connection, sql, (place.number, _hash(code), login, now_ms, now_ms + ENDS_MS))
    return code


def take_back(connection: Connection, place: Place) -> None:
    """Whoever gave it has thought better of it."""
    run(connection, "UPDATE handing_over SET state = 'withdrawn' WHERE place = ? AND state = 'open'", (place.number,))


def open_until(connection: Connection, place: Place, now_ms: int) -> int | None:
    """Until when a code of this place counts."""
    sql = "SELECT ends_ms FROM handing_over WHERE place = ? AND state = 'open' AND ends_ms > ?"
    return run(connection, sql, (place.number, now_ms)).scalar()


def take(connection: Connection, code: str, login: str, now_ms: int) -> tuple[Place, str]:
    """(the place, who gave it): it is the taker's from now on, and the giver's no more.

    Raises Refused: hand_code_wrong (unknown, used, over or withdrawn look the same), own_hand.
    """
    sql = "SELECT id, place, given_by FROM handing_over WHERE hash = ? AND state = 'open' AND ends_ms > ?"
    row = run(connection, sql, (_hash(code), now_ms)).first()
    if row is None:
        raise Refused("hand_code_wrong")
    number, of, giver = row
    if giver == login:
        raise Refused("own_hand")
    place = places_by_number(connection, [of])[of]
    area = f"venue-{place.id}"
    sql = "UPDATE handing_over SET state = 'taken', taken_by = ? WHERE id = ? AND state = 'open'"
    gone = "DELETE FROM account_grant WHERE login = ? AND area = ? AND role = ?"
    if run(connection, sql, (login, number)).rowcount != 1 or not run(connection, gone, (giver, area, OWNER)).rowcount:
        raise Refused("hand_code_wrong")
    sql = (
        "INSERT INTO account_grant (login, role, area, ends_ms, reason) VALUES (?, ?, ?, NULL, ?)"
        " ON CONFLICT (login, role, area) DO NOTHING"
    )
    run(connection, sql, (login, OWNER, area, f"handed over by {giver}"))
    return place, str(giver)


def _hash(code: str) -> bytes:
    return hash_of("hand over " + "".join(code.upper().replace("-", " ").split())[:32])
