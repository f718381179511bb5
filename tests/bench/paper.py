"""Codes on paper that was folded, as a gate's camera sees them: halves that lean, slip, wear white; fours; bends.

The sheet is a polyline along each of its two axes, seen in perspective: every piece of it is flat, so each is put into
the frame by its own homography, with its own share of the light. Every picture follows from its seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.frames import TEXTS, VGA, Gray, Picture, Real, blurred_room, card_with, finish

# Beside the five kinds of the gate (versions 4 to 8): versions 3 and 10.
PAPER_TEXTS = (
    *TEXTS,
    "099099000001|0000000001|Bà Thử",
    "099099000001||Lê Thị Ví Dụ|05061944|Nữ|Tổ 7, Ấp Giả Định, Xã Không Có Thật, Huyện Ví Dụ, Thành phố Hồ Chí Minh"
    "|15032022||Trần Văn Thử|Lê Thị Ví Dụ|",
)
FOLDS = ("folded", "slipped", "folded in four", "bent")
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Profile:
    """The sheet's course along one axis: at `along` (card pixels from the fold) it lies at `across`, `height` above."""

    along: Points
    across: Points
    height: Points


def _flat(reach: float) -> Profile:
    ends = np.array([-reach, reach])
    return Profile(ends, ends, np.zeros(2))


def _fold(rng: np.random.Generator, reach: float) -> Profile:
    """Two halves, each leaning up to 35 degrees, both towards the camera or both away."""
    lean = np.deg2rad(rng.uniform(2, 35, 2))
    up = rng.choice((-1, 1))
    along = np.array([-reach, 0, reach])
    across = np.array([-np.cos(lean[0]), 0, np.cos(lean[1])]) * reach
    return Profile(along, across, up * np.array([np.sin(lean[0]), 0, np.sin(lean[1])]) * reach)


def _bend(rng: np.random.Generator, reach: float, width: float) -> Profile:
    """A cylinder: the code's width turns by 30 to 80 degrees. Twelve strips across the code, flat beyond."""
    radius = width / np.deg2rad(rng.uniform(30, 80)) * rng.choice((-1, 1))
    turn = np.linspace(-width / 2, width / 2, 13) / radius
    along, across, height = turn * radius, radius * np.sin(turn), radius * (1 - np.cos(turn))
    beyond = reach - width / 2
    ends = np.array([-np.cos(turn[0]), np.cos(turn[-1])]) * beyond
    rise = np.array([-np.sin(turn[0]), np.sin(turn[-1])]) * beyond
    return Profile(
        np.array([-reach, *along, reach]),
        np.array([across[0] + ends[0], *across, across[-1] + ends[1]]),
        np.array([height[0] + rise[0], *height, height[-1] + rise[1]]),
    )


def _view(rng: np.random.Generator, distance: float) -> NDArray[np.float64]:
    """A camera: a 3x4 matrix. Held by hand: turned by up to 25 degrees, tilted by up to 18 about each other axis."""
    roll, pitch, yaw = np.deg2rad(rng.uniform(-1, 1, 3) * (25, 18, 18))
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turned = about_z @ about_x @ about_y
    lens = np.diag([distance, distance, 1.0])
    return np.asarray(lens @ np.column_stack([turned, [0, 0, distance]]), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A card with its mask, the fold's middle and direction on it, its two profiles, the slip beyond the fold."""

    card: Real
    middle: Points
    turn: NDArray[np.float64]
    profiles: tuple[Profile, Profile]
    slip: float


def _pieces(sheet: Sheet) -> Iterator[tuple[Points, Points]]:
    """Corners of each flat piece: on the sheet (n, 2) along its axes, and in the room (n, 4), homogeneous."""
    a, b = sheet.profiles
    for i in range(len(a.along) - 1):
        slip = sheet.slip if a.along[i] >= 0 else 0.0
        for j in range(len(b.along) - 1):
            at = [(i + p, j + q) for p, q in ((0, 0), (1, 0), (1, 1), (0, 1))]
            solid = [(a.across[k], b.across[m] + slip, a.height[k] + b.height[m], 1.0) for k, m in at]
            yield np.array([(a.along[k], b.along[m]) for k, m in at]), np.array(solid)


def _put(rng: np.random.Generator, sheet: Sheet, size: tuple[int, int]) -> Real:
    """The sheet before the camera, each piece with its light; a bent one is lit evenly."""
    height, width = size
    camera = _view(rng, 3.5 * max(sheet.card.shape))
    centre = np.array([width, height]) / 2 + rng.uniform(-25, 25, 2)
    y, x = np.mgrid[0 : sheet.card.shape[0], 0 : sheet.card.shape[1]]
    axes = (np.stack([x, y], axis=-1) - sheet.middle) @ sheet.turn.T
    light, cover = np.zeros(size, np.float32), np.zeros(size, np.float32)
    pieces = list(_pieces(sheet))
    for corners, solid in pieces:
        inside = ((axes >= corners[0]) & (axes < corners[2])).all(axis=-1).astype(np.float32)
        seen = solid @ camera.T
        target = seen[:, :2] / seen[:, 2:] + centre
        source = corners @ sheet.turn + sheet.middle
        warp = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
        alpha = cv2.warpPerspective(inside, warp, (width, height))
        share = np.float32(rng.uniform(0.75, 1)) if len(pieces) <= 4 else np.float32(1)
        cover += alpha
        light += cv2.warpPerspective(sheet.card, warp, (width, height)) * alpha * share
    alpha = np.minimum(cover, 1)
    return np.asarray(blurred_room(rng, size) * (1 - alpha) + light / np.maximum(cover, 1e-3) * alpha, dtype=np.float32)


def _wear(rng: np.random.Generator, card: Real, middle: Points, direction: Points, px: float) -> None:
    """Along a fold the print has come off, over up to 0.9 modules."""
    a, b = ((middle + way * direction * 2000).round().astype(int) for way in (-1, 1))
    worn = card.copy()
    cv2.line(worn, a.tolist(), b.tolist(), float(card.max()), max(1, round(px * rng.uniform(0.3, 0.9))))
    share = np.float32(rng.uniform(0.4, 1))
    card[:] = card * (1 - share) + worn * share


def _draw(rng: np.random.Generator, fault: str, text: str, size: tuple[int, int]) -> Gray:
    px = float(rng.uniform(2.5, 5))
    card, _ = card_with(rng, text, px)
    side = card.shape[0] - 24
    reach = 2.0 * max(card.shape)
    # Paper is folded along its edges, and the code lies along them: within 4 degrees.
    angle = np.deg2rad(rng.uniform(-4, 4) + 90 * rng.integers(0, 2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    at = rng.uniform(0.32, 0.68, 2) if fault != "bent" else rng.uniform(0.45, 0.55, 2)
    middle = 12 + side * at
    profiles = {
        "folded in four": lambda: (_fold(rng, reach), _fold(rng, reach)),
        "bent": lambda: (_bend(rng, reach, side), _flat(reach)),
    }.get(fault, lambda: (_fold(rng, reach), _flat(reach)))()
    for axis in range({"bent": 0, "folded in four": 2}.get(fault, 1)):
        _wear(rng, card, middle, turn[1 - axis], px)
    slip = float(rng.uniform(0.5, 1.5) * px * rng.choice((-1, 1))) if fault == "slipped" else 0.0
    scene = _put(rng, Sheet(card, middle, turn, profiles, slip), size)
    scene = cv2.GaussianBlur(scene, (0, 0), px * float(rng.uniform(0.1, 0.3))).astype(np.float32)
    return finish(rng, scene, float(rng.uniform(1, 4)))


def folded(per_group: int, seed: int = 1, size: tuple[int, int] = VGA) -> Iterator[Picture]:
    """`per_group` pictures of each of FOLDS, each holding one of PAPER_TEXTS."""
    for number, fault in enumerate(FOLDS):
        for index in range(per_group):
            rng = np.random.default_rng([seed, 2000 + number, index])
            text = PAPER_TEXTS[index % len(PAPER_TEXTS)]
            yield Picture(_draw(rng, fault, text, size), text, fault)
