"""Who has declared and was well, by pseudonym: what the gate reads back after a restart."""

import sqlite3
from typing import NamedTuple

from store.db import Store
from wire.envelope import Stamp


class Declared(NamedTuple):
    """A declaration without symptoms or exposure. `visitor` is 16 bytes, `form` its url|version; times in ms."""

    visitor: bytes
    form: str
    at_ms: int
    boot: bytes
    mono_ms: int


def declared_since(store: Store, since_ms: int) -> list[Declared]:
    """Every such declaration since `since_ms` (Unix ms)."""
    rows = store.execute(
        "SELECT visitor, form, at_ms, boot, mono_ms FROM declared WHERE at_ms >= ?", (since_ms,)
    ).fetchall()
    return [Declared(*row) for row in rows]


def write_declared(db: sqlite3.Connection, place: int, visitor: bytes, form: str, well: bool, stamp: Stamp) -> None:
    """Inside the caller's transaction: note a declaration of somebody well, or forget an earlier one of who is not.

    That a visitor is not well is not written here: it lies sealed in the outbox alone.
    """
    if not well:
        db.execute("DELETE FROM declared WHERE visitor = ? AND form = ?", (visitor, form))
        return
    db.execute(
        "INSERT INTO declared (visitor, form, place, at_ms, boot, mono_ms) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (visitor, form) DO UPDATE SET place = excluded.place, at_ms = excluded.at_ms,"
        " boot = excluded.boot, mono_ms = excluded.mono_ms",
        (visitor, form, place, stamp.at_ms, stamp.boot, stamp.mono_ms),
    )
