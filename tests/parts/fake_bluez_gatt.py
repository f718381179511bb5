"""What a connection to a fake phone finds: one service with one characteristic that can be read, or trouble."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dbus_fast import Message, Variant

if TYPE_CHECKING:
    from tests.parts.fake_bluez_bus import Bluetoothd

DEVICE, SERVICE, CHARACTERISTIC = "org.bluez.Device1", "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"
Trouble = Literal["", "connect hangs", "services hang", "read hangs", "refuses", "leaves"]


@dataclass
class Phone:
    """A phone with a characteristic: its UUIDs, its value, and what goes wrong when it is asked."""

    service: str = ""
    characteristic: str = ""
    value: bytes = b""
    trouble: Trouble = ""
    connected: bool = False

    def answer(self, daemon: "Bluetoothd", path: str, message: Message) -> Message | bool:
        """Answer a call to the device at `path` or to its characteristic."""
        if message.member == "Connect":
            return self.connect(daemon, path, message)
        if message.member == "Disconnect":
            self.disconnect(daemon, path)
            return Message.new_method_return(message)
        if message.member == "ReadValue":
            return self.read(daemon, path, message)
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such method")

    def connect(self, daemon: "Bluetoothd", path: str, message: Message) -> Message | bool:
        if self.trouble == "connect hangs":
            return True
        if self.trouble == "refuses":
            return Message.new_error(message, "org.bluez.Error.Failed", "le-connection-abort-by-peer")
        self.connected = True
        daemon.changed(path, DEVICE, {"Connected": Variant("b", True)})
        if self.trouble != "services hang":
            self.resolve(daemon, path)
        return Message.new_method_return(message)

    def resolve(self, daemon: "Bluetoothd", path: str) -> None:
        if self.service:
            service = f"{path}/service0010"
            about = {
                "UUID": Variant("s", self.service),
                "Device": Variant("o", path),
                "Primary": Variant("b", True),
                "Includes": Variant("ao", []),
            }
            daemon.signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [service, {SERVICE: about}])
            about = {
                "UUID": Variant("s", self.characteristic),
                "Service": Variant("o", service),
                "Value": Variant("ay", b""),
                "Flags": Variant("as", ["read"]),
                "MTU": Variant("q", 185),
            }
            body = [f"{service}/char0011", {CHARACTERISTIC: about}]
            daemon.signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)
        daemon.changed(path, DEVICE, {"ServicesResolved": Variant("b", True)})

    def read(self, daemon: "Bluetoothd", path: str, message: Message) -> Message | bool:
        if self.trouble == "read hangs":
            return True
        if self.trouble == "leaves":
            self.disconnect(daemon, path)
            return Message.new_error(message, "org.bluez.Error.Failed", "Not connected")
        return Message.new_method_return(message, "ay", [self.value])

    def disconnect(self, daemon: "Bluetoothd", path: str) -> None:
        if not self.connected:
            return
        self.connected = False
        if self.service:
            service = f"{path}/service0010"
            gone = [[f"{service}/char0011", [CHARACTERISTIC]], [service, [SERVICE]]]
            for body in gone:
                daemon.signal("/", OBJECTS, "InterfacesRemoved", "oas", body)
        daemon.changed(path, DEVICE, {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)})
