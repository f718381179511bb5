"""What kiosk.ports.Camera promises, kept by each camera."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.devices.camera_files import FilesCamera
from kiosk.devices.camera_picamera2 import Picamera2Camera, open_picamera2
from kiosk.devices.camera_v4l2 import V4l2Camera, open_v4l2
from kiosk.ports import Camera, CameraLost, Frame
from tests.needs import need_hardware

Opener = Callable[[], Camera]


def _files(folder: Path) -> Camera:
    return FilesCamera(folder, time.sleep, time.monotonic)


def _recorded(folder: Path) -> Camera:
    """The UVC adapter over OpenCV's real VideoCapture, reading numbered pictures instead of a device node."""
    for index in range(40):
        cv2.imwrite(str(folder / f"f{index:02}.png"), np.full((48, 64, 3), 4 * index, np.uint8))
    opener = partial(cv2.VideoCapture, str(folder / "f%02d.png"), cv2.CAP_IMAGES)
    return V4l2Camera(opener, time.monotonic, time.sleep)  # type: ignore[arg-type]


def _v4l2(folder: Path) -> Camera:
    need_hardware(Path("/dev/video0").exists(), "/dev/video0")
    return V4l2Camera(partial(open_v4l2, "/dev/video0", 640, 480, 15), time.monotonic, time.sleep)


def _picamera2(folder: Path) -> Camera:
    try:
        import picamera2  # noqa: F401
    except ImportError:
        need_hardware(False, "picamera2 (Raspberry Pi OS only)")
    return Picamera2Camera(open_picamera2, time.monotonic, time.sleep)


@pytest.fixture(params=[_files, _recorded, _v4l2, _picamera2], ids=lambda make: make.__name__.strip("_"))
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Camera]:
    made: Camera = request.param(tmp_path)
    yield made
    made.close()


def test_a_frame_is_gray_two_dimensional_and_stamped(camera: Camera) -> None:
    before = time.monotonic() * 1000
    frame = camera.read()
    assert isinstance(frame, Frame)
    assert frame.gray.ndim == 2 and frame.gray.dtype == np.uint8
    assert before - 1 <= frame.mono_ms <= time.monotonic() * 1000 + 1


def test_frames_keep_their_size_and_time_does_not_run_back(camera: Camera) -> None:
    frames = [camera.read() for _ in range(3)]
    assert len({frame.gray.shape for frame in frames}) == 1
    stamps = [frame.mono_ms for frame in frames]
    assert stamps == sorted(stamps)


def test_the_illuminator_never_raises(camera: Camera) -> None:
    camera.set_illuminator(True)
    camera.set_illuminator(True)
    camera.set_illuminator(False)


def test_close_may_be_repeated_and_ends_reading(camera: Camera) -> None:
    camera.read()
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.read()
