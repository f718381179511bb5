"""Times as CertLogic knows them: milliseconds of UTC, reckoned as ECMAScript's Date does (ECMA-262, section 21.4.1).

- A date without a time is midnight; a time without an offset is UTC; decimals behind the third are cut off.
- A date without its day or month stands for its last day: whoever writes less of a birth date is held to be younger.
- Adding months or years keeps the day's number and lets it run over: 29 February and a year is 1 March.
- The range is 100,000,000 days to either side of 1970. A day or hour that no calendar has is no time at all.

Formats: CertLogic specification 1.3.3, "plusTime" and "dccDateOfBirth".
"""

import re
from dataclasses import dataclass
from datetime import date

UNITS = ("year", "month", "day", "hour")
MAX_MS = 8_640_000_000_000_000

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_CLOCK = r"T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
_OFFSET = r"(?:Z|([+-])([0-9]{1,2})(?::?([0-9]{2}))?)?"
_DATE_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + _CLOCK + _OFFSET)
_LONGEST = 64  # characters; the rest could only be decimals of a second
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
# The calendar repeats every 400 years; reckoned in the cycle that starts in 2000, no year is out of `date`'s range.
_CYCLE_DAYS, _CYCLE_START = 146_097, date(2000, 1, 1).toordinal()
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in time, in ms since 1970 UTC, within +-MAX_MS."""

    ms: int

    def __str__(self) -> str:
        """ISO 8601 with milliseconds and Z; years outside 0..9999 have a sign and six digits."""
        days, rest = divmod(self.ms, _DAY_MS)
        year, month, day = _date_of(days)
        written = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
        minutes, ms = divmod(rest, 60_000)
        return f"{written}-{month:02}-{day:02}T{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}Z"


def date_of_birth(text: str) -> Moment | None:
    """The last day that YYYY, YYYY-MM or YYYY-MM-DD can mean, at midnight; None for any other text."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    if not 1 <= month <= 12:
        return None
    last = _days(year, month, 0) - _days(year, month - 1, 0)
    day = int(found[3] or last)
    return Moment(_days(year, month - 1, day) * _DAY_MS) if 1 <= day <= last else None


def moment(text: str) -> Moment | None:
    """A date, whole or partial, or a date and time; None for any other text."""
    if (at := date_of_birth(text)) is not None:
        return at
    found = _DATE_TIME.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or (midnight := date_of_birth(text[:10])) is None:
        return None
    hours, minutes, seconds = int(found[4]), int(found[5]), int(found[6])
    ms = hours * _HOUR_MS + minutes * 60_000 + seconds * 1000 + int((found[7] or "").ljust(3, "0")[:3])
    # ISO 8601 lets midnight be 24:00:00 of the day before; no other time passes the end of the day.
    if minutes > 59 or seconds > 59 or ms > _DAY_MS:
        return None
    offset_hours, offset_minutes = int(found[9] or 0), int(found[10] or 0)
    if offset_hours > 23 or offset_minutes > 59:
        return None
    offset = offset_hours * _HOUR_MS + offset_minutes * 60_000
    return Moment(midnight.ms + ms - (-offset if found[8] == "-" else offset))


def plus(at: Moment, amount: int, unit: str) -> Moment | None:
    """`at` moved by `amount` of one of UNITS; None where that leaves the range."""
    if unit == "hour":
        ms = at.ms + amount * _HOUR_MS
    elif unit == "day":
        ms = at.ms + amount * _DAY_MS
    else:
        days, rest = divmod(at.ms, _DAY_MS)
        year, month, day = _date_of(days)
        months = amount if unit == "month" else 12 * amount
        ms = _days(year, month - 1 + months, day) * _DAY_MS + rest
    return Moment(ms) if -MAX_MS <= ms <= MAX_MS else None


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970 of the `day` (from 1) of the `month` (from 0); all three may run over, as ECMA-262 MakeDay."""
    more_years, month = divmod(month, 12)
    cycles, year = divmod(year + more_years - 2000, 400)
    return cycles * _CYCLE_DAYS + date(2000 + year, month + 1, 1).toordinal() - _EPOCH + day - 1


def _date_of(days: int) -> tuple[int, int, int]:
    cycles, day = divmod(days + _EPOCH - _CYCLE_START, _CYCLE_DAYS)
    on = date.fromordinal(day + _CYCLE_START)
    return on.year + 400 * cycles, on.month, on.day
