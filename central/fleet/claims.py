"""The code on a box: whoever stands before a kiosk shows it, and says where it hangs now, or which one it replaces.

- A code is 60 random bits in 12 characters (Crockford's alphabet: no I, L, O, U), printed on the label as
  XXXX-XXXX-XXXX; its QR reads GPC1:<device>:<code>. The table keeps its SHA-256.
- It proves nothing to a broker and opens nothing: the one-time token of enrolment is another secret, never on the box.
- A kiosk that replaces another takes its place, its gate and its groups; the old one is revoked in the same moment.
  What the old one has not sent is still taken from a stick, as that of every revoked kiosk is put into quarantine.
"""

import hashlib
import secrets
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.fleet.noting import add_moment
from central.registry import revoke_device
from central.statements import run
from wire.refusal import Refused
from wire.topics import check_device

PREFIX = "GPC1"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("OIL", "011")
_LENGTH = 12


class Claim(NamedTuple):
    """`venue` and `gate` are where it is registered; None while it has not enrolled."""

    device: str
    made_ms: int
    claimed_ms: int | None
    claimed_by: str | None
    replaces: str | None
    venue: str | None
    gate: str | None
    state: str | None


def new_claim(connection: Connection, device: str, now_ms: int) -> str:
    """A new code for a kiosk's label, as printed; the older ones of the same kiosk hold no more."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    run(connection, "DELETE FROM kiosk_claim WHERE device = ? AND claimed_ms IS NULL", (check_device(device),))
    sql = "INSERT INTO kiosk_claim (hash, device, made_ms) VALUES (?, ?, ?)"
    run(connection, sql, (_hash(code), device, now_ms))
    return "-".join(code[i : i + 4] for i in range(0, _LENGTH, 4))


def label_text(device: str, code: str) -> str:
    """What the label's QR reads."""
    return f"{PREFIX}:{device}:{code.replace('-', '')}"


def claim_of(connection: Connection, text: str) -> Claim:
    """The kiosk of a code as typed, or of a label's QR. Raises Refused("claim_unknown")."""
    parts = text.strip().split(":")
    named = parts[1] if len(parts) == 3 and parts[0].upper() == PREFIX else None
    code = parts[-1].upper().replace("-", "").replace(" ", "").translate(_LOOKS_LIKE)
    sql = (
        "SELECT c.device, c.made_ms, c.claimed_ms, c.claimed_by, c.replaces, d.venue, d.gate, d.state"
        " FROM kiosk_claim c LEFT JOIN device d ON d.id = c.device WHERE c.hash = ?"
    )
    row = run(connection, sql, (_hash(code),)).first() if len(code) == _LENGTH else None
    if row is None or (named is not None and named != row[0]):
        raise Refused("claim_unknown", "no label reads so")
    return Claim(*row)


def claim(connection: Connection, text: str, venue: str, gate: str, by: str, now_ms: int) -> Claim:
    """It hangs at `venue`, `gate` now. Raises Refused: claim_unknown, not_enrolled, bad_place."""
    held = _enrolled(connection, text)
    if not run(connection, "SELECT count(*) FROM place WHERE id = ? AND closed_ms IS NULL", (venue,)).scalar_one():
        raise Refused("bad_place", venue[:40])
    if not 0 < len(gate) <= 32 or not gate.isprintable() or gate.strip() != gate:
        raise Refused("bad_place", "gate")
    run(connection, "UPDATE device SET venue = ?, gate = ? WHERE id = ?", (venue, gate, held.device))
    _spend(connection, text, by, None, now_ms)
    add_moment(connection, held.device, "claimed", f"{venue} {gate}", now_ms)
    return held


def replace(connection: Connection, text: str, old: str, by: str, now_ms: int) -> Claim:
    """It takes the place of `old`. Raises Refused: claim_unknown, not_enrolled, replaces_itself, device_unknown."""
    held = _enrolled(connection, text)
    if held.device == old:
        raise Refused("replaces_itself", old)
    row = run(connection, "SELECT venue, gate FROM device WHERE id = ?", (old,)).first()
    if row is None:
        raise Refused("device_unknown", old[:40])
    run(connection, "UPDATE device SET venue = ?, gate = ? WHERE id = ?", (row[0], row[1], held.device))
    groups = run(connection, "SELECT name FROM kiosk_group WHERE device = ?", (old,)).all()
    for (name,) in groups:
        sql = "INSERT INTO kiosk_group (name, device) VALUES (?, ?) ON CONFLICT DO NOTHING"
        run(connection, sql, (name, held.device))
    run(connection, "DELETE FROM kiosk_group WHERE device = ?", (old,))
    revoke_device(connection, old)
    _spend(connection, text, by, old, now_ms)
    add_moment(connection, held.device, "replaces", old, now_ms)
    add_moment(connection, old, "replaced", held.device, now_ms)
    return held


def _enrolled(connection: Connection, text: str) -> Claim:
    held = claim_of(connection, text)
    if held.state != "active":
        raise Refused("not_enrolled", held.device)
    return held


def _spend(connection: Connection, text: str, by: str, old: str | None, now_ms: int) -> None:
    code = text.strip().split(":")[-1].upper().replace("-", "").replace(" ", "").translate(_LOOKS_LIKE)
    sql = "UPDATE kiosk_claim SET claimed_ms = ?, claimed_by = ?, replaces = ? WHERE hash = ?"
    run(connection, sql, (now_ms, by, old, _hash(code)))


def _hash(code: str) -> bytes:
    return hashlib.sha256(f"gatepost/1 claim {code.replace('-', '')}".encode()).digest()
