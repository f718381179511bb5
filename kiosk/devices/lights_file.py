"""Simulated lamps: each change is one JSON line appended to `lights.jsonl`, for tests and the bench page to follow.

A line: {"at_ms": unix ms, "mono_ms": monotonic ms, "lamps": pattern, "buzzer": shape, "ref": record or null}. One write
a line, so that a reader never sees half of one.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

from kiosk.devices.patterns import check


class FileLights:
    """`unix_s` and `mono_s` are clocks in seconds."""

    def __init__(self, folder: Path, unix_s: Callable[[], float], mono_s: Callable[[], float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(folder / "lights.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._unix_s, self._mono_s = unix_s, mono_s
        self.illuminated = False

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        """Append one line."""
        check(pattern, buzzer)
        if self._fd < 0:
            return
        at_ms, mono_ms = round(self._unix_s() * 1000), round(self._mono_s() * 1000)
        line = {"at_ms": at_ms, "mono_ms": mono_ms, "lamps": pattern, "buzzer": buzzer, "ref": ref}
        os.write(self._fd, (json.dumps(line) + "\n").encode())

    def illuminate(self, on: bool) -> None:
        """The lamp beside the lens: simulated pictures need none."""
        self.illuminated = on

    def close(self) -> None:
        """Lamps off, then nothing more."""
        if self._fd >= 0:
            self.show("off", "none", None)
            os.close(self._fd)
        self._fd = -1
