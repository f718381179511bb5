"""USB cameras (UVC) through OpenCV's V4L2 backend: MJPG at 640x480.

MJPG because YUYV at 15 fps fills a USB 2 bus that a hub may share. A camera that stops or is pulled out gives
CameraLost within READ_LIMIT_S; each later `read` tries to reopen it, at most once in each of REOPEN_S.
"""

import os
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import CameraLost, Frame

# OpenCV waits 10 s for a frame by default: a guard would see a dead gate. Two seconds still bear a slow first frame.
READ_LIMIT_S = 2
# Waits between tries: a replugged camera takes about 1 s to appear; after a minute nobody is standing there waiting.
REOPEN_S = (0.5, 1.0, 2.0, 5.0)


class Capture(Protocol):
    """The part of cv2.VideoCapture that is used."""

    def isOpened(self) -> bool: ...  # noqa: N802
    def read(self) -> tuple[bool, NDArray[np.uint8]]: ...
    def release(self) -> None: ...


def open_v4l2(device: str, width: int, height: int, fps: int) -> Capture:
    """Open `device` (a path) with OpenCV. The result may be unopened; nothing is raised."""
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(READ_LIMIT_S))
    import cv2  # loads 40 MB: only a kiosk with such a camera pays for it

    cv2.setNumThreads(1)
    capture: Any = cv2.VideoCapture(
        device,
        cv2.CAP_V4L2,
        [
            cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"),
            cv2.CAP_PROP_FRAME_WIDTH, width,
            cv2.CAP_PROP_FRAME_HEIGHT, height,
            cv2.CAP_PROP_FPS, fps,
            cv2.CAP_PROP_BUFFERSIZE, 2,  # an old frame is worth nothing at a gate
        ],
    )  # fmt: skip
    return cast(Capture, capture)


class V4l2Camera:
    """`open_capture` opens the device anew each time it is called; `switch` turns the lamp beside the lens."""

    def __init__(
        self,
        open_capture: Callable[[], Capture],
        now: Callable[[], float],
        wait: Callable[[float], object],
        *,
        fps: int = 15,
        switch: Callable[[bool], None] | None = None,
        name: str = "USB camera",
    ) -> None:
        self._open, self._now, self._wait = open_capture, now, wait
        self._interval, self._switch, self._name = 1 / fps, switch, name
        self._capture: Capture | None = None
        self._delays = chain(REOPEN_S, repeat(REOPEN_S[-1]))
        self._not_before = now()
        self._closed = False

    def read(self) -> Frame:
        """Wait for the driver's next frame and give its luma."""
        if self._closed:
            raise CameraLost(f"{self._name} is closed")
        capture = self._capture or self._reopen()
        ok, picture = capture.read()
        if not ok or picture is None:
            self._drop()
            raise CameraLost(f"{self._name} gives no picture: check its cable")
        self._delays = chain(REOPEN_S, repeat(REOPEN_S[-1]))
        return Frame(_luma(picture), round(self._now() * 1000))

    def _reopen(self) -> Capture:
        if self._now() < self._not_before:
            self._wait(self._interval)
            raise CameraLost(f"{self._name} is away, next try soon")
        capture = self._open()
        if not capture.isOpened():
            capture.release()
            self._drop()
            raise CameraLost(f"{self._name} cannot be opened: is it plugged in, is another program using it?")
        self._capture = capture
        return capture

    def _drop(self) -> None:
        if self._capture is not None:
            self._capture.release()
        self._capture = None
        self._not_before = self._now() + next(self._delays)

    def set_illuminator(self, on: bool) -> None:
        """Pass it to the injected switch; UVC itself has no such control."""
        if self._switch is not None:
            self._switch(on)

    def close(self) -> None:
        """Release the device node."""
        self._closed = True
        if self._capture is not None:
            self._capture.release()
        self._capture = None


def _luma(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if picture.ndim == 2:
        return picture
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
