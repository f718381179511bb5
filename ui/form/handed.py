"""The place's self-check on the gate's own screen: given there by a guard from the guards' page, one at a time.

- Whoever is at the gate comes before it: the screen leaves the form for each signal, and comes back to it with all that
  was answered when the gate rests (static/form/handed.js, static/visitor.js).
- Visitors cannot open one. After a silence before the screen, or when a visitor needs it, it waits, and only a guard's
  page brings it back; what waits for ten minutes is wiped like a form on a phone (ui.form.state).
- It is recorded under the name of the guard who gave it.
"""

from collections.abc import Callable
from threading import Lock
from typing import Literal

from ui.form.desk import Filled, Offer, Outcome
from ui.form.seats import Seats
from ui.form.session import begin, wiped
from ui.form.state import State

PATH = "/form/?handed=1"
Standing = Literal["", "shown", "waiting"]


class Handed:
    """`take` records a self-check for a guard, `look` tells the gate's screen that it shall look again."""

    def __init__(self, take: Callable[[str, Filled], Outcome], look: Callable[[], None]) -> None:
        self._take, self._look = take, look
        self._lock = Lock()
        self._seats: Seats | None = None
        self._now_ms: Callable[[], int] = lambda: 0
        self._token, self._waits = "", False

    def bind(self, seats: Seats, now_ms: Callable[[], int]) -> None:
        """The seats of the gate's screen and its clock."""
        self._seats, self._now_ms = seats, now_ms

    def give(self, guard: str, offer: Offer, language: str) -> bool:
        """To the screen, or back to it where it waits; False while another one is open there."""
        with self._lock:
            state, seats = self._state(), self._seats
            if seats is None or (state and state.offer and (state.by, state.offer.key) != (guard, offer.key)):
                return False
            if state is None:
                self._token = seats.open(begin(offer, language, self._now_ms(), by=guard)) or ""
            self._waits = False
        self._look()
        return True

    def take_back(self) -> None:
        """Wipe it, wherever it stands."""
        with self._lock:
            token, self._token = self._token, ""
        if self._seats is not None:
            with self._seats.use(token) as seat:
                if seat is not None and seat.state.by:
                    seat.state = wiped(seat.state)
        self._look()

    def wait(self, token: str) -> None:
        """The screen is the visitors' again, and the form stays as it is until a guard brings it back."""
        with self._lock:
            self._waits = self._waits or token == self._token

    def submit(self, filled: Filled) -> Outcome:
        """Record it."""
        return self._take(filled.by, filled)

    def standing(self) -> Standing:
        """Whether one is on the screen, or waits for a guard."""
        with self._lock:
            if self._state() is None:
                return ""
            return "waiting" if self._waits else "shown"

    def token(self) -> str:
        """The seat that the screen shall show; "" for none."""
        return self._token if self.standing() == "shown" else ""

    def path(self) -> str:
        """Where a resting screen goes; "" for nowhere."""
        return PATH if self.token() else ""

    def _state(self) -> State | None:
        """The open self-check; one that was handed over, wiped or forgotten is none."""
        state = self._seats.look(self._token) if self._seats is not None and self._token else None
        return state if state is not None and state.by else None
