"""A touch panel in the guest, and a finger on it: what udev, libinput, cage and chromium take for the real one."""

import time
from pathlib import Path
from typing import Self

from image_build.emulate.grip import Grip

INSIDE = Path(__file__).with_name("touch_inside.py")
_PROGRAM, _FIFO, _LOG = "/run/panel.py", "/run/panel.taps", "/run/panel.log"
UP_S = 30.0


class NoPanel(OSError):
    """The guest makes no touch panel; the words are its own."""


class Panel:
    """A panel of `size` pixels, plugged in while the context lasts."""

    def __init__(self, grip: Grip, size: tuple[int, int]) -> None:
        self._grip, self._size = grip, size
        self._pid = ""

    def __enter__(self) -> Self:
        self._grip.run("modprobe", "uinput")
        self._grip.put(_PROGRAM, INSIDE.read_bytes())
        width, height = self._size
        words = f"python3 {_PROGRAM} {_FIFO} {width} {height}"
        self._pid = self._grip.shell(f"rm -f {_FIFO}; {words} > {_LOG} 2>&1 & echo $!").out.strip()
        until = time.monotonic() + UP_S
        while "panel" not in (said := self._grip.run("cat", _LOG).out):
            if time.monotonic() > until:
                raise NoPanel(said)
        return self

    def __exit__(self, *_: object) -> None:
        self._grip.run("kill", self._pid)

    def tap(self, x: int, y: int) -> None:
        """One finger, down and up, at this pixel."""
        self._grip.shell(f"echo {x} {y} > {_FIFO}")
