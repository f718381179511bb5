"""How often a PIN may be tried. Pure but for its own counters; `now` is in monotonic seconds.

- From one phone an account takes FREE wrong tries, then one after each WAIT_S. A right PIN forgets them.
- Waits neither grow nor reach other phones: whoever floods a guard's name with wrong PINs would lock the guard out of
  the page just when it is needed. The price is 2880 guesses a day and phone instead of 96; the PIN has six digits.
- Over all accounts and phones together wrong tries are a bucket of 30 that fills by one in 2 s: however many phones an
  attacker has, it is 43,200 guesses a day at most. The proxy lets one address through once in 5 s, so that one phone
  alone never empties the bucket.
- A name without an account is counted like one with: the answer never tells which names exist.
"""

from collections.abc import Callable

FREE = 5
WAIT_S = 30.0
BUCKET = 30.0
REFILL_S = 2.0
COUNTED = 256  # names and phones whose tries are counted; the longest unused goes first

Tried = tuple[str, str]  # the folded name, and what the proxy knows the phone by


class Tries:
    """Not thread-safe: its owner holds a lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._wrong: dict[Tried, tuple[int, float]] = {}  # (wrong in a row, when the next may come)
        self._left, self._filled_at = BUCKET, now()

    def wait_s(self, tried: Tried) -> float:
        """How long until a try of this name from this phone is taken; 0 now."""
        now = self._now()
        self._fill(now)
        overall = 0.0 if self._left >= 1 else (1 - self._left) * REFILL_S
        own = min(self._wrong.get(tried, (0, 0.0))[1] - now, WAIT_S)  # (now + 30) - now rounds to more than 30
        return max(overall, own, 0.0)

    def failed(self, tried: Tried) -> None:
        """A try was wrong."""
        now = self._now()
        self._fill(now)
        self._left = max(0.0, self._left - 1)
        count = self._wrong.pop(tried, (0, 0.0))[0] + 1
        self._wrong[tried] = (count, now + (WAIT_S if count >= FREE else 0.0))
        if len(self._wrong) > COUNTED:
            del self._wrong[next(iter(self._wrong))]

    def succeeded(self, tried: Tried) -> None:
        """The PIN was right."""
        self._wrong.pop(tried, None)

    def _fill(self, now: float) -> None:
        self._left = min(BUCKET, self._left + (now - self._filled_at) / REFILL_S)
        self._filled_at = now
