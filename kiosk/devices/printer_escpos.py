"""A receipt printer that speaks ESC/POS, behind a device node such as /dev/usb/lp0 (python-escpos makes the bytes).

A picture is printed, not text: no printer's code page has Vietnamese, Khmer and Chinese at once. The device node is
written from a thread of its own, since the kernel lets a write wait for paper without end.
"""

import io
import os
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate

from escpos.printer import Dummy
from PIL import Image

WAIT_S = 5.0
_BAND_ROWS = 256  # cheap printers hold so many rows in memory at once


class EscposPrinter:
    """`device` is the node that takes the bytes."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._worker = ThreadPoolExecutor(1, "printer")
        self._busy: Future[None] | None = None
        self._closed = False

    def print(self, png: bytes) -> bool:
        """See kiosk.ports.Printer."""
        if self._closed or (self._busy is not None and not self._busy.done()):
            return False
        self._busy = self._worker.submit(self._write, commands(png))
        try:
            self._busy.result(WAIT_S)
        except (TooLate, OSError):
            return False
        return True

    def close(self) -> None:
        """See kiosk.ports.Printer."""
        self._closed = True
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _write(self, data: bytes) -> None:
        descriptor = os.open(self._device, os.O_WRONLY | os.O_CLOEXEC)
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)


def commands(png: bytes) -> bytes:
    """The ESC/POS bytes that print `png` and cut the paper."""
    printer = Dummy()
    with Image.open(io.BytesIO(png)) as picture:
        printer.image(picture.convert("1"), impl="bitImageRaster", fragment_height=_BAND_ROWS)
    printer.cut()
    return bytes(printer.output)
