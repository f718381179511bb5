"""Declarations by light that were taken: what makes a filmed one count once, though the gate starts again.

- A row is written in the transaction of the declaration's record, or not at all.
- It stays until the declaration could not be taken anyhow (store.retention). Of those without the centre's word, which
  anybody can make, the newest MOST_WORDLESS stay: a flood of them pushes out no proven green.
"""

import sqlite3
from typing import NamedTuple

from store.db import Store

MOST_WORDLESS = 4096


class LightTaken(NamedTuple):
    """`declaration` is the id of wire.light (16 bytes); `worded`: the centre's word was in it and proven; `until_ms`,
    Unix ms: when nobody takes it any more."""

    declaration: bytes
    worded: bool
    until_ms: int


def is_taken(store: Store, declaration: bytes, worded: bool) -> bool:
    """Whether this one was taken before: with the word, where it has it now."""
    row = store.execute("SELECT worded FROM light_taken WHERE declaration = ?", (declaration,)).fetchone()
    return row is not None and bool(row[0] or not worded)


def write_taken(db: sqlite3.Connection, place: int, taken: LightTaken) -> None:
    """Inside the caller's transaction: note that it was taken."""
    db.execute(
        "INSERT INTO light_taken (declaration, worded, place, until_ms) VALUES (?, ?, ?, ?) ON CONFLICT (declaration)"
        " DO UPDATE SET worded = max(worded, excluded.worded), place = excluded.place,"
        " until_ms = max(until_ms, excluded.until_ms)",
        (taken.declaration, taken.worded, place, taken.until_ms),
    )
    if not taken.worded:
        db.execute(
            "DELETE FROM light_taken WHERE worded = 0 AND place <= (SELECT place FROM light_taken WHERE worded = 0"
            " ORDER BY place DESC LIMIT 1 OFFSET ?)",
            (MOST_WORDLESS,),
        )
