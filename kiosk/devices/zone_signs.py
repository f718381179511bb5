"""The signs of a machine readable zone, each in a cell of its own, without the fillers. PURE, some 15 ms a zone.

Free OCR models are made for prose: they miscount rows of `<` and take them for K and C. But the zone has a fixed pitch
(ICAO Doc 9303 part 3: ten signs an inch), so the places of all signs are known, and a filler is told by its shape.
What is left is printed anew, its fields apart, so that digits and letters do not lean on each other; what is read
there must have as many signs as cells were left, and goes back to their places.

Cells are CELL wide and HIGH pixels high; ink is 1, paper 0 (float32).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.devices.zone_lines import Gray, Line

Ink = NDArray[np.float32]
CELL, HIGH = 24, 44
# Where fields begin, by the length of the lines and the line (Doc 9303 parts 4 to 6).
_FIELDS: dict[int, tuple[tuple[int, ...], ...]] = {
    44: ((2, 5), (10, 13, 20, 21, 28, 42)),
    36: ((2, 5), (10, 13, 20, 21, 28, 35)),
    30: ((2, 5, 15), (7, 8, 15, 18, 29), ()),
}
_LENGTHS = {2: (44, 36), 3: (30,)}
# The pitch that fits is looked for within 3 % of the line's length over its signs, the beginning within half a cell.
_PITCHES = CELL * np.linspace(0.97, 1.03, 25)
_STARTS = CELL * np.linspace(0.4, 1.6, 29)
_EDGES = 0.35  # what the first and the last sign leave of their cells, together
# Likeness to an ideal filler, then to the mean of the likeliest of this print; letters reach 0.78 and 0.88 (K).
_LIKE_ONE, _LIKE_THESE, _MODELS = 0.6, 0.91, 8
_SHIFT = 3  # pixels that a sign may stand off the middle of its cell
_BETWEEN, _BESIDE = 10, 20  # white around the lines that are printed anew


@dataclass(frozen=True, slots=True)
class Signs:
    """A zone: `cells`, line after line, and which of them are fillers; `length` signs a line."""

    length: int
    cells: tuple[Ink, ...]
    fillers: NDArray[np.bool_]

    def rows(self) -> range:
        """The numbers of the lines."""
        return range(len(self.cells) // self.length)

    def printed(self, scale: float = 1.0) -> Gray:
        """The signs that are no fillers, line by line, the fields apart; dark on white, `scale` times as large."""
        lines = [self._line(row) for row in self.rows()]
        widest = max(line.shape[1] for line in lines)
        padded = [np.pad(line, ((_BETWEEN, _BETWEEN), (_BESIDE, _BESIDE + widest - line.shape[1]))) for line in lines]
        picture = np.asarray(255 * (1 - np.clip(np.vstack(padded), 0, 1)), dtype=np.uint8)
        if scale == 1:
            return picture
        return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)

    def _line(self, row: int) -> Ink:
        blank = np.zeros((HIGH, CELL), np.float32)
        parts = [blank]
        for place in range(self.length):
            at = row * self.length + place
            if (self.fillers[at] or place in _FIELDS[self.length][row]) and parts[-1] is not blank:
                parts.append(blank)
            if not self.fillers[at]:
                parts.append(self.cells[at])
        return np.hstack(parts)

    def put_back(self, read: Sequence[str]) -> tuple[str, ...] | None:
        """The whole lines from what was read of `printed`; None where signs are missing or too many."""
        texts = ["".join(text.split()) for text in read]
        texts = [text for text in texts if text]
        if len(texts) != len(self.rows()):
            return None
        lines = []
        for row, text in zip(self.rows(), texts, strict=True):
            fillers = self.fillers[row * self.length : (row + 1) * self.length]
            if len(text) != int((~fillers).sum()):
                return None
            signs = iter(text)
            lines.append("".join("<" if filler else next(signs) for filler in fillers))
        return tuple(lines)


def signs_of(gray: Gray, zone: Sequence[Line]) -> Signs | None:
    """The signs of the lines that `find_zone` found in `gray`, also upside down; None where they are no zone."""
    length, cells = _cells(gray, zone)
    like, like_turned = likeness(cells, _FILLER), likeness(cells, _FILLER[::-1, ::-1])
    if (like_turned > _LIKE_ONE).sum() > (like > _LIKE_ONE).sum():
        cells = tuple(cell[::-1, ::-1] for cell in reversed(cells))
        like = like_turned[::-1]
    best = np.argsort(like)[-_MODELS:]
    models = [cells[at] for at in best if like[at] > _LIKE_ONE]
    if len(models) < 2:  # every zone has two fillers between the names
        return None
    mean = np.asarray(np.mean(models, axis=0), dtype=np.float32)
    fillers = likeness(cells, mean[8:-8, 2:-2]) > _LIKE_THESE
    return Signs(length, cells, fillers) if fillers.any() and not fillers.all() else None


def _cells(gray: Gray, zone: Sequence[Line]) -> tuple[int, tuple[Ink, ...]]:
    """(signs a line, the cells), by the length of lines whose grid runs best between the signs."""
    tries = []
    for length in _LENGTHS[len(zone)]:
        strips = [_ink(_levelled(gray, line, length)) for line in zone]
        grids = [_grid(strip, length) for strip in strips]
        tries.append((sum(cost for cost, _, _ in grids), length, strips, grids))
    _, length, strips, grids = min(tries, key=lambda one: one[0])
    cells = []
    for strip, (_, pitch, start) in zip(strips, grids, strict=True):
        move = np.array([[pitch / CELL, 0, start], [0, 1, 0]], np.float32)
        even = cv2.warpAffine(strip, move, (length * CELL, HIGH), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        cells += [np.asarray(cell, dtype=np.float32) for cell in np.split(even, length, axis=1)]
    return length, tuple(cells)


def _levelled(gray: Gray, line: Line, length: int) -> Gray:
    """The line laid level, `length` cells and one more on each side."""
    along = np.array([line.x1 - line.x0, line.y1 - line.y0]) / line.length
    across = np.array([-along[1], along[0]])
    scale = line.length / ((length - _EDGES) * CELL)
    start = np.array([line.x0, line.y0]) - scale * (along * (1 + _EDGES / 2) * CELL + across * HIGH / 2)
    move = np.column_stack([along * scale, across * scale, start])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(gray, move, ((length + 2) * CELL, HIGH), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(strip, dtype=np.uint8)


def _ink(strip: Gray) -> Ink:
    """How dark it is, against the paper around; the darkest strokes are 1."""
    paper = cv2.GaussianBlur(cv2.morphologyEx(strip, cv2.MORPH_CLOSE, _AROUND), (0, 0), 9).astype(np.float32)
    dark = np.clip((paper - strip) / np.maximum(paper, 1), 0, 1)
    return np.asarray(dark / max(float(np.percentile(dark, 97)), 0.05), dtype=np.float32)


def _grid(strip: Ink, length: int) -> tuple[float, float, float]:
    """(cost, pitch, start) of the `length` cells whose borders cross the least ink, and whose inside holds the most."""
    profile = np.convolve(np.clip(strip, 0, 1).sum(axis=0), np.ones(3) / 3, "same")
    summed = np.concatenate([[0.0], np.cumsum(profile)])
    columns = np.arange(len(profile))
    pitches, starts = (part.ravel() for part in np.meshgrid(_PITCHES, _STARTS))
    ends = starts + pitches * length
    borders = starts[:, None] + pitches[:, None] * np.arange(length + 1)
    crossed = np.interp(borders, columns, profile).sum(axis=1)
    inside = np.interp(ends, np.arange(len(summed)), summed) - np.interp(starts, np.arange(len(summed)), summed)
    cost = crossed / np.maximum(inside, 1)
    cost[ends > len(profile) - 2] = np.inf
    best = int(np.argmin(cost))
    return float(cost[best]), float(pitches[best]), float(starts[best])


def likeness(cells: Sequence[Ink], shape: Ink) -> NDArray[np.float32]:
    """For each cell how like it is to `shape`, -1 to 1, wherever it stands within _SHIFT pixels."""
    padded = np.pad(np.stack(cells), ((0, 0), (_SHIFT, _SHIFT), (_SHIFT, _SHIFT)))
    row = np.concatenate(list(padded), axis=1)
    like = cv2.matchTemplate(row, shape, cv2.TM_CCOEFF_NORMED)
    apart = CELL + 2 * _SHIFT
    inside = np.arange(0, row.shape[1], apart)[:, None] + np.arange(apart - shape.shape[1] + 1)
    return np.asarray(like[:, inside].max(axis=(0, 2)), dtype=np.float32)


def _ideal_filler() -> Ink:
    """Two strokes that meet at the left, 2/3 as wide as a cell and half as high as its letters are apart."""
    large = np.zeros((HIGH * 4, CELL * 4), np.float32)
    cv2.polylines(large, [np.array([[72, 56], [24, 88], [72, 120]], np.int32)], False, 1.0, 14, cv2.LINE_AA)
    small = cv2.GaussianBlur(cv2.resize(large, (CELL, HIGH), interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    return np.asarray(small[8:-8, 3:-3], dtype=np.float32)


_AROUND = np.ones((25, 25), np.uint8)
_FILLER = _ideal_filler()
