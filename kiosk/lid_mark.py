"""What `machine tamper` wrote when the housing was opened, as the gate sees it: one record, then nobody is let in."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from machine.tamper import NOTED, OPENED
from wire.records import DeviceEvent


class LidMark:
    """`folder` is the storage folder, `runtime` the one in RAM. Belongs to the gate's thread."""

    def __init__(self, folder: Path, runtime: Path) -> None:
        self._opened, self._noted = folder / OPENED, runtime / NOTED
        self._told = False

    def is_open(self, tell: Callable[[DeviceEvent], object]) -> bool:
        """Whether the housing was opened; the first time it is recorded, while the keys are still there."""
        if not self._opened.exists():
            return False
        if not self._told:
            self._told = True
            if not self._noted.exists():
                tell(DeviceEvent("opened", {}))
                with suppress(OSError):
                    self._noted.touch()
        return True
