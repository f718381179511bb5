"""PURE. The legal clocks: when a request must be answered and done, and which days count. Viet Nam is UTC+7 all year.

- The day on which a request comes in does not count; a period ends with the end of its last day, and one that would end
  on a day off ends with the next working day (Civil Code 2015, Articles 147 and 148, as reported).
- Saturdays, Sundays and public holidays are no working days; a Saturday that was swapped for another day is one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("clocks.toml")
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
_VIET_NAM = timedelta(hours=7)
_SATURDAY = 5
_SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and swapped working days; `years` are those whose holidays are known."""

    every_year: frozenset[tuple[int, int]]
    off: frozenset[date]
    working: frozenset[date]
    years: frozenset[int]

    def works(self, day: date) -> bool:
        """Whether offices work on this day."""
        if day in self.working:
            return True
        return day.weekday() < _SATURDAY and day not in self.off and (day.month, day.day) not in self.every_year


@dataclass(frozen=True, slots=True)
class Clocks:
    """clocks.toml. `days`: kind -> (days, days with processors)."""

    answer_working_days: int
    extension_days: int
    breach_hours: int
    days: Mapping[str, tuple[int, int]]
    calendar: Calendar

    def answer_due(self, asked_ms: int) -> int:
        """The end of the last working day for the first answer, Unix ms."""
        return end_of(working_days_after(self.calendar, day_of(asked_ms), self.answer_working_days))

    def due(self, kind: str, asked_ms: int, *, processors: bool) -> int:
        """By when it must be done, Unix ms. Raises KeyError for a kind that has no clock."""
        return end_of(days_after(self.calendar, day_of(asked_ms), self.days[kind][processors]))

    def extended(self, kind: str, asked_ms: int, *, processors: bool) -> int:
        """The same with the one extension: counted on from the first period's days, not from its end."""
        days = self.days[kind][processors] + self.extension_days
        return end_of(days_after(self.calendar, day_of(asked_ms), days))

    def knows(self, day: date) -> bool:
        """Whether the public holidays of that year are in the table."""
        return day.year in self.calendar.years


def working_days_after(calendar: Calendar, day: date, count: int) -> date:
    """The `count`th working day behind `day`."""
    while count:
        day += timedelta(days=1)
        count -= calendar.works(day)
    return day


def days_after(calendar: Calendar, day: date, count: int) -> date:
    """`count` days behind `day`, or the next working day where that is a day off."""
    last = day + timedelta(days=count)
    return last if calendar.works(last) else working_days_after(calendar, last, 1)


def day_of(at_ms: int) -> date:
    """The day in Viet Nam."""
    return (datetime.fromtimestamp(at_ms / 1000, UTC) + _VIET_NAM).date()


def end_of(day: date) -> int:
    """The last millisecond of a day in Viet Nam, Unix ms."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - _VIET_NAM
    return round(start.timestamp() * 1000) + DAY_MS - 1


def start_of(day: date) -> int:
    """The first millisecond of a day in Viet Nam, Unix ms."""
    return end_of(day) - DAY_MS + 1


def standing(due_ms: int, now_ms: int, done_ms: int | None = None) -> str:
    """done, late (done or not), today, soon (two days) or time: what colour and word a date gets."""
    if (now_ms if done_ms is None else done_ms) > due_ms:
        return "late"
    if done_ms is not None:
        return "done"
    left = (day_of(due_ms) - day_of(now_ms)).days
    return "today" if left == 0 else "soon" if left <= _SOON_DAYS else "time"


def days_left(due_ms: int, now_ms: int) -> int:
    """Whole days until a date; below zero behind it."""
    return (day_of(due_ms) - day_of(now_ms)).days


@cache
def clocks(path: Path = FILE) -> Clocks:
    """clocks.toml, read once a process. Raises KeyError or ValueError for a file that lacks something."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    every_year = frozenset((int(text[:2]), int(text[3:])) for text in document["every_year"])
    years = document["year"]
    calendar = Calendar(
        every_year,
        frozenset(date.fromisoformat(day) for year in years.values() for day in year["off"]),
        frozenset(date.fromisoformat(day) for year in years.values() for day in year["working"]),
        frozenset(int(year) for year in years),
    )
    days = {kind: (int(alone), int(others)) for kind, (alone, others) in document["days"].items()}
    return Clocks(document["answer_working_days"], document["extension_days"], document["breach_hours"], days, calendar)
