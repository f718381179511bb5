"""What the visitor screen shows now, and the feed that carries it from the gate to the pages.

- The gate publishes a `View`; pages wait for the next one. Nobody asks back.
- A view holds codes and times only: no name and no number ever reaches a page. The one pass that is shown is random.
- Numbers start at 1 and grow by one. A page that asks for a number from before a restart gets the newest view at once.
- A page that comes late is told how old the view is, so that a result never stays longer than its named time
  and an old green is never shown.
- The ring holds 64 views; a page that fell further behind goes on with the oldest one that is left.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Condition
from time import monotonic
from typing import Literal

RING = 64
# The gate turns at least every 50 ms (it polls the database); a loop that is silent for a second hangs, and the
# lamps show "stalled" after the same second.
GATE_SILENT_S = 1.0


@dataclass(frozen=True, slots=True)
class View:
    """One state of the visitor screen.

    page       idle: scan a code, or hold a tag to the gate. result: one visitor's signal. choose: two big buttons.
               closed: nobody can be served here now (starting, not enrolled, camera away)
               light: a phone shows its declaration; `progress` is (parts that are here, parts that are needed)
               pass: the visitor who was let in last has asked for a pass; `code` is its text, for this view alone
               private: whoever was answered last reads alone; the view is that answer's, and says no more than it did
    reasons    codes, most important first; the sentences are in locales/ under "reason.<code>"
    at         local time of the visit, "06:42"; "" when there is none
    occupancy, capacity   people inside and the most that may be; None when not counted or not limited
    stays_ms   the page wipes itself after this many ms; 0 = stays until the next view
    basis      of a STOP: the legal basis of the order that it rests on, by language
    said       of a result: what a rule says itself to everybody, by language; {} where none does
    to_guard   of a result: what rules say to the guard, by language
    due        of "declaration_due": the key of the form that this visitor owes; "" where any will do
    formless   of "form_missing": the order's id and its form, for the guard
    offer      of a result: this visitor may have a pass for the day
    private    of a result: this visitor may read more of it alone (see ui.alone); it says nothing of what
    taps       of the resting view: the radio hears tags now
    lamps      the guard's lights, mirrored: green yellow red fault idle stalled starting off
    """

    page: Literal["idle", "result", "choose", "closed", "light", "pass", "private"]
    signal: Literal["ALLOW", "ASK", "STOP", "FAULT"] | None = None
    direction: Literal["in", "out"] | None = None
    reasons: tuple[str, ...] = ()
    at: str = ""
    occupancy: int | None = None
    capacity: int | None = None
    stays_ms: int = 0
    lamps: str = "idle"
    progress: tuple[int, int] | None = None
    basis: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    to_guard: tuple[Mapping[str, str], ...] = ()
    offer: bool = False
    private: bool = False
    taps: bool = False
    code: str = field(default="", repr=False)
    formless: tuple[str, str] = ("", "")
    due: str = ""


STARTING = View(page="closed", signal="FAULT", reasons=("starting",), lamps="starting")


class Feed:
    """Thread-safe: one gate publishes, any number of pages wait."""

    def __init__(self, first: View = STARTING, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._changed = Condition()
        self._ring: deque[tuple[int, View, float]] = deque([(1, first, now())], maxlen=RING)
        self._gate_seen: float | None = None

    def publish(self, view: View) -> int:
        """Make `view` the newest one, wake every waiting page and give the view's number. Never blocks on a page."""
        with self._changed:
            number = self._ring[-1][0] + 1
            self._ring.append((number, view, self._now()))
            if self._gate_seen is not None:
                self._gate_seen = self._now()
            self._changed.notify_all()
            return number

    def latest(self) -> tuple[int, View]:
        with self._changed:
            number, view, _ = self._ring[-1]
            return number, view

    def wait(self, after: int, timeout_s: float) -> tuple[int, View] | None:
        """The view that follows number `after`, in order; None when none came within `timeout_s` seconds."""
        with self._changed:
            if after > self._ring[-1][0]:  # counted by an earlier run of the kiosk
                return self._ring[-1][:2]
            if not self._changed.wait_for(lambda: self._ring[-1][0] > after, timeout_s):
                return None
            return next(entry[:2] for entry in self._ring if entry[0] > after)

    def age_ms(self, number: int) -> int:
        """How long ago view `number` was published; of the oldest one kept when it has left the ring."""
        with self._changed:
            published = next((at for n, _, at in self._ring if n >= number), self._ring[-1][2])
            return max(0, int((self._now() - published) * 1000))

    def beat(self) -> None:
        """The gate's loop turned. From the first beat on, a silence is told to the pages as a stall."""
        self._gate_seen = self._now()

    def alive(self) -> bool:
        """False when the gate has beaten before and has been silent for GATE_SILENT_S since."""
        seen = self._gate_seen
        return seen is None or self._now() - seen < GATE_SILENT_S
