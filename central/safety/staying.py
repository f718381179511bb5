"""PURE. How many people are inside, from how many came in and went out by the hour.

- Whoever came in and has not gone out is inside, past midnight as well: a hospital's night, a market's evening.
- Whoever goes out is the one who came first. Nobody is inside for longer than CARRIED_MS: then they left by a door
  that nobody counts.
- Where the place has opening hours nobody stays beyond the room after them (central.safety.opening).
"""

from collections import deque
from dataclasses import dataclass, field

from central.safety.opening import ALWAYS, Opening
from central.safety.periods import HOUR_MS

CARRIED_MS = 16 * HOUR_MS


@dataclass(slots=True)
class Staying:
    """A running sum. Hours come by time; `_came` holds (gone at the latest, people), who came first on the left."""

    opening: Opening = ALWAYS
    _came: deque[tuple[int, int]] = field(default_factory=deque)
    _people: int = 0

    def inside(self, at_ms: int) -> int:
        """People inside at a moment."""
        while self._came and self._came[0][0] <= at_ms:
            self._people -= self._came.popleft()[1]
        return self._people

    def passed(self, at_ms: int, ins: int, outs: int) -> int:
        """People came in and went out in the hour, or at the moment, `at_ms`; how many are inside then."""
        self.inside(at_ms)
        if ins:
            closes = self.opening.ends_after(at_ms)
            end = at_ms + CARRIED_MS
            self._came.append((end if closes is None else min(end, closes), ins))
            self._people += ins
        left = min(outs, self._people)
        self._people -= left
        while left:
            end, people = self._came.popleft()
            if people > left:
                self._came.appendleft((end, people - left))
            left -= min(left, people)
        return self._people
