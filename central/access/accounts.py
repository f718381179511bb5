"""Officers' accounts and sessions. A pass phrase is kept as argon2id alone; a session as its hash."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy.engine import Connection

from central.access.roles import Grant, Officer
from central.statements import run
from wire.refusal import Refused

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_HASHER = PasswordHasher()  # RFC 9106, second recommended option: 64 MiB, t = 3, p = 4
SESSION_MS = 12 * 3_600_000  # a night's shift
IDLE_MS = 30 * 60_000


def create_account(
    connection: Connection, login: str, name: str, phrase: str | None, grants: Iterable[Grant], now_ms: int
) -> None:
    """A new account. Raises Refused: bad_login, weak_phrase (under 12 characters), login_taken."""
    if not _LOGIN.fullmatch(login):
        raise Refused("bad_login", login[:32])
    if phrase is not None and len(phrase) < 12:
        raise Refused("weak_phrase", "at least 12 characters")
    if run(connection, "SELECT 1 FROM account WHERE login = ?", (login,)).first():
        raise Refused("login_taken", login)
    digest = None if phrase is None else _HASHER.hash(phrase)
    sql = "INSERT INTO account (login, name, phrase, state, made_ms) VALUES (?, ?, ?, 'active', ?)"
    run(connection, sql, (login, name, digest, now_ms))
    for grant in grants:
        sql = "INSERT INTO account_grant (login, role, area, ends_ms, reason) VALUES (?, ?, ?, NULL, '')"
        run(connection, sql, (login, grant.role, grant.area))


def check_phrase(connection: Connection, login: str, phrase: str) -> bool:
    """Whether the pass phrase is the account's; takes as long for an account that does not exist."""
    row = run(connection, "SELECT phrase FROM account WHERE login = ? AND state = 'active'", (login,)).first()
    try:
        return _HASHER.verify(_nobody() if row is None or row[0] is None else row[0], phrase) and row is not None
    except Argon2Error:
        return False


def begin_session(connection: Connection, login: str, now_ms: int, *, strong: bool = False) -> str:
    """A new session; what its cookie holds: 32 random bytes as text."""
    secret = secrets.token_urlsafe(32)
    sql = "INSERT INTO session (hash, login, began_ms, seen_ms, strong) VALUES (?, ?, ?, ?, ?)"
    run(connection, sql, (hash_of(secret), login, now_ms, now_ms, int(strong)))
    return secret


def officer_of(connection: Connection, secret: str, now_ms: int) -> Officer | None:
    """Who is signed in with this cookie now; None for a session that is over, or an account that was closed."""
    sql = (
        "SELECT a.login, a.name FROM session s JOIN account a ON a.login = s.login"
        " WHERE s.hash = ? AND a.state = 'active' AND s.began_ms > ? AND s.seen_ms > ?"
    )
    row = run(connection, sql, (hash_of(secret), now_ms - SESSION_MS, now_ms - IDLE_MS)).first()
    return None if row is None else Officer(row[0], row[1], grants_of(connection, row[0], now_ms))


def grants_of(connection: Connection, login: str, now_ms: int) -> tuple[Grant, ...]:
    """What the account holds now."""
    sql = (
        "SELECT role, area FROM account_grant WHERE login = ? AND (ends_ms IS NULL OR ends_ms > ?) ORDER BY role, area"
    )
    return tuple(Grant(*row) for row in run(connection, sql, (login, now_ms)))


def end_session(connection: Connection, secret: str) -> None:
    """Sign out."""
    run(connection, "DELETE FROM session WHERE hash = ?", (hash_of(secret),))


def hash_of(secret: str) -> bytes:
    """How a session stands in the database."""
    return hashlib.sha256(secret.encode()).digest()


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
