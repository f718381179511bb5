"""Tries to sign in that are left. Each name from each network, each name, and each network has a purse of its own.

- A try takes one out; a right one puts it back. They refill by themselves, so nobody is locked out for long, and a
  stranger who empties a name's purse from one network does not keep its owner out on another.
- A name that does not exist has the same purses: an empty one says nothing about who exists.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.statements import run
from wire import cbor
from wire.refusal import Refused

_TRY = 1000  # purses count thousandths


@dataclass(frozen=True, slots=True)
class Size:
    """`most` tries at once; an empty purse has one more after `refill_ms`."""

    most: int
    refill_ms: int


PAIR = Size(5, 60_000)  # a name from one network: somebody who mistypes
NAME = Size(50, 20_000)  # a name from everywhere: 4,320 guesses a day against 64 MiB of argon2id each
NETWORK = Size(40, 5_000)  # a whole office behind one address signs in at the start of a shift


def take(connection: Connection, login: str, address: str, now_ms: int) -> None:
    """Take a try out of all three purses. Raises Refused("too_fast"): seconds until the next try as its detail."""
    purses = _purses(login, address)
    levels = [(key, size, _spent(connection, key, size, now_ms)) for key, size in purses]
    wait_ms = max((_wait_ms(size, spent) for _, size, spent in levels), default=0)
    if wait_ms:
        raise Refused("too_fast", str(-(-wait_ms // 1000)))
    for key, _, spent in levels:
        _write(connection, key, spent + _TRY, now_ms)


def give_back(connection: Connection, login: str, address: str, now_ms: int) -> None:
    """A right try costs nothing."""
    for key, size in _purses(login, address):
        _write(connection, key, max(0, _spent(connection, key, size, now_ms) - _TRY), now_ms)


def _purses(login: str, address: str) -> list[tuple[bytes, Size]]:
    named = ((("pair", login, address), PAIR), (("name", login), NAME), (("network", address), NETWORK))
    return [(hashlib.sha256(cbor.dumps(list(parts))).digest(), size) for parts, size in named]


def _spent(connection: Connection, key: bytes, size: Size, now_ms: int) -> int:
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
    row = run(connection, f"SELECT spent, at_ms FROM purse WHERE hash = ?{lock}", (key,)).first()
    return 0 if row is None else max(0, row[0] - (now_ms - row[1]) * _TRY // size.refill_ms)


def _wait_ms(size: Size, spent: int) -> int:
    over = spent + _TRY - size.most * _TRY
    return -(-over * size.refill_ms // _TRY) if over > 0 else 0


def _write(connection: Connection, key: bytes, spent: int, now_ms: int) -> None:
    sql = (
        "INSERT INTO purse (hash, spent, at_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (hash) DO UPDATE SET spent = excluded.spent, at_ms = excluded.at_ms"
    )
    run(connection, sql, (key, spent, now_ms))
