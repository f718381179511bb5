"""PURE. Until when a check holds, and when the next one is due. Unix ms; days are those of Viet Nam (UTC+7).

- The short check of a day holds until noon of the next day: the morning is there to do the next one.
- A whole check holds for the days of its scheme, to the end of the last one.
- A reminder comes on the morning of the day on which one ends: at 07:00, and for a whole check three days ahead.
"""

from typing import Literal

Period = Literal["daily", "periodic"]
PERIODS: tuple[Period, ...] = ("daily", "periodic")

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
VIET_NAM_MS = 7 * HOUR_MS
_NOON, _MORNING = 12, 7
_AHEAD_DAYS = {"daily": 0, "periodic": 3}


def until_of(period: Period, at_ms: int, days: int) -> int:
    """When a check made at `at_ms` is over; `days` of its scheme count for a whole one."""
    begin = start_of_day(at_ms)
    return begin + DAY_MS + _NOON * HOUR_MS if period == "daily" else begin + (days + 1) * DAY_MS


def remind_at(period: Period, until_ms: int) -> int:
    """When to say that the next one is due."""
    return start_of_day(until_ms - 1) - _AHEAD_DAYS[period] * DAY_MS + _MORNING * HOUR_MS


def start_of_day(at_ms: int) -> int:
    """Midnight in Viet Nam before `at_ms`."""
    return (at_ms + VIET_NAM_MS) // DAY_MS * DAY_MS - VIET_NAM_MS
