"""How often an address may ask, kept in memory alone: a table of bounded size that no address outlives."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from wire.refusal import Refused


class Pace:
    """`most` tries at once for each key, one more after `refill_ms`; the keys that asked last are kept.

    A table that is full forgets whoever has not asked for longest: a flood from everywhere is slowed by `whole`, the
    same for all keys together.
    """

    def __init__(self, most: int, refill_ms: int, *, keys: int = 10_000, whole: int = 0) -> None:
        self._most, self._refill_ms, self._keys = most, refill_ms, keys
        self._whole = whole or most * 100
        self._spent: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: Hashable, now_ms: int) -> None:
        """Take a try. Raises Refused("too_fast"): seconds until the next one as its detail."""
        with self._lock:
            for name, most in ((key, self._most), (None, self._whole)):
                spent = self._left(name, most, now_ms)
                if spent + 1 > most:
                    raise Refused("too_fast", str(max(1, int((spent + 1 - most) * self._refill_ms / 1000))))
            for name, most in ((key, self._most), (None, self._whole)):
                self._spent[name] = (self._left(name, most, now_ms) + 1, now_ms)
                self._spent.move_to_end(name)
            while len(self._spent) > self._keys:
                self._spent.popitem(last=False)

    def _left(self, key: Hashable, most: int, now_ms: int) -> float:
        spent, at_ms = self._spent.get(key, (0.0, now_ms))
        speed = most / self._most  # the whole refills as many times faster as it is larger
        return max(0.0, spent - (now_ms - at_ms) / self._refill_ms * speed)
