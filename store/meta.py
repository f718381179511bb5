"""Small facts about this device, by name. Never personal data."""

from store.db import Store


def put(store: Store, key: str, value: str) -> None:
    """Set a fact."""
    with store.transaction() as db:
        db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
        )


def get(store: Store, key: str) -> str | None:
    """A fact, or None."""
    row = store.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])
