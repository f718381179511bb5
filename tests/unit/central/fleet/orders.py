"""Kiosks of a fleet that is not there."""

from typing import Any

from central.fleet.why import Kiosk

NOW_MS = 1_790_000_500_000  # 21:21 in Viet Nam
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
_NONE = dict.fromkeys(Kiosk._fields)


def kiosk(device: str = "t-1", **changed: Any) -> Kiosk:
    """One that is well: connected, of version 2026.11.1, heard this minute."""
    well: dict[str, Any] = {
        **_NONE,
        "device": device,
        "venue": "v-cho",
        "gate": "g-1",
        "state": "active",
        "enrolled_ms": NOW_MS - 30 * DAY_MS,
        "ward": "26740",
        "province": "79",
        "said_ms": NOW_MS - 20_000,
        "bye": 0,
        "version": "2026.11.1",
        "fails": "",
        "warns": "",
        "alarms": "",
        "clock": "synced",
        "backlog": 0,
    }
    return Kiosk(**{**well, **changed})
