"""What the gate reads back: who is inside (by today's pseudonym) and how many."""

from dataclasses import dataclass

from store.db import Store
from store.epochs import SEQ_BITS, SEQ_MASK

_IN, _ALLOW = 1, 1
LATEST_MS = 1 << 62
MOST_PASSAGES = 40_000  # more than a gate lets through in an hour: eleven a second


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


def check_ins(store: Store, boot: bytes, since_ms: int) -> list[tuple[bytes, str]]:
    """(pseudonym, `epoch hex:seq` of the record) of every admitted check-in of this boot since then, oldest first."""
    rows = store.execute(
        "SELECT visitor, epoch, place FROM visit JOIN epoch ON ordinal = place >> ? WHERE visitor IS NOT NULL"
        " AND direction = ? AND signal = ? AND boot = ? AND at_ms >= ? ORDER BY place",
        (SEQ_BITS, _IN, _ALLOW, boot, since_ms),
    ).fetchall()
    return [(visitor, f"{epoch.hex()}:{place & SEQ_MASK}") for visitor, epoch, place in rows]


def occupancy(store: Store, since_ms: int, before_ms: int = LATEST_MS) -> int:
    """Ins minus outs since `since_ms` and before `before_ms`, never below 0; independent of who they were."""
    row = store.execute(
        "SELECT ifnull(sum(CASE direction WHEN ? THEN people ELSE -people END), 0) FROM visit"
        " WHERE signal = ? AND at_ms >= ? AND at_ms < ?",
        (_IN, _ALLOW, since_ms, before_ms),
    ).fetchone()
    return max(0, int(row[0]))


def passages(store: Store, since_ms: int, before_ms: int) -> list[tuple[int, int, int]]:
    """(at ms, direction, people) of the admitted visits in that span, in their order; at most MOST_PASSAGES."""
    return store.execute(
        "SELECT at_ms, direction, people FROM visit WHERE signal = ? AND at_ms >= ? AND at_ms < ?"
        " ORDER BY place LIMIT ?",
        (_ALLOW, since_ms, before_ms, MOST_PASSAGES),
    ).fetchall()
