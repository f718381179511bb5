"""PURE. Until when a check holds, and when the next one is due. Unix ms; days are those of Viet Nam (UTC+7).

- The short check of a day holds until noon of the next day: the morning is there to do the next one.
- A whole check holds for the days of its scheme, to the end of the last one.
- A day on which the place is shut asks for nothing: both go on to its next open day (central.safety.opening).
- A reminder comes on the morning of the day on which one ends: at 07:00, and for a whole check three days ahead.
"""

from collections.abc import Callable
from typing import Literal

Period = Literal["daily", "periodic"]
PERIODS: tuple[Period, ...] = ("daily", "periodic")

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
VIET_NAM_MS = 7 * HOUR_MS
_NOON, _MORNING = 12, 7
_AHEAD_DAYS = {"daily": 0, "periodic": 3}


def _tomorrow(day: int) -> int:
    return day + 1


def until_of(period: Period, at_ms: int, days: int, opens_after: Callable[[int], int] = _tomorrow) -> int:
    """When a check made at `at_ms` is over; `days` of its scheme count for a whole one.

    `opens_after(day)` is the place's next open day after a day.
    """
    day = day_of(at_ms)
    if period == "daily":
        return start_of(opens_after(day)) + _NOON * HOUR_MS
    return start_of(opens_after(day + days - 1) + 1)


def remind_at(period: Period, until_ms: int) -> int:
    """When to say that the next one is due."""
    return start_of_day(until_ms - 1) - _AHEAD_DAYS[period] * DAY_MS + _MORNING * HOUR_MS


def start_of_day(at_ms: int) -> int:
    """Midnight in Viet Nam before `at_ms`."""
    return (at_ms + VIET_NAM_MS) // DAY_MS * DAY_MS - VIET_NAM_MS


def day_of(at_ms: int) -> int:
    """Days since 1970-01-01, by Viet Nam's clock."""
    return (at_ms + VIET_NAM_MS) // DAY_MS


def start_of(day: int) -> int:
    """Midnight in Viet Nam at which a day begins."""
    return day * DAY_MS - VIET_NAM_MS
