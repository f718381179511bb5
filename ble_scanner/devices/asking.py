"""PURE. Which phone is asked for its identifier, and when. Asking takes a connection to a stranger's phone, so:

- A phone that answered is not asked again in that slot of 15 minutes; what it said goes on standing for it.
- At most A_MINUTE connections in any minute, whatever is on air; among those who wait, the strongest is next.
- Who did not answer is left alone for a minute, then two, four, up to a quarter of an hour; who turned out to be
  something else, for a quarter of an hour at once.
- Memory is bounded: the oldest entry goes first. Somebody who sends a new address each second gains nothing but that.

Times are milliseconds of the monotonic clock; a slot is the number of a quarter of an hour since 1970 UTC, which holds
day and slot at once: the phones change their identifier at each quarter of an hour of UTC.
"""

from collections import deque
from typing import NamedTuple, TypeVar

from ble_scanner.radio import Heard

SLOT_MS = 15 * 60_000
A_MINUTE = 6
MINUTE_MS = 60_000
MOST_KNOWN = 1024
MOST_WAITING = 32
STALE_MS = 20_000  # who was not heard for so long has left, or took a new address
_LONGEST_MS = SLOT_MS
_Entry = TypeVar("_Entry")


class _Refused(NamedTuple):
    until_ms: int
    times: int


class Asking:
    """Who is known, who waits, who refused."""

    def __init__(self, a_minute: int = A_MINUTE) -> None:
        self._a_minute = a_minute
        self._known: dict[str, tuple[int, bytes]] = {}
        self._refused: dict[str, _Refused] = {}
        self._waiting: dict[str, Heard] = {}
        self._asked: deque[int] = deque(maxlen=a_minute)

    def __len__(self) -> int:
        """Entries held, of all kinds."""
        return len(self._known) + len(self._refused) + len(self._waiting)

    def hear(self, heard: Heard, slot: int) -> bytes | None:
        """A phone was heard in `slot`: its identifier if it told it in this slot; else it may be asked later."""
        known = self._known.get(heard.address)
        if known is not None and known[0] == slot:
            return known[1]
        refused = self._refused.get(heard.address)
        if refused is not None and heard.mono_ms < refused.until_ms:
            return None
        if heard.address in self._waiting or len(self._waiting) < MOST_WAITING:
            self._waiting[heard.address] = heard
        return None

    def next(self, now_ms: int) -> Heard | None:
        """Who is to be asked now; None: nobody waits, or enough were asked in the last minute."""
        if len(self._asked) == self._a_minute and now_ms - self._asked[0] < MINUTE_MS:
            return None
        self._waiting = {address: it for address, it in self._waiting.items() if now_ms - it.mono_ms < STALE_MS}
        if not self._waiting:
            return None
        heard = max(self._waiting.values(), key=lambda it: it.rssi)
        del self._waiting[heard.address]
        self._asked.append(now_ms)
        return heard

    def answered(self, address: str, identifier: bytes, slot: int) -> None:
        """It said `identifier`."""
        self._refused.pop(address, None)
        _put(self._known, address, (slot, identifier))

    def failed(self, address: str, now_ms: int, for_good: bool = False) -> None:
        """It could not be asked; `for_good`: it was asked and is no phone of that kind."""
        times = self._refused.get(address, _Refused(0, 0)).times + 1
        wait_ms = _LONGEST_MS if for_good else min(MINUTE_MS << min(times - 1, 8), _LONGEST_MS)
        _put(self._refused, address, _Refused(now_ms + wait_ms, times))


def _put(entries: dict[str, _Entry], address: str, entry: _Entry) -> None:
    if entries.pop(address, None) is None and len(entries) >= MOST_KNOWN:
        del entries[next(iter(entries))]
    entries[address] = entry
