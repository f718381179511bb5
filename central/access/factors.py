"""The second factor without a passkey: one-time codes (RFC 6238), recovery codes, and the code that sets them up.

- A one-time code counts once: the newest 30 s step used is kept, and only a newer one is taken.
- Recovery codes lie beside the officer on paper; each counts once.
- The first code comes from an administrator and lets its holder set a pass phrase and a first factor, nothing else. So
  nobody but the officer ever knows the pass phrase, and a stolen pass phrase alone registers no factor.
"""

import hmac
import secrets

from sqlalchemy.engine import Connection

from central.access.accounts import end_sessions, hash_of
from central.access.own_keys import open_secret, seal_secret
from central.keys import Keyring
from central.statements import run
from wire.refusal import Refused

STEP_S = 30  # RFC 6238, section 5.2
DRIFT_STEPS = 1  # one step early or late: clocks of phones, and typing
RECOVERY_CODES = 8
INVITATION_MS = 3 * 86_400_000
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 of them; no I, O, 0, 1, which are read wrong


def new_code(length: int) -> str:
    """Random letters in groups of four: 5 bits each."""
    letters = [secrets.choice(_LETTERS) for _ in range(length)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, length, 4))


def invite(connection: Connection, login: str, now_ms: int) -> str:
    """A first code for an account: 16 letters. Any older one, every session, pass phrase and factor of it are gone."""
    code = new_code(16)
    end_sessions(connection, login)
    forget_factors(connection, login)
    run(connection, "UPDATE account SET phrase = NULL WHERE login = ?", (login,))
    run(connection, "DELETE FROM invitation WHERE login = ?", (login,))
    sql = "INSERT INTO invitation (login, hash, ends_ms) VALUES (?, ?, ?)"
    run(connection, sql, (login, hash_of(_plain(code)), now_ms + INVITATION_MS))
    return code


def is_invited(connection: Connection, login: str, code: str, now_ms: int) -> bool:
    """Whether the code is the account's first code and still counts."""
    sql = (
        "SELECT i.hash FROM invitation i JOIN account a ON a.login = i.login"
        " WHERE i.login = ? AND i.ends_ms > ? AND a.state = 'active'"
    )
    row = run(connection, sql, (login, now_ms)).first()
    return hmac.compare_digest(hash_of(_plain(code)), b"\0" * 32 if row is None else bytes(row[0]))


def end_invitation(connection: Connection, login: str) -> None:
    """It was used."""
    run(connection, "DELETE FROM invitation WHERE login = ?", (login,))


def forget_factors(connection: Connection, login: str) -> None:
    """Delete every second factor of an account."""
    for table in ("passkey", "one_time", "recovery"):
        run(connection, f"DELETE FROM {table} WHERE login = ?", (login,))


def has_factor(connection: Connection, login: str) -> bool:
    """Whether the account has a second factor."""
    sql = "SELECT 1 FROM passkey WHERE login = ? UNION ALL SELECT 1 FROM one_time WHERE login = ? LIMIT 1"
    return run(connection, sql, (login, login)).first() is not None


def has_one_time(connection: Connection, login: str) -> bool:
    """Whether the account has one-time codes."""
    return run(connection, "SELECT 1 FROM one_time WHERE login = ?", (login,)).first() is not None


def new_secret() -> str:
    """A secret for one-time codes: 160 bits in base32 (RFC 4226, section 4, R6)."""
    import pyotp

    return pyotp.random_base32()


def address_of(login: str, secret: str) -> str:
    """What the phone's app reads as a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Gatepost")


def set_one_time(connection: Connection, ring: Keyring, login: str, secret: str, code: str, now_ms: int) -> list[str]:
    """Begin with one-time codes once the phone shows a right one; recovery codes, to be written down.

    Raises Refused("code_wrong").
    """
    step = _matching_step(secret, code, now_ms)
    if step is None:
        raise Refused("code_wrong")
    run(connection, "DELETE FROM one_time WHERE login = ?", (login,))
    sql = "INSERT INTO one_time (login, secret, last_step, made_ms) VALUES (?, ?, ?, ?)"
    run(connection, sql, (login, seal_secret(ring, login, secret.encode()), step, now_ms))
    return new_recovery(connection, login)


def new_recovery(connection: Connection, login: str) -> list[str]:
    """New recovery codes; the old ones count no more."""
    run(connection, "DELETE FROM recovery WHERE login = ?", (login,))
    codes = [new_code(10) for _ in range(RECOVERY_CODES)]
    for code in codes:
        run(connection, "INSERT INTO recovery (hash, login) VALUES (?, ?)", (_recovery_hash(login, code), login))
    return codes


def use_code(connection: Connection, ring: Keyring, login: str, code: str, now_ms: int) -> bool:
    """Whether `code` is a one-time or a recovery code of the account that was not used before; it is used now."""
    plain = _plain(code)
    if not (plain.isdigit() and len(plain) == 6):
        return run(connection, "DELETE FROM recovery WHERE hash = ?", (_recovery_hash(login, plain),)).rowcount == 1
    row = run(connection, "SELECT secret FROM one_time WHERE login = ?", (login,)).first()
    if row is None:
        return False
    step = _matching_step(open_secret(ring, login, bytes(row[0])).decode(), plain, now_ms)
    sql = "UPDATE one_time SET last_step = ? WHERE login = ? AND last_step < ?"
    return step is not None and run(connection, sql, (step, login, step)).rowcount == 1


def _matching_step(secret: str, code: str, now_ms: int) -> int | None:
    import pyotp

    now, codes = now_ms // 1000 // STEP_S, pyotp.HOTP(secret)
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(codes.at(step), _plain(code))), None)


def _recovery_hash(login: str, code: str) -> bytes:
    return hash_of(f"{login} {_plain(code)}")


def _plain(code: str) -> str:
    return "".join(code.upper().replace("-", " ").split())[:32]
