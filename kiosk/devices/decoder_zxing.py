"""zxing-cpp: the first and usually only look.

Options, with what was measured on generated 640x480 frames (tests/bench/decode.py):
- QR only: what a visitor shows. Every further symbology costs time and is one more way to see what is not there.
- try_downscale: finds codes held so close that modules are wider than about 10 px; try_invert: light on dark (a phone
  in dark mode). Each about doubles an empty frame, so the gate spends them on some frames only: `full` turns on both.
- try_rotate: no cost or gain for QR, which has no direction. Left at the library's default.
- return_errors: costs nothing and tells where a code is seen but not read. In 160 empty frames it never lied.
- Binarizer LocalAverage (the default): GlobalHistogram is three times cheaper but reads 216 instead of 356 of 480.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from kiosk.ports import Symbol

Gray = NDArray[np.uint8]
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look gave: the codes read, and the places (top, bottom, left, right) of codes seen but not read."""

    symbols: list[Symbol]
    places: list[tuple[int, int, int, int]]


NOTHING = Sight([], [])


def look(gray: Gray, *, full: bool = True) -> Sight:
    """One look at a whole picture. Never raises; a picture that zxing-cpp cannot take gives NOTHING."""
    if gray.ndim != 2 or min(gray.shape) < 8:
        return NOTHING
    try:
        found = zxingcpp.read_barcodes(
            gray,
            formats=_QR,
            try_downscale=full,
            try_invert=full,
            return_errors=True,
        )
    except (RuntimeError, ValueError, TypeError):
        return NOTHING
    if not found:
        return NOTHING
    texts = dict.fromkeys(_text(code) for code in found if code.valid)
    symbols = [Symbol(text, "QRCode", "zxing") for text in texts]
    return Sight(symbols, [_place(code, gray.shape) for code in found if not code.valid])


def read_drawn(gray: Gray) -> list[Symbol]:
    """The code that fills a picture drawn by us, module for module upright: some 0.1 ms. Otherwise as `look`."""
    try:
        found = zxingcpp.read_barcodes(gray, formats=_QR, is_pure=True, try_downscale=False, try_invert=False)
    except (RuntimeError, ValueError, TypeError):
        return []
    return [Symbol(text, "QRCode", "zxing") for text in dict.fromkeys(_text(code) for code in found if code.valid)]


def _text(code: Any) -> str:
    """Bytes that are UTF-8 are UTF-8, unless the code itself states a character set ("]Q2" and the like, ISO 15424)."""
    if code.symbology_identifier not in ("]Q2", "]Q4", "]Q6"):
        try:
            return bytes(code.bytes).decode()
        except UnicodeDecodeError:
            pass  # not UTF-8: the library's guess is the best there is
    return str(code.text)


def _place(code: Any, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The box around a code with a quarter of its size to spare: the located corners are only roughly right."""
    where = code.position
    corners = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    xs, ys = [p.x for p in corners], [p.y for p in corners]
    spare = max(max(xs) - min(xs), max(ys) - min(ys)) // 4 + 4
    top, bottom = max(0, min(ys) - spare), min(shape[0], max(ys) + spare)
    left, right = max(0, min(xs) - spare), min(shape[1], max(xs) + spare)
    return top, bottom, left, right


class ZxingDecoder:
    """Decoder port: one full look, nothing else."""

    def __init__(self) -> None:
        self._closed = False

    def decode(self, gray: Gray) -> list[Symbol]:
        """About 0.5 ms for an empty 640x480 picture, 2 ms with a code, on a desktop; bounded by the picture's size."""
        return [] if self._closed else look(gray).symbols

    def close(self) -> None:
        """Nothing is held."""
        self._closed = True
