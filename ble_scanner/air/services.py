"""PURE. The services whose advertisements we understand, in each form that a UUID takes on air and in BlueZ.

A UUID of 16 or 32 bits stands for XXXXXXXX-0000-1000-8000-00805F9B34FB (Bluetooth Core Specification, Vol 3, Part B,
2.5.1), and a device may send any of the three forms; on air the bytes are reversed.
"""

from typing import Literal
from uuid import UUID

Service = Literal[
    "bluezone", "bluezone-ios", "exposure-notification", "opentrace", "bluetrace-lite", "herald", "eddystone"
]

_BASE = "-0000-1000-8000-00805f9b34fb"
# BluezoneGlobal/react-native-bluetooth-scan; Exposure Notification Bluetooth Specification v1.2; opentrace-android,
# herald-for-android (A6BA4286: ABTraceTogether, an OpenTrace); google/eddystone. FFFF belongs to nobody: BlueTrace
# Lite borrowed it, and so did others.
_UUIDS: dict[str, Service] = {
    f"00004e56{_BASE}": "bluezone",
    "00004e56-73f5-4bc4-a12f-17d1ad07a667": "bluezone-ios",
    f"0000fd6f{_BASE}": "exposure-notification",
    "b82ab3fc-1595-4f6a-80f0-fe094cc218f9": "opentrace",
    "17e033d3-490e-4bc9-9fe8-2f567643f4d3": "opentrace",
    "a6ba4286-c550-4794-a888-9467ef0b31a8": "opentrace",
    f"0000ffff{_BASE}": "bluetrace-lite",
    f"0000fcf6{_BASE}": "herald",
    "428132af-4746-42d3-801e-4572d65bfd9b": "herald",
    f"0000feaa{_BASE}": "eddystone",
}


def _on_air(uuid: str) -> list[bytes]:
    """The forms of a UUID on air: 16 bytes, and 4 and 2 where it is short enough."""
    whole = UUID(uuid).bytes[::-1]
    if not uuid.endswith(_BASE):
        return [whole]
    return [whole, whole[12:], whole[12:14]] if uuid.startswith("0000") else [whole, whole[12:]]


# By 128-bit lower-case text, as BlueZ names them; by the bytes on air.
BY_UUID: dict[str, Service] = dict(_UUIDS)
ON_AIR: dict[bytes, Service] = {form: service for uuid, service in _UUIDS.items() for form in _on_air(uuid)}
