"""PURE. What bluetoothd makes of advertisements: AD structures -> properties of org.bluez.Device1, and which are told.

Formats: Core Specification Supplement part A, section 1; property types: doc/org.bluez.Device.rst of BlueZ.
"""

from collections.abc import Iterator, Sequence

from dbus_fast import Variant

BASE_UUID = "0000{}-0000-1000-8000-00805f9b34fb"
NAMES, POWER, MANUFACTURER = (0x08, 0x09), 0x0A, 0xFF
UUIDS = {0x02: 2, 0x03: 2, 0x06: 16, 0x07: 16}
SERVICE_DATA = {0x16: 2, 0x21: 16}
RSSI_STEP = 8  # dB
Pattern = tuple[int, int, bytes]


def structures(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, data) of each AD structure."""
    at = 0
    while at + 1 < len(payload) and payload[at]:
        yield payload[at + 1], payload[at + 2 : at + 1 + payload[at]]
        at += 1 + payload[at]


def uuid_text(raw: bytes) -> str:
    """The 128-bit text of a UUID that is little-endian on air, 2 or 16 bytes."""
    digits = raw[::-1].hex()
    if len(raw) == 2:
        return BASE_UUID.format(digits)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def properties(payload: bytes) -> dict[str, Variant]:
    """The properties that an advertisement sets; of two structures of one company the last stays, as in BlueZ."""
    companies: dict[int, Variant] = {}
    services: dict[str, Variant] = {}
    uuids: list[str] = []
    props: dict[str, Variant] = {}
    for kind, data in structures(payload):
        if kind == MANUFACTURER and len(data) >= 2:
            companies[int.from_bytes(data[:2], "little")] = Variant("ay", data[2:])
        elif kind in SERVICE_DATA and len(data) >= SERVICE_DATA[kind]:
            services[uuid_text(data[: SERVICE_DATA[kind]])] = Variant("ay", data[SERVICE_DATA[kind] :])
        elif kind in UUIDS:
            width = UUIDS[kind]
            uuids += [uuid_text(data[at : at + width]) for at in range(0, len(data) - width + 1, width)]
        elif kind in NAMES:
            props["Name"] = Variant("s", data.decode("utf-8", "replace"))
        elif kind == POWER and data:
            props["TxPower"] = Variant("n", int.from_bytes(data[:1], "little", signed=True))
    if companies:
        props["ManufacturerData"] = Variant("a{qv}", companies)
    if services:
        props["ServiceData"] = Variant("a{sv}", services)
    if uuids:
        props["UUIDs"] = Variant("as", uuids)
    return props


def matches(payload: bytes, patterns: Sequence[Pattern]) -> bool:
    """Whether a monitor with these or-patterns (start, AD type, content) is told of the advertisement."""
    return any(
        kind == wanted and data[start : start + len(content)] == content
        for kind, data in structures(payload)
        for start, wanted, content in patterns
    )


def new_device(adapter: str, address: str, news: dict[str, Variant]) -> dict[str, Variant]:
    """The properties of a device at its first advertisement."""
    return {
        "Address": Variant("s", address),
        "AddressType": Variant("s", "random"),
        "Alias": news.get("Name", Variant("s", address.replace(":", "-"))),
        "Adapter": Variant("o", adapter),
        "UUIDs": Variant("as", []),
        "Paired": Variant("b", False),
        "Connected": Variant("b", False),
        "ServicesResolved": Variant("b", False),
        **news,
    }


def worth_telling(
    before: dict[str, Variant], news: dict[str, Variant], discovering: bool, duplicates: bool
) -> dict[str, Variant]:
    """What BlueZ tells of a repetition (src/device.c: device_set_rssi_with_delta, device_set_manufacturer_data)."""
    if discovering and duplicates:
        return news
    told = {name: value for name, value in news.items() if before.get(name) != value and name != "RSSI"}
    if discovering or abs(news["RSSI"].value - before["RSSI"].value) >= RSSI_STEP:
        told["RSSI"] = news["RSSI"]
    return told
