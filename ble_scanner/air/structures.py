"""PURE. The AD structures of an advertisement (Supplement to the Bluetooth Core Specification, Part A).

- Length, type, data, in any order; each may come again, and every one is kept. An extended advertisement, or an
  advertisement and its scan response one after the other, is the same thing but longer.
- Zeros between structures are padding: HCI pads both halves to 31 bytes.
- A structure that claims more bytes than there are ends the reading: BlueZ stops there too. Only the telemetry of
  Eddystone is taken for what there is of it: beacons with that byte wrong exist, and the frame knows its own length.
- A shorter piece at the end of a list of UUIDs is none.
"""

from ble_scanner.air.services import ON_AIR, Service

_MANUFACTURER, _POWER = 0xFF, 0x0A
_LIST_WIDTHS = {0x02: 2, 0x03: 2, 0x04: 4, 0x05: 4, 0x06: 16, 0x07: 16}  # incomplete and complete lists of services
_DATA_WIDTHS = {0x16: 2, 0x20: 4, 0x21: 16}
_TELEMETRY = b"\x16\xaa\xfe\x20"


# (services that the advertisement names and we know, (service, data) of those that we know, (company, data) of every
# manufacturer structure, the transmit power that it names, dBm, the highest of several). A plain tuple: a named one
# costs as much as the reading of a structure.
Structures = tuple[list[Service], list[tuple[Service, bytes]], list[tuple[int, bytes]], int | None]


def read_structures(payload: bytes) -> Structures:
    """The structures of any bytes."""
    services: list[Service] = []
    service_data: list[tuple[Service, bytes]] = []
    manufacturer: list[tuple[int, bytes]] = []
    power: int | None = None
    at, size = 0, len(payload)
    while at + 1 < size:
        end = at + 1 + payload[at]
        if end == at + 1 or end > size:
            at, end = _beside(payload, at)
            if at == size:
                break
        kind, data = payload[at + 1], at + 2
        at = end
        if kind == _MANUFACTURER:
            if data + 2 <= end:
                manufacturer.append((payload[data] | payload[data + 1] << 8, payload[data + 2 : end]))
        elif width := _LIST_WIDTHS.get(kind):
            for one in range(data, end - width + 1, width):
                if service := ON_AIR.get(payload[one : one + width]):
                    services.append(service)
        elif width := _DATA_WIDTHS.get(kind):
            if data + width <= end and (service := ON_AIR.get(payload[data : data + width])):
                service_data.append((service, payload[data + width : end]))
        elif kind == _POWER and data < end:
            level = (payload[data] ^ 0x80) - 0x80
            power = level if power is None else max(power, level)
    return services, service_data, manufacturer, power


def _beside(payload: bytes, at: int) -> tuple[int, int]:
    """(begin, end) of the next structure to read, where a zero or too great a length stands at `at`; begin is the
    length of the payload where there is none."""
    size = len(payload)
    if payload[at] == 0:
        at = size - len(payload[at:].lstrip(b"\0"))
        if at + 1 < size and at + 1 + payload[at] <= size:
            return at, at + 1 + payload[at]
    return (at, size) if payload.startswith(_TELEMETRY, at + 1) else (size, size)
