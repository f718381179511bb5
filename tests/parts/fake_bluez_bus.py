"""A bluetoothd that has no radio: the objects, methods and signals of BlueZ on a D-Bus, driven by its owner.

Rules, after BlueZ 5.66 and Linux 6.1:
- A device is told with InterfacesAdded at its first advertisement, with PropertiesChanged afterwards.
- Nothing is told unless a client discovers, or a monitor is active whose patterns match.
- With `strict_filter` a repetition of an address is dropped by the controller, unless a client discovers while a
  monitor is active: only then does the kernel switch the controller's duplicate filter off.
- Without a discovery a strength is told again when it has changed by RSSI_STEP; without DuplicateData, data are told
  again when they are others (src/device.c: device_set_rssi_with_delta, device_set_manufacturer_data).
- A monitor is active only when its object was exported after RegisterMonitor, and its properties could be read.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.parts.fake_bluez_air import Pattern, matches, new_device, properties, worth_telling
from tests.parts.fake_bluez_gatt import Phone
from tests.parts.fake_bluez_pace import PORTION, room

ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
MONITORS, MONITOR = "org.bluez.AdvertisementMonitorManager1", "org.bluez.AdvertisementMonitor1"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"
EXPORT_WAIT_S = 0.15  # a client exports its monitor only after RegisterMonitor returned
Answer = Message | bool | None


@dataclass
class Device:
    """One sender: its object path, its properties so far, and what a connection to it would find."""

    path: str
    props: dict[str, Variant]
    phone: Phone


@dataclass
class Monitor:
    """One client's monitor; its patterns once it is active."""

    sender: str
    path: str
    patterns: list[Pattern] = field(default_factory=list)


@dataclass
class Bluetoothd:
    """The service's whole state, and its answers. `bus` is connected and owns the name org.bluez."""

    bus: MessageBus
    offers_monitors: bool = True
    monitors_are_deaf: bool = False
    strict_filter: bool = False
    adapter: str = "/org/bluez/hci0"
    present: bool = True
    powered: bool = True
    blocked: bool = False
    stalled: bool = False
    discovering: set[str] = field(default_factory=set)
    filters: dict[str, Any] = field(default_factory=dict)
    monitors: list[Monitor] = field(default_factory=list)
    devices: dict[str, Device] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    failures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # --- what clients ask

    def handle(self, message: Message) -> Answer:
        """Answer one method call; None: not ours."""
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            self.client_left(message.body)
            return None
        if message.message_type is not MessageType.METHOD_CALL or not message.interface:
            return None
        if self.stalled:
            return True
        member = message.member or ""
        self.calls[member] += 1
        if self.failures.get(member):
            name, text = self.failures[member].pop(0)
            return Message.new_error(message, name, text)
        if message.interface == OBJECTS:
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self.objects()])
        if message.path == self.adapter:
            return self.adapter_call(message)
        return self.device_call(message)

    def client_left(self, change: list[str]) -> None:
        """A client that left the bus takes its discovery and its monitors along."""
        name, _, new_owner = change
        if not new_owner:
            self.monitors = [monitor for monitor in self.monitors if monitor.sender != name]
            if name in self.discovering:
                self.discovering.discard(name)
                self.tell_discovering()

    def adapter_call(self, message: Message) -> Answer:
        if not self.present:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "no such object")
        known: dict[str, Callable[[Message], Answer]] = {
            "SetDiscoveryFilter": self.set_filter,
            "StartDiscovery": self.start_discovery,
            "StopDiscovery": self.stop_discovery,
            "GetAll": self.get_all,
            "Set": self.set_property,
        }
        if self.offers_monitors:
            known |= {"RegisterMonitor": self.register, "UnregisterMonitor": self.unregister}
        answer = known.get(message.member or "")
        if answer is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such method")
        return answer(message)

    def set_filter(self, message: Message) -> Answer:
        self.filters = {name: value.value for name, value in message.body[0].items()}
        return Message.new_method_return(message)

    def start_discovery(self, message: Message) -> Answer:
        if not self.powered:
            return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
        if message.sender in self.discovering:
            return Message.new_error(message, "org.bluez.Error.InProgress", "Operation already in progress")
        self.discovering.add(message.sender or "")
        self.heard.clear()
        self.tell_discovering()
        return Message.new_method_return(message)

    def stop_discovery(self, message: Message) -> Answer:
        if message.sender not in self.discovering:
            return Message.new_error(message, "org.bluez.Error.Failed", "No discovery started")
        self.discovering.discard(message.sender)
        self.tell_discovering()
        return Message.new_method_return(message)

    def register(self, message: Message) -> Answer:
        if not self.powered:
            return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
        monitor = Monitor(message.sender or "", message.body[0])
        self.monitors.append(monitor)
        self.heard.clear()
        self.spawn(self.activate(monitor))
        return Message.new_method_return(message)

    def unregister(self, message: Message) -> Answer:
        left = [m for m in self.monitors if (m.sender, m.path) != (message.sender, message.body[0])]
        if len(left) == len(self.monitors):
            return Message.new_error(message, "org.bluez.Error.DoesNotExist", "Does Not Exist")
        self.monitors = left
        return Message.new_method_return(message)

    def get_all(self, message: Message) -> Answer:
        if message.body == [ADAPTER]:
            return Message.new_method_return(message, "a{sv}", [self.adapter_properties()])
        if message.body == [MONITORS] and self.offers_monitors:
            return Message.new_method_return(
                message, "a{sv}", [{"SupportedMonitorTypes": Variant("as", ["or_patterns"])}]
            )
        return Message.new_error(message, "org.freedesktop.DBus.Error.InvalidArgs", "No such interface")

    def set_property(self, message: Message) -> Answer:
        _, name, value = message.body
        if name != "Powered":
            return Message.new_error(message, "org.freedesktop.DBus.Error.InvalidArgs", "read only")
        if value.value and self.blocked:
            return Message.new_error(message, "org.bluez.Error.Blocked", "Blocked through rfkill")
        self.power(value.value)
        return Message.new_method_return(message)

    def device_call(self, message: Message) -> Answer:
        path = message.path or ""
        device = next((d for d in self.devices.values() if path == d.path or path.startswith(d.path + "/")), None)
        if device is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "no such object")
        return device.phone.answer(self, device.path, message)

    # --- what the owner does

    def power(self, on: bool) -> None:
        """Switch the adapter; off ends discovery, as the kernel does."""
        self.powered = on
        if not on:
            self.discovering.clear()
        state = "on" if on else ("off-blocked" if self.blocked else "off")
        self.changed(self.adapter, ADAPTER, {"Powered": Variant("b", on), "PowerState": Variant("s", state)})
        self.tell_discovering()

    async def remove_adapter(self) -> None:
        """The adapter is pulled out: its devices go first, then itself, with every session."""
        await self.forget()
        self.present = False
        self.discovering.clear()
        self.monitors.clear()
        self.signal("/", OBJECTS, "InterfacesRemoved", "oas", [self.adapter, [ADAPTER, MONITORS, PROPERTIES]])

    def add_adapter(self) -> None:
        """It is plugged in again."""
        self.present, self.powered = True, not self.blocked
        body = [self.adapter, self.objects()[self.adapter]]
        self.signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)

    def advertise(self, address: str, rssi: int, payload: bytes, phone: Phone | None = None) -> bool:
        """One advertisement on air; whether it was told to anybody."""
        if not self.listens(payload) or self.drops(address):
            return False
        self.heard.add(address)
        news = properties(payload) | {"RSSI": Variant("n", rssi)}
        device = self.devices.get(address)
        if device is not None:
            news = worth_telling(device.props, news, bool(self.discovering), bool(self.filters.get("DuplicateData")))
            device.props.update(news)
            if news:
                self.changed(device.path, DEVICE, news)
            return bool(news)
        path = f"{self.adapter}/dev_{address.replace(':', '_')}"
        device = Device(path, new_device(self.adapter, address, news), phone or Phone())
        self.devices[address] = device
        self.signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, {DEVICE: device.props}])
        return True

    def listens(self, payload: bytes) -> bool:
        """Whether anybody is told of such an advertisement."""
        if self.stalled or not (self.present and self.powered):
            return False
        if self.discovering:
            return True
        return not self.monitors_are_deaf and any(matches(payload, monitor.patterns) for monitor in self.monitors)

    def drops(self, address: str) -> bool:
        """Whether the controller's duplicate filter eats it."""
        through = bool(self.discovering) and any(monitor.patterns for monitor in self.monitors)
        return self.strict_filter and address in self.heard and not through

    async def forget(self) -> None:
        """Temporary devices time out: their objects go, at a pace that the bus can take."""
        while self.devices:
            _, device = self.devices.popitem()
            self.signal("/", OBJECTS, "InterfacesRemoved", "oas", [device.path, [DEVICE, PROPERTIES]])
            if len(self.devices) % PORTION == 0:
                await room(self.bus)

    # --- parts

    async def activate(self, monitor: Monitor) -> None:
        """Read the client's monitor and say that it is active; one that cannot be read is dropped, in silence."""
        await asyncio.sleep(EXPORT_WAIT_S)
        ask = Message(
            destination=monitor.sender,
            path=monitor.path,
            interface=PROPERTIES,
            member="GetAll",
            signature="s",
            body=[MONITOR],
        )
        reply = await self.bus.call(ask)
        if reply is None or reply.message_type is MessageType.ERROR or reply.body[0]["Type"].value != "or_patterns":
            return
        monitor.patterns = [(start, kind, bytes(content)) for start, kind, content in reply.body[0]["Patterns"].value]
        await self.bus.send(
            Message(destination=monitor.sender, path=monitor.path, interface=MONITOR, member="Activate")
        )

    def objects(self) -> dict[str, dict[str, dict[str, Variant]]]:
        """What GetManagedObjects tells."""
        if not self.present:
            return {}
        interfaces: dict[str, dict[str, Variant]] = {ADAPTER: self.adapter_properties()}
        if self.offers_monitors:
            interfaces[MONITORS] = {"SupportedMonitorTypes": Variant("as", ["or_patterns"])}
        return {self.adapter: interfaces} | {device.path: {DEVICE: device.props} for device in self.devices.values()}

    def adapter_properties(self) -> dict[str, Variant]:
        state = "on" if self.powered else ("off-blocked" if self.blocked else "off")
        return {
            "Address": Variant("s", "02:00:00:00:00:01"),
            "Powered": Variant("b", self.powered),
            "PowerState": Variant("s", state),
            "Discovering": Variant("b", bool(self.discovering)),
            "Roles": Variant("as", ["central", "peripheral"]),
        }

    def tell_discovering(self) -> None:
        self.changed(self.adapter, ADAPTER, {"Discovering": Variant("b", bool(self.discovering))})

    def changed(self, path: str, interface: str, props: dict[str, Variant]) -> None:
        self.signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, props, []])

    def signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self.bus.send(Message.new_signal(path, interface, member, signature, body))

    def spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
