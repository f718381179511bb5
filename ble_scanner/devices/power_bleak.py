"""Switch an adapter off and on, as `Adapter1.Powered` of BlueZ: the cure of most scans that got stuck."""

import asyncio
from pathlib import Path

from ble_scanner.devices.bluez import CALL_S, RFKILL, Adapter
from ble_scanner.radio import RadioFailed

# The firmware of combined Wi-Fi and Bluetooth chips ends its scans within about a second of being switched off.
OFF_S = 1.0


async def power_cycle(adapter: str, off_s: float = OFF_S, call_s: float = CALL_S, rfkill: Path = RFKILL) -> None:
    """Off, a moment, on. Raises RadioFailed when it cannot be switched on; within 20 s.

    An adapter that refuses to go off may still come on: it is tried.
    """
    line = Adapter(adapter, call_s, rfkill)
    try:
        await line.open()
        refused: RadioFailed | None = None
        try:
            await line.switch(False)
        except RadioFailed as failed:
            if failed.reason not in ("in_progress", "not_ready", "failed"):
                raise
            refused = failed
        await asyncio.sleep(off_s)
        await line.switch(True)
        if refused is not None:
            raise refused
    finally:
        line.close()
