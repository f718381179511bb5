"""One adapter of BlueZ, over a D-Bus connection of our own: what bleak has no call for.

Is it there, is it switched on; switch it; keep a monitor beside a scan. Interfaces: doc/org.bluez.Adapter.rst,
doc/org.bluez.AdvertisementMonitorManager.rst and doc/org.bluez.AdvertisementMonitor.rst of BlueZ.
"""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bleak.args.bluez import OrPattern
from bleak.backends.bluezdbus.advertisement_monitor import AdvertisementMonitor
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from ble_scanner.devices.bluez_errors import failure, named
from ble_scanner.radio import RadioFailed

BLUEZ, ADAPTER, MONITORS = "org.bluez", "org.bluez.Adapter1", "org.bluez.AdvertisementMonitorManager1"
PROPERTIES, OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"
DBUS, DBUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
MONITOR_PATH = "/vn/gatepost/monitor"
# bluetoothd answers within milliseconds, and within 5 s while it waits for a slow USB adapter; one that takes longer
# hangs, and the contract of the port leaves 20 s for two tries.
CALL_S = 7.0
RFKILL = Path("/sys/class/rfkill")


def hush_libraries() -> None:
    """Keep what bleak and dbus-fast would log out of the journal: their lines name devices by address."""
    for library in ("bleak", "dbus_fast"):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)


class State(NamedTuple):
    """How an adapter stands that is switched on: whether it is discovering, for anybody."""

    discovering: bool


class Adapter:
    """One adapter by its name, "hci0". Each method raises RadioFailed, within CALL_S.

    lost  the adapter or the service went away since `open`, even if it is back by now
    """

    def __init__(self, name: str, call_s: float = CALL_S, rfkill: Path = RFKILL) -> None:
        self.path = f"/org/bluez/{name}"
        self.lost = False
        self._call_s, self._rfkill = call_s, rfkill
        self._bus: MessageBus | None = None
        self._monitor: AdvertisementMonitor | None = None

    async def open(self) -> None:
        """Connect, and watch from now on whether the adapter goes."""
        bus = MessageBus(bus_type=BusType.SYSTEM)
        try:
            async with asyncio.timeout(self._call_s):
                await bus.connect()
        except Exception as error:
            bus.disconnect()
            raise failure(error) from error
        self._bus = bus
        bus.add_message_handler(self._notice)
        gone = f"type='signal',sender='{BLUEZ}',interface='{OBJECTS}',member='InterfacesRemoved',arg0path='{self.path}'"
        for rule in (gone, f"type='signal',sender='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'"):
            await self._call(DBUS, DBUS_PATH, DBUS, "AddMatch", "s", [rule])

    def close(self) -> None:
        """Disconnect; a monitor that was kept ends with the connection. May be repeated."""
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()

    async def look(self) -> State:
        """How it stands. Raises RadioFailed when it cannot listen: away, switched off, blocked."""
        try:
            about = await self._properties(ADAPTER)
        except RadioFailed as failed:
            if failed.reason == "failed":  # the path is known to BlueZ, the adapter on it is not
                raise RadioFailed("no_adapter", failed.detail) from failed
            raise
        if not about.get("Powered"):
            raise RadioFailed("blocked" if self._is_blocked(about) else "not_ready", "Powered=false")
        return State(discovering=bool(about.get("Discovering")))

    async def offers_monitors(self) -> bool:
        """Whether BlueZ can be asked to listen passively (BlueZ 5.56, Linux 5.10, `Experimental` where it is older)."""
        try:
            await self._properties(MONITORS)
        except RadioFailed as failed:
            if failed.reason in ("failed", "no_adapter"):
                return False
            raise
        return True

    async def switch(self, on: bool) -> None:
        """Switch the adapter on or off."""
        try:
            await self._call(BLUEZ, self.path, PROPERTIES, "Set", "ssv", [ADAPTER, "Powered", Variant("b", on)])
        except RadioFailed as failed:
            if on and failed.reason == "failed" and self._is_blocked({}):
                raise RadioFailed("blocked", failed.detail) from failed
            raise

    async def keep_monitor(self, patterns: Sequence[OrPattern]) -> None:
        """Register an advertisement monitor that lives as long as this connection; what it finds is not listened to."""
        assert self._bus is not None
        self._monitor = AdvertisementMonitor(patterns)
        await self._call(BLUEZ, self.path, MONITORS, "RegisterMonitor", "o", [MONITOR_PATH])
        # BlueZ takes up a monitor that appears after it was announced, not one that is there already.
        self._bus.export(MONITOR_PATH, self._monitor)

    def _notice(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and message.member in ("InterfacesRemoved", "NameOwnerChanged"):
            self.lost = True

    async def _properties(self, interface: str) -> dict[str, Any]:
        properties = (await self._call(BLUEZ, self.path, PROPERTIES, "GetAll", "s", [interface]))[0]
        return {name: value.value for name, value in properties.items()}

    def _is_blocked(self, about: dict[str, Any]) -> bool:
        """Whether a switch of the kernel holds Bluetooth off: newer BlueZ tells it, else the kernel's files do."""
        if about.get("PowerState") == "off-blocked":
            return True
        for switch in self._rfkill.glob("rfkill*"):
            try:
                kind, soft, hard = ((switch / name).read_text("ascii").strip() for name in ("type", "soft", "hard"))
            except OSError:  # unplugged meanwhile
                continue
            if kind == "bluetooth" and "1" in (soft, hard):
                return True
        return False

    async def _call(
        self, to: str, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()
    ) -> list[Any]:
        if self._bus is None or not self._bus.connected:
            raise RadioFailed("no_bluez", "not connected")
        message = Message(
            destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )
        try:
            async with asyncio.timeout(self._call_s):
                reply = await self._bus.call(message)
        except Exception as error:
            raise failure(error) from error
        if reply is None:
            raise RadioFailed("no_answer", member)
        if reply.message_type is MessageType.ERROR:
            raise named(reply.error_name or "")
        return list(reply.body)
