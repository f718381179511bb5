"""PURE. From an advertisement to what it says: raw bytes, or what BlueZ made of them. Never raises.

- Structures may come in any order, and one advertisement may say several things. What is nothing of ours says nothing.
- Bluezone on Android: the 12 bytes of company 22B5 and the service 4E56 together; neither alone is it.
- Exposure Notification: 20 bytes of service data FD6F, a number that is theirs alone: 16 identify, 4 are metadata.
- Bluezone on an iPhone, OpenTrace, Herald: a service, which tells of presence only; the tag that OpenTrace sends as a
  manufacturer is random. A name proves nothing: anybody may call a headset so.
- TraceTogether token (BlueTrace Lite): 20 bytes of service data FFFF and that service in the list, which its own app
  asks for too, since others use FFFF: 6 bytes of authentication, 10 of an encrypted identifier, 2 reserved, version
  and company (GovTech, TraceTogether Token Technical Write-up; tardate/LittleArduinoProjects). All 20 identify: which
  of them last longer than the others is not public.
- Eddystone: a frame in the service data of FEAA, and FEAA in the list.
- The identifier of eddystone-url is its encoded form, scheme and body: `ble_scanner.air.eddystone.expanded_url`.
"""

from collections.abc import Collection, Iterable

from ble_scanner.air.eddystone import read_frame
from ble_scanner.air.makers import BLUEZONE, BLUEZONE_ID_BYTES, read_manufacturer
from ble_scanner.air.services import BY_UUID, Service
from ble_scanner.air.structures import read_structures
from ble_scanner.sighting import Kind, Sighting

_RPI_BYTES, _EN_BYTES, _TOKEN_BYTES = 16, 20, 20
_PRESENCE: dict[Service, Kind] = {"bluezone-ios": "bluezone-ios", "opentrace": "opentrace", "herald": "herald"}


def parse_payload(payload: bytes) -> tuple[Sighting, ...]:
    """What the AD structures of an advertisement (and its scan response behind it) say."""
    services, service_data, manufacturer, power = read_structures(payload)
    return _understand(manufacturer, service_data, services, power)


def parse_decoded(
    name: str | None,
    manufacturer: Iterable[tuple[int, bytes]],
    service_data: Iterable[tuple[str, bytes]],
    services: Iterable[str],
    power: int | None,
) -> tuple[Sighting, ...]:
    """The same of an advertisement as BlueZ tells it: UUIDs as 128-bit lower-case text, power in dBm. `name` is part of
    what it tells, and proves nothing."""
    known = [BY_UUID[uuid] for uuid in services if uuid in BY_UUID]
    data = [(BY_UUID[uuid], bytes_) for uuid, bytes_ in service_data if uuid in BY_UUID]
    return _understand(manufacturer, data, known, power)


def _understand(
    manufacturer: Iterable[tuple[int, bytes]],
    service_data: Iterable[tuple[Service, bytes]],
    services: Collection[Service],
    power: int | None,
) -> tuple[Sighting, ...]:
    found: list[Sighting] = []
    for company, data in manufacturer:
        if company == BLUEZONE and len(data) == BLUEZONE_ID_BYTES and "bluezone" in services:
            found.append(Sighting("bluezone", data, power))
        elif sighting := read_manufacturer(company, data, power):
            found.append(sighting)
    for service, data in service_data:
        if sighting := _of_service(service, data, services, power):
            found.append(sighting)
    for service in services:
        if kind := _PRESENCE.get(service):
            found.append(Sighting(kind, power=power))
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def _of_service(service: Service, data: bytes, services: Collection[Service], power: int | None) -> Sighting | None:
    if service == "exposure-notification":
        if len(data) == _EN_BYTES:
            return Sighting("exposure-notification", data[:_RPI_BYTES], power, data[_RPI_BYTES:])
    elif service not in services:
        return None
    elif service == "eddystone":
        return read_frame(data)
    elif service == "bluetrace-lite" and len(data) == _TOKEN_BYTES:
        return Sighting("tracetogether-token", data, power)
    return None
