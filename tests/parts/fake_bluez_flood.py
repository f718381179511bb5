"""A market on the fake's air: many senders, paced, each told as BlueZ tells repetitions (PropertiesChanged)."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from dbus_fast import Message, Variant

from tests.parts.fake_bluez_air import properties
from tests.parts.fake_bluez_bus import DEVICE, PROPERTIES, Bluetoothd
from tests.parts.fake_bluez_pace import PORTION, room

RSSIS = range(-95, -40, 5)


def market_payload(number: int) -> bytes:
    """What sender `number` says, as on a street: phones that trace, Apple noise, tags, headsets."""
    own = number.to_bytes(4, "big")
    match number % 5:
        case 0:
            return bytes.fromhex("03036ffd17166ffd") + own * 5
        case 1:
            return bytes.fromhex("0201020303564e0fffb522") + own * 3
        case 2:
            return bytes.fromhex("02011a0bff4c001006") + own + b"\x00\x00"
        case 3:
            return bytes.fromhex("0201060303aafe0d16aafe30e7") + own * 2
        case _:
            return bytes.fromhex("0201060a0954762d") + number.to_bytes(6, "big").hex()[:5].encode()


def market_address(number: int) -> str:
    """The address of sender `number`, of the random kind."""
    return "C0:00:" + ":".join(f"{byte:02X}" for byte in number.to_bytes(4, "big"))


async def flood(
    daemon: Bluetoothd, devices: int, rate: int, seconds: float, first: int = 0, payloads: Sequence[str] = ()
) -> dict[str, float]:
    """`rate` advertisements a second in all, from `devices` senders in turn, for `seconds`.

    They are the senders `first` and following of the market, saying market_payload, or `payloads` (hex, in order).

    Returns how many were told ("sent"; the first of each new sender is an InterfacesAdded besides), and the seconds
    that it took. Nothing is told when nobody listens.
    """
    numbers = range(first, first + devices)
    said = {market_address(n): bytes.fromhex(payloads[n - first]) if payloads else market_payload(n) for n in numbers}
    if not daemon.listens(said[market_address(first)]):
        return {"sent": 0, "seconds": 0.0}
    new = [address for address in said if address not in daemon.devices]
    for address in new:
        daemon.advertise(address, -70, said[address])
        await asyncio.sleep(1 / rate)
    told = _prepare(daemon, said)
    began, sent, total = time.monotonic(), 0, int(rate * seconds)
    while sent < total:
        due = min(total, int((time.monotonic() - began) * rate), sent + PORTION)
        for index in range(sent, due):
            daemon.bus.send(told[index % len(told)])
        sent = due
        await room(daemon.bus)
    return {"sent": sent + len(new), "seconds": time.monotonic() - began}


def _prepare(daemon: Bluetoothd, said: Mapping[str, bytes]) -> list[Message]:
    """The messages of all rounds, built once: the fake's own cost must not be what limits the rate."""
    told = []
    for rssi in RSSIS:
        for address, payload in said.items():
            news = properties(payload) | {"RSSI": Variant("n", rssi)}
            path = daemon.devices[address].path
            told.append(Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [DEVICE, news, []]))
    return told
