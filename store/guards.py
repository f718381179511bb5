"""Guards' accounts: a one-time PIN from the technician, then a PIN of the guard's own. Only salted digests lie here.

- `guard` is written by the technician's command, `guard_pin` by the kiosk: one writer for each table.
- A reset draws a new `granted`: the chosen PIN and every session that hung on the old one end with it.
- Names are compared case folded and in NFC: phones like to begin with a capital.
"""

import unicodedata
from typing import NamedTuple

from store.db import Store

MOST = 200  # accounts of one kiosk: the page keeps a counter of wrong PINs for each


class Guard(NamedTuple):
    """One account. `once`: the digest is of the one-time PIN, which ends at `until_ms` and must be replaced by a PIN
    of the guard's own; otherwise it is of that PIN and `until_ms` means nothing."""

    key: str
    name: str
    granted: int
    salt: bytes
    digest: bytes
    once: bool
    until_ms: int


class Full(Exception):
    """There are MOST accounts already."""


def key_of(name: str) -> str:
    """What two spellings of one name have in common."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


def grant(store: Store, name: str, salt: bytes, digest: bytes, until_ms: int) -> None:
    """Make the account `name`, or give it a new one-time PIN. Raises Full, StoreError."""
    granted = 1 + int.from_bytes(store.random_bytes(6), "big")
    with store.transaction() as db:
        key = key_of(name)
        others = db.execute("SELECT count(*) FROM guard WHERE key != ?", (key,)).fetchone()[0]
        if others >= MOST:
            raise Full
        db.execute(
            "INSERT INTO guard VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name,"
            " granted = excluded.granted, salt = excluded.salt, digest = excluded.digest, until_ms = excluded.until_ms",
            (key, unicodedata.normalize("NFC", name).strip(), granted, salt, digest, until_ms),
        )


def choose(store: Store, key: str, granted: int, salt: bytes, digest: bytes) -> bool:
    """Keep the PIN that a guard chose under this grant; False when the account was reset or removed meanwhile."""
    with store.transaction() as db:
        if db.execute("SELECT 1 FROM guard WHERE key = ? AND granted = ?", (key, granted)).fetchone() is None:
            return False
        db.execute("INSERT OR REPLACE INTO guard_pin VALUES (?, ?, ?, ?)", (key, granted, salt, digest))
    return True


def remove(store: Store, name: str) -> bool:
    """End an account; False when there is none of this name."""
    with store.transaction() as db:
        return db.execute("DELETE FROM guard WHERE key = ?", (key_of(name),)).rowcount > 0


def find(store: Store, name: str) -> Guard | None:
    """The account of this name."""
    return next(iter(_read(store, " WHERE g.key = ?", (key_of(name),))), None)


def all_of(store: Store) -> list[Guard]:
    """Every account, by name."""
    return _read(store, " ORDER BY g.key", ())


def _read(store: Store, which: str, parameters: tuple[str, ...]) -> list[Guard]:
    rows = store.execute(
        "SELECT g.key, g.name, g.granted, ifnull(p.salt, g.salt), ifnull(p.digest, g.digest), p.key IS NULL, g.until_ms"
        " FROM guard g LEFT JOIN guard_pin p ON p.key = g.key AND p.granted = g.granted" + which,
        parameters,
    ).fetchall()
    return [Guard._make((*row[:5], bool(row[5]), row[6])) for row in rows]
