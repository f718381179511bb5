"""PURE. A market full of phones, generated: the same seed and the same time give the same air.

Of a hundred phones 25 run Bluezone on Android (15 s on, 15 s off, a new address at each start), 30 Exposure
Notification (each 270 ms; identifier and address change together each 10 minutes), 8 Bluezone on an iPhone, 5 other
tracing apps; the rest advertise what is nobody's business. Beside them stand beacons and television sets that never
change. Phones come and go: each place in the market is taken by another phone after 8 to 40 minutes.

A scanner hears about a third of what is sent: it listens on one of three channels at a time.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ble_scanner.rolling_id import aems, bluezone_ids, rpis
from ble_scanner.simulated import Advert
from wire.sightings import DAY_MS

MOST_PHONES = 1000
HEARD_OF_256 = 85
_MINUTE_MS = 60_000
_SLOT_MS = 900_000
_INTERVAL_S = 600
_ON_OFF_MS = 15_000
_SHARES = (
    (25, "bluezone"),
    (55, "exposure-notification"),
    (59, "bluezone-ios"),
    (63, "bluezone-ios-background"),
    (66, "opentrace"),
    (68, "herald"),
    (100, "phone"),
)
_PERIODS_MS = {"bluezone": 200, "exposure-notification": 270, "beacon": 350}
_PERIOD_MS = 600
_FLAGS = bytes.fromhex("020106")
_BEACON_UUID = bytes.fromhex("2f234454cf6d4a0fadf2f4911ba9ffa6")
_OPENTRACE_UUID = bytes.fromhex("b82ab3fc15954f6a80f0fe094cc218f9")
_BLUEZONE_IOS = bytes.fromhex("67a607add1172fa1c44bf573564e0000")


class _Place(NamedTuple):
    """One place of the market and who stands there now."""

    kind: str
    who: bytes  # 32 bytes: everything about this phone follows from them
    level: int  # the mean RSSI, dBm
    period_ms: int
    phase_ms: int


class Market:
    """`phones` (0..MOST_PHONES) may be changed at any time."""

    def __init__(self, phones: int, seed: str = "market") -> None:
        self.phones, self._seed = phones, seed

    def adverts(self, from_ms: int, until_ms: int) -> list[Advert]:
        """What is heard in [from_ms, until_ms), Unix ms, in order of time."""
        phones = min(self.phones, MOST_PHONES)
        found: list[Advert] = []
        for number in range(phones):
            found.extend(_heard(_place(self._seed, number, _turn(self._seed, number, from_ms)), from_ms, until_ms))
        for number in range(1 + phones // 25 if phones else 0):
            found.extend(_heard(_fixed(self._seed, number), from_ms, until_ms))
        return sorted(found)


def noise(key: bytes, n: int) -> int:
    """0..255, evenly, the same for the same arguments."""
    return hashlib.blake2b(n.to_bytes(8, "big"), digest_size=1, key=key[:32]).digest()[0]


def _draw(*parts: object) -> bytes:
    return hashlib.sha256(":".join(map(str, parts)).encode()).digest()


def _turn(seed: str, number: int, at_ms: int) -> int:
    """Which phone in a row stands at this place now."""
    stay_ms, since_ms = _stay(seed, number)
    return (at_ms + since_ms) // stay_ms


@lru_cache(maxsize=MOST_PHONES)
def _stay(seed: str, number: int) -> tuple[int, int]:
    drawn = _draw(seed, number, "stay")
    return (8 + drawn[0] % 33) * _MINUTE_MS, drawn[1] * 10_000


@lru_cache(maxsize=2 * MOST_PHONES)
def _place(seed: str, number: int, turn: int) -> _Place:
    who = _draw(seed, number, turn)
    share = number * 37 % 100  # spread, so that ten phones already are a mixture
    kind = next(name for end, name in _SHARES if share < end)
    return _Place(kind, who, -58 - who[0] % 34, _PERIODS_MS.get(kind, _PERIOD_MS), who[1] * 7)


@lru_cache(maxsize=64)
def _fixed(seed: str, number: int) -> _Place:
    who = _draw(seed, "fixed", number)
    kind = "beacon" if number % 2 else "television"
    return _Place(kind, who, -62 - who[0] % 25, _PERIODS_MS.get(kind, _PERIOD_MS), who[1] * 7)


def _heard(place: _Place, from_ms: int, until_ms: int) -> Iterator[Advert]:
    period, phase = place.period_ms, place.phase_ms
    for n in range(-(-(from_ms - phase) // period), -(-(until_ms - phase) // period)):
        at_ms = phase + n * period
        if place.kind == "bluezone" and (at_ms + place.who[2] * 117) // _ON_OFF_MS % 2:
            continue
        chance = noise(place.who, n)
        if chance < HEARD_OF_256:
            rssi = place.level + chance % 13 - 6
            yield Advert(at_ms, _address(place, at_ms), rssi, _payload(place, at_ms))


def _address(place: _Place, at_ms: int) -> str:
    if place.kind in ("beacon", "television"):
        raw = place.who[:6]
    else:
        lives_ms = 2 * _ON_OFF_MS if place.kind == "bluezone" else _INTERVAL_S * 1000
        raw = _new_address(place.who, at_ms // lives_ms)
    return raw.hex(":").upper()


@lru_cache(maxsize=4 * MOST_PHONES)
def _new_address(who: bytes, life: int) -> bytes:
    return _draw(who.hex(), "address", life)[:6]


def _payload(place: _Place, at_ms: int) -> bytes:
    match place.kind:
        case "bluezone":
            return _bluezone(place.who, at_ms // DAY_MS, at_ms % DAY_MS // _SLOT_MS)
        case "exposure-notification":
            return _exposure_notification(place.who[:16], at_ms // 1000 // _INTERVAL_S)
    return _still(place.kind, place.who)


@lru_cache(maxsize=MOST_PHONES)
def _bluezone(who: bytes, day: int, slot: int) -> bytes:
    daily_key = _draw(who.hex(), "day", day)
    identifier = list(bluezone_ids(daily_key, slot + 1))[slot]
    return bytes.fromhex("0201020303564E0FFFB522") + identifier


@lru_cache(maxsize=MOST_PHONES)
def _exposure_notification(key: bytes, interval: int) -> bytes:
    metadata = bytes.fromhex("40f40000")  # version 1.0, -12 dBm
    rpi = next(iter(rpis(key, interval, 1)))
    aem = next(iter(aems(key, [rpi], metadata)))
    return bytes.fromhex("03036FFD17166FFD") + rpi + aem


@lru_cache(maxsize=MOST_PHONES)
def _still(kind: str, who: bytes) -> bytes:
    """Advertisements that carry nothing which changes with time."""
    match kind:
        case "bluezone-ios":
            return bytes.fromhex("02011A") + b"\x11\x07" + _BLUEZONE_IOS
        case "bluezone-ios-background":
            return bytes.fromhex("02011A14FF4C000108") + bytes(15)
        case "opentrace":
            return _FLAGS + b"\x11\x07" + _OPENTRACE_UUID[::-1]
        case "herald":
            return _FLAGS + bytes.fromhex("0303F6FC")
        case "beacon":
            return _FLAGS + bytes.fromhex("1AFF4C000215") + _BEACON_UUID + who[3:7] + b"\xc5"
        case "television":
            return _FLAGS + bytes.fromhex("0AFF7500") + who[3:10]
    return bytes.fromhex("02011A0AFF4C001005") + who[3:8]  # an iPhone nearby: nothing that a gate may keep
