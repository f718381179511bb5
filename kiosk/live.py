"""The live picture for the visitor's page: encoded only while somebody watches, and not more often than eyes need."""

from collections.abc import Callable
from threading import Condition

from kiosk.ports import Frame

INTERVAL_MS = 120  # about 8 pictures a second: enough to aim by, half the camera's rate


class LivePreview:
    """The camera thread offers frames; pages wait for the next encoded one. Thread-safe."""

    def __init__(self, encode: Callable[[Frame], bytes]) -> None:
        self._encode = encode
        self._changed = Condition()
        self._watchers = 0
        self._number = 0
        self._picture = b""
        self._due_ms = 0

    def offer(self, frame: Frame) -> None:
        """Take a frame if somebody waits for one and the last is old enough."""
        if self._watchers == 0 or frame.mono_ms < self._due_ms:
            return
        picture = self._encode(frame)
        with self._changed:
            self._number += 1
            self._picture = picture
            self._due_ms = frame.mono_ms + INTERVAL_MS
            self._changed.notify_all()

    def wait(self, after_n: int, timeout_s: float) -> tuple[int, bytes] | None:
        """(number, JPEG) of a picture newer than `after_n`; None when none came in time."""
        with self._changed:
            self._watchers += 1
            try:
                if not self._changed.wait_for(lambda: self._number > after_n, timeout_s):
                    return None
                return self._number, self._picture
            finally:
                self._watchers -= 1
