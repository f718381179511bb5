"""The story of a case: one row for each thing that was decided, on both sides where two cases are concerned."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run

WHAT = (
    "opened",
    "identity",
    "signed",
    "confirmed",
    "ruled_out",
    "expired",
    "closed",
    "traced",
    "assigned",
    "released",
    "merged",
    "absorbed",
    "parted",
    "links_changed",
)


class Event(NamedTuple):
    """One line of a case's story. `detail` holds states, counts and numbers of rows."""

    id: int
    at_ms: int
    said_by: str
    what: str
    detail: dict[str, Any]


def tell(connection: Connection, case: str, said_by: str, what: str, detail: Mapping[str, Any], now_ms: int) -> int:
    """Add a line; its number."""
    sql = "INSERT INTO case_event (case_id, at_ms, said_by, what, detail) VALUES (?, ?, ?, ?, ?) RETURNING id"
    text = json.dumps(dict(detail), sort_keys=True)
    return int(run(connection, sql, (case, now_ms, said_by, what, text)).scalar_one())


def story(connection: Connection, case: str, at_most: int = 200) -> list[Event]:
    """The last lines of a case, newest first."""
    sql = "SELECT id, at_ms, said_by, what, detail FROM case_event WHERE case_id = ? ORDER BY id DESC LIMIT ?"
    return [_event(row) for row in run(connection, sql, (case, at_most))]


def last_of(connection: Connection, case: str, what: str) -> Event | None:
    """The newest line of that kind."""
    sql = (
        "SELECT id, at_ms, said_by, what, detail FROM case_event WHERE case_id = ? AND what = ?"
        " ORDER BY id DESC LIMIT 1"
    )
    row = run(connection, sql, (case, what)).first()
    return None if row is None else _event(row)


def _event(row: Any) -> Event:
    return Event(row[0], row[1], row[2], row[3], json.loads(row[4]))
