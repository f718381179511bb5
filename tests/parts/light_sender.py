"""The reference sender of a declaration by light: what the page on a phone does, and what a camera sees of it.

The phone shows one frame after the other, each for a fraction of a second, and begins again at the end. The camera is
not in step with it: some of its pictures fall into a change of frames and hold half of each; a hand blurs others.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from tests.bench.frames import VGA, Gray, blurred_room, finish
from wire.crypto import SealingKey, kid_of
from wire.light import Content, Core, LightDeclaration, seal_declaration
from wire.light_frames import make_frames
from wire.records import IdentityKind

PHONE_HZ, CAMERA_HZ = 6.0, 15.0
LARGEST_VERSION = 10
FORM = "https://gatepost.example/form/domestic|1.0.0"


def declare(case: SealingKey, answers: bytes = bytes(range(180)), order: str = "khai-bao-thu") -> LightDeclaration:
    """A declaration of an invented person, sealed to `case` on the phone."""
    content = Content("vi", "2026-09-21T20:13:20+07:00", bytes(32), answers, IdentityKind.CCCD, "099099000001")
    return seal_declaration(content, Core(kid_of(case.public), FORM, order, 1, 29_833_333), case.public)


def as_modules(text: str) -> NDArray[np.uint8]:
    """One frame as the phone draws it: 255 light, 0 dark, with its quiet zone of four modules."""
    code = segno.make_qr(text, error="l", mode="alphanumeric", boost_error=False)
    assert int(code.version) <= LARGEST_VERSION, "too fine for a phone held by hand"
    return np.pad(255 * (1 - np.array(list(code.matrix), dtype=np.uint8)), 4, constant_values=255)


class Phone:
    """A phone before the camera that shows `declaration`, `px` camera pixels a module."""

    def __init__(self, declaration: LightDeclaration, px: float = 3.0) -> None:
        self.texts = make_frames(declaration.blob)
        self._screens = [self._as_seen(as_modules(text), px) for text in self.texts]

    def pictures(self, seed: int, seconds: float, *, blurred: float = 0.0, lost: float = 0.0) -> Iterator[Gray]:
        """What the camera sees for `seconds`; `blurred` and `lost` are the shares of pictures that a hand spoils."""
        rng = np.random.default_rng([seed, 77])
        room = blurred_room(rng, VGA)
        started = rng.uniform(0, len(self._screens))
        for number in range(round(seconds * CAMERA_HZ)):
            shown = started + number / CAMERA_HZ * PHONE_HZ
            scene = room.copy()
            self._put(scene, rng, self._screen(shown))
            fate = rng.random()
            if fate < lost:
                scene = room.copy()
            elif fate < lost + blurred:
                scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), 4.0), dtype=np.float32)
            yield finish(rng, scene, 4.0)

    def _screen(self, shown: float) -> NDArray[np.float32]:
        """What is on the phone while the camera's shutter is open: 20 ms of 33, so that changes fall into it."""
        count = len(self._screens)
        open_s = 0.020
        before, after = int(shown), int(shown + open_s * PHONE_HZ)
        if before == after:
            return self._screens[before % count]
        share = (shown + open_s * PHONE_HZ - after) / (open_s * PHONE_HZ)
        return (1 - np.float32(share)) * self._screens[before % count] + np.float32(share) * self._screens[
            after % count
        ]

    @staticmethod
    def _as_seen(modules: NDArray[np.uint8], px: float) -> NDArray[np.float32]:
        side = round(len(modules) * px)
        big = cv2.resize(modules, (side * 4, side * 4), interpolation=cv2.INTER_NEAREST)
        seen = cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
        return np.asarray(30 + seen * np.float32(200 / 255), dtype=np.float32)

    @staticmethod
    def _put(scene: NDArray[np.float32], rng: np.random.Generator, screen: NDArray[np.float32]) -> None:
        """In the middle, where the aiming frame is, shaken by a pixel or two."""
        top, left = ((VGA[i] - screen.shape[i]) // 2 + int(rng.integers(-2, 3)) for i in (0, 1))
        scene[top : top + screen.shape[0], left : left + screen.shape[1]] = screen
