"""PURE. A report of bleak -> sightings, with what senders repeat remembered.

A sender says the same thing many times a second, and only its signal strength changes. Comparing what it says with what
it said last costs a fraction of reading it again.
"""

from typing import NamedTuple

from ble_scanner.beacon import parse_decoded
from ble_scanner.sighting import Sighting

# Four times the 500 senders of a crowded gate, so that one pass of rotating addresses does not push out who stands
# there; about 2 MB. Beyond it the oldest sender is forgotten, which costs one reading more.
MOST_SENDERS = 2048


class Said(NamedTuple):
    """What an advertisement holds, in the decoded form of BlueZ and bleak.

    UUIDs are 128-bit texts in lower case; `power` is dBm or None.
    """

    name: str | None
    manufacturer: dict[int, bytes]
    service_data: dict[str, bytes]
    services: list[str]
    power: int | None


class Reader:
    """Reads what senders say. One for a scan; not thread-safe."""

    __slots__ = ("_known", "_most")

    def __init__(self, most_senders: int = MOST_SENDERS) -> None:
        self._most = most_senders
        self._known: dict[str, tuple[Said, tuple[Sighting, ...]]] = {}

    def __len__(self) -> int:
        """How many senders are remembered."""
        return len(self._known)

    def read(self, address: str, said: Said) -> tuple[Sighting, ...]:
        """What `said` by the sender at `address` means; () when it is nothing we know. Never raises."""
        known = self._known.get(address)
        if known is not None and known[0] == said:
            return known[1]
        if known is None and len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        name, manufacturer, service_data, services, power = said
        found = parse_decoded(name, manufacturer.items(), service_data.items(), services, power)
        self._known[address] = (said, found)
        return found
