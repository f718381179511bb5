"""The opening days of a place as its manager says them, and what its checks are worth then."""

from datetime import date, timedelta

from sqlalchemy.engine import Connection

from central.safety.opening import EVERY_DAY, Opening
from central.safety.periods import Period, day_of, until_of
from central.safety.schemes import schemes
from central.statements import run
from wire.refusal import Refused

MOST_CLOSURES = 12  # ahead, of one place
MOST_DAYS = 62  # of one closure; central.safety.schema
_AHEAD_DAYS = 400
_EPOCH = date(1970, 1, 1)
_CHANGED = (
    "SELECT id, at_ms, scheme FROM self_check WHERE place = ? AND period = ? ORDER BY at_ms DESC, id DESC LIMIT 1"
)


def opening_of(connection: Connection, place: int) -> Opening:
    """When a place is open, by its manager's word."""
    sql = (
        "SELECT p.opens_min, p.closes_min, w.weekdays FROM place p LEFT JOIN opening_week w ON w.place = p.number"
        " WHERE p.number = ?"
    )
    row = run(connection, sql, (place,)).first()
    if row is None:
        return Opening()
    closures = tuple((first, last) for _, first, last in closures_of(connection, place))
    return Opening(EVERY_DAY if row[2] is None else row[2], closures, row[0], row[1])


def closures_of(connection: Connection, place: int, since_day: int = 0) -> list[tuple[int, int, int]]:
    """(number, first day, last day) of the closures that end on `since_day` or later, by time; 200 at most."""
    sql = "SELECT id, first_day, last_day FROM closure WHERE place = ? AND last_day >= ? ORDER BY first_day DESC"
    found = run(connection, f"{sql} LIMIT 200", (place, since_day))
    return sorted(((number, first, last) for number, first, last in found), key=lambda one: one[1])


def say_week(connection: Connection, place: int, weekdays: int, now_ms: int) -> None:
    """On which days of the week it is open. Raises Refused("safety_no_day")."""
    if not 1 <= weekdays <= EVERY_DAY:
        raise Refused("safety_no_day")
    sql = (
        "INSERT INTO opening_week (place, weekdays, changed_ms) VALUES (?, ?, ?) ON CONFLICT (place) DO UPDATE SET"
        " weekdays = excluded.weekdays, changed_ms = excluded.changed_ms"
    )
    run(connection, sql, (place, weekdays, now_ms))


def say_shut(connection: Connection, place: int, first: int, last: int, now_ms: int) -> None:
    """Shut from day to day, both included. Days that are over cannot be said any more.

    Raises Refused: safety_days (the wrong way round, over, too far ahead or too long), safety_closures (too many).
    """
    today = day_of(now_ms)
    if not today <= first <= last < first + MOST_DAYS or last > today + _AHEAD_DAYS:
        raise Refused("safety_days")
    held = closures_of(connection, place, today)
    if any(begin <= first and last <= end for _, begin, end in held):
        return  # said already
    if len(held) >= MOST_CLOSURES:
        raise Refused("safety_closures")
    sql = (
        "INSERT INTO closure (place, first_day, last_day, made_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (place, first_day) DO UPDATE SET last_day = excluded.last_day"
    )
    run(connection, sql, (place, first, last, now_ms))


def say_open(connection: Connection, place: int, number: int, now_ms: int) -> None:
    """A closure is taken back. One that has begun ends yesterday: that the place was shut stays true."""
    today = day_of(now_ms)
    values = (number, place, today)
    run(connection, "DELETE FROM closure WHERE id = ? AND place = ? AND first_day >= ?", values)
    sql = "UPDATE closure SET last_day = ? WHERE id = ? AND place = ? AND first_day < ? AND last_day >= ?"
    run(connection, sql, (today - 1, number, place, today, today))


def move_ends(connection: Connection, place: int) -> None:
    """The newest checks of a place hold as long as its opening days say now."""
    opening = opening_of(connection, place)
    periods: tuple[Period, ...] = ("daily", "periodic")
    for period in periods:
        row = run(connection, _CHANGED, (place, period)).first()
        if row is None:
            continue
        scheme = schemes().get(str(row[2]).partition("/")[0])
        until_ms = until_of(period, row[1], 30 if scheme is None else scheme.days, opening.opens_after)
        run(connection, "UPDATE self_check SET until_ms = ? WHERE id = ?", (until_ms, row[0]))


def day_number(text: str) -> int:
    """A date as a form has it, "2026-02-13". Raises Refused("safety_days")."""
    try:
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError as error:
        raise Refused("safety_days") from error


def day_text(day: int) -> str:
    """The day as people here write it, "13/02/2026"."""
    return f"{_EPOCH + timedelta(days=day):%d/%m/%Y}"
