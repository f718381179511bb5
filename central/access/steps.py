"""What has begun at the door and is not done: it binds a browser to a challenge for five minutes, and counts once."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from central.access.accounts import hash_of
from central.statements import run
from wire.refusal import Refused

STEP_MS = 5 * 60_000
# second: the pass phrase was right, the second factor is asked for. passkey: signing in with a passkey alone.
# welcome: the first code was right. add: another factor for who is signed in. oidc: away to the province's accounts.
KINDS = ("second", "passkey", "welcome", "add", "oidc")


@dataclass(frozen=True, slots=True)
class Step:
    """`login` is None while nobody has said who they are."""

    kind: str
    login: str | None
    challenge: bytes = field(repr=False)
    goes_to: str


def begin_step(connection: Connection, kind: str, login: str | None, goes_to: str, now_ms: int) -> tuple[str, bytes]:
    """(what the cookie holds, the challenge): 32 random bytes each."""
    secret, challenge = secrets.token_urlsafe(32), secrets.token_bytes(32)
    sql = "INSERT INTO step (hash, login, kind, challenge, goes_to, ends_ms) VALUES (?, ?, ?, ?, ?, ?)"
    run(connection, sql, (hash_of(secret), login, kind, challenge, goes_to, now_ms + STEP_MS))
    return secret, challenge


def step_of(connection: Connection, secret: str, kinds: tuple[str, ...], now_ms: int) -> Step:
    """The running step of a cookie. Raises Refused("step_over")."""
    sql = "SELECT kind, login, challenge, goes_to FROM step WHERE hash = ? AND ends_ms > ?"
    row = run(connection, sql, (hash_of(secret), now_ms)).first() if secret else None
    if row is None or row[0] not in kinds:
        raise Refused("step_over")
    return Step(row[0], row[1], bytes(row[2]), row[3])


def end_step(connection: Connection, secret: str) -> None:
    """It is done. Raises Refused("step_over") where somebody was quicker: a challenge counts once."""
    if run(connection, "DELETE FROM step WHERE hash = ?", (hash_of(secret),)).rowcount != 1:
        raise Refused("step_over")
