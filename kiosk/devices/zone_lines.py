"""Where a passport's machine readable zone lies in a picture: its two or three long lines. PURE, about 5 ms a frame.

ICAO Doc 9303: 2 lines of 44 or 36 signs, or 3 of 30; ten signs an inch, lines a quarter of an inch apart, nothing else
beside them. So, whatever the size: dark, long, thin, parallel, as long as each other, and apart by 1/18 to 1/12 of
their length (somewhat less when the page leans away from the camera). Places are (x, y) in pixels of the picture.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
# The picture is looked at in this width: signs of 44 a line are then about as large as the kernels below expect.
LOOKED_AT = 640
# A line of less than this much of the picture's width has too few pixels a sign to be read.
SHORTEST = 0.4
# Steeper than this (about 17 degrees) lines run into each other when they are joined along the rows.
STEEPEST = 0.3
_STROKES = cv2.getStructuringElement(cv2.MORPH_RECT, (17, 17))
_ALONG = cv2.getStructuringElement(cv2.MORPH_RECT, (25, 1))
_THICK = cv2.getStructuringElement(cv2.MORPH_RECT, (25, 3))
_THINNEST = 12  # a line is at least so many times longer than high
_LENGTHS, _SHIFTED = 0.1, 0.12  # how far lines of one zone differ in length, and begin aside, in lengths
_NEAREST, _FARTHEST = 1 / 26, 1 / 9


class Line(NamedTuple):
    """The middle of a line of print, from the left edge of its first sign to the right edge of its last."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def length(self) -> float:
        """In pixels."""
        return float(np.hypot(self.x1 - self.x0, self.y1 - self.y0))


def find_zone(gray: Gray) -> tuple[Line, ...]:
    """The lines of the lowest zone in `gray`, from above; () where there is none. Any 2-D uint8 array, any size."""
    height, width = gray.shape
    scale = LOOKED_AT / max(width, 1)
    if min(height * scale, width) < 2 * _STROKES.shape[0]:
        return ()
    lines = sorted(_long_lines(_joined(gray, scale)), key=lambda line: -(line.y0 + line.y1))
    for number, lowest in enumerate(lines):
        zone = [lowest]
        for line in lines[number + 1 :]:
            if len(zone) < 3 and _belong(line, zone[-1]):
                zone.append(line)
        if len(zone) > 1:
            return tuple(Line(*(place / scale for place in line)) for line in reversed(zone))
    return ()


def _joined(gray: Gray, scale: float) -> Gray:
    """Dark strokes on lighter ground, those of one line run together; 255 or 0."""
    size = (LOOKED_AT, round(gray.shape[0] * scale))
    small = np.ascontiguousarray(gray) if scale == 1 else cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    strokes = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, _STROKES)
    _, ink = cv2.threshold(strokes, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _ALONG)
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, _THICK), dtype=np.uint8)


def _long_lines(joined: Gray) -> list[Line]:
    """The parts that are long, thin and near enough level."""
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for label in range(1, count):
        left, top, wide, high, area = (int(size) for size in sizes[label])
        if wide < SHORTEST * LOOKED_AT or area * _THINNEST > wide * wide:
            continue
        rows, columns = np.nonzero(labels[top : top + high, left : left + wide] == label)
        slope, start = np.polyfit(columns, rows, 1)
        if abs(slope) < STEEPEST:
            found.append(Line(left, top + start, left + wide - 1, top + start + slope * (wide - 1)))
    return found


def _belong(upper: Line, lower: Line) -> bool:
    """Whether `upper` can be the line above `lower`."""
    length = lower.length
    apart = (lower.y0 + lower.y1 - upper.y0 - upper.y1) / 2
    return (
        abs(upper.length - length) < _LENGTHS * length
        and abs(upper.x0 - lower.x0) < _SHIFTED * length
        and _NEAREST * length < apart < _FARTHEST * length
    )
