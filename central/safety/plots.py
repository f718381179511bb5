"""PURE. The hours of a week as numbers for an inline SVG: one bar an hour, a line at the limit, a mark at each day."""

from collections.abc import Sequence
from dataclasses import dataclass

from central.safety.periods import DAY_MS, HOUR_MS, VIET_NAM_MS

WIDTH, HEIGHT, TOP = 840, 140, 12
HOURS = 168


@dataclass(frozen=True, slots=True)
class Plot:
    """`bars`: (x, y, width, height, beyond the limit); `limit_y` None without one; `days`: (x, Unix ms) at midnight."""

    bars: tuple[tuple[float, float, float, float, bool], ...]
    limit_y: float | None
    limit: int | None
    most: int
    days: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT


def week_plot(values: Sequence[tuple[int, int | None]], limit: int | None, now_ms: int) -> Plot:
    """Bars for (hour ms, value) of the last seven days; hours without a value have none."""
    first = (now_ms // HOUR_MS - HOURS + 1) * HOUR_MS
    known = [(hour, value) for hour, value in values if value is not None and hour >= first]
    most = max([1, limit or 0, *(value for _, value in known)])
    step = WIDTH / HOURS
    tall = HEIGHT - TOP

    def height(value: int) -> float:
        return round(tall * value / most, 1)

    bars = tuple(
        (
            round((hour - first) / HOUR_MS * step + 0.5, 1),
            round(HEIGHT - height(value), 1),
            round(step - 1, 1),
            height(value),
            limit is not None and value > limit,
        )
        for hour, value in known
    )
    midnight = (first + VIET_NAM_MS) // DAY_MS * DAY_MS - VIET_NAM_MS + DAY_MS
    days = tuple((round((at - first) / HOUR_MS * step, 1), at) for at in range(midnight, now_ms, DAY_MS))
    return Plot(bars, None if limit is None else round(HEIGHT - height(limit), 1), limit, most, days)
