"""The gate's handle on its lights child: says what to show, beats, and replaces a child that died or stopped answering.

No call waits for the child: the pipe does not block, and one that is full is taken for a child that no longer reads.
Starting a child takes about 2 ms. Called by one thread, the gate loop's; `beat` at least each 0.3 s.
"""

import os
import subprocess
import time
from collections.abc import Callable

from kiosk.devices.children import BackOff, end_child

# A child that was sent a beat and answers nothing for this long is stopped or stuck.
ANSWER_S = 1.0
# The interpreter's start on a slow card; answers are not awaited before that.
START_S = 5.0
# A green is one visitor's: after this long a new child does not repeat it. The screen keeps an ALLOW for 3 s.
GREEN_S = 4.0


class Lamps:
    """`start()` gives a new child with pipes; `now()` is in monotonic seconds. `restarts` counts replaced children."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]], now: Callable[[], float] = time.monotonic) -> None:
        self._start, self._now = start, now
        self._child: subprocess.Popen[bytes] | None = None
        self._back_off = BackOff()
        self._pattern, self._ref, self._shown_at = "starting", "-", now()
        self._illuminated = self._illuminator_told = False
        self._unanswered: float | None = None
        self._closed = False
        self.restarts = -1
        self._keep_alive()

    @property
    def healthy(self) -> bool:
        """Whether a child is there and answers."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.pid if self._child else None

    def show(self, pattern: str, buzzer: str = "none", ref: str | None = None) -> None:
        """Show from now on (ports.Lights.show); a replaced child is told again, without the buzzer."""
        self._pattern, self._ref, self._shown_at = pattern, ref or "-", self._now()
        if not self._send(f"show {pattern} {buzzer} {self._ref}\n"):
            self._keep_alive()

    def illuminate(self, on: bool) -> None:
        """The lamp beside the lens, whose pin the same child owns. Any thread may call this; the next beat says it."""
        self._illuminated = on

    def beat(self) -> None:
        """Say that the gate loop lives; also the moment at which a lost child is seen and replaced."""
        self._hear()
        if self._illuminated != self._illuminator_told:
            self._tell_illuminator()
        if not self._send("beat\n"):
            self._keep_alive()

    def _tell_illuminator(self) -> None:
        on = self._illuminated
        if self._send(f"lamp {'on' if on else 'off'}\n"):
            self._illuminator_told = on

    def _send(self, line: str) -> bool:
        child = self._child
        if child is None or child.stdin is None:
            return False
        try:
            sent = os.write(child.stdin.fileno(), line.encode()) == len(line)
        except OSError:
            sent = False
        if not sent:
            self._drop()
        elif self._unanswered is None:
            self._unanswered = self._now() + ANSWER_S
        return sent

    def _hear(self) -> None:
        child = self._child
        if child is None or child.stdout is None:
            return
        try:
            if os.read(child.stdout.fileno(), 65536):
                self._unanswered = None
        except BlockingIOError:
            pass  # nothing said yet
        except OSError:
            self._drop()
            return
        if child.poll() is not None or (self._unanswered is not None and self._now() > self._unanswered):
            self._drop()

    def _keep_alive(self) -> None:
        if self._closed or self._child is not None or not self._back_off.ready(self._now()):
            return
        self._back_off.started(self._now())
        try:
            self._child = self._start()
        except OSError:
            return  # no process to spare: the back-off brings the next try
        self.restarts += 1
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        self._unanswered = self._now() + START_S
        self._tell_illuminator()
        if self._pattern == "green" and self._now() - self._shown_at > GREEN_S:
            self._pattern, self._ref = "idle", "-"
        self._send(f"show {self._pattern} none {self._ref}\n")

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            end_child(child, grace_s=0.005)

    def close(self) -> None:
        """Lamps off, child ended. May be repeated."""
        self._closed = True
        if self._child is not None:
            self._send("bye\n")
        child, self._child = self._child, None
        if child is not None:
            end_child(child, grace_s=2.0)
