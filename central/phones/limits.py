"""How much one network may ask, and what was said lately: in this process' memory alone, bounded, without addresses.

- A network is told apart by a hash under a key that is drawn at the start and written nowhere. Thousands share one
  address of a mobile network, so that its purse is large. Of IPv6 the first 64 bits count, and the first 48 have a
  purse WIDER times as large: whoever has a whole site's addresses has no more than that.
- Each purse holds so many coins and gains one every so often. A full table forgets who has not asked for longest.
- A statement's signature is remembered while its time would still be accepted, the newest of each pass; what is older
  than those is refused as said before. So nobody says it again for the phone, and no stranger fills another's memory.
"""

import hashlib
import ipaddress
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wire.refusal import Refused

WIDER = 16
_MOST_NETWORKS = 20_000
_MOST_PASSES = 20_000
_OF_ONE_PASS = 64


class Purse(NamedTuple):
    """`most` coins, a new one each `each_ms`."""

    most: int
    each_ms: int


PASSES = Purse(120, 2_000)  # new passes: a bus that arrives, then 1,800 an hour
ALL_PASSES = Purse(1_000, 20)  # of everybody: 50 a second, a city's worth
LOOKS = Purse(600, 50)  # unsigned questions: 20 a second
STATEMENTS = Purse(600, 50)
REQUESTS = Purse(20, 600_000)  # for officers: a family at once, then six an hour
CODES = Purse(5, 17_280_000)  # tries at one code: five a day
CLAIMS = Purse(30, 60_000)  # guesses at a receipt


class Counter:
    """Purses of whoever asks. Thread-safe."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = os.urandom(32) if key is None else key
        self._lock = threading.Lock()
        self._purses: OrderedDict[bytes, tuple[float, int]] = OrderedDict()  # coins left, when

    def take(self, what: str, purse: Purse, who: Sequence[str], now_ms: int) -> None:
        """Take a coin from each of the networks `who`, the narrowest first. Raises Refused("too_fast")."""
        for number, network in enumerate(who):
            size = purse if number == 0 else Purse(purse.most * WIDER, max(1, purse.each_ms // WIDER))
            self._take(f"{what}\0{network}", size, now_ms)

    def _take(self, name: str, purse: Purse, now_ms: int) -> None:
        key = hashlib.blake2b(name.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            left, at_ms = self._purses.pop(key, (float(purse.most), now_ms))
            left = min(purse.most, left + max(0, now_ms - at_ms) / purse.each_ms)
            enough = left >= 1
            self._purses[key] = (left - 1 if enough else left, now_ms)
            while len(self._purses) > _MOST_NETWORKS:
                self._purses.popitem(last=False)
        if not enough:
            raise Refused("too_fast", "")


@dataclass(slots=True)
class _OfPass:
    """`times`: signature's name -> at ms; what is not newer than `floor_ms` was forgotten and counts as said."""

    times: dict[bytes, int] = field(default_factory=dict)
    floor_ms: int = -1


class Heard:
    """Statements that were taken lately. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passes: OrderedDict[bytes, _OfPass] = OrderedDict()

    def take(self, pass_id: bytes, signature: bytes, at_ms: int) -> None:
        """Raises Refused("again"). `at_ms` is the statement's own time, which was found to be near ours."""
        name = hashlib.sha256(signature).digest()[:16]
        with self._lock:
            known = self._passes.pop(pass_id, None) or _OfPass()
            self._passes[pass_id] = known
            while len(self._passes) > _MOST_PASSES:
                self._passes.popitem(last=False)
            if name in known.times or at_ms <= known.floor_ms:
                raise Refused("again", "this statement was taken already")
            known.times[name] = at_ms
            if len(known.times) > _OF_ONE_PASS:
                oldest = min(known.times, key=known.times.__getitem__)
                known.floor_ms = max(known.floor_ms, known.times.pop(oldest))


def networks_of(remote: str | None, forwarded: str | None) -> tuple[str, ...]:
    """PURE. Who asks, the narrowest network first: the address of the connection; behind a proxy on this machine the
    one that the proxy names. Of a list only its last entry was written by that proxy."""
    address = _address(remote or "")
    if address is not None and address.is_loopback and forwarded:
        address = _address(forwarded.rpartition(",")[2].strip()) or address
    if address is None:
        return ("",)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return (str(address.ipv4_mapped),)
        number = int(address)
        return tuple(f"{number >> 128 - bits:x}/{bits}" for bits in (64, 48))
    return (str(address),)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
