"""A contact's way from listed to reached. Alerts and calls tell it here; what was reached once stays so."""

from typing import Literal, get_args

from sqlalchemy.engine import Connection

from central.authority.events import tell
from central.statements import run
from wire.refusal import Refused

By = Literal["gate", "page", "push", "sms", "email", "call", "visit"]
WAYS: tuple[str, ...] = get_args(By)


def reached(connection: Connection, contact: int, by: str, now_ms: int) -> None:
    """The contact knows. The first way and time stay. Raises Refused: bad_way, contact_unknown."""
    if by not in WAYS:
        raise Refused("bad_way", by[:16])
    sql = (
        "UPDATE contact SET state = CASE WHEN state = 'withdrawn' THEN state ELSE 'reached' END,"
        " reached_ms = COALESCE(reached_ms, ?), reached_by = COALESCE(reached_by, ?) WHERE id = ?"
    )
    if run(connection, sql, (now_ms, by, contact)).rowcount != 1:
        raise Refused("contact_unknown", str(contact))
    sql = (
        "UPDATE task SET done_ms = ?, outcome = 'not_needed'"
        " WHERE contact = ? AND done_ms IS NULL AND kind IN ('call', 'visit') AND officer IS NULL"
    )
    run(connection, sql, (now_ms, contact))  # a task that somebody has taken, that one ends


def on_its_way(connection: Connection, contact: int, channel: str) -> None:
    """An alert was released to them by these ways ("gate,sms"). Raises Refused: bad_way, contact_unknown."""
    if not channel or not set(channel.split(",")) <= set(WAYS):
        raise Refused("bad_way", channel[:32])
    sql = (
        "UPDATE contact SET channel = ?, state = CASE WHEN state = 'listed' THEN 'waiting' ELSE state END WHERE id = ?"
    )
    if run(connection, sql, (channel, contact)).rowcount != 1:
        raise Refused("contact_unknown", str(contact))


def released(connection: Connection, case: str, said_by: str, now_ms: int) -> None:
    """An alert of the case went out; the first one stops that stage of its clock."""
    run(connection, "UPDATE case_file SET released_ms = COALESCE(released_ms, ?) WHERE id = ?", (now_ms, case))
    tell(connection, case, said_by, "released", {}, now_ms)
