"""Pictures as a gate's camera gives them, drawn by code: cards with a QR under one named fault, and scenes without one.

Every picture follows from its seed. Every person in them is invented, plainly so: province code 099 does not exist.
Sizes are in pixels, (height, width); gray values 0..255.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Real = NDArray[np.float32]
VGA = (480, 640)

# Shaped like the four kinds a Vietnamese gate must read (CCCD of 7 and of 11 fields, BHYT, Decision 1405, our pass).
TEXTS = (
    "099301000001|000000001|Trần Văn Thử|01012001|Nam|Thôn Mẫu, Xã Không Có Thật, Huyện Thử|01012022",
    "099301000002||Nguyễn Thị Ví Dụ|29022000|Nữ|Số 0 Ngõ Thử Nghiệm, Phường Không Có Thật|05052023||Trần Thử|Lê Thử|",
    "GD4099900000001|5472e1baa76e205468e1bbad|01/01/2001|1|||99-999|01/01/2022|-|01/01/2022|0000000000|-|4|-|0$",
    "0000000001|Trần Văn Thử|099301000001|099|Q0000000000000000001",
    "GP1:6BFOXN%TSMAHN-H.6 1JC:KBD9B5C*70HS8FN0WKC PLJ67:S1/96R465QVA.C/34000000",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawn frame: its gray values, the text in it (None in an empty scene) and the set that it belongs to."""

    gray: Gray
    text: str | None
    group: str


def blurred_room(rng: np.random.Generator, size: tuple[int, int]) -> Real:
    """A room out of focus: broad stains, a few straight edges (door, shelf), a slope of light."""
    height, width = size
    coarse = rng.uniform(40, 200, (5, 7)).astype(np.float32)
    room = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(3, 8))):
        a, b = rng.integers(0, [width, height], 2), rng.integers(0, [width, height], 2)
        cv2.line(room, a.tolist(), b.tolist(), float(rng.uniform(20, 230)), int(rng.integers(1, 12)))
    slope = np.linspace(-25, 25, width, dtype=np.float32) * float(rng.uniform(-1, 1))
    return np.asarray(room + slope, dtype=np.float32)


def card_with(rng: np.random.Generator, text: str, px: float) -> tuple[Real, Real]:
    """A card with the code on it, `px` pixels a module, and its mask. The code has its quiet zone of four modules."""
    code = segno.make_qr(text, error="m", encoding="utf-8")
    modules = np.array(list(code.matrix), dtype=np.float32)
    modules = np.pad(1 - modules, 4, constant_values=1)
    side = round(len(modules) * px)
    light, dark = rng.uniform(205, 240), rng.uniform(15, 50)
    # Drawn 4 times larger and averaged down, as a lens does: module edges fall between pixels.
    big = cv2.resize(modules, (side * 4, side * 4), interpolation=cv2.INTER_NEAREST)
    square = dark + (light - dark) * cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA)
    card = np.full((side + 24, side + 110), light, np.float32)
    card[12 : 12 + side, 12 : 12 + side] = square
    for row in range(18, side, 14):
        cv2.line(card, (side + 20, row), (side + 20 + int(rng.integers(20, 80)), row), float(dark + 60), 3)
    return card, np.ones_like(card)


def _place(rng: np.random.Generator, card: Real, mask: Real, size: tuple[int, int], turn: float, tilt: float) -> Real:
    """Put the card into a room, turned by up to `turn` degrees and tilted so that far edges shrink by `tilt`."""
    height, width = size
    h, w = card.shape
    angle = np.deg2rad(rng.uniform(-turn, turn))
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h]], dtype=np.float64) / 2
    corners *= 1 - rng.uniform(0, tilt, (4, 1))
    corners = corners @ spin.T
    room_left = (np.array([width, height]) - np.ptp(corners, axis=0)) / 2 - 4
    centre = np.array([width, height]) / 2 + rng.uniform(-1, 1, 2) * np.maximum(room_left, 0)
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(source, (corners + centre).astype(np.float32))
    room = blurred_room(rng, size)
    put = cv2.warpPerspective(card, warp, (width, height), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpPerspective(mask, warp, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(room * (1 - alpha) + put * alpha, dtype=np.float32)


def _crease(rng: np.random.Generator, card: Real) -> Real:
    """Folds: along each one a dark and a light line and a small shift of the paper beyond it."""
    out = card.copy()
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(20, card.shape[0] - 20))
        out[at:] = np.roll(out[at:], int(rng.integers(-2, 3)), axis=1)
        out[at : at + 2] = np.clip(out[at : at + 2] * rng.uniform(0.5, 0.8), 0, 255)
        out[at + 2 : at + 4] = np.clip(out[at + 2 : at + 4] + rng.uniform(40, 110), 0, 255)
        out[at:] *= rng.uniform(0.75, 1.0)
        out = np.ascontiguousarray(out.T if rng.random() < 0.5 else out)
        out = out if out.shape == card.shape else np.ascontiguousarray(out.T)
    return out


def _glare(rng: np.random.Generator, scene: Real) -> Real:
    """A lamp mirrored in the laminate: a soft spot that burns out what lies below."""
    height, width = scene.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cx, cy = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7)
    spread = rng.uniform(18, 60)
    spot = np.exp(-(((x - cx) / (spread * rng.uniform(1, 2))) ** 2 + ((y - cy) / spread) ** 2) / 2)
    return np.asarray(scene + rng.uniform(90, 260) * spot, dtype=np.float32)


def finish(rng: np.random.Generator, scene: Real, noise: float) -> Gray:
    noisy = scene + rng.normal(0, noise, scene.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _motion(rng: np.random.Generator, scene: Real) -> Real:
    """A hand that does not hold still: smeared along one direction."""
    length = int(rng.integers(3, 8))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    return np.asarray(cv2.filter2D(scene, -1, kernel if rng.random() < 0.5 else kernel.T), dtype=np.float32)


def _draw(rng: np.random.Generator, fault: str, text: str, size: tuple[int, int]) -> Gray:
    px = {"small": rng.uniform(1.8, 2.3), "edge": rng.uniform(1.5, 1.9)}.get(fault, rng.uniform(2.4, 4.0))
    card, mask = card_with(rng, text, px)
    if fault in ("creased", "worst"):
        card = _crease(rng, card)
    if fault == "inverted":
        card = 255 - card
    if fault in ("low contrast", "worst"):
        card = 90 + (card - 90) * np.float32(rng.uniform(0.08, 0.3))
    turn, tilt = (180, 0.28) if fault in ("tilted", "worst") else (12, 0.05)
    scene = _place(rng, card, mask, size, turn, tilt)
    if fault == "blurred":
        scene = cv2.GaussianBlur(scene, (0, 0), px * rng.uniform(0.3, 0.7)).astype(np.float32)
    if fault == "smeared":
        scene = _motion(rng, scene)
    if fault in ("glare", "worst"):
        scene = _glare(rng, scene)
    return finish(rng, scene, rng.uniform(12, 30) if fault in ("noisy", "worst") else rng.uniform(1, 4))


def drawn(text: str, px: int = 4) -> Gray:
    """`text` as a plain QR code, upright, `px` pixels a module, with its quiet zone: a picture without any fault."""
    modules = np.array(list(segno.make_qr(text, error="m", encoding="utf-8").matrix), dtype=np.uint8)
    large = np.kron(np.pad(255 * (1 - modules), 4, constant_values=255), np.ones((px, px), np.uint8))
    return np.asarray(large, dtype=np.uint8)


FAULTS = (
    "plain", "creased", "blurred", "smeared", "tilted", "glare", "noisy", "low contrast", "small", "edge",
    "inverted", "worst",
)  # fmt: skip


def damaged(per_fault: int, seed: int = 1, size: tuple[int, int] = VGA) -> Iterator[Picture]:
    """`per_fault` pictures of each of FAULTS, each holding one of TEXTS."""
    for number, fault in enumerate(FAULTS):
        for index in range(per_fault):
            rng = np.random.default_rng([seed, number, index])
            text = TEXTS[index % len(TEXTS)]
            yield Picture(_draw(rng, fault, text, size), text, fault)


def _still(rng: np.random.Generator, size: tuple[int, int], count: int) -> Iterator[Gray]:
    room = blurred_room(rng, size)
    return (finish(rng, room, 3.0) for _ in range(count))


def _dark(rng: np.random.Generator, size: tuple[int, int], count: int) -> Iterator[Gray]:
    room = blurred_room(rng, size) * np.float32(0.15)
    return (finish(rng, room, 7.0) for _ in range(count))


def _people(rng: np.random.Generator, size: tuple[int, int], count: int) -> Iterator[Gray]:
    """Somebody in a checked shirt walks through: the hardest kind of nothing, full of small squares."""
    height, width = size
    room = blurred_room(rng, size)
    checks = np.kron(rng.integers(40, 220, (30, 16)).astype(np.float32), np.ones((12, 12), np.float32))
    checks = checks[: height - 100]
    for index in range(count):
        scene = room.copy()
        left = int((width - checks.shape[1]) * (0.5 - 0.5 * np.cos(2 * np.pi * index / 60)))
        scene[60 : 60 + checks.shape[0], left : left + checks.shape[1]] = checks
        yield finish(rng, scene, 3.0)


def _shelf(rng: np.random.Generator, size: tuple[int, int], count: int) -> Iterator[Gray]:
    """A wall of print: notices and price tags, black on white, with no code among them."""
    room = np.clip(blurred_room(rng, size), 0, 255).astype(np.uint8)
    for top in range(10, size[0] - 60, 70):
        for left in range(10, size[1] - 90, 100):
            cv2.rectangle(room, (left, top), (left + 88, top + 60), 225, -1)
            for row in range(top + 10, top + 55, 12):
                cv2.putText(room, "gia 0 dong", (left + 3, row), cv2.FONT_HERSHEY_PLAIN, 0.8, 40, 1)
    return (finish(rng, room.astype(np.float32), 3.0) for _ in range(count))


EMPTY: dict[str, Callable[[np.random.Generator, tuple[int, int], int], Iterator[Gray]]] = {
    "still room": _still,
    "dark room": _dark,
    "people walking": _people,
    "wall of print": _shelf,
}


def empty(kind: str, count: int, seed: int = 1, size: tuple[int, int] = VGA) -> Iterator[Picture]:
    """`count` frames in time order of a scene without a code; `kind` is a key of EMPTY."""
    rng = np.random.default_rng([seed, 1000, list(EMPTY).index(kind)])
    return (Picture(gray, None, kind) for gray in EMPTY[kind](rng, size, count))
