"""The simulated camera: poked by files, paced by the caller's clock."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.devices.camera_files import EMPTY_FRAMES, FilesCamera
from kiosk.ports import CameraLost
from tests.bench.frames import drawn


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def camera(tmp_path: Path, clock: Clock) -> FilesCamera:
    return FilesCamera(tmp_path, clock.wait, clock.now)


def put(folder: Path, name: str, data: bytes) -> None:
    (folder / "new").write_bytes(data)
    (folder / "new").rename(folder / name)


def save(folder: Path, name: str, gray: object) -> None:
    Image.fromarray(np.asarray(gray, np.uint8)).save(folder / f"new.{name}")
    (folder / f"new.{name}").rename(folder / f"frame.{name}")


def test_an_empty_folder_is_a_grey_wall_with_sensor_noise(camera: FilesCamera) -> None:
    first, second = camera.read().gray, camera.read().gray
    assert first.shape == (480, 640)
    assert 110 < first.mean() < 145
    assert 1 < (first.astype(int) - second).std() < 5
    assert EMPTY_FRAMES > 1


@pytest.mark.parametrize("name", ["png", "gif", "webp"])
def test_a_picture_is_live_while_it_lies_there(camera: FilesCamera, tmp_path: Path, name: str) -> None:
    save(tmp_path, name, drawn("a"))
    assert camera.read().gray.shape == drawn("a").shape
    assert camera.read().gray.shape == drawn("a").shape
    (tmp_path / f"frame.{name}").unlink()
    assert camera.read().gray.shape == (480, 640)


def test_a_replaced_picture_is_seen(camera: FilesCamera, tmp_path: Path) -> None:
    save(tmp_path, "png", np.zeros((50, 50)))
    assert camera.read().gray.max() == 0
    save(tmp_path, "png", np.full((60, 60), 200))
    assert camera.read().gray.shape == (60, 60)


def quieten(folder: Path, camera: FilesCamera) -> None:
    """Let the folder look as if nothing had happened in it for an hour."""
    an_hour_ago = folder.stat().st_mtime_ns - 3600 * 10**9
    os.utime(folder, ns=(an_hour_ago, an_hour_ago))
    for _ in range(3):
        camera.read()


def test_a_picture_put_into_a_long_quiet_folder_is_seen(camera: FilesCamera, tmp_path: Path) -> None:
    for gray in (np.zeros((50, 50)), np.full((60, 60), 200), np.zeros((70, 70))):
        quieten(tmp_path, camera)
        save(tmp_path, "png", gray)
        assert camera.read().gray.shape == gray.shape
    quieten(tmp_path, camera)
    (tmp_path / "frame.png").write_bytes((tmp_path / "frame.png").read_bytes() + b"written over, not renamed")
    assert camera.read().gray.shape == (70, 70)
    (tmp_path / "frame.png").unlink()
    assert camera.read().gray.shape == (480, 640)


def test_a_file_is_decoded_only_when_it_changes(camera: FilesCamera, tmp_path: Path) -> None:
    save(tmp_path, "png", np.zeros((50, 50)))
    assert camera.read().gray is camera.read().gray


def test_a_huge_picture_is_scaled_down(camera: FilesCamera, tmp_path: Path) -> None:
    save(tmp_path, "png", np.zeros((100, 3200)))
    assert camera.read().gray.shape == (50, 1600)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_shows_the_empty_scene(camera: FilesCamera, tmp_path: Path, data: bytes) -> None:
    put(tmp_path, "frame.png", data)
    assert camera.read().gray.shape == (480, 640)


def test_unplugged_is_lost_until_plugged_in_again(camera: FilesCamera, tmp_path: Path) -> None:
    (tmp_path / "unplugged").touch()
    for _ in range(3):
        with pytest.raises(CameraLost):
            camera.read()
    (tmp_path / "unplugged").unlink()
    assert camera.read().gray.any()


def test_frames_are_paced_also_while_unplugged(camera: FilesCamera, tmp_path: Path, clock: Clock) -> None:
    for _ in range(15):
        camera.read()
    (tmp_path / "unplugged").touch()
    for _ in range(15):
        with pytest.raises(CameraLost):
            camera.read()
    assert clock.now_s == pytest.approx(100 + 29 / 15)


def test_a_late_caller_is_not_flooded_with_saved_up_frames(camera: FilesCamera, clock: Clock) -> None:
    camera.read()
    clock.now_s += 10
    camera.read()
    before = clock.now_s
    camera.read()
    assert clock.now_s - before == pytest.approx(1 / 15)


def test_a_folder_that_vanishes_is_an_empty_scene(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "gone"
    os.mkdir(folder)  # noqa: PTH102
    camera = FilesCamera(folder, clock.wait, clock.now)
    folder.rmdir()
    assert camera.read().gray.shape == (480, 640)
