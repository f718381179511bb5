"""The ward's decision: is the place there, and does whoever asks run it?

Confirming makes the place, lists it, and makes the manager's account; the first code goes by text, or the officer hands
it over where this centre sends none.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.alerts.sending import ready
from central.keys import Keyring
from central.statements import run
from central.venues.asking import Said
from central.venues.likeness import Known, why_alike
from central.venues.listing import add_manager, file_place, list_place, new_id
from central.venues.registering import Registration, registration_of
from central.venues.texting import can_text, send_text
from central.web.words import say
from wire.refusal import Refused

REASONS = ("not_there", "not_theirs", "twice", "wrong_ward", "wrong_data")
_TEXT_MS = 2 * 86_400_000
_LOOKED_AT = 5_000


class Alike(NamedTuple):
    """A place or a registration that may be the same one: `place` is its id, "" for a registration."""

    place: str
    registration: int
    name: str
    why: tuple[str, ...]


class Confirmed(NamedTuple):
    """`code` is None where it went by text."""

    venue: str
    login: str
    code: str | None


def areas_of(said: Said) -> frozenset[str]:
    """Whose office decides about it."""
    return areas_of_place("", said.ward, said.province)


def confirm(connection: Connection, ring: Keyring, number: int, login: str, now_ms: int) -> Confirmed:
    """The place stands on the map from now on. Raises Refused: registration_unknown, registration_state."""
    found = _waiting(connection, number)
    place = list_place(connection, new_id(connection, found.said.ward), found.said, now_ms)
    file_place(connection, place.number)
    account, code = add_manager(connection, place, now_ms)
    sql = (
        "UPDATE registration SET state = 'confirmed', place = ?, decided_by = ?, changed_ms = ?"
        " WHERE id = ? AND state = 'waiting'"
    )
    if run(connection, sql, (place.number, login, now_ms, number)).rowcount != 1:
        raise Refused("registration_state")
    if not can_text(connection):
        return Confirmed(place.id, account, code)
    base = ready(connection).base
    key = "venues.sms_first" if base else "venues.sms_first_bare"
    text = say(found.language, key, login=account, code=code, base=base)
    send_text(connection, ring, found.hash, text, now_ms, now_ms + _TEXT_MS)
    return Confirmed(place.id, account, None)


def refuse(connection: Connection, ring: Keyring, number: int, reason: str, login: str, now_ms: int) -> Registration:
    """It does not come onto the map; the manager reads why. Raises Refused: bad_form, registration_state."""
    if reason not in REASONS:
        raise Refused("bad_form")
    found = registration_of(connection, number)
    sql = (
        "UPDATE registration SET state = 'refused', reason = ?, decided_by = ?, changed_ms = ?, code = NULL"
        " WHERE id = ? AND state IN ('asked', 'waiting')"
    )
    if run(connection, sql, (reason, login, now_ms, number)).rowcount != 1:
        raise Refused("registration_state")
    if can_text(connection) and found.state == "waiting":
        why = say(found.language, f"venues.reason.{reason}")
        text = say(found.language, "venues.sms_refused", why=why)
        send_text(connection, ring, found.hash, text, now_ms, now_ms + _TEXT_MS)
    return found


def alike(connection: Connection, found: Registration) -> list[Alike]:
    """Places and registrations of the ward, or of the same phone, that may be the same place."""
    said = found.said
    one = Known(said.name, said.ward, said.lat_e6, said.lon_e6, found.tag)
    sql = (
        "SELECT p.id, p.name, p.ward, p.lat_e6, p.lon_e6, r.phone_tag FROM place p LEFT JOIN registration r"
        " ON r.place = p.number WHERE (p.province = ? AND p.ward = ? OR p.number IN (SELECT place FROM registration"
        " WHERE phone_tag = ? AND place IS NOT NULL)) AND p.closed_ms IS NULL ORDER BY p.number LIMIT ?"
    )
    places = [
        Alike(row[0], 0, row[1], why_alike(one, Known(row[1], row[2], row[3], row[4], bytes(row[5] or b""))))
        for row in run(connection, sql, (said.province, said.ward, found.tag, _LOOKED_AT))
    ]
    sql = (
        "SELECT id, name, ward, lat_e6, lon_e6, phone_tag FROM registration WHERE state IN ('asked', 'waiting')"
        " AND id <> ? AND (province = ? AND ward = ? OR phone_tag = ?) ORDER BY id LIMIT ?"
    )
    others = [
        Alike("", row[0], row[1], why_alike(one, Known(row[1], row[2], row[3], row[4], bytes(row[5]))))
        for row in run(connection, sql, (found.id, said.province, said.ward, found.tag, _LOOKED_AT))
    ]
    return [other for other in (*places, *others) if other.why][:20]


def _waiting(connection: Connection, number: int) -> Registration:
    found = registration_of(connection, number)
    if found.state != "waiting":
        raise Refused("registration_state")
    return found
