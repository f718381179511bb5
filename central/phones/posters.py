"""Which place a poster stands for: its signature under the venue key, its date, and whether the place is there."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.places.places import Place, described_place
from central.safety.states import state_of
from central.statements import run
from central.venues.posters import poster_hangs
from credentials.venue_qr import read
from wire.refusal import Refused
from wire.root import Root

_MOST_LETTERS = 2_048
_DAY_MIN = 1_440
_VIET_NAM_MIN = 7 * 60


class Poster(NamedTuple):
    """`name` is the one that hangs at the door; `gate` "" where the poster names none."""

    place: Place
    name: str
    gate: str


class Door(NamedTuple):
    """What stands at the place now: `open` None where nobody has said its hours."""

    address: str | None
    open: bool | None
    state: str


def poster_of(connection: Connection, code: str, root: Root, now_ms: int) -> Poster:
    """The poster of a Base32 code. Raises Refused: poster_unknown, poster_expired, place_closed."""
    if len(code) > _MOST_LETTERS:
        raise Refused("poster_unknown")
    found = read(code, datetime.fromtimestamp(now_ms / 1000, UTC), root.keys("venue"))
    if found.reason == "expired":
        raise Refused("poster_expired")
    if found.status != "valid" or found.normal_form is None:
        raise Refused("poster_unknown", found.reason)
    venue, gate = found.normal_form, found.fields["gate"]
    if run(connection, "SELECT 1 FROM place WHERE id = ? AND closed_ms IS NOT NULL", (venue,)).first():
        raise Refused("place_closed")
    expires = found.fields["expires"]
    ends_s = None if expires is None else int(datetime.fromisoformat(str(expires)).timestamp())
    if not poster_hangs(connection, venue, None if gate is None else str(gate), ends_s):
        raise Refused("poster_expired", "another one hangs there now")
    return Poster(described_place(connection, venue), str(found.fields["name"]), str(gate or ""))


def door_of(connection: Connection, place: Place, now_ms: int) -> Door:
    """What a visitor may know before going in."""
    address = run(connection, "SELECT address FROM place WHERE id = ?", (place.id,)).scalar()
    standing = state_of(connection, place.number, now_ms) if place.number else None
    state = "not_assessed" if standing is None else str(standing.state)
    return Door(address or None, is_open(place, now_ms), state)


def is_open(place: Place, now_ms: int) -> bool | None:
    """PURE. Whether it is within the hours; closing before opening is a night market."""
    if place.opens_min is None or place.closes_min is None:
        return None
    minute = (now_ms // 60_000 + _VIET_NAM_MIN) % _DAY_MIN
    if place.opens_min <= place.closes_min:
        return place.opens_min <= minute < place.closes_min
    return minute >= place.opens_min or minute < place.closes_min
