"""What officers decide of a release: the second officer releases, a third frees what the breaker holds, anybody stops.

    proposed -> released -> sent -> over            the job `alerts` sends what is released (central.alerts.publishing)
            \\-> held ----/
    any of these -> stopped;  sent -> recalled

- Nobody releases what they proposed; nobody frees what they proposed or released. The table refuses it too.
- A release in which somebody has neither a channel nor a station is refused: assign them first.
- Nothing here signs or sends: a web process that was taken over can ask for it, and the stop list is asked after it.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.alerts.contacts import check_case
from central.alerts.limits import Limits
from central.alerts.proposing import count, why_held
from central.alerts.recalling import take_back
from central.statements import run
from wire.refusal import Refused


@dataclass(frozen=True, slots=True)
class Release:
    """A row of `release`; times in Unix ms."""

    id: int
    case_id: str
    state: str
    template: str
    limits: str
    proposed_by: str
    proposed_ms: int
    released_by: str | None
    released_ms: int | None
    held: list[list[Any]]
    freed_by: str | None
    sent_ms: int | None
    until_ms: int
    stopped_by: str | None
    stopped_ms: int | None
    counts: dict[str, int]


_COLUMNS = (
    "id, case_id, state, template, limits, proposed_by, proposed_ms, released_by, released_ms, held, freed_by,"
    " sent_ms, until_ms, stopped_by, stopped_ms, counts"
)


def release_of(connection: Connection, number: int) -> Release:
    """One release. Raises Refused("release_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM release WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("release_unknown")
    return _release(row)


def releases(connection: Connection, before: int | None = None, at_most: int = 50) -> list[Release]:
    """The newest first; the next page begins before the last one's id."""
    sql = f"SELECT {_COLUMNS} FROM release WHERE id < ? ORDER BY id DESC LIMIT ?"
    return [_release(row) for row in run(connection, sql, (before or 1 << 62, at_most))]


def releases_of_case(connection: Connection, case: str) -> list[Release]:
    """Those of a case, the newest first, 100 at most."""
    rows = run(connection, f"SELECT {_COLUMNS} FROM release WHERE case_id = ? ORDER BY id DESC LIMIT 100", (case,))
    return [_release(row) for row in rows]


def release_it(connection: Connection, number: int, officer: str, limits: Limits, now_ms: int) -> str:
    """The second officer's word; the new state, released or held.

    Raises Refused: release_unknown, wrong_state, same_officer, nobody_assigned, and as check_case does.
    """
    one = _in_state(connection, number, "proposed")
    check_case(connection, one.case_id)
    if officer == one.proposed_by:
        raise Refused("same_officer")
    if count(connection, number).get("none", 0):
        raise Refused("nobody_assigned")
    held = why_held(connection, number, one.case_id, limits, now_ms)
    state = "held" if held else "released"
    sql = "UPDATE release SET state = ?, released_by = ?, released_ms = ?, held = ? WHERE id = ? AND state = 'proposed'"
    if run(connection, sql, (state, officer, now_ms, json.dumps(held), number)).rowcount != 1:
        raise Refused("wrong_state")  # somebody stopped or released it meanwhile
    return state


def free(connection: Connection, number: int, officer: str) -> None:
    """A third officer lets a held one go. Raises Refused: release_unknown, wrong_state, same_officer, case_over."""
    one = _in_state(connection, number, "held")
    check_case(connection, one.case_id)
    if officer in (one.proposed_by, one.released_by):
        raise Refused("same_officer")
    sql = "UPDATE release SET state = 'released', freed_by = ? WHERE id = ? AND state = 'held'"
    if run(connection, sql, (officer, number)).rowcount != 1:
        raise Refused("wrong_state")


def stop(connection: Connection, number: int, officer: str, now_ms: int) -> None:
    """End a release for good: what was not sent is not, what stands at gates goes. Whoever was told hears of it by a
    recall alone. Raises Refused: release_unknown, wrong_state."""
    one = release_of(connection, number)
    if one.state not in ("proposed", "held", "released", "sent"):
        raise Refused("wrong_state", one.state)
    take_back(connection, number, "stopped", now_ms, tell=False)
    sql = "UPDATE release SET stopped_by = ?, stopped_ms = ? WHERE id = ?"
    run(connection, sql, (officer, now_ms, number))


def recall(connection: Connection, number: int, officer: str, now_ms: int) -> None:
    """A wrong one is taken back, and whoever got it is told so by the same channels. Raises as `stop`."""
    one = release_of(connection, number)
    if one.state not in ("sent", "stopped"):
        raise Refused("wrong_state", one.state)
    if one.sent_ms is None:
        raise Refused("wrong_state", "never sent")
    take_back(connection, number, "recalled", now_ms, tell=True)
    if one.stopped_by is None:
        run(connection, "UPDATE release SET stopped_by = ?, stopped_ms = ? WHERE id = ?", (officer, now_ms, number))


def _in_state(connection: Connection, number: int, state: str) -> Release:
    one = release_of(connection, number)
    if one.state != state:
        raise Refused("wrong_state", one.state)
    return one


def _release(row: Any) -> Release:
    values = [*row[:9], json.loads(row[9]), *row[10:15], json.loads(row[15])]
    return Release(*values)
