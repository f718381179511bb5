"""Whole messages of signers who may not deliver: kept apart, as they came, and never more than a bounded number.

A revoked kiosk's queue may be the last trace of a hundred visits, or a thief's invention: a person decides.
"""

from sqlalchemy.engine import Connection

from central.alarms import count_refusal, raise_alarm
from central.opening import digest_of
from central.statements import run

MAX_OF_ONE = 1024  # messages of one known signer: at most 64 MiB
MAX_UNKNOWN = 256  # messages of all unknown signers together: anybody can invent a key


def keep_apart(
    connection: Connection, kid: bytes, device: str | None, reason: str, message: bytes, now_ms: int
) -> None:
    """Keep `message` unless its share is full; either way count and alarm. `device` only where its signature held."""
    count_refusal(connection, reason, now_ms)
    raise_alarm(connection, "quarantined", device or "", f"{reason}, key {kid.hex()}", now_ms)
    if device is None:
        held = run(connection, "SELECT count(*) FROM quarantine WHERE device IS NULL").scalar_one()
    else:
        held = run(connection, "SELECT count(*) FROM quarantine WHERE kid = ?", (kid,)).scalar_one()
    if held >= (MAX_UNKNOWN if device is None else MAX_OF_ONE):
        count_refusal(connection, "quarantine_full", now_ms)
        return
    run(
        connection,
        "INSERT INTO quarantine (digest, kid, device, reason, message, received_ms) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (digest) DO NOTHING",
        (digest_of(message), kid, device, reason, message, now_ms),
    )
