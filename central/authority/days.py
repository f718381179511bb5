"""PURE. Days and times of Viet Nam (UTC+7, no summer time). Times in Unix ms; a day is a number since 1970-01-01."""

from datetime import UTC, date, datetime, timedelta, timezone

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
VIET_NAM = timezone(timedelta(hours=7))
_AHEAD_MS = 7 * HOUR_MS


def day_of(at_ms: int) -> int:
    """The day in Viet Nam."""
    return (at_ms + _AHEAD_MS) // DAY_MS


def start_of(day: int) -> int:
    """Midnight in Viet Nam at which it begins."""
    return day * DAY_MS - _AHEAD_MS


def at(at_ms: int) -> datetime:
    """The time on a clock in Viet Nam."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(VIET_NAM)


def ms_of_day(text: str) -> int:
    """Midnight of YYYY-MM-DD in Viet Nam. Raises ValueError."""
    return start_of(date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal())


def ms_of_minute(text: str) -> int:
    """YYYY-MM-DDTHH:MM as a form gives it, on a clock in Viet Nam. Raises ValueError."""
    return round(datetime.fromisoformat(text).replace(tzinfo=VIET_NAM).timestamp() * 1000)
