"""Codes on folded, bent or torn paper: each module is found where it lies, the code drawn anew, read by zxing-cpp.

- `finders` gives the three corners, `carrier` how far each module lies from where a flat sheet would have it.
- A slip along a fold may be a whole module or more, which no phase tells. So the walk is also made from the corners of
  each half alone, and the two readings are joined along each row, then each column.
- Print on a fold wears off, towards white: ink there is what is darker than its own row or column, too.
- Measured on 168 generated frames (tests/bench/paper.py), 42 of a kind; codes read by `python -m kiosk decode` without
  this, with it, and by the better of zxing-cpp and zbar alone: folded 19, 40, 12; slipped along the fold 10, 42, 6;
  folded in four 4, 36, 1; bent 30, 42, 22. Of 112 such frames one call reads 102; without sharpening first 89, without
  joined halves 97, without the brighter threshold along folds 97, without guesses in worn rows 101.
- Nothing is invented: of the drawn code only the finder and timing patterns, equal in all codes, do not come from the
  picture; the text has to pass the Reed-Solomon check (ISO/IEC 18004, 7.5). Noise passes it with a chance of 6e-11 a
  drawing in version 3-L (C(70,7)/256^8), less in others but versions 1 and 2 (1e-6), which are therefore not tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.devices import carrier
from kiosk.devices.carrier import Real, Waves
from kiosk.devices.decoder_zxing import read_drawn
from kiosk.devices.finders import FEWEST, FINDER, MOST, Corners, Gray, find_corners
from kiosk.devices.treatments import crisp
from kiosk.ports import Symbol

Bits = NDArray[np.bool_]
# Finders as (steps right, steps down).
TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT = (0, 0), (1, 0), (0, 1)
# Widths of finders promise 2.7 % fewer modules than there are (median of 112 codes), and lie within 12 % of that.
WIDER, UNSURE = 1.027, 0.12
# Share of the timing pattern's better arm that has to be right. By chance 1 arm in 90 of version 3 is.
TIMED = 0.8
# A row with less ink than this is worn. Half its modules are then wrong; eight guesses spread the errors otherwise over
# the blocks of the code, and mostly one of them stays within what each block corrects.
WORN, GUESSES = 0.2, 8
# Paper around a module, in modules to each side; along a worn fold only its own row or column counts.
AROUND, ALONG = 5, 9


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What was read; `proven`: a timing pattern lay between the finders, so that there is a code, read or not."""

    symbols: list[Symbol]
    proven: bool


def unfold(gray: Gray, *, codes: int, sizes: int, halves: int) -> Unfolded:
    """What the likeliest `codes` triples of finders hold, each seen in its likeliest `sizes`: the first that reads.

    The first `halves` of these sizes are also read as two halves that have slipped. Some 10 ms for a frame of 640x480
    without finders, 15 to 30 ms for most codes, on a desktop; at worst about 30 ms more for each size of each code.
    """
    gray = crisp(gray)
    proven = False
    for corners in find_corners(gray)[:codes]:
        for rank, sheet in enumerate(_sheets(gray, corners)[:sizes]):
            for bits in sheet.drawings(halves=rank < halves):
                proven = True
                if symbols := read_drawn(_drawn(bits)):
                    return Unfolded(symbols, proven)
    return Unfolded([], proven)


class _Sheet:
    """One way to see a code: its corners, modules a side, and the waves of its edges."""

    def __init__(self, gray: Gray, corners: Corners, dim: int) -> None:
        self._gray, self._corners, self._dim = gray, corners, dim
        self._across, self._along = carrier.waves(carrier.flat(gray, corners, dim))
        self.trust = float(self._across.trust.mean() + self._along.trust.mean())

    def drawings(self, halves: bool) -> Iterator[Bits]:
        """Dark modules, [row, column]: as one sheet, then as two `halves` joined along each row, each column."""
        lights = self._lights(TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT)
        bits = _dark(lights)
        if not _timed(bits):
            return
        yield bits
        plain = np.asarray(lights < _mean(lights, AROUND, AROUND), dtype=np.bool_)
        yield plain
        yield from _filled(bits, _worn(plain)[:, None] | _worn(plain.T))
        if not halves:
            return
        yield from _joined(_dark(self._lights(TOP_LEFT, TOP_RIGHT)), _dark(self._lights(BOTTOM_LEFT)))
        left, right = _dark(self._lights(TOP_LEFT, BOTTOM_LEFT)), _dark(self._lights(TOP_RIGHT))
        yield from (bits.T for bits in _joined(left.T, right.T))

    def _lights(self, *finders: tuple[int, int]) -> Real:
        """Gray value of each module, found by walks from these finders."""
        right, down = self._corners.module(self._dim)
        x, y = self._corners.origin(self._dim)
        middles = np.arange(self._dim) + 0.5
        across = middles + _distance(self._across, finders)
        below = middles[:, None] + _distance(self._along, finders)
        return _sample(self._gray, x + across * right[0] + below * down[0], y + across * right[1] + below * down[1])


def _sheets(gray: Gray, corners: Corners) -> list[_Sheet]:
    """A sheet for each version that the finders' widths allow, the most regular one first."""
    likely = corners.modules * WIDER
    dims = [dim for dim in range(FEWEST, MOST + 1, 4) if abs(dim - likely) <= UNSURE * likely]
    return sorted((_Sheet(gray, corners, dim) for dim in dims), key=lambda sheet: -sheet.trust)


def _distance(waves: Waves, finders: tuple[tuple[int, int], ...]) -> Real:
    return carrier.to_modules(carrier.walk(waves, finders))


def _sample(gray: Gray, x: NDArray[np.float64], y: NDArray[np.float64]) -> Real:
    """Gray values between pixels; beyond the picture those of its rim."""
    height, width = gray.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    right, down = x - left, y - top
    above = gray[top, left] * (1 - right) + gray[top, left + 1] * right
    below = gray[top + 1, left] * (1 - right) + gray[top + 1, left + 1] * right
    return np.asarray(above * (1 - down) + below * down, dtype=np.float32)


def _mean(lights: Real, rows: int, columns: int) -> Real:
    """Mean over so many rows and columns to each side, as far as they exist."""

    def window(reach: int) -> Real:
        at = np.arange(len(lights))
        inside = (np.abs(at[:, None] - at) <= reach).astype(np.float32)
        return np.asarray(inside / inside.sum(axis=0), dtype=np.float32)

    return np.asarray(window(rows).T @ lights @ window(columns), dtype=np.float32)


def _dark(lights: Real) -> Bits:
    """Darker than the paper around, along the row or along the column: the brightest of the three."""
    paper = np.maximum(_mean(lights, AROUND, AROUND), np.maximum(_mean(lights, 0, ALONG), _mean(lights, ALONG, 0)))
    return np.asarray(lights < paper, dtype=np.bool_)


def _timed(bits: Bits) -> bool:
    """Whether dark and light take turns along row or column 6, between the finders."""
    turns = np.arange(FINDER + 1, len(bits) - FINDER - 1)
    right = max(((bits[6, turns] == (turns % 2 == 0)).mean(), (bits[turns, 6] == (turns % 2 == 0)).mean()))
    return bool(right >= TIMED)


def _joined(above: Bits, below: Bits) -> Iterator[Bits]:
    """The upper rows of one and the lower of the other, for each row between the finders."""
    differ = (above != below).any(axis=1)
    for row in range(FINDER + 1, len(above) - FINDER):
        # Where both agree in a row, joining before it or after it is the same.
        if differ[row - 1] or row == FINDER + 1:
            yield np.concatenate([above[:row], below[row:]])


def _filled(bits: Bits, worn: Bits) -> Iterator[Bits]:
    """Guesses in place of the modules worn white, if there are any."""
    if worn.any():
        for guess in np.random.default_rng(0).integers(0, 2, (GUESSES, *bits.shape), dtype=np.bool_):
            yield np.where(worn, guess, bits)


def _worn(bits: Bits) -> Bits:
    """Rows between the finders that hold next to no ink."""
    worn = np.asarray(bits.mean(axis=1) < WORN, dtype=np.bool_)
    worn[: FINDER + 1] = worn[-FINDER - 1 :] = False
    return worn


def _drawn(bits: Bits) -> Gray:
    """A picture, 3 px a module, with the patterns that all codes share and a quiet zone of four modules."""
    code = bits.copy()
    dim = len(code)
    ring = np.maximum(*np.abs(np.indices((9, 9)) - 4))
    finder = (ring != 2) & (ring != 4)
    code[:8, :8], code[:8, -8:], code[-8:, :8] = finder[1:, 1:], finder[1:, :-1], finder[:-1, 1:]
    turns = np.arange(8, dim - 8)
    code[6, turns] = code[turns, 6] = turns % 2 == 0
    sheet = np.pad(np.where(code, 0, 255).astype(np.uint8), 4, constant_values=255)
    return sheet.repeat(3, axis=0).repeat(3, axis=1)
