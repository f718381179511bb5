"""A place's state: safe, at risk, unsafe or not assessed, since when, why, and until when it holds.

Everything that changes a state comes through `put_state`: a self-check, an inspection, citizens' reports by the rule,
what was measured, and the end of the period. "Not assessed" is a state of its own and never looks like safe.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.engine import Connection

from central.statements import run


class State(StrEnum):
    """As the public dashboard of 2021 named them (an_toan, co_rui_ro, khong_an_toan, chua_danh_gia)."""

    SAFE = "safe"
    AT_RISK = "at_risk"
    UNSAFE = "unsafe"
    NOT_ASSESSED = "not_assessed"


class Cause(StrEnum):
    """What changed it."""

    LISTED = "listed"  # the place came onto the map
    SELF_CHECK = "self_check"
    INSPECTION = "inspection"
    FEEDBACK = "feedback"
    MEASURED = "measured"
    PERIOD_OVER = "period_over"
    CLOSED = "closed"
    SHUT = "shut"  # for a day or some, as its manager has said before: never an event, the history is told so


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a place. `change` rises with each change of any place."""

    place: int
    state: State
    since_ms: int
    until_ms: int | None
    cause: Cause
    about: str
    reasons: tuple[str, ...]
    change: int


def put_state(
    connection: Connection,
    place: int,
    state: State,
    cause: Cause,
    now_ms: int,
    *,
    reasons: Sequence[str] = (),
    about: str = "",
    until_ms: int | None = None,
) -> int:
    """Note what holds of a place from now on; the number of the event. The same state again keeps its `since_ms`.

    Raises ValueError for Cause.SHUT, which is no event.
    """
    if cause is Cause.SHUT:
        raise ValueError("a shut day is told by the opening days, it is no event")
    sql = (
        "INSERT INTO facility_event (place, at_ms, state, cause, about, reasons, until_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id"
    )
    values = (place, now_ms, state, cause, about, json.dumps(list(reasons)), until_ms)
    event = int(run(connection, sql, values).scalar_one())
    sql = (
        "INSERT INTO facility_now (place, event, state, since_ms, until_ms, change) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (place) DO UPDATE SET event = excluded.event, until_ms = excluded.until_ms,"
        " since_ms = CASE WHEN facility_now.state = excluded.state THEN facility_now.since_ms"
        " ELSE excluded.since_ms END,"
        " state = excluded.state, change = excluded.change"
    )
    run(connection, sql, (place, event, state, now_ms, until_ms, event))
    return event


def state_of(connection: Connection, place: int, now_ms: int) -> Standing | None:
    """What holds of a place at `now_ms`; one whose period is over is not assessed. None: it never was on the map."""
    sql = (
        "SELECT n.place, n.state, n.since_ms, n.until_ms, e.cause, e.about, e.reasons, n.change"
        " FROM facility_now n JOIN facility_event e ON e.id = n.event WHERE n.place = ?"
    )
    row = run(connection, sql, (place,)).first()
    if row is None:
        return None
    number, state, since, until, cause, about, reasons, change = row
    if until is not None and until <= now_ms:
        return Standing(number, State.NOT_ASSESSED, until, None, Cause.PERIOD_OVER, "", ("period_over",), change)
    return Standing(number, State(state), since, until, Cause(cause), about, tuple(json.loads(reasons)), change)
