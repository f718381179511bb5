"""Posters of a place's doors. What a poster says is kept, so that a reprint is the same code until it is rotated.

Ed25519 signs the same bytes the same way each time (RFC 8032): the row is enough, the code itself stands nowhere.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.alerts.sending import ready
from central.keys import Keyring
from central.places.places import Place
from central.statements import run
from central.venues.asking import line
from credentials.venue_qr import Venue, encode_venue
from wire.refusal import Refused

LANGUAGES = ("", "zh", "ko", "ja", "km", "lo", "th")  # the third one; "" for none
DAYS = (180, 365, 730)
GATES = 20
_DAY_MS = 86_400_000
_SIGNED = 40


@dataclass(frozen=True, slots=True)
class Poster:
    """One door's. `gate` "" for a place with one door; `name` as it is printed."""

    id: int
    place: int
    gate: str
    name: str
    language: str
    expires_s: int
    made_ms: int


_ROW = "id, place, gate, name, language, expires_s, made_ms"


def posters_of(connection: Connection, place: Place) -> list[Poster]:
    """The posters that hang, by door."""
    sql = f"SELECT {_ROW} FROM poster WHERE place = ? AND revoked_ms IS NULL ORDER BY gate"
    return [Poster(*row) for row in run(connection, sql, (place.number,))]


def make_poster(
    connection: Connection, place: Place, gate: str, language: str, days: int, login: str, now_ms: int
) -> Poster:
    """A poster for a door that has none. Raises Refused: bad_gate, bad_form, too_many_gates, gate_taken."""
    name = line(gate)[:60]
    if len(name) > 40 or (gate.strip() and not name):
        raise Refused("bad_gate")
    if language not in LANGUAGES or days not in DAYS:
        raise Refused("bad_form")
    hanging = posters_of(connection, place)
    if len(hanging) >= GATES:
        raise Refused("too_many_gates")
    if any(one.gate == name for one in hanging):
        raise Refused("gate_taken")
    expires_s = now_ms // 1000 + days * 86_400
    sql = (
        "INSERT INTO poster (place, gate, name, language, expires_s, made_ms, made_by) VALUES (?, ?, ?, ?, ?, ?, ?)"
        f" RETURNING {_ROW}"
    )
    row = run(connection, sql, (place.number, name, place.name[:80], language, expires_s, now_ms, login)).one()
    return Poster(*row)


def rotate(connection: Connection, place: Place, number: int, login: str, now_ms: int) -> Poster:
    """Another code for the door, as long as the old one; whoever photographed the old one has nothing any more.

    Raises Refused("poster_unknown").
    """
    old = poster_of(connection, place, number)
    take_down(connection, place, number, now_ms)
    days = max(DAYS[0], round((old.expires_s * 1000 - old.made_ms) / _DAY_MS))
    kept = min(DAYS, key=lambda one: abs(one - days))
    return make_poster(connection, place, old.gate, old.language, kept, login, now_ms)


def take_down(connection: Connection, place: Place, number: int, now_ms: int) -> None:
    """The code counts no more. Raises Refused("poster_unknown")."""
    poster_of(connection, place, number)
    run(connection, "UPDATE poster SET revoked_ms = ? WHERE id = ?", (now_ms, number))


def poster_of(connection: Connection, place: Place, number: int) -> Poster:
    """One that hangs. Raises Refused("poster_unknown")."""
    found = next((one for one in posters_of(connection, place) if one.id == number), None)
    if found is None:
        raise Refused("poster_unknown")
    return found


def poster_hangs(connection: Connection, place_id: str, gate: str | None, expires_s: int | None) -> bool:
    """Whether a code that was signed here still counts: False once it was rotated or its place is closed.

    Codes that were made without this desk (no row of that expiry) count as long as their place is open.
    """
    sql = (
        "SELECT p.closed_ms, o.revoked_ms, o.id FROM place p LEFT JOIN poster o ON o.place = p.number AND o.gate = ?"
        " AND o.expires_s = ? WHERE p.id = ? ORDER BY o.revoked_ms IS NOT NULL, o.id"
    )
    row = run(connection, sql, (gate or "", -1 if expires_s is None else expires_s, place_id)).first()
    return row is None or (row[0] is None and (row[2] is None or row[1] is None))


def text_of(ring: Keyring, place: Place, poster: Poster, host: str | None) -> str:
    """What the poster's code says; `host` is the name under which phones reach the public pages."""
    venue = Venue(place.id, signed_name(poster.name), poster.gate or None, poster.expires_s)
    return encode_venue(venue, ring.signing("venue"), host)


def signed_name(name: str) -> str:
    """PURE. A name as the code carries it: each letter makes its squares smaller, so a long one is cut at a word."""
    if len(name) <= _SIGNED:
        return name
    return name[:_SIGNED].rpartition(" ")[0].rstrip(" ,-") + "…" if " " in name[:_SIGNED] else name[:_SIGNED]


def host_for(connection: Connection, asked_at: str) -> str | None:
    """The host of the centre's public address, else of the page that was asked; None for none that can be printed.

    A code carries no port: the public pages must answer at the usual one.
    """
    base = ready(connection).base.partition("//")[2].partition("/")[0]
    host = (base or asked_at).rpartition("@")[2].partition(":")[0]
    return host if host and all(c.isascii() and (c.isalnum() or c in ".-") for c in host) else None
