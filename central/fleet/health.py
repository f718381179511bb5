"""What the health page knows of devices and workers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.alarms import all_alarms, all_refusals
from central.spans import state_of
from central.statements import run

WORKER_LATE_MS = 30_000  # a heartbeat comes every 5 s


@dataclass(frozen=True, slots=True)
class StreamHealth:
    """How far one epoch of a device has come. `missing` holds inclusive ranges."""

    epoch: str
    through: int
    missing: tuple[tuple[int, int], ...]
    rejected: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """One device. `online` and `backlog` are what it last said of itself, None if it never did."""

    id: str
    venue: str
    gate: str
    state: str
    last_seen_ms: int | None
    online: bool | None
    backlog: int | None
    streams: tuple[StreamHealth, ...]


def beat(connection: Connection, session: str, connected: bool, waiting: int, committed: int, now_ms: int) -> None:
    """A worker's sign of life for one session."""
    run(
        connection,
        "INSERT INTO worker (session, at_ms, connected, waiting, committed) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (session) DO UPDATE SET at_ms = excluded.at_ms, connected = excluded.connected,"
        " waiting = excluded.waiting, committed = excluded.committed",
        (session, now_ms, int(connected), waiting, committed),
    )


def fleet(connection: Connection, at_most: int | None = None) -> list[DeviceHealth]:
    """Every device by id, or `at_most` of them: first those that are away, then those with most to send."""
    sql = (
        "SELECT d.id, d.venue, d.gate, d.state, s.online, s.backlog FROM device d LEFT JOIN device_state s"
        " ON s.device = d.id ORDER BY CASE WHEN d.state = 'active' AND coalesce(s.online, 0) = 0 THEN 0 ELSE 1 END,"
        " coalesce(s.backlog, 0) DESC, d.id"
    )
    limited, values = ("", ()) if at_most is None else (" LIMIT ?", (at_most,))
    devices = sorted(run(connection, sql + limited, values).all(), key=lambda row: str(row[0]))
    streams: dict[str, list[StreamHealth]] = {}
    sql, some = "SELECT id, device, epoch, rejected, last_ms FROM stream", tuple(row[0] for row in devices)
    which = "" if at_most is None else f" WHERE device IN ({', '.join('?' * len(some)) or 'NULL'})"
    rows = run(connection, f"{sql}{which} ORDER BY last_ms DESC", () if at_most is None else some).all()
    for number, device, epoch, rejected, last_ms in rows:
        through, missing = state_of(connection, number)
        own = StreamHealth(bytes(epoch).hex(), through, missing, rejected, last_ms)
        streams.setdefault(device, []).append(own)
    return [
        DeviceHealth(
            row[0],
            row[1],
            row[2],
            row[3],
            max((s.last_ms for s in streams.get(row[0], ())), default=None),
            None if row[4] is None else bool(row[4]),
            row[5],
            tuple(streams.get(row[0], ())),
        )
        for row in devices
    ]


def health(connection: Connection, now_ms: int, at_most: int | None = None) -> dict[str, Any]:
    """Everything of /health.json, without identities; of devices at most so many, as `fleet` chooses them."""
    workers = _workers(connection, now_ms)
    devices = [
        {
            "id": d.id,
            "venue": d.venue,
            "gate": d.gate,
            "state": d.state,
            "last_seen_ms": d.last_seen_ms,
            "online": d.online,
            "backlog": d.backlog,
            "rejected": sum(s.rejected for s in d.streams),
            "streams": [
                {"epoch": s.epoch, "through": s.through, "missing": [list(pair) for pair in s.missing]}
                for s in d.streams
            ],
        }
        for d in fleet(connection, at_most)
    ]
    alarms = [
        {"kind": a.kind, "device": a.device, "last_ms": a.last_ms, "count": a.count, "detail": a.detail}
        for a in all_alarms(connection)
    ]
    return {
        "at_ms": now_ms,
        "ok": bool(workers) and all(w["connected"] and not w["late"] for w in workers),
        "ingest": workers,
        "devices": devices,
        "alarms": alarms,
        "refused": all_refusals(connection),
    }


def _workers(connection: Connection, now_ms: int) -> list[dict[str, Any]]:
    """The sessions of ingest and when each was heard."""
    rows = run(connection, "SELECT session, at_ms, connected, waiting, committed FROM worker ORDER BY session").all()
    return [
        {
            "session": session,
            "heard_ms_ago": now_ms - at_ms,
            "connected": bool(connected),
            "waiting": waiting,
            "committed": committed,
            "late": now_ms - at_ms > WORKER_LATE_MS,
        }
        for session, at_ms, connected, waiting, committed in rows
    ]
