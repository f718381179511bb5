"""FHIR's date, dateTime and time texts: whether they are real, and which comes first.

Sources: http://hl7.org/fhir/R4/datatypes.html#date and following. A date may be partial (YYYY, YYYY-MM); a dateTime
with a time has seconds and an offset. Two texts of different precision compare only as far as both go: whether 2020
comes before 2020-05 cannot be said.
"""

import re
from datetime import UTC, date, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?", re.ASCII)
_ZONE = re.compile(r"Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00", re.ASCII)
_FULL = 10  # characters of YYYY-MM-DD
_SECONDS = 8  # characters of hh:mm:ss
_EPOCH = date(1970, 1, 1)
_LONGEST = 40


def is_date(text: str) -> bool:
    """Whether `text` is a FHIR date that exists, partial or whole."""
    found = _DATE.fullmatch(text) if len(text) <= _FULL else None
    if found is None:
        return False
    year, month, day = found.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """Whether `text` is a FHIR time: hh:mm:ss with up to nine decimals, no zone."""
    return len(text) <= _LONGEST and _TIME.fullmatch(text) is not None


def is_date_time(text: str) -> bool:
    """Whether `text` is a FHIR dateTime: a date, or a whole date with a time and an offset."""
    day, mark, rest = text.partition("T")
    if not mark:
        return is_date(text)
    if len(text) > _LONGEST or len(day) != _FULL or not is_date(day):
        return False
    zone = _ZONE.search(rest)
    return zone is not None and zone.end() == len(rest) and is_time(rest[: zone.start()])


IS = {"date": is_date, "dateTime": is_date_time, "time": is_time}


def days_of(text: str) -> int | None:
    """Days since 1970-01-01 of a whole date; None for all that would not come back from `date_of` as it was."""
    if len(text) != _FULL or not is_date(text):
        return None
    return (date.fromisoformat(text) - _EPOCH).days


def date_of(days: int) -> str | None:
    """The whole date of `days_of`, or None outside the years 1 to 9999."""
    try:
        return (_EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        return None


def compare(left: str, right: str) -> int | None:
    """-1, 0 or 1 as `left` is before, at or after `right`; None where it cannot be said. Both of one kind, and real."""
    if left == right:
        return 0
    if "T" in left and "T" in right:
        a, b = _instant(left), _instant(right)
        return None if a is None or b is None else (a > b) - (a < b)
    if ":" in left and ":" in right and "T" not in left + right:
        return (left > right) - (left < right)
    left, right = left.partition("T")[0], right.partition("T")[0]
    width = min(len(left), len(right))
    if left[:width] == right[:width]:
        return None
    return 1 if left[:width] > right[:width] else -1


def _instant(text: str) -> tuple[datetime, str] | None:
    """(whole seconds in UTC, decimals of a second), since Python's datetime keeps six of FHIR's nine."""
    day, _, rest = text.partition("T")
    zone = _ZONE.search(rest)
    if zone is None:
        return None
    clock = rest[: zone.start()]
    second = min(int(clock[6:_SECONDS]), 59)  # a leap second counts as the one before
    offset = "+00:00" if zone.group() == "Z" else zone.group()
    try:
        at = datetime.fromisoformat(f"{day}T{clock[:6]}{second:02}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at, clock[_SECONDS + 1 :].rstrip("0")
