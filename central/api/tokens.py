"""Tokens of programs: who asks, in which role and area, until when. The token itself is shown once and kept nowhere.

A token is worth what its account is worth at this moment: the account must be open, hold `api.read` in some role, and
still hold the token's role in the token's area. Closing the account or taking the role back ends every token with it.
"""

import re
import secrets
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.accounts import grants_of, hash_of
from central.access.roles import Grant, Officer, Right, Roles
from central.statements import run
from wire.refusal import Refused

PREFIX = "gpt_"  # so that a token that leaked into a text is recognised
LONGEST_DAYS = 365
_DAY_MS = 86_400_000
_AREA = re.compile(r"all|(province|ward|venue)-[a-z0-9-]{1,60}")


class Caller(NamedTuple):
    """A program at work: `officer` holds the token's one grant. `strong`: it may ask the opener."""

    token: str
    officer: Officer
    strong: bool


class NewToken(NamedTuple):
    """What is issued."""

    login: str
    role: str
    area: str
    days: int
    strong: bool = False


def issue(connection: Connection, roles: Roles, new: NewToken, now_ms: int) -> tuple[str, str]:
    """(id, the token). Raises Refused: account_unknown, not_granted, no_api_right, bad_days."""
    if not 1 <= new.days <= LONGEST_DAYS or not _AREA.fullmatch(new.area):
        raise Refused("bad_days", f"1 to {LONGEST_DAYS} days and an area")
    _check(connection, roles, new.login, Grant(new.role, new.area), now_ms)
    token = PREFIX + secrets.token_urlsafe(32)
    digest = hash_of(token)
    sql = (
        "INSERT INTO api_token (hash, id, login, role, area, strong, made_ms, ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    ends_ms = now_ms + new.days * _DAY_MS
    name = digest.hex()[:8]
    run(connection, sql, (digest, name, new.login, new.role, new.area, int(new.strong), now_ms, ends_ms))
    return name, token


def revoke(connection: Connection, token_id: str, now_ms: int) -> None:
    """End a token. Raises Refused("token_unknown")."""
    sql = "UPDATE api_token SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL"
    if run(connection, sql, (now_ms, token_id)).rowcount != 1:
        raise Refused("token_unknown", token_id[:16])


def caller_of(connection: Connection, roles: Roles, token: str, now_ms: int) -> Caller | None:
    """Who asks with this token now; None for one that is over, unknown, or whose account lost what it stood on."""
    sql = "SELECT id, login, role, area, strong FROM api_token WHERE hash = ? AND revoked_ms IS NULL AND ends_ms > ?"
    row = run(connection, sql, (hash_of(token), now_ms)).first()
    if row is None:
        return None
    name, login, role, area, strong = row
    try:
        staff = _check(connection, roles, login, Grant(role, area), now_ms)
    except Refused:
        return None
    return Caller(name, Officer(login, staff, (Grant(role, area),)), bool(strong))


def _check(connection: Connection, roles: Roles, login: str, grant: Grant, now_ms: int) -> str:
    """The name of an account that may read by program and holds the grant. Raises Refused."""
    row = run(connection, "SELECT name FROM account WHERE login = ? AND state = 'active'", (login,)).first()
    if row is None:
        raise Refused("account_unknown", login[:32])
    held = grants_of(connection, login, now_ms)
    if grant not in held:
        raise Refused("not_granted", f"{grant.role} in {grant.area}")
    if not roles.may(Officer(login, row[0], held), Right.API_READ):
        raise Refused("no_api_right", "the account needs a role with api.read")
    return str(row[0])
