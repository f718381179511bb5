"""What somebody has to look into, one row a thing, and a count of messages that were not taken.

Kinds: cloned_card, chain_broken, topic_mismatch, foreign_batch, token_reused, records_lost, records_expired, bad_event,
quarantined, ingest_defect, log_changed (the opener found it), log_unlike (a page did).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from central.schema import alarm
from central.statements import run


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look into, and how often it came. `device` is empty where no device is proven."""

    kind: str
    device: str
    first_ms: int
    last_ms: int
    count: int
    detail: str


def raise_alarm(connection: Connection, kind: str, device: str, detail: str, now_ms: int) -> None:
    """Add the alarm, or count the same one up. `detail` must hold nothing personal."""
    run(
        connection,
        "INSERT INTO alarm (kind, device, first_ms, last_ms, count, detail) VALUES (?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (kind, device) DO UPDATE"
        " SET count = alarm.count + 1, last_ms = excluded.last_ms, detail = excluded.detail",
        (kind, device, now_ms, now_ms, detail[:200]),
    )


def count_refusal(connection: Connection, reason: str, now_ms: int) -> None:
    """One more message that was not taken, for `reason`."""
    run(
        connection,
        "INSERT INTO refusal (reason, count, last_ms) VALUES (?, 1, ?)"
        " ON CONFLICT (reason) DO UPDATE SET count = refusal.count + 1, last_ms = excluded.last_ms",
        (reason, now_ms),
    )


def all_alarms(connection: Connection, limit: int = 200) -> list[Alarm]:
    """The newest first."""
    return [Alarm(*row) for row in connection.execute(select(alarm).order_by(alarm.c.last_ms.desc()).limit(limit))]


def all_refusals(connection: Connection) -> dict[str, int]:
    """Reason -> how many messages."""
    return {
        reason: count
        for reason, count, _ in run(connection, "SELECT reason, count, last_ms FROM refusal ORDER BY reason")
    }
