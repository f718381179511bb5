"""What people set for the fleet: groups, quiet hours, and who has taken an alarm upon themselves."""

import re
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

MOST_GROUPS, MOST_HOURS, MOST_ALARMS = 100, 1_000, 200
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_SCOPE = re.compile(r"all|(province|ward|venue|device)-[A-Za-z0-9._-]{1,60}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class OpenAlarm(NamedTuple):
    """An alarm and who sees to it; `seen_by` None: nobody yet, or it has come again since."""

    kind: str
    device: str
    first_ms: int
    last_ms: int
    times: int
    detail: str
    seen_ms: int | None
    seen_by: str | None
    words: str | None


def alarms(connection: Connection, device: str | None = None) -> list[OpenAlarm]:
    """Those that nobody sees to first, then the newest."""
    sql = (
        "SELECT a.kind, a.device, a.first_ms, a.last_ms, a.count, a.detail, s.seen_ms, s.seen_by, s.words FROM alarm a"
        " LEFT JOIN alarm_seen s ON s.kind = a.kind AND s.device = a.device AND s.seen_ms >= a.last_ms"
    )
    some, values = ("", ()) if device is None else (" WHERE a.device = ?", (device,))
    order = " ORDER BY CASE WHEN s.seen_ms IS NULL THEN 0 ELSE 1 END, a.last_ms DESC LIMIT ?"
    return [OpenAlarm(*row) for row in run(connection, sql + some + order, (*values, MOST_ALARMS))]


def see_to(connection: Connection, kind: str, device: str, by: str, words: str, now_ms: int) -> None:
    """Somebody takes the alarm upon themselves. Raises Refused("alarm_unknown")."""
    sql = "SELECT last_ms FROM alarm WHERE kind = ? AND device = ?"
    last_ms = run(connection, sql, (kind, device)).scalar()
    if last_ms is None:
        raise Refused("alarm_unknown", kind[:40])
    run(
        connection,
        "INSERT INTO alarm_seen (kind, device, seen_ms, seen_by, words) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, device) DO UPDATE SET seen_ms = excluded.seen_ms, seen_by = excluded.seen_by,"
        " words = excluded.words",
        (kind, device, max(now_ms, last_ms), by, " ".join(words.split())[:200]),
    )


def set_quiet(connection: Connection, scope: str, start: str, end: str, by: str, now_ms: int) -> None:
    """Quiet hours of a scope, HH:MM in Viet Nam. Raises Refused: bad_scope, bad_hours, too_many."""
    if not _SCOPE.fullmatch(scope):
        raise Refused("bad_scope", scope[:40])
    first, last = _minute(start), _minute(end)
    if first == last:
        raise Refused("bad_hours", "they begin and end at one time")
    if run(connection, "SELECT count(*) FROM quiet_hours").scalar_one() >= MOST_HOURS:
        raise Refused("too_many", str(MOST_HOURS))
    run(
        connection,
        "INSERT INTO quiet_hours (scope, from_min, to_min, set_by, set_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (scope) DO UPDATE SET from_min = excluded.from_min, to_min = excluded.to_min,"
        " set_by = excluded.set_by, set_ms = excluded.set_ms",
        (scope, first, last, by, now_ms),
    )


def end_quiet(connection: Connection, scope: str) -> bool:
    """No quiet hours there any more; False where there were none."""
    return run(connection, "DELETE FROM quiet_hours WHERE scope = ?", (scope,)).rowcount == 1


def put_into(connection: Connection, name: str, device: str) -> None:
    """Put a kiosk into a group. Raises Refused: bad_name, too_many."""
    if not _NAME.fullmatch(name):
        raise Refused("bad_name", "1 to 32 of a-z, 0-9 and '-'")
    known = {str(row[0]) for row in run(connection, "SELECT DISTINCT name FROM kiosk_group")}
    if name not in known and len(known) >= MOST_GROUPS:
        raise Refused("too_many", str(MOST_GROUPS))
    run(connection, "INSERT INTO kiosk_group (name, device) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, device))


def take_out(connection: Connection, name: str, device: str) -> None:
    """Take a kiosk out of a group."""
    run(connection, "DELETE FROM kiosk_group WHERE name = ? AND device = ?", (name, device))


def _minute(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Refused("bad_hours", "HH:MM")
    return int(found[1]) * 60 + int(found[2])
