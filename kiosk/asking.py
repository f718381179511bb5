"""Those who wait for the gate's answer: a form that was sent, a guard who pressed a button.

The web's thread puts an event on the gate's queue and waits here, for at most ANSWER_S; the gate's thread answers after
the commit. Bounded: with MOST waiting the next one is told at once that the gate is busy.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from threading import Lock
from typing import NamedTuple

from wire.records import Signal

ANSWER_S = 2.0  # a commit on a worn card takes a second at most; beyond two, a person looks for the guard
MOST = 32


class Answer(NamedTuple):
    """`refs` are of the records that were committed for it, in order; `failed` the reason why there are none;
    `messages` what rules say to whoever asked, by language."""

    signal: Signal
    reasons: tuple[str, ...]
    refs: tuple[str, ...] = ()
    failed: str = ""
    messages: tuple[Mapping[str, str], ...] = ()


BUSY = Answer(Signal.FAULT, ("stalled",), failed="stalled")


class Asking:
    """Numbers from 1; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._open: dict[int, Future[Answer]] = {}

    def begin(self) -> tuple[int, Future[Answer]] | None:
        """The number to put on the event, and where its answer comes; None while too many wait."""
        with self._lock:
            if len(self._open) >= MOST:
                return None
            self._last += 1
            future: Future[Answer] = Future()
            self._open[self._last] = future
            return self._last, future

    def answer(self, number: int, answer: Answer) -> None:
        """Answer whoever waits under that number; nobody may, and a second answer is dropped."""
        with self._lock:
            future = self._open.pop(number, None)
        if future is not None:
            future.set_result(answer)

    def waits(self, number: int) -> bool:
        """Whether somebody still waits under that number: what nobody waits for any more is not begun."""
        with self._lock:
            return number in self._open

    def wait(self, number: int, future: Future[Answer]) -> Answer:
        """The answer, or BUSY when it does not come in time; then nobody waits for it any more."""
        try:
            return future.result(ANSWER_S)
        except TimeoutError:
            with self._lock:
                self._open.pop(number, None)
            return BUSY
