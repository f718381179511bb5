"""Officers' accounts and sessions. A pass phrase is kept as argon2id alone; a session as its hash.

- A session is strong when a second factor stood beside the pass phrase, or a passkey that asked for its holder.
- It ends after a night's shift, or when it was not used for half an hour; closing an account ends all of its sessions.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy.engine import Connection

from central.access.roles import Grant, Officer
from central.statements import run
from wire.refusal import Refused

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_HASHER = PasswordHasher()  # RFC 9106, section 4, second recommended option: 64 MiB, t = 3, p = 4
SHORTEST_PHRASE = 12
LONGEST_PHRASE = 200
SESSION_MS = 12 * 3_600_000  # a night's shift
IDLE_MS = 30 * 60_000
SEEN_EACH_MS = 60_000  # a session's last use is written at most so often: reading pages must not queue for a writer


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and how surely."""

    officer: Officer
    strong: bool
    seen_ms: int


def create_account(
    connection: Connection, login: str, name: str, phrase: str | None, grants: Iterable[Grant], now_ms: int
) -> None:
    """A new account. Raises Refused: bad_login, weak_phrase (under 12 characters), login_taken."""
    if not _LOGIN.fullmatch(login):
        raise Refused("bad_login")
    digest = None if phrase is None else hash_phrase(phrase)
    if run(connection, "SELECT 1 FROM account WHERE login = ?", (login,)).first():
        raise Refused("login_taken")
    sql = "INSERT INTO account (login, name, phrase, state, made_ms) VALUES (?, ?, ?, 'active', ?)"
    run(connection, sql, (login, name, digest, now_ms))
    for grant in grants:
        sql = "INSERT INTO account_grant (login, role, area, ends_ms, reason) VALUES (?, ?, ?, NULL, '')"
        run(connection, sql, (login, grant.role, grant.area))


def hash_phrase(phrase: str, hasher: PasswordHasher = _HASHER) -> str:
    """argon2id of a pass phrase, with its parameters. Raises Refused("weak_phrase")."""
    if not SHORTEST_PHRASE <= len(phrase) <= LONGEST_PHRASE:
        raise Refused("weak_phrase", f"{SHORTEST_PHRASE} to {LONGEST_PHRASE} characters")
    return hasher.hash(phrase)


def store_phrase(connection: Connection, login: str, digest: str) -> None:
    """A new pass phrase, by its digest (`hash_phrase`, which is slow, outside of a transaction)."""
    run(connection, "UPDATE account SET phrase = ? WHERE login = ?", (digest, login))


def phrase_of(connection: Connection, login: str) -> str | None:
    """The digest of an active account's pass phrase; None for nobody, and for an account without one."""
    row = run(connection, "SELECT phrase FROM account WHERE login = ? AND state = 'active'", (login,)).first()
    return None if row is None else row[0]


def is_phrase(digest: str | None, phrase: str) -> bool:
    """Whether `phrase` made the digest; takes as long where there is no digest. Slow: call it outside a transaction."""
    try:
        return _HASHER.verify(_nobody() if digest is None else digest, phrase) and digest is not None
    except Argon2Error:
        return False


def needs_rehash(digest: str, hasher: PasswordHasher = _HASHER) -> bool:
    """Whether the digest was made with other parameters than today's."""
    return hasher.check_needs_rehash(digest)


def check_phrase(connection: Connection, login: str, phrase: str) -> bool:
    """Whether the pass phrase is the account's; one of older parameters is hashed anew when it was right."""
    digest = phrase_of(connection, login)
    right = is_phrase(digest, phrase)
    if right and digest is not None and needs_rehash(digest):
        store_phrase(connection, login, _HASHER.hash(phrase))
    return right


def begin_session(connection: Connection, login: str, now_ms: int, *, strong: bool = False) -> str:
    """A new session; what its cookie holds: 32 random bytes as text."""
    secret = secrets.token_urlsafe(32)
    sql = "INSERT INTO session (hash, login, began_ms, seen_ms, strong) VALUES (?, ?, ?, ?, ?)"
    run(connection, sql, (hash_of(secret), login, now_ms, now_ms, int(strong)))
    return secret


def session_of(connection: Connection, secret: str, now_ms: int) -> Session | None:
    """Who is signed in with this cookie now; None for a session that is over, or an account that was closed."""
    sql = (
        "SELECT a.login, a.name, s.strong, s.seen_ms FROM session s JOIN account a ON a.login = s.login"
        " WHERE s.hash = ? AND a.state = 'active' AND s.began_ms > ? AND s.seen_ms > ?"
    )
    row = run(connection, sql, (hash_of(secret), now_ms - SESSION_MS, now_ms - IDLE_MS)).first()
    if row is None:
        return None
    return Session(Officer(row[0], row[1], grants_of(connection, row[0], now_ms)), bool(row[2]), row[3])


def officer_of(connection: Connection, secret: str, now_ms: int) -> Officer | None:
    """The officer of `session_of`."""
    found = session_of(connection, secret, now_ms)
    return None if found is None else found.officer


def touch_session(connection: Connection, secret: str, now_ms: int) -> None:
    """Say that the session was used."""
    run(connection, "UPDATE session SET seen_ms = ? WHERE hash = ? AND seen_ms < ?", (now_ms, hash_of(secret), now_ms))


def grants_of(connection: Connection, login: str, now_ms: int) -> tuple[Grant, ...]:
    """What the account holds now."""
    sql = (
        "SELECT role, area FROM account_grant WHERE login = ? AND (ends_ms IS NULL OR ends_ms > ?) ORDER BY role, area"
    )
    return tuple(Grant(*row) for row in run(connection, sql, (login, now_ms)))


def end_session(connection: Connection, secret: str) -> None:
    """Sign out."""
    run(connection, "DELETE FROM session WHERE hash = ?", (hash_of(secret),))


def end_sessions(connection: Connection, login: str) -> None:
    """Sign an account out everywhere."""
    run(connection, "DELETE FROM session WHERE login = ?", (login,))


def forget_ended(connection: Connection, now_ms: int) -> None:
    """Delete sessions, steps, codes and purses whose time is over."""
    run(connection, "DELETE FROM session WHERE began_ms <= ? OR seen_ms <= ?", (now_ms - SESSION_MS, now_ms - IDLE_MS))
    run(connection, "DELETE FROM step WHERE ends_ms <= ?", (now_ms,))
    run(connection, "DELETE FROM invitation WHERE ends_ms <= ?", (now_ms,))
    run(connection, "DELETE FROM purse WHERE at_ms <= ?", (now_ms - 86_400_000,))


def hash_of(secret: str) -> bytes:
    """How a session, a step or a code stands in the database."""
    return hashlib.sha256(secret.encode()).digest()


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
