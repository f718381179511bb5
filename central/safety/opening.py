"""PURE. On which days and hours a place is open. Days are numbers since 1970-01-01 in Viet Nam (UTC+7).

- Open is what nobody has said to be shut: every day, and at all hours, until its manager says otherwise.
- A shut day asks for no self-check. It puts a check off by MOST_SHUT_DAYS at most: a place that says that it is shut
  for ever becomes "not assessed" all the same.
- A night market's hours belong to the day on which they begin.
"""

from dataclasses import dataclass
from typing import Literal

from central.safety.periods import DAY_MS, HOUR_MS, day_of, start_of

MOST_SHUT_DAYS = 31
EVERY_DAY = 0b1111111
_MINUTE_MS = 60_000
_ROOM_MS = 2 * HOUR_MS  # before opening and after closing people prepare, unload and clean
_MONDAY = 3  # 1970-01-01 was a Thursday

Shut = Literal["week", "closure"]


@dataclass(frozen=True, slots=True)
class Opening:
    """`weekdays` has a bit for each day, 1 for Monday; `closures` are (first, last) days; hours in minutes or None."""

    weekdays: int = EVERY_DAY
    closures: tuple[tuple[int, int], ...] = ()
    opens_min: int | None = None
    closes_min: int | None = None

    def shut(self, day: int) -> Shut | None:
        """Why the place is shut on a day; None: it is open."""
        if any(first <= day <= last for first, last in self.closures):
            return "closure"
        return None if self.weekdays >> weekday(day) & 1 else "week"

    def opens_after(self, day: int) -> int:
        """The first open day after `day`, or the first one that does not count as shut any more."""
        after = range(day + 1, day + 1 + MOST_SHUT_DAYS)
        return next((one for one in after if not self.shut(one)), day + 1 + MOST_SHUT_DAYS)

    def closed_hour(self, hour_ms: int) -> bool:
        """Whether the place is shut all through an hour, and through the two hours on both sides of it."""
        today = day_of(hour_ms)
        return not any(
            begin - _ROOM_MS < hour_ms + HOUR_MS and hour_ms < end + _ROOM_MS
            for begin, end in (self._hours(day) for day in (today - 1, today, today + 1) if not self.shut(day))
        )

    def ends_after(self, at_ms: int) -> int | None:
        """When the opening hours that run at `at_ms` end, and the room after them; None: they do not run, or always."""
        if self.always:
            return None
        ends = (self._hours(day) for day in (day_of(at_ms) - 1, day_of(at_ms)))
        return next((end + _ROOM_MS for begin, end in ends if begin - _ROOM_MS <= at_ms < end + _ROOM_MS), None)

    @property
    def always(self) -> bool:
        """Whether it is open all through the day."""
        return self.opens_min is None or self.closes_min is None or self.opens_min % 1440 == self.closes_min % 1440

    def _hours(self, day: int) -> tuple[int, int]:
        begin = start_of(day)
        if self.always or self.opens_min is None or self.closes_min is None:
            return begin, begin + DAY_MS
        length = (self.closes_min - self.opens_min) % 1440
        opens = begin + self.opens_min * _MINUTE_MS
        return opens, opens + length * _MINUTE_MS


ALWAYS = Opening()


def weekday(day: int) -> int:
    """0 for Monday to 6 for Sunday."""
    return (day + _MONDAY) % 7
