"""The port PhoneReader over bleak: Bluezone on iPhones tells its identifier only to those who connect and read it.

Service and characteristic: BluezoneGlobal/bluezone-app v3.0.3, ios/Scanner/AppConstant.swift. The characteristic is
READ only, needs no pairing, and holds the 12 bytes of the moment.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakCharacteristicNotFoundError, BleakError
from dbus_fast import AuthError, DBusError

from ble_scanner.devices.asking import A_MINUTE, SLOT_MS, Asking
from ble_scanner.devices.bluez import hush_libraries
from ble_scanner.radio import Hear, Heard
from ble_scanner.sighting import Sighting

SERVICE = "00004e56-73f5-4bc4-a12f-17d1ad07a667"
CHARACTERISTIC = "00004e56-73f5-4bc4-a12f-17d1ad07a689"
IDENTIFIER_BYTES = 12
LIMIT_S = 10.0  # the phones' own app gives up after ten seconds, too
HANG_UP_S = 3.0  # to say goodbye; a connection that does not even end is BlueZ's to clean up
LOOK_S = 1.0
_FAILURES = (BleakError, DBusError, AuthError, OSError, EOFError, TimeoutError, AssertionError)


class BleakPhoneReader:
    """See PhoneReader. `hear` is given the answers; `adapter` is a name such as "hci0".

    mono_ms, unix_ms  the clocks of the process; the second tells the slots only
    """

    def __init__(
        self,
        adapter: str,
        hear: Hear,
        mono_ms: Callable[[], int],
        unix_ms: Callable[[], int],
        *,
        a_minute: int = A_MINUTE,
        limit_s: float = LIMIT_S,
        look_s: float = LOOK_S,
    ) -> None:
        hush_libraries()
        self._adapter, self._hear, self._mono_ms, self._unix_ms = adapter, hear, mono_ms, unix_ms
        self._limit_s, self._look_s = limit_s, look_s
        self._asking = Asking(a_minute)
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def offer(self, heard: Heard) -> None:
        """See PhoneReader."""
        if self._stopped:
            return
        identifier = self._asking.hear(heard, self._unix_ms() // SLOT_MS)
        if identifier is not None:
            self._tell(heard, identifier)
        elif self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._ask_each())

    async def stop(self) -> None:
        """See PhoneReader."""
        self._stopped = True
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _ask_each(self) -> None:
        """One phone after the other. Ends by being cancelled."""
        while True:
            heard = self._asking.next(self._mono_ms())
            if heard is None:
                await asyncio.sleep(self._look_s)
            else:
                await self._ask(heard)

    async def _ask(self, heard: Heard) -> None:
        slot = self._unix_ms() // SLOT_MS
        try:
            identifier = await self._read(heard.address)
        except BleakCharacteristicNotFoundError:
            self._asking.failed(heard.address, self._mono_ms(), for_good=True)
        except _FAILURES:  # it walked away, or it hangs: both are everyday, and both are answered by waiting
            self._asking.failed(heard.address, self._mono_ms())
        else:
            if len(identifier) != IDENTIFIER_BYTES:
                self._asking.failed(heard.address, self._mono_ms(), for_good=True)
                return
            self._asking.answered(heard.address, identifier, slot)
            self._tell(heard, identifier)

    async def _read(self, address: str) -> bytes:
        # A device that BlueZ has told of is named by its path; by its address bleak would scan for it again.
        path = f"/org/bluez/{self._adapter}/dev_{address.replace(':', '_')}"
        client = BleakClient(BLEDevice(address, None, {"path": path, "props": None}), timeout=self._limit_s)
        async with asyncio.timeout(self._limit_s + HANG_UP_S):
            try:
                async with asyncio.timeout(self._limit_s):
                    await client.connect()
                    return bytes(await client.read_gatt_char(CHARACTERISTIC))
            finally:
                await client.disconnect()

    def _tell(self, heard: Heard, identifier: bytes) -> None:
        self._hear(heard._replace(sightings=(Sighting("bluezone", identifier),)))
