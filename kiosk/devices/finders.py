"""The three finder patterns of a QR code, also on paper whose parts no longer fit together. PURE.

A straight line through the middle of a finder pattern crosses dark, light, dark, light, dark in the lengths 1:1:3:1:1
(ISO/IEC 18004, 6.3.3), whichever way the pattern is turned. So rows and columns are cut into runs, and a place that is
a middle both ways is a finder; most of its crossings agree, those of chance do not. Edges are taken between pixels: at
2.5 px a module whole pixels are too coarse. Lengths are in pixels, places (x, y) with pixel middles at whole numbers.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Gray = NDArray[np.uint8]
Real = NDArray[np.float32]
Points = NDArray[np.float64]
# Along rows (or columns): places, numbers of the rows, lengths.
Middles = tuple[Real, NDArray[np.int64], Real]
# Side of a finder pattern in modules.
FINDER = 7
# Below this mean contrast, in gray values, nothing is print; ink is darker than its surroundings by a fifth of it.
CLEAR, INK = 10, 0.2
# A ring's run may be this much of a seventh of the whole, the heart's run this much: blur and worn ink shift edges.
RING, HEART = (0.35, 1.9), (1.9, 4.2)
# The clearest middles of a picture: 1500 rows' by 1500 columns' take some 10 ms to match.
MOST_MIDDLES, MOST_FINDERS, BLOCK = 1500, 6, 100
# How far the finders of one code differ in size, its sides in length, and its corner from a square one (cosine).
SIZES, SIDES, SQUARE = 1.6, 1.7, 0.45
# Modules a side, versions 3 to 17: below them a chance reading is likelier (see kiosk.devices.unfold), and a folded
# code of more has too few pixels a module in a gate's frame.
FEWEST, MOST = 29, 85


@dataclass(frozen=True, slots=True)
class Corners:
    """Middles of the finder patterns at top left, top right, bottom left, and modules a side by their widths."""

    top_left: Points
    top_right: Points
    bottom_left: Points
    modules: float

    def module(self, dim: int) -> tuple[Points, Points]:
        """One module to the right and one down if the code, of `dim` modules a side, lay flat."""
        across, below = self.top_right - self.top_left, self.bottom_left - self.top_left
        return across / (dim - FINDER), below / (dim - FINDER)

    def origin(self, dim: int) -> Points:
        """The outer corner of the module at top left."""
        right, down = self.module(dim)
        return np.asarray(self.top_left - FINDER / 2 * (right + down))


@dataclass(frozen=True, slots=True)
class Finder:
    """One finder pattern: its middle, its width, and how many of its crossings agree, to its width."""

    place: Points
    width: float
    agreed: float


def find_corners(gray: Gray) -> list[Corners]:
    """Triples of finders that may be one code's, likeliest first, 20 at most. Some 10 ms for 640x480 on a desktop."""
    if min(gray.shape, default=0) < 2 * FINDER:
        return []
    found = [fit for three in combinations(_finders(gray), 3) if (fit := _fit(three))]
    return [corners for _, corners in sorted(found, key=lambda fit: fit[0])]


def _ink(gray: Gray) -> tuple[Real, Real]:
    """How much darker than paper each pixel is (light is negative), and the mean contrast around it."""
    image = Image.fromarray(np.ascontiguousarray(gray))
    radius = max(2, min(gray.shape) // 48)

    def around(picture: Image.Image) -> Image.Image:
        # A mean over a twelfth of the picture to each side; at a quarter of its size, which is much faster.
        return picture.reduce(4).filter(ImageFilter.BoxBlur(radius)).resize(image.size, Image.Resampling.BILINEAR)

    darker = np.asarray(around(image), dtype=np.float32) - gray
    strength = Image.fromarray(np.minimum(np.abs(darker), 255).astype(np.uint8))
    contrast = np.asarray(around(strength), dtype=np.float32)
    return np.asarray(darker - np.maximum(3, contrast * INK), dtype=np.float32), contrast


def _middles(ink: Real, contrast: Real) -> Middles:
    """Along the rows: places x of 1:1:3:1:1 middles, their rows, and the length of all five runs."""
    width = ink.shape[1]
    flat = ink.ravel()
    dark = flat > 0
    edge = np.flatnonzero(dark[1:] != dark[:-1])
    at = edge + flat[edge] / (flat[edge] - flat[edge + 1])
    runs = np.diff(at)
    # Five runs need six edges; the first of them must begin in the dark.
    first = np.flatnonzero(~dark[edge[:-5]]) if edge.size > 5 else np.empty(0, np.int64)
    whole = at[first + 5] - at[first]
    fits = edge[first] // width == edge[first + 5] // width
    for offset, (low, high) in enumerate((RING, RING, HEART, RING, RING)):
        run = runs[first + offset] * FINDER
        fits &= (run > low * whole) & (run < high * whole)
    first, whole = first[fits], whole[fits]
    row = edge[first] // width
    middle = (at[first + 2] + at[first + 3]) / 2 - row * width
    clear = contrast[row, middle.astype(np.int64)]
    best = np.argsort(-clear, kind="stable")[: min(MOST_MIDDLES, int((clear > CLEAR).sum()))]
    return middle[best].astype(np.float32), row[best], whole[best].astype(np.float32)


def _crossings(rows: Middles, columns: Middles) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the rows' and the columns' middles that are the same place."""
    (x, row, wide), (y, column, high) = rows, columns
    across, down = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    # Block by block: memory once taken in pieces of many megabytes stays with the process.
    for first in range(0, len(x), BLOCK):
        x_, row_, wide_ = (part[first : first + BLOCK, None] for part in (x, row, wide))
        # Half a module and a pixel: the heart is three modules wide, so rows and columns meet within it.
        near = (np.abs(x_ - column) < 1 + wide_ / 14) & (np.abs(y - row_) < 1 + high / 14)
        near &= (wide_ < 2 * high) & (high < 2 * wide_)
        found = np.nonzero(near)
        across.append(found[0] + first)
        down.append(found[1])
    return np.concatenate(across), np.concatenate(down)


def _finders(gray: Gray) -> list[Finder]:
    """Places that are middles both ways; most agreed first."""
    ink, contrast = _ink(gray)
    x, row, wide = _middles(ink, contrast)
    y, column, high = _middles(np.ascontiguousarray(ink.T), np.ascontiguousarray(contrast.T))
    across, down = _crossings((x, row, wide), (y, column, high))
    widths = np.sqrt(wide[across] * high[down])
    worth = np.bincount(across, minlength=len(x))[across] * np.bincount(down, minlength=len(y))[down] / widths**2
    order = np.argsort(-worth, kind="stable")
    places, widths = np.column_stack([x[across], y[down]])[order].astype(np.float64), widths[order]
    finders: list[Finder] = []
    while len(places) and len(finders) < 2 * MOST_FINDERS:
        close = np.hypot(*(places - places[0]).T) < widths[0] / 2
        width = float(np.median(widths[close]))
        finders.append(Finder(np.median(places[close], axis=0), width, float(close.sum()) / width))
        places, widths = places[~close], widths[~close]
    return sorted(finders, key=lambda finder: -finder.agreed)[:MOST_FINDERS]


def _fit(three: tuple[Finder, ...]) -> tuple[float, Corners] | None:
    """The three as corners of one code, with how badly they fit; None when they cannot be."""
    widths = [finder.width for finder in three]
    if max(widths) > SIZES * min(widths):
        return None
    fits = [fit for turn in range(3) if (fit := _fit_around(three[turn], three[turn - 1], three[turn - 2], widths))]
    if not fits:
        return None
    badness, corners = min(fits, key=lambda fit: fit[0])
    return badness - float(np.log([finder.agreed for finder in three]).sum()), corners


def _fit_around(corner: Finder, one: Finder, other: Finder, widths: list[float]) -> tuple[float, Corners] | None:
    """The same with `corner` at top left."""
    right, down = one.place - corner.place, other.place - corner.place
    if right[0] * down[1] < right[1] * down[0]:
        right, down = down, right
    across, below = float(np.hypot(*right)), float(np.hypot(*down))
    lean, ratio = abs(float(right @ down)) / (across * below), max(across, below) / min(across, below)
    if ratio > SIDES or lean > SQUARE:
        return None
    # A square turned by t is wider by 1 / cos t along rows and columns alike, t within 45 degrees.
    turn = np.arctan2(right[1], right[0])
    module = float(np.mean(widths)) / FINDER * max(abs(np.cos(turn)), abs(np.sin(turn)))
    modules = float(np.sqrt(across * below)) / module + FINDER
    if not FEWEST * 0.85 <= modules <= MOST * 1.15:
        return None
    badness = lean + float(np.log(ratio) + np.log(max(widths) / min(widths)))
    return badness, Corners(corner.place, corner.place + right, corner.place + down, modules)
