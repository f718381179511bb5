"""PURE. The air of a bench: advertisements as they would be heard, from a trace, a held tag or a market (market.py).

A trace is JSON lines: {"ms": n, "address": "AA:BB:CC:DD:EE:FF", "rssi": dBm, "payload": hex of the AD structures}, `ms`
counted from the beginning of the trace and never going back.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ble_scanner.rolling_id import eid

MOST_TRACE_LINES = 2_000_000
NEAR_DBM = -33  # some 6 cm before the aerial
_FLAGS = bytes.fromhex("020106")
_EDDYSTONE = bytes.fromhex("0303AAFE")


class Advert(NamedTuple):
    """One advertisement at the aerial: Unix ms, the sender's address of the moment, RSSI in dBm, AD structures."""

    at_ms: int
    address: str
    rssi: int
    payload: bytes


class BadTrace(ValueError):
    """A trace line that cannot be read; the text says which and why."""


def trace_line(advert: Advert, began_ms: int) -> str:
    """The line of a trace that began at `began_ms`, without its end."""
    facts = {"ms": advert.at_ms - began_ms, "address": advert.address, "rssi": advert.rssi}
    return json.dumps({**facts, "payload": advert.payload.hex()})


def read_trace(lines: Iterable[str], began_ms: int, speed: float = 1.0) -> Iterator[Advert]:
    """The advertisements of a trace, as if it began at `began_ms` and went `speed` times as fast. Raises BadTrace."""
    last = 0
    for number, line in enumerate(lines, 1):
        if number > MOST_TRACE_LINES:
            raise BadTrace(f"line {number}: a trace may have {MOST_TRACE_LINES} lines")
        if not line.strip():
            continue
        try:
            facts = json.loads(line)
            ms, rssi = int(facts["ms"]), int(facts["rssi"])
            advert = Advert(began_ms + round(ms / speed), str(facts["address"]), rssi, bytes.fromhex(facts["payload"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadTrace(f"line {number}: {error}") from error
        if ms < last or not -127 <= rssi <= 20:
            raise BadTrace(f"line {number}: time goes back, or no RSSI")
        last = ms
        yield advert


@dataclass(frozen=True, slots=True)
class HeldTag:
    """A tag that somebody holds to the gate and then carries on in the pocket. Times in Unix ms, levels in dBm.

    A hand takes half a second to the mark and half a second away; the tag advertises each 100 ms, a tenth is lost.
    """

    key: bytes
    exponent: int
    epoch_s: int
    began_ms: int
    hold_ms: int = 1200
    near: int = NEAR_DBM
    far: int = -74
    stays_ms: int = 0

    MOVE_MS = 500
    INTERVAL_MS = 100

    @property
    def ends_ms(self) -> int:
        """When it is out of hearing."""
        return self.began_ms + 2 * self.MOVE_MS + self.hold_ms + self.stays_ms

    def adverts(self, from_ms: int, until_ms: int, noise: Callable[[int], int]) -> Iterator[Advert]:
        """What is heard of it in [from_ms, until_ms); `noise(n)` is 0..255, the same for the same n."""
        first = max(0, -(-(from_ms - self.began_ms) // self.INTERVAL_MS))
        last = -(-(min(until_ms, self.ends_ms) - self.began_ms) // self.INTERVAL_MS)
        for n in range(first, last):
            at_ms = self.began_ms + n * self.INTERVAL_MS
            chance = noise(n)
            if chance >= 26:  # of 256
                rssi = self._level(at_ms - self.began_ms) + chance % 5 - 2
                yield Advert(at_ms, "C0:00:00:00:00:01", rssi, self._payload(at_ms))

    def _level(self, ms: int) -> int:
        if ms < self.MOVE_MS:
            return self.far + (self.near - self.far) * ms // self.MOVE_MS
        after = ms - self.MOVE_MS - self.hold_ms
        if after < 0:
            return self.near
        return max(self.far, self.near + (self.far - self.near) * after // self.MOVE_MS)

    def _payload(self, at_ms: int) -> bytes:
        counter = max(0, at_ms // 1000 - self.epoch_s)
        return eddystone_eid(eid(self.key, self.exponent, counter))


def eddystone_eid(identifier: bytes, power: int = -20) -> bytes:
    """AD structures of an Eddystone-EID frame: 8 bytes, transmit power at 0 m in dBm."""
    return _FLAGS + _EDDYSTONE + bytes.fromhex("0D16AAFE30") + power.to_bytes(1, "big", signed=True) + identifier
