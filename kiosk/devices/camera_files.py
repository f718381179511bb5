"""A camera that a test or the bench page points at a picture by putting a file into a folder (simulated).

- `frame.png`, `.jpg`, `.gif` or `.webp` in the folder (put there by rename): the live picture while it lies there.
- `unplugged` in the folder: CameraLost until it is taken away.
- neither: an empty scene, grey with the noise of a light sensor.

Pictures are decoded only when a file's time or size changes. One larger than 1600 pixels is scaled down, as a camera
would not see it larger. A file that is no picture shows the empty scene.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.devices.pictures import BadPicture, read_gray, shrink
from kiosk.ports import CameraLost, Frame

NAMES = ("frame.png", "frame.jpg", "frame.gif", "frame.webp")
LONGEST = 1600
# Standard deviation of the gray values of one pixel of a lit, cheap sensor; and how many different frames are kept.
NOISE = 2.0
EMPTY_FRAMES = 4
SETTLING_NS = 50_000_000


class FilesCamera:
    """`wait(seconds)` paces the frames, `now()` gives monotonic seconds; both belong to the caller."""

    def __init__(
        self,
        folder: Path,
        wait: Callable[[float], object],
        now: Callable[[], float],
        *,
        fps: int = 15,
        width: int = 640,
        height: int = 480,
    ) -> None:
        self._folder = os.fspath(folder)
        self._paths = [os.fspath(folder / name) for name in NAMES]
        self._unplugged = os.fspath(folder / "unplugged")
        self._wait, self._now = wait, now
        self._interval = 1 / fps
        self._next = now()
        self._empty = empty_scene(width, height)
        self._count = 0
        self._seen: tuple[str, int, int] | None = None
        self._picture: NDArray[np.uint8] | None = None
        self._lost = False
        self._changed_ns = -1
        self._closed = False
        self.illuminated = False

    def read(self) -> Frame:
        """Give what lies in the folder now, once each frame interval."""
        now = self._now()
        # A caller who comes late gets its frame at once and the pace starts anew: frames are not saved up.
        if (left := self._next - now) > 0:
            self._wait(left)
        self._next = max(self._next, now) + self._interval
        if self._closed:
            raise CameraLost("the simulated camera is closed")
        if self._is_settled():
            picture = self._picture
        else:
            self._lost = os.path.lexists(self._unplugged)
            picture = self._look()
        if self._lost:
            raise CameraLost("the simulated camera is unplugged (file 'unplugged' lies in its folder)")
        if picture is None:
            self._count += 1
            picture = self._empty[self._count % EMPTY_FRAMES]
        return Frame(picture, round(self._now() * 1000))

    def _is_settled(self) -> bool:
        """Whether one glance at the folder (and at the file that is shown) tells that nothing has changed.

        A folder's time changes with each rename in it, but in steps of up to 10 ms: two renames may look like one. So
        for SETTLING_NS after a change (by the clock that stamps files) each frame is still looked at closely.
        """
        try:
            changed_ns = os.stat(self._folder).st_mtime_ns  # noqa: PTH116  (each frame pays for this)
        except OSError:
            changed_ns = 0
        if changed_ns != self._changed_ns or time.time_ns() - changed_ns < SETTLING_NS:
            self._changed_ns = changed_ns
            return False
        return self._seen is None or _stamp(self._seen[0]) == self._seen

    def _look(self) -> NDArray[np.uint8] | None:
        seen = next((found for path in self._paths if (found := _stamp(path))), None)
        if seen != self._seen:
            self._picture = None if seen is None else _load(seen[0])
            self._seen = seen
        return self._picture

    def set_illuminator(self, on: bool) -> None:
        """Remember it, for a test to see."""
        self.illuminated = on

    def close(self) -> None:
        """End: nothing is held open."""
        self._closed = True


def empty_scene(width: int, height: int) -> list[NDArray[np.uint8]]:
    """A grey wall, unevenly lit, as EMPTY_FRAMES pictures that differ by sensor noise only."""
    rng = np.random.default_rng(1)
    wall = np.linspace(118, 138, width, dtype=np.float32)[None, :] + np.zeros((height, 1), np.float32)
    return [np.asarray(wall + rng.normal(0, NOISE, wall.shape), dtype=np.uint8) for _ in range(EMPTY_FRAMES)]


def _stamp(path: str) -> tuple[str, int, int] | None:
    try:
        info = os.stat(path)  # noqa: PTH116  (a Path would cost more than the rest of an empty frame)
    except OSError:
        return None
    return path, info.st_mtime_ns, info.st_size


def _load(path: str) -> NDArray[np.uint8] | None:
    try:
        return shrink(read_gray(Path(path).read_bytes())[0], LONGEST)
    except (OSError, BadPicture):
        return None
