"""The count per hour as numbers for an inline SVG: ins above the line, outs below it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, TOP = 960, 180, 16
_SLOT = WIDTH / 24
_HALF = (HEIGHT - 2 * TOP) / 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: left edge, width, and the heights of both bars in SVG units."""

    hour: int
    x: float
    width: float
    up: float
    down: float
    ins: int
    outs: int


@dataclass(frozen=True, slots=True)
class Chart:
    """24 bars around the line at `middle`; `most` is the count that the tallest bar stands for."""

    bars: tuple[Bar, ...]
    middle: float
    most: int


def hours_chart(ins: Sequence[int], outs: Sequence[int]) -> Chart:
    """Bars for 24 hours, scaled to the busiest."""
    most = max(1, *ins, *outs)
    bars = tuple(
        Bar(
            hour,
            round(hour * _SLOT + 5, 1),
            round(_SLOT - 10, 1),
            round(_HALF * ins[hour] / most, 1),
            round(_HALF * outs[hour] / most, 1),
            ins[hour],
            outs[hour],
        )
        for hour in range(24)
    )
    return Chart(bars, TOP + _HALF, most)
