"""Raspberry Pi cameras through picamera2 (Raspberry Pi OS's own package; absent from PyPI, so it is imported late).

- One configuration for life, made at the first `read`: reconfiguring in a loop leaks (picamera2 #1130, #869).
- The gray picture is the Y plane of the lores stream (YUV420): no colour conversion, no copy of the main stream.
- Four buffers: 5 or more ran out of CMA memory on small Pis (#972).
- A frame that does not come within FRAME_LIMIT_S is CameraLost, and the camera is stopped, closed and opened anew by a
  later `read`; a libcamera pipeline that stalled seldom comes back by waiting.
Not yet run on a Pi: written from picamera2's source and examples (0.3.x).
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.ports import CameraLost, Frame

FRAME_LIMIT_S = 2.0
REOPEN_S = 5.0
BUFFERS = 4


def crop_luma(yuv: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The Y plane of a YUV420 array of shape (height * 3 / 2, stride); rows are padded to `stride` >= width."""
    return yuv[:height, :width]


def camera_controls(fps: int, exposure_us: int | None, gain: float | None) -> dict[str, object]:
    """libcamera controls: a fixed frame time, and a fixed exposure where one is given.

    A short fixed exposure with more gain beats a smeared picture: codes bear noise better than motion blur.
    """
    frame_us = round(1_000_000 / fps)
    controls: dict[str, object] = {"FrameDurationLimits": (frame_us, frame_us)}
    if exposure_us is not None:
        controls |= {"AeEnable": False, "ExposureTime": exposure_us}
        controls["AnalogueGain"] = gain if gain is not None else 4.0
    return controls


class Picamera2Camera:
    """`open_picamera()` gives a new Picamera2 object; `switch` turns the lamp beside the lens."""

    def __init__(
        self,
        open_picamera: Callable[[], Any],
        now: Callable[[], float],
        wait: Callable[[float], object],
        *,
        width: int = 640,
        height: int = 480,
        fps: int = 15,
        exposure_us: int | None = None,
        gain: float | None = None,
        switch: Callable[[bool], None] | None = None,
    ) -> None:
        self._open, self._now, self._wait = open_picamera, now, wait
        self._size, self._interval = (width, height), 1 / fps
        self._controls = camera_controls(fps, exposure_us, gain)
        self._switch = switch
        self._camera: Any = None
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._not_before = now()
        self._closed = False

    def read(self) -> Frame:
        """Wait for the next request of the pipeline and give its Y plane."""
        if self._closed:
            raise CameraLost("the camera is closed")
        if self._camera is None:
            self._start()
        try:
            self._camera.capture_request(wait=False, signal_function=self._done.put)
            request = self._camera.wait(self._done.get(timeout=FRAME_LIMIT_S))
        except (Empty, RuntimeError, OSError) as error:
            self._stop()
            raise CameraLost("the camera module gives no picture: check its ribbon cable") from error
        try:
            yuv = request.make_array("lores")  # a copy: the buffer goes straight back to the camera
        finally:
            request.release()
        width, height = self._size
        return Frame(crop_luma(yuv, width, height), round(self._now() * 1000))

    def _start(self) -> None:
        if self._now() < self._not_before:
            self._wait(self._interval)
            raise CameraLost("the camera module is away, next try soon")
        self._not_before = self._now() + REOPEN_S
        try:
            camera = self._open()
            config = camera.create_video_configuration(
                main={"size": self._size},
                lores={"size": self._size, "format": "YUV420"},
                buffer_count=BUFFERS,
                controls=self._controls,
            )
            camera.configure(config)
            camera.start()
        except (ImportError, IndexError, RuntimeError, OSError) as error:
            raise CameraLost(
                "the camera module cannot be opened: is it connected, is another program using it?"
            ) from error
        self._done = SimpleQueue()  # a late answer of the former camera must not be taken for one of this
        self._camera = camera

    def _stop(self) -> None:
        camera, self._camera = self._camera, None
        if camera is None:
            return
        for end in (camera.stop, camera.close):
            try:
                end()
            except (RuntimeError, OSError):
                continue  # a stalled pipeline may refuse to stop; the next open tells whether it is gone

    def set_illuminator(self, on: bool) -> None:
        """Pass it to the injected switch (a pin that the lights child owns)."""
        if self._switch is not None:
            self._switch(on)

    def close(self) -> None:
        """Free the camera for other programs."""
        self._closed = True
        self._stop()


def open_picamera2(number: int = 0) -> Any:
    """A new Picamera2 object on camera connector `number`.

    Raises ImportError where the Debian package is missing, RuntimeError without a camera.
    """
    from picamera2 import Picamera2

    return Picamera2(number)
