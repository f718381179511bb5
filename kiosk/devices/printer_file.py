"""A simulated receipt printer: each receipt is a file `receipt-<n>.png` in its folder. And none at all."""

from pathlib import Path

EMPTY = "out-of-paper"  # while a file of this name lies in the folder, nothing is printed


class FilePrinter:
    """`folder` is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._closed = False

    def print(self, png: bytes) -> bool:
        """See kiosk.ports.Printer."""
        if self._closed or (self._folder / EMPTY).exists():
            return False
        number = 1 + sum(1 for _ in self._folder.glob("receipt-*.png"))
        (self._folder / f"receipt-{number}.png").write_bytes(png)
        return True

    def close(self) -> None:
        """See kiosk.ports.Printer."""
        self._closed = True
