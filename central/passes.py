"""Issuing and revoking passes. A pass is 128 random bits: this table never learns who carries it."""

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.statements import run
from credentials.pass_qr import Pass, encode_pass, sign_pass
from wire.bulletin import Bulletin
from wire.records import Signal
from wire.refusal import Refused

_DAY_S = 86_400
_REVOCATION_DAYS = 400  # the list is renewed with each revocation and outlives every pass it names
_LATE_CLOCK_MS = 30 * 86_400_000  # a gate whose clock runs late must still know a pass that has expired since


@dataclass(frozen=True, slots=True)
class Issued:
    """A new pass. `text` is for printing; a rotating one has `signed` for the holder's phone instead."""

    pass_id: bytes
    expires_s: int
    text: str | None
    signed: bytes | None


def issue_pass(
    connection: Connection,
    ring: Keyring,
    pass_id: bytes,
    days: int,
    companions: int,
    holder: bytes | None,
    now_ms: int,
    cleared: bool = False,
) -> Issued:
    """Sign and note a pass. `pass_id` is 16 random bytes, `holder` the phone's Ed25519 key of a rotating one.

    `cleared`: nothing is held against its holder; gates honour that without a network, until the pass ends.

    Raises Refused("bad_schema") for numbers out of bounds.
    """
    if not 1 <= days <= 366:
        raise Refused("bad_schema", "1 to 366 days")
    expires = now_ms // 1000 + days * _DAY_S
    content = Pass(pass_id, expires, companions, int(Signal.ALLOW) if cleared else None, holder)
    key = ring.signing("pass")
    run(
        connection,
        "INSERT INTO issued_pass (id, expires_ms, revoked_ms) VALUES (?, ?, NULL)",
        (pass_id, expires * 1000),
    )
    if holder is None:
        return Issued(pass_id, expires, encode_pass(content, key), None)
    return Issued(pass_id, expires, None, sign_pass(content, key))


def revoke_pass(connection: Connection, ring: Keyring, pass_id: bytes, now_ms: int) -> Bulletin:
    """Revoke a pass and sign the new list for all gates. Raises Refused("unknown_pass")."""
    sql = "UPDATE issued_pass SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL"
    run(connection, sql, (now_ms, pass_id))
    known = run(connection, "SELECT count(*) FROM issued_pass WHERE id = ?", (pass_id,)).scalar_one()
    if not known:
        raise Refused("unknown_pass", "no pass of that number was issued here")
    return publish_revoked(connection, ring, now_ms)


def publish_revoked(connection: Connection, ring: Keyring, now_ms: int) -> Bulletin:
    """Sign the list of revoked passes for all gates, as it is now: once after any number of revocations."""
    sql = "SELECT id FROM issued_pass WHERE revoked_ms IS NOT NULL AND expires_ms > ? ORDER BY id"
    revoked = [bytes(row[0]) for row in run(connection, sql, (now_ms - _LATE_CLOCK_MS,))]
    expires = now_ms + _REVOCATION_DAYS * _DAY_S * 1000
    return publish_bulletin(connection, ring, "passes", "revoked", "all", {"revoked": revoked}, expires, now_ms)
