"""The technician's button inside the housing: when it was pressed last, and the mark that other parts look for.

A press also touches `setup` in the runtime folder: for ten minutes the camera may then take a Wi-Fi code.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from machine.lines import Line
from machine.log import say

POLL_S = 0.05  # a short press lasts about 0.1 s
RETRY_S = 5.0
SETUP = "setup"


class Button:
    """Thread-safe. `open_line` is asked again after a failure; `pressed` runs once for each press."""

    def __init__(
        self,
        open_line: Callable[[], Line] | None,
        runtime: Path,
        pressed: Callable[[], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_line, self._mark, self._pressed, self._now = open_line, runtime / SETUP, pressed, now
        self._at: float | None = None
        self._lock, self._stop = Lock(), Event()
        self._thread = Thread(target=self._run, name="button", daemon=True)

    def start(self) -> None:
        """Begin to look, where there is a button."""
        if self._open_line is not None:
            self._thread.start()

    def pressed_s(self) -> float | None:
        """Seconds since the newest press; None: none yet, or forgotten."""
        with self._lock:
            return None if self._at is None else self._now() - self._at

    def forget(self) -> None:
        """As if it had not been pressed."""
        with self._lock:
            self._at = None
        self._pressed()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _run(self) -> None:
        assert self._open_line is not None
        while not self._stop.is_set():
            try:
                line = self._open_line()
            except OSError as error:
                say("button", error=type(error).__name__)
                self._stop.wait(RETRY_S)
                continue
            with suppress(OSError):
                self._watch(line)
            line.close()

    def _watch(self, line: Line) -> None:
        was = line.joined()  # held or stuck at the start: that is no press
        while not self._stop.wait(POLL_S):
            now = line.joined()
            if now and not was:
                self._press()
            was = now

    def _press(self) -> None:
        with self._lock:
            self._at = self._now()
        with suppress(OSError):
            self._mark.touch()
        say("button", pressed=True)
        self._pressed()
