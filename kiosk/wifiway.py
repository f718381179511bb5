"""The camera's texts while a box is set up: the code of a Wi-Fi network is kept for the settings, and goes no further.

- Only in set-up: before the kiosk is enrolled, or for ten minutes after the technician's button. At any other time such
  a code is an unknown one: a stranger's phone must not move a kiosk to another network.
- What was shown is written for whoever applies settings (firmware_cfg) and never said: not in a log, not on the screen.
"""

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from time import time

from credentials import wifi_qr
from kiosk.events import Event, WifiShown
from machine.clock import Clock

AGAIN_MS = 4_000  # the code stays before the camera; its holder is told once, not at every frame
BUTTON = "setup"  # in the runtime folder; whoever sees the technician's button touches it
BUTTON_S = 600


class WifiWay:
    """Belongs to the camera's thread. `onward` takes every other text, `wanted`: whether the box is being set up."""

    def __init__(
        self,
        clock: Clock,
        onward: Callable[[str], None],
        tell: Callable[[Event], None],
        wanted: Callable[[], bool],
        folder: Path,
    ) -> None:
        self._clock, self._onward, self._tell = clock, onward, tell
        self._wanted, self._folder = wanted, folder
        self._quiet_until_ms = 0

    def take(self, text: str) -> None:
        """One text that the decoder found."""
        if not wifi_qr.has_prefix(text) or not self._wanted():
            self._onward(text)
            return
        now_ms = self._clock.mono_ms()
        quiet, self._quiet_until_ms = now_ms < self._quiet_until_ms, now_ms + AGAIN_MS
        if not quiet:
            self._tell(WifiShown("wifi_taken" if self._keep(text) else "wifi_refused"))

    def _keep(self, text: str) -> bool:
        # The writer of a box's settings: used once in the life of most boxes, so not at each start of the gate.
        from firmware_cfg.plan import File
        from firmware_cfg.wifi import FILE, make_wifi, write_wifi
        from firmware_cfg.write import put

        read = wifi_qr.read(text)
        wifi = make_wifi(read.name, read.password, read.hidden) if isinstance(read, wifi_qr.WifiCode) else None
        if wifi is None:
            return False
        try:
            put(File(PurePosixPath("/") / FILE, write_wifi(wifi), 0o600), self._folder)
        except OSError:  # the disk's own fault is shown by whoever watches it
            return False
        return True


def set_up(runtime: Path, unknown: Callable[[], bool]) -> bool:
    """Whether this box is being set up: nobody enrolled it yet (`unknown`), or the button was pressed a while ago."""
    if unknown():
        return True
    try:
        return abs(time() - (runtime / BUTTON).stat().st_mtime) < BUTTON_S
    except OSError:
        return False
