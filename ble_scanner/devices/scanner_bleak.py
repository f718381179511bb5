"""The radio port over bleak and BlueZ.

- With `duplicates` it scans actively and keeps a monitor beside the scan: only then does the kernel switch off the
  adapter's filter for repetitions (ADR 0023), which a tap at the gate lives by.
- Without, it listens passively where BlueZ offers that, else actively. A passive scan that is refused, or that hears
  nothing at all in its first SILENT_S although the patterns cover nearly every sender, goes over to an active one: the
  kernel may reject a monitor without a word.
- While it listens it looks after its adapter: gone, switched off, or back.
- Advertisements of no format of ours are handed on too, empty, so that silence of the radio is told from "no phones".
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from bleak.args.bluez import BlueZScannerArgs, OrPattern
from bleak.assigned_numbers import AdvertisementDataType as Ad
from bleak.backends.bluezdbus.defs import Device1
from bleak.backends.bluezdbus.scanner import BleakScannerBlueZDBus

from ble_scanner.devices.bluez import CALL_S, Adapter, hush_libraries
from ble_scanner.devices.bluez_errors import GONE, failure
from ble_scanner.devices.power_bleak import power_cycle
from ble_scanner.devices.reports import Reader
from ble_scanner.radio import Hear, Heard, Mode, RadioFailed
from machine.log import say

# What a monitor is asked for. A monitor takes 16 patterns at most. Senders that can be connected to carry flags, and
# these six values cover them; the others are named one by one: company, service data and service lists of our formats.
PATTERNS = [
    *(OrPattern(0, Ad.FLAGS, bytes([flags])) for flags in (0x02, 0x04, 0x05, 0x06, 0x18, 0x1A)),
    OrPattern(0, Ad.SERVICE_DATA_UUID16, bytes.fromhex("6ffd")),  # Exposure Notification
    OrPattern(0, Ad.SERVICE_DATA_UUID16, bytes.fromhex("aafe")),  # Eddystone, our own tags
    OrPattern(0, Ad.MANUFACTURER_SPECIFIC_DATA, bytes.fromhex("b522")),  # Bluezone on Android
    OrPattern(0, Ad.MANUFACTURER_SPECIFIC_DATA, bytes.fromhex("4c00")),  # iBeacon; Bluezone on iOS in the background
    OrPattern(2, Ad.MANUFACTURER_SPECIFIC_DATA, bytes.fromhex("beac")),  # AltBeacon, of whatever company
    OrPattern(0, Ad.COMPLETE_LIST_SERVICE_UUID128, bytes.fromhex("67a607add1172fa1c44bf573564e0000")),  # Bluezone, iOS
    OrPattern(0, Ad.COMPLETE_LIST_SERVICE_UUID16, bytes.fromhex("f6fc")),  # Herald
    OrPattern(0, Ad.COMPLETE_LIST_SERVICE_UUID16, bytes.fromhex("6ffd")),
    OrPattern(0, Ad.COMPLETE_LIST_SERVICE_UUID16, bytes.fromhex("564e")),
    OrPattern(0, Ad.COMPLETE_LIST_SERVICE_UUID16, bytes.fromhex("aafe")),
]
UNKNOWN_RSSI = 127  # Bluetooth Core 5.4, vol 4 part E, 7.7.65.2: the controller could not say


class Waits(NamedTuple):
    """Seconds, and why.

    call    a call to BlueZ that takes longer is one that hangs
    look    between two looks at the adapter: an adapter that comes back is used within two of them
    silent  a passive scan without any report: any street has something on air within it
    active  how long a passive scan that proved deaf is not tried again
    """

    call: float = CALL_S
    look: float = 5.0
    silent: float = 30.0
    active: float = 3600.0


class _Scanner(BleakScannerBlueZDBus):
    """bleak's scanner for BlueZ, which hands the properties of a device on as they are.

    bleak would build objects for each report and remember them for each sender: a fifth of its cost, and memory that
    grows with every address that passes by.
    """

    def __init__(self, take: Callable[[Device1], None], mode: Mode, arguments: BlueZScannerArgs) -> None:
        super().__init__(None, None, mode, bluez=arguments)
        self._take = take

    def _handle_advertising_data(self, path: str, props: Device1) -> None:
        self._take(props)


class BleakRadio:
    """See Radio. `adapter` is a name such as "hci0"; `mono_ms` the monotonic clock of the process."""

    def __init__(
        self,
        adapter: str,
        mono_ms: Callable[[], int],
        *,
        passive: bool = True,
        duplicates: bool = False,
        waits: Waits | None = None,
    ) -> None:
        hush_libraries()
        self._adapter, self._mono_ms, self._waits = adapter, mono_ms, waits or Waits()
        self._duplicates = duplicates
        self._passive = passive and not duplicates
        self._mode: Mode = "passive" if self._passive else "active"
        self._fault: RadioFailed | None = None
        self._hear: Hear | None = None
        self._scanner: _Scanner | None = None
        self._line: Adapter | None = None
        self._watch: asyncio.Task[None] | None = None
        self._reader = Reader()
        self._reports = 0
        self._idle_looks = 0
        self._began_ms = 0
        self._active_until_ms: int | None = None

    @property
    def mode(self) -> Mode:
        """See Radio."""
        return self._mode

    @property
    def fault(self) -> RadioFailed | None:
        """See Radio."""
        return self._fault

    async def start(self, hear: Hear) -> None:
        """See Radio."""
        await self.stop()
        self._hear = hear
        try:
            await self._begin()
        except RadioFailed as failed:
            await self.stop()
            self._fault = failed
            raise
        self._watch = asyncio.get_running_loop().create_task(self._look_after())

    async def stop(self) -> None:
        """See Radio."""
        self._hear = None
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        await self._end()
        self._fault = None

    async def power_cycle(self) -> None:
        """See Radio."""
        await self.stop()
        await power_cycle(self._adapter, call_s=self._waits.call)

    async def _begin(self) -> None:
        """Open the adapter and scan, in the mode that it allows. Raises RadioFailed."""
        self._line = Adapter(self._adapter, self._waits.call)
        await self._line.open()
        await self._line.look()
        monitors = await self._line.offers_monitors()
        self._reports = self._idle_looks = 0
        self._began_ms = self._mono_ms()
        if self._passive and monitors and not self._is_known_deaf():
            try:
                await self._scan("passive")
                return
            except RadioFailed as failed:
                if failed.reason not in ("failed", "in_progress"):
                    raise
                say("listens_actively", why=failed.reason, detail=failed.detail)
        await self._scan("active")
        if self._duplicates and monitors:
            try:
                await self._line.keep_monitor(PATTERNS)
            except RadioFailed as failed:  # the scan itself stands, but the adapter may drop what taps live by
                say("repetitions_filtered", why=failed.reason, detail=failed.detail)

    async def _scan(self, mode: Mode) -> None:
        arguments: BlueZScannerArgs = {"adapter": self._adapter}
        if mode == "passive":
            arguments["or_patterns"] = list(PATTERNS)
        else:
            arguments["filters"] = {"DuplicateData": self._duplicates}
        scanner = _Scanner(self._take, mode, arguments)
        try:
            async with asyncio.timeout(self._waits.call):
                await scanner.start()
        except Exception as error:
            raise failure(error) from error
        self._scanner, self._mode = scanner, mode

    async def _end(self) -> None:
        """Give everything back, whatever state it is in."""
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            # What can fail here is a session that went with its adapter or its service: then there is none to end.
            with suppress(*GONE):
                async with asyncio.timeout(self._waits.call):
                    await scanner.stop()
        line, self._line = self._line, None
        if line is not None:
            line.close()

    async def _look_after(self) -> None:
        """While it listens: notice what is lost, and listen again when it is back. Ends by being cancelled."""
        while True:
            await asyncio.sleep(self._waits.look)
            try:
                if self._line is None or self._fault is not None or await self._is_lost(self._line):
                    await self._end()
                    await self._begin()
                self._fault = None
            except RadioFailed as failed:
                self._fault = failed

    async def _is_lost(self, line: Adapter) -> bool:
        """Whether the scan is to be begun anew. Raises RadioFailed while that is not possible."""
        state = await line.look()
        if line.lost:
            return True
        if self._mode == "passive":
            deaf = not self._reports and self._mono_ms() - self._began_ms >= self._waits.silent * 1000
            if deaf:
                say("listens_actively", why="silent", detail="")
                self._active_until_ms = self._mono_ms() + int(self._waits.active * 1000)
            return deaf
        # The kernel ends each scan after ten seconds and BlueZ begins it again: one look may fall in between.
        self._idle_looks = 0 if state.discovering else self._idle_looks + 1
        return self._idle_looks >= 2

    def _is_known_deaf(self) -> bool:
        return self._active_until_ms is not None and self._mono_ms() < self._active_until_ms

    def _take(self, props: Device1) -> None:
        """The hot path: 3,000 times a second. Without an RSSI it is not an advertisement but other news of a device."""
        rssi, hear = props.get("RSSI"), self._hear
        if rssi is None or rssi == UNKNOWN_RSSI or hear is None:
            return
        address = props["Address"]
        sightings = self._reader.read(address, props)
        if sightings is not None:
            self._reports += 1
            hear(Heard(address, rssi, self._mono_ms(), sightings))
