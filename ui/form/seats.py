"""Who is filling in a form just now: at most SEATS visitors, each under a token that nobody can guess.

- Answers are in the seats, in memory. A seat is wiped when its visitor is silent for too long, at the latest after
  LIFE_MS, by a thread that runs while any seat is taken: no page needs to ask for it.
- The screen at the gate always gets a seat: the one silent longest makes room. A phone is asked to come back later.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Lock, Thread

from ui.form.session import ends_ms
from ui.form.state import State

SEATS = 32
TOKEN_BYTES = 16
SWEEP_S = 2.0


class Seat:
    """One visitor's state. Only whoever holds `lock` may touch it."""

    def __init__(self, state: State) -> None:
        self.lock = Lock()
        self.state = state


class Seats:
    """`now_ms` is a clock that never steps back."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lock = Lock()
        self._seats: dict[str, Seat] = {}
        self._watching = False
        self._stop = Signal()

    def __len__(self) -> int:
        return len(self._seats)

    def open(self, state: State) -> str | None:
        """A seat for a new visitor: its token, None when all are taken and this one has to wait."""
        self.sweep()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._lock:
            if len(self._seats) >= SEATS:
                if state.by_phone:
                    return None
                silent = min(self._seats, key=self._patience)
                del self._seats[silent]
            self._seats[token] = Seat(state)
            if not self._watching and not self._stop.is_set():
                self._watching = True
                Thread(target=self._watch, name="form-seats", daemon=True).start()
        return token

    @contextmanager
    def use(self, token: str) -> Iterator[Seat | None]:
        """The seat of `token`, held alone; None when there is none (any more). A wiped one is given back."""
        seat = self._seats.get(token)
        if seat is None:
            yield None
            return
        with seat.lock:
            yield seat if seat.state.page != "wiped" else None
            if seat.state.page == "wiped":
                self._give_back(token)

    def look(self, token: str) -> State | None:
        """What stands at a seat, for whoever only looks; None when there is none (any more)."""
        seat = self._seats.get(token)
        gone = seat is None or seat.state.page == "wiped" or self._now_ms() >= ends_ms(seat.state)
        return None if gone or seat is None else seat.state

    def _patience(self, token: str) -> tuple[bool, int]:
        """Who makes room last: the place's self-check waits for visitors on purpose."""
        state = self._seats[token].state
        return bool(state.by), state.touched_ms

    def sweep(self) -> None:
        """Wipe who is silent for too long."""
        now_ms = self._now_ms()
        for token, seat in list(self._seats.items()):
            if now_ms >= ends_ms(seat.state):
                self._give_back(token)

    def close(self) -> None:
        """Wipe all and end the watch. May be repeated."""
        self._stop.set()
        with self._lock:
            self._seats.clear()

    def _give_back(self, token: str) -> None:
        with self._lock:
            self._seats.pop(token, None)

    def _watch(self) -> None:
        while not self._stop.wait(SWEEP_S):
            self.sweep()
            with self._lock:
                if not self._seats:
                    self._watching = False
                    return
