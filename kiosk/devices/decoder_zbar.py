"""The parent's side of `zbar_child`: one bounded look at a time; a child that dies or hangs is replaced, never awaited.

kill -9 of the child, or a crash in libzbar, costs the look that it was busy with and nothing else.
"""

import os
import select
import struct
import subprocess
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kiosk.devices.children import BackOff, end_child, start_child
from kiosk.ports import Symbol

# A QR code holds 7,089 digits at most (ISO/IEC 18004); a longer answer is a child gone mad.
MAX_TEXT = 16_384
MAX_SYMBOLS = 256
# What zbar_child says first; not imported from there, since that would load libzbar into this process.
READY = b"zbar"
# A child that is not ready after this long never will be.
STARTED_S = 10.0


class _Dead(Exception):
    """The child died, hung, or answered nonsense."""


class ZbarDecoder:
    """Decoder port over a child process, started at the first look.

    wait_s bounds one look, start_s the wait for a child that is still starting (up to 1 s on a small board): with 0 the
    look is given up, and a later one finds the child ready. `died` counts lost children.
    """

    def __init__(
        self,
        wait_s: float = 1.0,
        start_s: float = STARTED_S,
        now: Callable[[], float] = time.monotonic,
        start: Callable[[], subprocess.Popen[bytes]] = lambda: start_child("kiosk.devices.zbar_child"),
    ) -> None:
        self._wait_s, self._start_s, self._now, self._start = wait_s, start_s, now, start
        self._ready, self._started = False, 0.0
        self._child: subprocess.Popen[bytes] | None = None
        self._back_off = BackOff()
        self._closed = False
        self.died = 0

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.pid if self._child else None

    def decode(self, gray: NDArray[np.uint8]) -> list[Symbol]:
        """One look. [] also while the child is away or when it does not answer within wait_s."""
        child = self._running()
        if child is None or gray.ndim != 2 or not gray.size:
            return []
        try:
            if not self._is_ready(child):
                return []
            texts = _ask(child, gray, self._now() + self._wait_s, self._now)
        except (_Dead, OSError):
            self.died += 1
            self._end()
            return []
        return [Symbol(text, "QRCode", "zbar") for text in dict.fromkeys(texts)]

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._closed:
            return None
        if self._child is not None and self._child.poll() is not None:
            self.died += 1
            self._end()
        if self._child is None and self._back_off.ready(self._now()):
            self._started, self._ready = self._now(), False
            self._back_off.started(self._started)
            try:
                self._child = self._start()
            except OSError:
                return None  # no memory or no process to spare: the back-off brings the next try
            for pipe in (self._child.stdin, self._child.stdout):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
        return self._child

    def _is_ready(self, child: subprocess.Popen[bytes]) -> bool:
        if self._ready:
            return True
        assert child.stdout is not None
        fd, now = child.stdout.fileno(), self._now()
        if not _poll(fd, select.POLLIN, self._start_s):
            if self._now() - self._started > STARTED_S:
                raise _Dead
            return False
        self._ready = _read(fd, len(READY), now + self._wait_s, self._now) == READY
        if not self._ready:
            raise _Dead
        return True

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            end_child(child, grace_s=1.0)

    def close(self) -> None:
        """End the child."""
        self._closed = True
        self._end()


def _ask(
    child: subprocess.Popen[bytes], gray: NDArray[np.uint8], deadline: float, now: Callable[[], float]
) -> list[str]:
    assert child.stdin is not None and child.stdout is not None
    height, width = gray.shape
    _write(child.stdin.fileno(), struct.pack("<II", width, height) + gray.tobytes(), deadline, now)
    fd = child.stdout.fileno()
    (count,) = struct.unpack("<I", _read(fd, 4, deadline, now))
    if count > MAX_SYMBOLS:
        raise _Dead
    return [_read_text(fd, deadline, now) for _ in range(count)]


def _read_text(fd: int, deadline: float, now: Callable[[], float]) -> str:
    (length,) = struct.unpack("<I", _read(fd, 4, deadline, now))
    if length > MAX_TEXT:
        raise _Dead
    try:
        return _read(fd, length, deadline, now).decode()
    except UnicodeDecodeError:
        raise _Dead from None


def _await(fd: int, event: int, deadline: float, now: Callable[[], float]) -> None:
    if not _poll(fd, event, max(0.0, deadline - now())):
        raise _Dead


def _poll(fd: int, event: int, seconds: float) -> bool:
    poller = select.poll()  # select itself cannot name a descriptor above 1,023
    poller.register(fd, event)
    return bool(poller.poll(seconds * 1000))


def _write(fd: int, data: bytes, deadline: float, now: Callable[[], float]) -> None:
    left = memoryview(data)
    while left:
        _await(fd, select.POLLOUT, deadline, now)
        left = left[os.write(fd, left) :]


def _read(fd: int, count: int, deadline: float, now: Callable[[], float]) -> bytes:
    data = b""
    while len(data) < count:
        _await(fd, select.POLLIN, deadline, now)
        part = os.read(fd, count - len(data))
        if not part:
            raise _Dead
        data += part
    return data
