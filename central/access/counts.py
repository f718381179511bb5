"""How often people were looked at, by month, role and purpose: published, with nothing in it about one person.

- A month is counted once it is over in Viet Nam (UTC+7), so that nobody learns from today's number minus yesterday's.
- A count below 5 is shown as "<5", and no sum stands beside it from which it could be taken.
"""

from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run

LEAST = 5
_VIET_NAM = timezone(timedelta(hours=7))


class Count(NamedTuple):
    """`month` as 2026-09; `looks` rows of the log, `persons` those they named, each row counted by itself."""

    month: str
    role: str
    purpose: str
    looks: int
    persons: int


def month_of(ms: int) -> str:
    """The month in Viet Nam."""
    return datetime.fromtimestamp(ms / 1000, _VIET_NAM).strftime("%Y-%m")


def bounds_of(month: str) -> tuple[int, int]:
    """First ms of the month, and of the next one."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=_VIET_NAM)
    following = (first + timedelta(days=32)).replace(day=1)
    return int(first.timestamp() * 1000), int(following.timestamp() * 1000)


def count_month(connection: Connection, now_ms: int) -> bool:
    """Count the oldest month that is over and not counted yet; whether there was one."""
    month = _next_month(connection)
    if month is None or month >= month_of(now_ms):
        return False
    first, following = bounds_of(month)
    sql = (
        "INSERT INTO look_count (month, role, purpose, looks, persons)"
        " SELECT ?, a.role, a.purpose, count(DISTINCT a.number), count(*) FROM audit a"
        " JOIN look_notice n ON n.number = a.number WHERE a.at_ms >= ? AND a.at_ms < ? GROUP BY a.role, a.purpose"
    )
    if run(connection, sql, (month, first, following)).rowcount == 0:
        run(connection, "INSERT INTO look_count VALUES (?, '', '', 0, 0)", (month,))  # counted: nobody was looked at
    return True


def counts(connection: Connection, months: int = 24) -> list[Count]:
    """The newest months, newest first."""
    sql = (
        "SELECT month, role, purpose, looks, persons FROM look_count WHERE month IN"
        " (SELECT DISTINCT month FROM look_count ORDER BY month DESC LIMIT ?) ORDER BY month DESC, role, purpose"
    )
    return [Count(*row) for row in run(connection, sql, (months,))]


def shown(number: int) -> str:
    """A count as it may be published."""
    return f"<{LEAST}" if 0 < number < LEAST else str(number)


def _next_month(connection: Connection) -> str | None:
    last = run(connection, "SELECT max(month) FROM look_count").scalar()
    if last is not None:
        return month_of(bounds_of(last)[1])
    first = run(connection, "SELECT min(at_ms) FROM audit").scalar()
    return None if first is None else month_of(first)
