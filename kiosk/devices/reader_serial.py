"""A hand scanner or passport reader on a serial line (USB CDC). Serial carries UTF-8; keyboard mode does not."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from serial import Serial, SerialException

from kiosk.devices.lines import MOST_BYTES, Lines

OPEN_AGAIN_MS = 2_000  # a USB scanner needs about a second to come back after its cable was out
MOST_WAITING = 16


class Port(Protocol):
    """What this file needs of a serial port: serial.Serial with a timeout of 0."""

    def read(self, size: int) -> bytes:
        """At most `size` bytes that are there now."""

    def close(self) -> None:
        """Give it back."""


def open_serial(device: str, baud: int) -> Port:
    """The serial port. Raises SerialException."""
    port: Port = Serial(device, baud, timeout=0)
    return port


class SerialReader:
    """`open_port` opens the device; `mono_ms` is a clock in ms. `lost` tells whether the device is away."""

    def __init__(self, open_port: Callable[[], Port], mono_ms: Callable[[], int]) -> None:
        self._open_port, self._mono_ms = open_port, mono_ms
        self._port: Port | None = None
        self._lines = Lines()
        self._texts: deque[str] = deque(maxlen=MOST_WAITING)
        self._again_ms = 0
        self._closed = False
        self.lost = False

    def poll(self) -> str | None:
        """See kiosk.ports.Reader."""
        if not self._closed:
            self._texts.extend(self._lines.feed(self._read(), self._mono_ms()))
        return self._texts.popleft() if self._texts else None

    def close(self) -> None:
        """See kiosk.ports.Reader."""
        self._closed = True
        self._texts.clear()
        self._let_go()

    def _read(self) -> bytes:
        try:
            if self._port is None:
                if self._mono_ms() < self._again_ms:
                    return b""
                self._port = self._open_port()
                self.lost = False
            return self._port.read(MOST_BYTES)
        except (SerialException, OSError):
            self.lost = True
            self._again_ms = self._mono_ms() + OPEN_AGAIN_MS
            self._let_go()
            return b""

    def _let_go(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except OSError:
                return  # the cable is out: nothing is left to give back
