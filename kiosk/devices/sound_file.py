"""Simulated loudspeaker: each sound is one JSON line {"at_ms", "sound"} appended to `sound.jsonl`."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from kiosk.devices.tones import NOTES


class FileSound:
    """`unix_s` is the clock in seconds. `failed` counts unknown names and failed writes."""

    def __init__(self, folder: Path, unix_s: Callable[[], float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(folder / "sound.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._unix_s = unix_s
        self.failed = 0

    def play(self, name: str) -> None:
        """Append one line."""
        if self._fd < 0:
            return
        if name not in NOTES:
            self.failed += 1
            return
        line = json.dumps({"at_ms": round(self._unix_s() * 1000), "sound": name}) + "\n"
        try:
            os.write(self._fd, line.encode())
        except OSError:
            self.failed += 1

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
