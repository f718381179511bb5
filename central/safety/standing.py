"""From what is known of a place to what holds of it: gathered, combined (central.safety.combining) and put down."""

import json
from typing import Any

from sqlalchemy.engine import Connection

from central.safety.closing_days import opening_of
from central.safety.combining import Checked, Combined, Held, Known, Verdict, combine
from central.safety.opening import ALWAYS, Opening
from central.safety.periods import until_of
from central.safety.reports import reweigh
from central.safety.states import Cause, Standing, State, put_state, state_of
from central.statements import run


def restate(connection: Connection, place: int, now_ms: int) -> None:
    """Say anew what holds of a place after anything of it has changed; nothing is put down where nothing has."""
    if run(connection, "SELECT 1 FROM place WHERE number = ? AND closed_ms IS NULL", (place,)).first() is None:
        return
    found, before = combine(known_of(connection, place, now_ms), now_ms), _before(connection, place)
    if before is not None and _same(before, found):
        return
    at_ms = now_ms
    if found.cause is Cause.PERIOD_OVER:
        if before is None or before.state is State.NOT_ASSESSED:
            return  # never listed, or not assessed as before: nothing to tell
        at_ms = min(now_ms, before.until_ms or now_ms)
    put_state(
        connection,
        place,
        found.state,
        found.cause,
        at_ms,
        reasons=found.reasons,
        about=found.about,
        until_ms=found.until_ms,
    )


def known_of(connection: Connection, place: int, now_ms: int) -> Known:
    """Everything that bears on a place's state now."""
    opening = opening_of(connection, place)
    whole, short = (
        newest_check(connection, place, ("periodic",)),
        newest_check(connection, place, ("daily", "periodic")),
    )
    if short is not None and whole is not None and short.number == whole.number:
        until_ms = until_of("daily", whole.at_ms, 0, opening.opens_after)
        short = Checked(whole.number, whole.at_ms, until_ms, State.SAFE)
    verdict = newest_verdict(connection, place, opening)
    held = []
    found_safe = run(
        connection, "SELECT max(done_ms) FROM inspection WHERE place = ? AND state = 'safe'", (place,)
    ).scalar()
    if reweigh(connection, place, found_safe) is not None:
        held.append(Held(Cause.FEEDBACK, "reports"))
    sql = "SELECT id, rule FROM contradiction WHERE place = ? AND holds_ms > ? ORDER BY id DESC LIMIT 1"
    row = run(connection, sql, (place, now_ms)).first()
    if row is not None:
        held.append(Held(Cause.MEASURED, f"against:{row[1]}", str(row[0])))
    return Known(whole, short, verdict, held)


def newest_check(connection: Connection, place: int, periods: tuple[str, ...]) -> Checked | None:
    """The newest check of a place among those of these periods."""
    marks = ", ".join("?" * len(periods))
    sql = (
        "SELECT id, at_ms, until_ms, state, reasons FROM self_check"
        f" WHERE place = ? AND period IN ({marks}) ORDER BY at_ms DESC, id DESC LIMIT 1"
    )
    row = run(connection, sql, (place, *periods)).first()
    return None if row is None else Checked(row[0], row[1], row[2], State(row[3]), _reasons(row[4]))


def newest_verdict(connection: Connection, place: int, opening: Opening = ALWAYS) -> Verdict | None:
    """What the newest inspection found that is done."""
    sql = (
        "SELECT id, done_ms, until_ms, state FROM inspection WHERE place = ? AND done_ms IS NOT NULL"
        " ORDER BY done_ms DESC, id DESC LIMIT 1"
    )
    row = run(connection, sql, (place,)).first()
    if row is None:
        return None
    number, done, until, state = row
    found = run(connection, "SELECT criterion FROM finding WHERE inspection = ? ORDER BY id", (number,))
    reasons = (f"inspected_{state}", *(f"found:{criterion}" for (criterion,) in found if criterion))
    short_until = until_of("daily", done, 0, opening.opens_after)
    return Verdict(number, done, until or done, short_until, State(state), reasons)


def _before(connection: Connection, place: int) -> Standing | None:
    """What was put down last, in date or not."""
    return state_of(connection, place, 0)


def _same(before: Standing, found: Combined) -> bool:
    said = (before.state, before.cause, before.about, before.reasons, before.until_ms)
    return said == (found.state, found.cause, found.about, found.reasons, found.until_ms)


def _reasons(text: Any) -> tuple[str, ...]:
    return tuple(json.loads(text))
