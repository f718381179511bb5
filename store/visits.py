"""What the gate reads back: who is inside (by today's pseudonym) and how many."""

from dataclasses import dataclass

from store.db import Store

_IN, _ALLOW = 1, 1


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The newest admitted visit of one pseudonym. `visitor` is 16 bytes; mono_ms counts from boot `boot`."""

    visitor: bytes
    direction: int
    people: int
    at_ms: int
    boot: bytes
    mono_ms: int


def last_visits(store: Store, since_ms: int) -> list[LastVisit]:
    """The newest admitted visit of each pseudonym since `since_ms` (Unix ms)."""
    rows = store.execute(
        "SELECT visitor, direction, people, at_ms, boot, mono_ms, max(place) FROM visit"
        " WHERE visitor IS NOT NULL AND signal = ? AND at_ms >= ? GROUP BY visitor",
        (_ALLOW, since_ms),
    ).fetchall()
    return [LastVisit(*row[:6]) for row in rows]


def occupancy(store: Store, since_ms: int) -> int:
    """Ins minus outs since `since_ms`, never below 0; independent of who they were."""
    row = store.execute(
        "SELECT ifnull(sum(CASE direction WHEN ? THEN people ELSE -people END), 0) FROM visit"
        " WHERE signal = ? AND at_ms >= ?",
        (_IN, _ALLOW, since_ms),
    ).fetchone()
    return max(0, int(row[0]))
