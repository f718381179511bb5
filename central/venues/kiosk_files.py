"""A kiosk for a place: its settings file with a one-time token, as `central enrol` writes it, for the technician.

The device's id is made here, after the place's: nobody can ask for a token in another place's name.
"""

import re
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from central.enrolment import invite
from central.keys import Keyring
from central.kiosk_toml import DIRECTIONS, Invitation, write_kiosk_toml
from central.places.kinds import kiosk_kind
from central.places.places import Place
from central.statements import run
from central.venues.asking import line
from central.venues.posters import posters_of, text_of
from wire.refusal import Refused

MOST = 60


def new_kiosk(
    connection: Connection,
    ring: Keyring,
    place: Place,
    gate: str,
    direction: str,
    enrol_url: str,
    brokers: Sequence[str],
    now_ms: int,
    host: str | None = None,
) -> tuple[str, str]:
    """(device id, text of kiosk.toml); with the `host` of the public pages its screen shows the door's poster.

    Raises Refused: bad_gate, bad_form, too_many_kiosks."""
    gate = _gate(gate, direction)
    number = _next_number(connection, place)
    device = _device(place, number)
    token = invite(connection, device, place.id, f"g-{number}", now_ms)
    settings = Invitation(
        device=device,
        venue=place.id,
        venue_name=place.name,
        kind=kiosk_kind(place.kind),
        gate=f"g-{number}",
        gate_name=gate,
        direction=direction,
        enrol_url=enrol_url,
        fingerprint=ring.fingerprint(),
        token=token,
        brokers=brokers,
        ward=place.ward,
        province=place.province,
        poster=_poster(connection, ring, place, gate, host),
    )
    return device, write_kiosk_toml(settings)


def _gate(said: str, direction: str) -> str:
    """A door's name as it is kept. Raises Refused: bad_gate, bad_form (a direction that nobody knows)."""
    gate = line(said)
    if not 1 <= len(gate) <= 40:
        raise Refused("bad_gate")
    if direction not in DIRECTIONS:
        raise Refused("bad_form")
    return gate


def _next_number(connection: Connection, place: Place) -> int:
    """The lowest that no kiosk of the place has. Raises Refused("too_many_kiosks")."""
    sql = "SELECT id FROM device WHERE venue = ? UNION SELECT device FROM enrolment_token WHERE venue = ?"
    taken = {row[0] for row in run(connection, sql, (place.id, place.id))}
    if len(taken) >= MOST:
        raise Refused("too_many_kiosks")
    return next(n for n in range(1, 10 * MOST) if _is_free(connection, _device(place, n)))


def kiosks_of(connection: Connection, place: Place) -> list[tuple[str, str, str, bool | None, int | None]]:
    """(device, gate, state, online, last spoke ms) of a place's kiosks, by id."""
    sql = (
        "SELECT d.id, d.gate, d.state, s.online, s.at_ms FROM device d LEFT JOIN device_state s ON s.device = d.id"
        " WHERE d.venue = ? ORDER BY d.id LIMIT 200"
    )
    return [
        (row[0], row[1], row[2], None if row[3] is None else bool(row[3]), row[4])
        for row in run(connection, sql, (place.id,))
    ]


def waiting_for(connection: Connection, place: Place, now_ms: int) -> list[tuple[str, int]]:
    """(device, until ms) of files that were made and not used."""
    sql = "SELECT device, expires_ms FROM enrolment_token WHERE venue = ? AND used_ms IS NULL AND expires_ms > ?"
    return [(row[0], row[1]) for row in run(connection, f"{sql} ORDER BY device LIMIT 200", (place.id, now_ms))]


def block_kiosk(connection: Connection, place: Place, device: str) -> None:
    """A kiosk of this place may deliver no more: it was stolen, or is out of use. Raises Refused("kiosk_unknown")."""
    sql = "UPDATE device SET state = 'revoked' WHERE id = ? AND venue = ? AND state = 'active'"
    if run(connection, sql, (device[:64], place.id)).rowcount != 1:
        raise Refused("kiosk_unknown")


def _poster(connection: Connection, ring: Keyring, place: Place, gate: str, host: str | None) -> str:
    """The text of the poster that hangs at this door, else of the place's only one; "" without a host or a poster."""
    hanging = posters_of(connection, place)
    found = next((one for one in hanging if one.gate == gate), hanging[0] if len(hanging) == 1 else None)
    return "" if host is None or found is None else text_of(ring, place, found, host)


def _is_free(connection: Connection, device: str) -> bool:
    """Whether no place has it: two ids of places may look alike once a device may be called so."""
    sql = "SELECT 1 FROM device WHERE id = ? UNION ALL SELECT 1 FROM enrolment_token WHERE device = ?"
    return run(connection, sql, (device, device)).first() is None


def _device(place: Place, number: int) -> str:
    return re.sub(r"[^a-z0-9-]", "-", f"x{place.id}".lower())[1:28].strip("-") + f"-{number}"
