"""PURE. The epidemic curve: cases by day of Viet Nam, by onset or by report, each day there, empty ones too."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

_VIET_NAM = timedelta(hours=7)
_MOST_DAYS = 400


class Day(NamedTuple):
    """How many cases of each kind (a state, a ward, a generation) on a day."""

    day: date
    counts: dict[str, int]


def epidemic_curve(events: Iterable[tuple[int, str]]) -> list[Day]:
    """Of (Unix ms, kind); at most 400 days, the last ones."""
    counted = Counter((day_of(at_ms), kind) for at_ms, kind in events)
    if not counted:
        return []
    last = max(day for day, _ in counted)
    first = max(min(day for day, _ in counted), last - timedelta(days=_MOST_DAYS - 1))
    made: dict[date, dict[str, int]] = {first + timedelta(days=n): {} for n in range((last - first).days + 1)}
    for (day, kind), count in sorted(counted.items()):
        if day in made:
            made[day][kind] = count
    return [Day(day, counts) for day, counts in made.items()]


def day_of(at_ms: int) -> date:
    """The day of Viet Nam."""
    return (datetime.fromtimestamp(at_ms / 1000, UTC) + _VIET_NAM).date()
