"""What went through the gate lately, counted from the views that every screen gets: the last signals, a quarter of an
hour of ins and outs. Nothing of anybody is in a view, so nothing of anybody is here.

- A view tells people by how the number inside changed; where it did not (an empty gate of one way), it is one person.
- The same visitor soon again ("already_in") is not counted a second time.
- It begins at zero with the process; what is recorded is counted at the centre.
"""

from collections import deque
from dataclasses import dataclass

from ui.guard.desk import RECENT, Passed
from ui.screen import View

WINDOW_S = 900.0
_STEP_S = 10.0  # counts are kept by ten seconds: 90 of them, however many people come


@dataclass(slots=True)
class _Span:
    began_s: float
    came: int = 0
    left: int = 0
    by_hand: int = 0


class Tally:
    """Not thread-safe: its owner holds a lock. Times in monotonic seconds."""

    def __init__(self) -> None:
        self.recent: deque[Passed] = deque(maxlen=RECENT)
        self.occupancy = 0
        self.capacity: int | None = None
        self._spans: deque[_Span] = deque(maxlen=int(WINDOW_S / _STEP_S) + 1)

    def see(self, view: View, now_s: float, at: str) -> None:
        """Take a view that was published just now; `at` is the local time to show, with seconds."""
        before = self.occupancy
        if view.occupancy is not None:
            self.occupancy, self.capacity = view.occupancy, view.capacity
        if view.page != "result" or view.signal is None:
            return
        people = 1 if view.signal != "ALLOW" else max(1, abs(self.occupancy - before))
        if "already_in" not in view.reasons:
            self.recent.appendleft(Passed(view.signal, view.direction, people, at))
        if view.signal == "ALLOW" and "already_in" not in view.reasons:
            self._count(view, people, now_s)

    def counts(self, now_s: float) -> tuple[int, int, int | None]:
        """(came in, left, how many of 100 who came in were scanned) in the last quarter of an hour."""
        spans = [span for span in self._spans if now_s - span.began_s < WINDOW_S]
        came, by_hand = sum(span.came for span in spans), sum(span.by_hand for span in spans)
        return came, sum(span.left for span in spans), round(100 * (came - by_hand) / came) if came else None

    def _count(self, view: View, people: int, now_s: float) -> None:
        began = now_s - now_s % _STEP_S
        if not self._spans or self._spans[-1].began_s != began:
            self._spans.append(_Span(began))
        span = self._spans[-1]
        if view.direction == "out":
            span.left += people
        else:
            span.came += people
            span.by_hand += people if "guard_allowed" in view.reasons else 0
