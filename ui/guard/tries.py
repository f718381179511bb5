"""How often a PIN may be tried. Pure but for its own counters; `now` is in monotonic seconds.

- An account takes FREE wrong tries, then one after each wait; waits double from 30 s to 15 min. A right PIN forgets
  them.
- Over all accounts and names together wrong tries are a bucket of 30 that fills by one in 2 s: an attacker who goes
  through names is slowed, and a guard with the right PIN waits seconds, never for a technician.
- A name without an account is counted like one with: the answer never tells which names exist.
"""

from collections.abc import Callable

FREE = 5
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 900.0
BUCKET = 30.0
REFILL_S = 2.0
NAMES = 256  # names whose tries are counted; the longest unused goes first


class Tries:
    """Not thread-safe: its owner holds a lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._wrong: dict[str, tuple[int, float]] = {}  # name -> (wrong in a row, when the next may come)
        self._left, self._filled_at = BUCKET, now()

    def wait_s(self, key: str) -> float:
        """How long until a try under this name is taken; 0 now."""
        now = self._now()
        self._fill(now)
        overall = 0.0 if self._left >= 1 else (1 - self._left) * REFILL_S
        return max(overall, self._wrong.get(key, (0, 0.0))[1] - now, 0.0)

    def failed(self, key: str) -> None:
        """A try under this name was wrong."""
        now = self._now()
        self._fill(now)
        self._left = max(0.0, self._left - 1)
        count = self._wrong.pop(key, (0, 0.0))[0] + 1
        over = count - FREE
        wait = 0.0 if over < 0 else min(FIRST_WAIT_S * 2 ** min(over, 10), LONGEST_WAIT_S)
        self._wrong[key] = (count, now + wait)
        if len(self._wrong) > NAMES:
            del self._wrong[next(iter(self._wrong))]

    def succeeded(self, key: str) -> None:
        """The PIN was right."""
        self._wrong.pop(key, None)

    def _fill(self, now: float) -> None:
        self._left = min(BUCKET, self._left + (now - self._filled_at) / REFILL_S)
        self._filled_at = now
