"""The stop list: asked when a release is shown, and again in the transaction that sends.

A row without an end stops: "all", "case-ID", "release-ID" or "contact-ID". Anybody who may stop may set one; "all" is
ended by another officer than the one who set it.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

ALL = "all"


class Stop(NamedTuple):
    """A row that stands."""

    id: int
    about: str
    reason: str
    by: str
    at_ms: int


def standing(connection: Connection) -> list[Stop]:
    """Every stop that stands, the newest first; at most 500."""
    sql = "SELECT id, about, reason, by, at_ms FROM alert_stop WHERE ended_ms IS NULL ORDER BY id DESC LIMIT 500"
    return [Stop(*row) for row in run(connection, sql)]


def is_stopped(connection: Connection, *about: str) -> bool:
    """Whether any of these, or everything, is stopped now."""
    named = [ALL, *about]
    sql = f"SELECT 1 FROM alert_stop WHERE ended_ms IS NULL AND about IN ({', '.join('?' * len(named))}) LIMIT 1"
    return run(connection, sql, named).first() is not None


def stopped_contacts(connection: Connection) -> set[int]:
    """contact.id of those who must not be told; a row of another form is none."""
    sql = "SELECT about FROM alert_stop WHERE ended_ms IS NULL AND about LIKE ?"
    return {int(about[8:]) for (about,) in run(connection, sql, ("contact-%",)) if about[8:].isdigit()}


def put_stop(connection: Connection, about: str, reason: str, officer: str, now_ms: int) -> None:
    """Stop; a second one for the same changes nothing. Raises Refused("reason_missing")."""
    if not reason.strip():
        raise Refused("reason_missing")
    sql = "SELECT 1 FROM alert_stop WHERE about = ? AND ended_ms IS NULL"
    if run(connection, sql, (about,)).first() is None:
        sql = "INSERT INTO alert_stop (about, reason, by, at_ms) VALUES (?, ?, ?, ?)"
        run(connection, sql, (about, reason.strip()[:200], officer, now_ms))


def end_stop(connection: Connection, about: str, officer: str, now_ms: int) -> None:
    """Let go on. Raises Refused: not_stopped, same_officer ("all" is ended by another than who set it)."""
    row = run(connection, "SELECT by FROM alert_stop WHERE about = ? AND ended_ms IS NULL", (about,)).first()
    if row is None:
        raise Refused("not_stopped")
    if about == ALL and row[0] == officer:
        raise Refused("same_officer")
    sql = "UPDATE alert_stop SET ended_by = ?, ended_ms = ? WHERE about = ? AND ended_ms IS NULL"
    run(connection, sql, (officer, now_ms, about))
