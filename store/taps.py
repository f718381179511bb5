"""Tags that were held to the gate: written by the radio process, taken up by the gate within milliseconds.

Only the last rows stay. They are the gate's news, not a history: a visit is what the gate makes of them.
"""

from typing import NamedTuple

from store.sightings import Sightings

KEPT_ROWS = 64


class TapRow(NamedTuple):
    """One tap. `pass_id` 16 bytes; `expires_s` and `companions` of the tag; `mono_ms` since boot `boot` (8 bytes)."""

    id: int
    pass_id: bytes
    expires_s: int
    companions: int
    at_ms: int
    boot: bytes
    mono_ms: int


def add_tap(
    sightings: Sightings, *, pass_id: bytes, expires_s: int, companions: int, at_ms: int, boot: bytes, mono_ms: int
) -> int:
    """Commit a tap; its id. Raises StoreError."""
    with sightings.transaction():
        added = sightings.execute(
            "INSERT INTO tap (pass_id, expires_s, companions, at_ms, boot, mono_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (pass_id, expires_s, companions, at_ms, boot, mono_ms),
        ).lastrowid
        assert added is not None
        sightings.execute("DELETE FROM tap WHERE id <= ?", (added - KEPT_ROWS,))
    return added


def taps_after(sightings: Sightings, after: int, most: int = 16) -> list[TapRow]:
    """The first `most` taps behind the id `after`, in order. Raises StoreError."""
    found = sightings.rows(f"SELECT {_COLUMNS} FROM tap WHERE id > ? ORDER BY id LIMIT ?", (after, most))
    return [TapRow(*row) for row in found]


def last_tap_id(sightings: Sightings) -> int:
    """The id of the newest tap, 0 without one. Raises StoreError."""
    return int(sightings.rows("SELECT ifnull(max(id), 0) FROM tap")[0][0])


_COLUMNS = ", ".join(TapRow._fields)
