"""PURE. The properties of a device, as BlueZ tells them -> sightings, with what senders repeat remembered.

A sender says the same thing many times a second, and only its signal strength changes. Comparing what it says with what
it said last costs a fraction of reading it again. Properties: doc/org.bluez.Device.rst of BlueZ.
"""

from collections.abc import Mapping
from typing import Any

from ble_scanner.beacon import parse_decoded
from ble_scanner.sighting import Sighting

# Four times the 500 senders of a crowded gate, so that one pass of rotating addresses does not push out who stands
# there; about 2 MB. Beyond it the oldest sender is forgotten, which costs one reading more.
MOST_SENDERS = 2048
_NOTHING: dict[Any, bytes] = {}


class Reader:
    """Reads what senders say. Not thread-safe."""

    __slots__ = ("_known", "_most")

    def __init__(self, most_senders: int = MOST_SENDERS) -> None:
        self._most = most_senders
        self._known: dict[str, tuple[tuple[Any, ...], tuple[Sighting, ...]]] = {}

    def __len__(self) -> int:
        """How many senders are remembered."""
        return len(self._known)

    def read(self, address: str, props: Mapping[str, Any]) -> tuple[Sighting, ...] | None:
        """What the sender at `address` says; () when it is nothing that we know. Never raises.

        None: this is not an advertisement; a connection to the sender came up or went down.

        props  Name str, ManufacturerData {company int: bytes}, ServiceData {UUID: bytes}, UUIDs [UUID], TxPower int in
               dBm, each as far as the sender tells it; UUIDs are 128-bit texts in lower case. Connected and
               ServicesResolved, bool. Not changed, and not to be changed by anybody afterwards.
        """
        get = props.get
        link = (get("Connected"), get("ServicesResolved"))
        said = (link, get("ManufacturerData"), get("ServiceData"), get("UUIDs"), get("Name"), get("TxPower"))
        known = self._known.get(address)
        if known is not None and known[0] == said:
            return known[1]
        if known is None and len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        _, manufacturer, service_data, services, name, power = said
        found = parse_decoded(
            name, (manufacturer or _NOTHING).items(), (service_data or _NOTHING).items(), services or (), power
        )
        self._known[address] = (said, found)
        return found if known is None or known[0][0] == link else None
