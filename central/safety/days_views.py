"""When a place is open, as its manager says it on the place's own page: days of the week, and closures by date."""

from typing import Any

from flask import request
from sqlalchemy.engine import Connection

from central.access.roles import Purpose, Right
from central.places.places import place_of
from central.safety.closing_days import day_number, move_ends, say_open, say_shut, say_week
from central.safety.periods import day_of
from central.safety.standing import restate
from central.web.console import Desk


def days_view(desk: Desk, venue: str) -> Any:
    """POST: shut today, a closure taken back, or the week and one closure more."""
    with desk.write() as connection:
        place = place_of(connection, venue)
        desk.require(Right.VENUE_MANAGE, place.areas)
        _say(connection, place.number, desk.now_ms)
        move_ends(connection, place.number)
        restate(connection, place.number, desk.now_ms)
        desk.note(connection, "opening_days", Purpose.UPKEEP, f"venue-{place.id}")
    return desk.go(f"/safety/{place.id}#days", "safety.days_kept")


def _say(connection: Connection, place: int, now_ms: int) -> None:
    back, today = request.form.get("back", ""), day_of(now_ms)
    if back.isdecimal() and len(back) < 16:
        say_open(connection, place, int(back), now_ms)
        return
    if request.form.get("go") == "today":
        say_shut(connection, place, today, today, now_ms)
        return
    say_week(connection, place, sum(1 << n for n in range(7) if request.form.get(f"day-{n}")), now_ms)
    first, last = request.form.get("first", "")[:10], request.form.get("last", "")[:10]
    if first or last:
        say_shut(connection, place, day_number(first or last), day_number(last or first), now_ms)
