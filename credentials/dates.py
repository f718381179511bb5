"""Days and deadlines that codes name.

- A day that no calendar has (29 February 1994) is None: the caller warns, since clerks do write such days.
- An unset clock proves nothing: a deadline is then neither kept nor missed, the reason is `clock_unset`.
"""

from datetime import UTC, date, datetime

LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that ISO 8601 writes with four digits


def calendar_day(year: str, month: str, day: str) -> date | None:
    """The day of three groups of ASCII digits, None where no calendar has it."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def iso(day: date | None) -> str | None:
    """YYYY-MM-DD, None for None."""
    return None if day is None else day.isoformat()


def iso_second(unix_s: int) -> str:
    """YYYY-MM-DDTHH:MM:SSZ of a second in 0..LAST_SECOND."""
    return f"{datetime.fromtimestamp(unix_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def is_after(day: date | None, now: datetime | None) -> bool:
    """Whether `day` is surely in the future. One day of grace covers every time zone; an unset clock proves nothing."""
    return day is not None and now is not None and day.toordinal() > now.toordinal() + 1


def standing(expires: int | None, now: datetime | None) -> str:
    """ok | expired | clock_unset of a code that ends at `expires` (unix seconds; None: never). The end is excluded."""
    if expires is None:
        return "ok"
    if now is None:
        return "clock_unset"
    return "ok" if now.timestamp() < expires else "expired"
