"""Signs of a machine readable zone -> text, by comparing each cell with the typeface itself.

Travel documents are printed in OCR-B, size 1 (ICAO Doc 9303 part 3, section 4.4). Where a font of it is installed
(Debian's fonts-ocr-b) its letters and digits are drawn once; each cell is the sign that it is most like. The blur of
the camera is learned from the fillers, of which it is known what they are. About 30 ms a zone on a desktop. A sign that
might as well be another one makes the whole zone unread: the next picture is better.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.zone_signs import CELL, HIGH, Ink, Signs, likeness

_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_CAPITALS = 2.4 / 2.54  # height of a capital, in pitches
_BLURS = (0.8, 1.3, 1.8, 2.4, 3.2)  # sigma in pixels of a cell
_FINE = 4
# Every sign of OCR-B is 0.93 like itself, blurred and noisy too; in another typeface or weight one is always below.
# Nearer than this to the next sign (most often O to 0), nobody can tell.
_LIKE, _CLEARER = 0.92, 0.012
_INSIDE = (slice(6, -6), slice(1, -1))


def open_font(font: Path) -> "FontOcr | None":
    """The reader, where `font` is a file that holds a typeface."""
    try:
        return FontOcr(font)
    except OSError:
        return None


class FontOcr:
    """`font`: a file with OCR-B in it. Raises OSError where it is none."""

    knows_letters = True

    def __init__(self, font: Path) -> None:
        face = _face(font)
        filler, *signs = (_drawn(face, sign) for sign in "<" + _SIGNS)
        self._fillers = {blur: _blurred(filler, blur) for blur in _BLURS}
        self._signs = {blur: [_blurred(sign, blur) for sign in signs] for blur in _BLURS}

    def lines(self, signs: Signs) -> tuple[str, ...]:
        """What stands in the cells that are no fillers, line by line; () when one of them is in doubt."""
        cells = [cell for cell, filler in zip(signs.cells, signs.fillers, strict=True) if not filler]
        like = np.array([likeness(cells, sign) for sign in self._signs[self._blur(signs)]])
        second, first = np.sort(like, axis=0)[-2:]
        if first.min() < _LIKE or (first - second).min() < _CLEARER:
            return ()
        read = iter(_SIGNS[best] for best in like.argmax(axis=0))
        rows = [signs.fillers[row * signs.length : (row + 1) * signs.length] for row in signs.rows()]
        return tuple("".join(next(read) for filler in fillers if not filler) for fillers in rows)

    def close(self) -> None:
        """Nothing runs."""

    def _blur(self, signs: Signs) -> float:
        mean = np.mean([cell for cell, filler in zip(signs.cells, signs.fillers, strict=True) if filler], axis=0)
        cell = [np.asarray(mean, dtype=np.float32)]
        return max(_BLURS, key=lambda blur: float(likeness(cell, self._fillers[blur])[0]))


def _face(font: Path) -> ImageFont.FreeTypeFont:
    """The font in the size at which its capitals are as high as on a passport whose pitch is CELL."""
    trial = 1000
    _, top, _, bottom = ImageFont.truetype(str(font), trial).getbbox("H")
    return ImageFont.truetype(str(font), round(trial * CELL * _FINE * _CAPITALS / (bottom - top)))


def _drawn(face: ImageFont.FreeTypeFont, sign: str) -> Ink:
    image = Image.new("L", (CELL * _FINE, HIGH * _FINE), 0)
    foot = (HIGH + CELL * _CAPITALS) * _FINE / 2
    ImageDraw.Draw(image).text((CELL * _FINE / 2, foot), sign, fill=255, font=face, anchor="ms")
    small = cv2.resize(np.asarray(image, dtype=np.float32), (CELL, HIGH), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, dtype=np.float32)


def _blurred(sign: NDArray[np.float32], blur: float) -> Ink:
    return np.asarray(cv2.GaussianBlur(sign, (0, 0), blur)[_INSIDE], dtype=np.float32)
