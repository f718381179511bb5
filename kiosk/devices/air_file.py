"""A simulated sensor of the air: the file `co2` in its folder says how many ppm; while it is not there, the sensor is
away. Each writing of the file is one reading."""

from pathlib import Path

from kiosk.ports import AirLost

FILE = "co2"
WORST_PPM = 40_000


class FileAir:
    """`folder` is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / FILE
        self._seen = -1
        self._closed = False

    def read(self) -> int | None:
        """See kiosk.ports.Air."""
        try:
            written = self._file.stat().st_mtime_ns
            text = self._file.read_text("ascii", "replace").strip()
        except OSError as error:
            raise AirLost(f"{self._file.name}: {error.strerror}") from error
        if self._closed:
            raise AirLost("closed")
        if written == self._seen:
            return None
        self._seen = written
        return int(text) if text.isdecimal() and len(text) < 6 and 0 < int(text) <= WORST_PPM else None

    def close(self) -> None:
        """See kiosk.ports.Air."""
        self._closed = True
