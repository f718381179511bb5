"""Slips of paper: which numbers were given out, and which still wait to be entered. Nothing of what they say."""

from collections.abc import Sequence

from store.db import Store

KEPT = 10_000  # numbers that are remembered: years of paper at one gate
SHOWN = 50  # waiting slips that a page lists; more are counted


def give(store: Store, at_least: int, now_ms: int) -> int:
    """The next number, never one below `at_least`; committed when this returns. Raises StoreError."""
    with store.transaction() as db:
        number = max(at_least, 1 + last(store))
        db.execute("INSERT INTO slip VALUES (?, ?, NULL)", (number, now_ms))
        db.execute("DELETE FROM slip WHERE number <= ?", (number - KEPT,))
    return number


def last(store: Store) -> int:
    """The highest number given out, 0 before the first."""
    return int(store.execute("SELECT ifnull(max(number), 0) FROM slip").fetchone()[0])


def enter(store: Store, numbers: Sequence[int], now_ms: int) -> None:
    """These slips are recorded now; numbers that were given out while the store failed are noted too."""
    with store.transaction() as db:
        db.executemany(
            "INSERT INTO slip VALUES (?1, 0, ?2) ON CONFLICT (number) DO UPDATE SET entered_ms = ?2",
            [(number, now_ms) for number in numbers],
        )


def is_entered(store: Store, number: int) -> bool:
    """Whether this slip was entered already."""
    row = store.execute("SELECT entered_ms FROM slip WHERE number = ?", (number,)).fetchone()
    return row is not None and row[0] is not None


def waiting(store: Store) -> list[int]:
    """The oldest numbers that are still on paper only, at most SHOWN."""
    rows = store.execute("SELECT number FROM slip WHERE entered_ms IS NULL ORDER BY number LIMIT ?", (SHOWN,))
    return [row[0] for row in rows.fetchall()]
