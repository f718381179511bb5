"""How much one network may ask, and what was said lately: in this process' memory alone, bounded, without addresses.

- A network is told apart by a hash under a key that is drawn at the start and written nowhere. Thousands share one
  address of a mobile network, so that its purse is large; of IPv6 the first 64 bits count.
- Each purse holds so many coins and gains one every so often. A full table forgets who has not asked for longest.
- A statement's signature is remembered while its time would still be accepted: nobody says it again for the phone.
"""

import hashlib
import ipaddress
import os
import threading
from collections import OrderedDict
from typing import NamedTuple

from wire.refusal import Refused

AGAIN_MS = 600_000  # twice the window in which a statement's time is accepted
_MOST_NETWORKS = 20_000
_MOST_STATEMENTS = 200_000  # of ten minutes: 300 a second


class Purse(NamedTuple):
    """`most` coins, a new one each `each_ms`."""

    most: int
    each_ms: int


PASSES = Purse(120, 2_000)  # new passes: a bus that arrives, then 1,800 an hour
LOOKS = Purse(600, 50)  # unsigned questions: 20 a second
STATEMENTS = Purse(600, 50)
CLAIMS = Purse(30, 60_000)  # guesses at a receipt


class Counter:
    """Purses of whoever asks. Thread-safe."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = os.urandom(32) if key is None else key
        self._lock = threading.Lock()
        self._purses: OrderedDict[bytes, tuple[float, int]] = OrderedDict()  # coins left, when

    def take(self, what: str, purse: Purse, who: str, now_ms: int) -> None:
        """Take a coin. Raises Refused("too_fast")."""
        name = hashlib.blake2b(f"{what}\0{who}".encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            left, at_ms = self._purses.pop(name, (float(purse.most), now_ms))
            left = min(purse.most, left + max(0, now_ms - at_ms) / purse.each_ms)
            enough = left >= 1
            self._purses[name] = (left - 1 if enough else left, now_ms)
            while len(self._purses) > _MOST_NETWORKS:
                self._purses.popitem(last=False)
        if not enough:
            raise Refused("too_fast", what)


class Heard:
    """Statements that were taken lately. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: OrderedDict[bytes, int] = OrderedDict()

    def take(self, signature: bytes, now_ms: int) -> None:
        """Raises Refused: again; too_fast while the memory is full of statements that still count."""
        name = hashlib.sha256(signature).digest()[:16]
        with self._lock:
            while self._until and next(iter(self._until.values())) <= now_ms:
                self._until.popitem(last=False)
            if name in self._until:
                raise Refused("again", "this statement was taken already")
            if len(self._until) >= _MOST_STATEMENTS:
                raise Refused("too_fast", "statements")
            self._until[name] = now_ms + AGAIN_MS


def network_of(remote: str | None, forwarded: str | None) -> str:
    """PURE. Who asks: the address of the connection; behind a proxy on this machine the one that the proxy names.

    Of a list only its last entry was written by that proxy. IPv6 counts by its first 64 bits.
    """
    address = _address(remote or "")
    if address is not None and address.is_loopback and forwarded:
        address = _address(forwarded.rpartition(",")[2].strip()) or address
    if address is None:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
