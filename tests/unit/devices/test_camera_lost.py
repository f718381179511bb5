"""Cameras that stop: CameraLost at once, tries to reopen spaced out, and pictures again when it is back."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.devices.camera_picamera2 import camera_controls, crop_luma
from kiosk.devices.camera_v4l2 import REOPEN_S, Capture, V4l2Camera, open_v4l2
from kiosk.ports import CameraLost
from tests.unit.devices.test_camera_files import Clock


def record(folder: Path, count: int) -> None:
    for index in range(count):
        cv2.imwrite(str(folder / f"f{index}.png"), np.full((48, 64, 3), 10 + index, np.uint8))


def over_files(folder: Path, clock: Clock, opened: list[float]) -> V4l2Camera:
    """OpenCV's own VideoCapture over numbered pictures: it ends after the last, as a device that is pulled out."""

    def opener() -> cv2.VideoCapture:
        opened.append(clock.now_s)
        return cv2.VideoCapture(str(folder / "f%d.png"), cv2.CAP_IMAGES)

    return V4l2Camera(opener, clock.now, clock.wait)  # type: ignore[arg-type]


def test_a_camera_that_stops_is_lost_and_comes_back(tmp_path: Path) -> None:
    clock = Clock()
    opened: list[float] = []
    record(tmp_path, 2)
    camera = over_files(tmp_path, clock, opened)
    assert [camera.read().gray[0, 0] for _ in range(2)] == [10, 11]
    with pytest.raises(CameraLost, match="cable"):
        camera.read()
    clock.now_s += REOPEN_S[0]
    assert camera.read().gray[0, 0] == 10
    assert len(opened) == 2


def test_an_absent_camera_is_tried_ever_less_often_and_never_in_a_tight_loop(tmp_path: Path) -> None:
    clock = Clock()
    opened: list[float] = []

    def opener() -> Capture:
        opened.append(clock.now_s)
        return open_v4l2("/dev/video-none", 640, 480, 15)

    camera = V4l2Camera(opener, clock.now, clock.wait)
    while clock.now_s < 130:
        with pytest.raises(CameraLost):
            camera.read()
    gaps = np.diff(opened)
    assert list(gaps[:3]) == pytest.approx(list(REOPEN_S[:3]), abs=0.08)
    assert gaps[3:] == pytest.approx(REOPEN_S[-1], abs=0.08)


def test_the_illuminator_switch_is_told(tmp_path: Path) -> None:
    told: list[bool] = []
    clock = Clock()
    camera = V4l2Camera(partial(open_v4l2, "/dev/video-none", 1, 1, 1), clock.now, clock.wait, switch=told.append)
    camera.set_illuminator(True)
    camera.set_illuminator(False)
    assert told == [True, False]


def test_padded_rows_and_colour_planes_are_cropped_off() -> None:
    yuv = np.zeros((720, 768), np.uint8)  # 640x480 in rows of 768 bytes, chroma below
    yuv[:480, :640] = 7
    luma = crop_luma(yuv, 640, 480)
    assert luma.shape == (480, 640)
    assert (luma == 7).all()
    assert luma.base is yuv


def test_a_fixed_exposure_turns_the_automatic_one_off() -> None:
    assert camera_controls(15, None, None) == {"FrameDurationLimits": (66667, 66667)}
    fixed = camera_controls(30, 4000, 6.0)
    assert (fixed["AeEnable"], fixed["ExposureTime"], fixed["AnalogueGain"]) == (False, 4000, 6.0)
