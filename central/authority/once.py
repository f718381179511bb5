"""A form counts once, however often a bad link sends it: the page draws a token, the first sending keeps its answer.

with desk.write() as connection:
    if (answered := once.before(connection, token)) is not None:
        return redirect(answered)
    ...
    once.keep(connection, token, login, address, now_ms)
"""

import re
import secrets

from sqlalchemy.engine import Connection

from central.authority.days import DAY_MS
from central.statements import run
from wire.refusal import Refused

KEPT_MS = 2 * DAY_MS
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,44}")


def token() -> str:
    """128 random bits for a form's hidden field `once`."""
    return secrets.token_urlsafe(16)


def before(connection: Connection, given: str, login: str) -> str | None:
    """Where the first sending of this form led, None if this is the first. Raises Refused("bad_form").

    Taken first in the transaction: of two that come at once the second waits, and finds the answer of the first.
    """
    if not _TOKEN.fullmatch(given):
        raise Refused("bad_form")
    sql = "INSERT INTO form_sent (token, at_ms, login, answer) VALUES (?, 0, ?, '') ON CONFLICT (token) DO NOTHING"
    if run(connection, sql, (given, login)).rowcount == 1:
        return None
    row = run(connection, "SELECT answer, login FROM form_sent WHERE token = ?", (given,)).first()
    if row is None or row[1] != login:
        raise Refused("bad_form")
    return str(row[0])


def keep(connection: Connection, given: str, address: str, now_ms: int) -> None:
    """Remember where it led."""
    run(connection, "UPDATE form_sent SET at_ms = ?, answer = ? WHERE token = ?", (now_ms, address, given))


def forget(connection: Connection, now_ms: int, at_most: int = 5000) -> bool:
    """Drop those that nobody sends again; whether more is waiting."""
    sql = "DELETE FROM form_sent WHERE token IN (SELECT token FROM form_sent WHERE at_ms < ? ORDER BY at_ms LIMIT ?)"
    return run(connection, sql, (now_ms - KEPT_MS, at_most)).rowcount == at_most
