"""The job that looks after the fleet: an alarm when something begins, none while nobody is to be told."""

from sqlalchemy.engine import Connection

from central.alarms import raise_alarm
from central.fleet.listing import Shown, fleet
from central.fleet.why import LOST_MS
from central.statements import run

# What a person is told of: trouble of the list -> kind of the alarm.
ALARMS = {
    "disk": "kiosk_disk",
    "disk_errors": "kiosk_disk",
    "worn": "kiosk_worn",
    "power": "kiosk_power",
    "box_moved": "kiosk_box",
    "box_copied": "kiosk_box",
    "hot": "kiosk_hot",
    "clock_unset": "kiosk_clock",
    "fails": "kiosk_test",
    "old": "kiosk_old",
    "rolled_back": "kiosk_update",
    "failed": "kiosk_update",
    "refused": "kiosk_update",
}
AWAY = {"lost": "kiosk_away", "silent": "kiosk_away", "certificate": "kiosk_certificate", "clock": "kiosk_clock"}
_OURS = frozenset({*ALARMS.values(), *AWAY.values()})
_AGAIN_MS = 24 * 3_600_000  # what goes on is told once a day, so that it stays in sight and does not ring all night


def watch(connection: Connection, now_ms: int) -> int:
    """Raise what has begun, or has gone on for another day; how many. Those in quiet hours wait for their end."""
    last = _told(connection)
    told = 0
    for one in fleet(connection, now_ms):
        for kind, detail in _wrong(one, now_ms).items():
            if now_ms - last.get((kind, one.kiosk.device), -_AGAIN_MS) >= _AGAIN_MS:
                raise_alarm(connection, kind, one.kiosk.device, detail, now_ms)
                told += 1
    return told


def _wrong(one: Shown, now_ms: int) -> dict[str, str]:
    found: dict[str, str] = {}
    if one.quiet or one.kiosk.state != "active":
        return found
    kind = AWAY.get(one.why.code)
    if kind and (one.why.since_ms is None or now_ms - one.why.since_ms > LOST_MS):
        found[kind] = one.why.code
    for trouble in one.troubles:
        if trouble.mark == "bad" and trouble.code in ALARMS:
            found.setdefault(ALARMS[trouble.code], f"{trouble.code} {trouble.detail}".strip())
    return found


def _told(connection: Connection) -> dict[tuple[str, str], int]:
    rows = run(connection, "SELECT kind, device, last_ms FROM alarm")
    return {(str(kind), str(device)): int(last) for kind, device, last in rows if kind in _OURS}
