"""Whether a place has room: people inside as the centre knows them, its capacity, and what the place wants done.

- Inside is whoever came in less whoever went out in the last twelve hours, companions with them: by scans alone, and
  never below zero. The sentence says so: it claims no more than was counted.
- `warn` (where nobody has decided): whoever comes in is checked in and reads that the place is full. `ask`: they are
  asked to wait and to speak with the door, as at a kiosk. Neither hides that somebody was there.
- A check-in that is told later is not warned: what was inside then is over.
"""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.places.places import Place
from central.statements import run
from wire.records import Direction, Signal
from wire.refusal import Refused

RULES = ("warn", "ask")
_BACK_MS = 12 * 3_600_000  # nobody stays longer: a check-out was forgotten (central.phones.visits)


class Room(NamedTuple):
    """People `inside` of `capacity`; `rule`: warn or ask."""

    inside: int
    capacity: int
    rule: str = "warn"

    def is_over(self, people: int) -> bool:
        """Whether it is more than full with so many more."""
        return self.inside + people > self.capacity


def room_of(connection: Connection, place: Place, now_ms: int) -> Room | None:
    """The room of a place; None where nobody has said how many it holds."""
    sql = (
        "SELECT p.capacity, COALESCE(r.rule, 'warn') FROM place p LEFT JOIN full_rule r ON r.place = p.number"
        " WHERE p.id = ? AND p.capacity IS NOT NULL"
    )
    row = run(connection, sql, (place.id,)).first()
    if row is None:
        return None
    sql = (
        "SELECT sum(CASE WHEN direction = ? THEN 1 + companions ELSE -1 - companions END) FROM visit"
        " WHERE venue = ? AND at_ms > ? AND at_ms <= ? AND signal = ?"
    )
    values = (int(Direction.IN), place.id, now_ms - _BACK_MS, now_ms, int(Signal.ALLOW))
    return Room(max(0, int(run(connection, sql, values).scalar() or 0)), *row)


def full_rule_of(connection: Connection, place: int) -> str:
    """What the place wants done when it is full, one of RULES. `place` is place.number."""
    return str(run(connection, "SELECT rule FROM full_rule WHERE place = ?", (place,)).scalar() or "warn")


def put_full_rule(connection: Connection, place: int, rule: str, now_ms: int) -> None:
    """What the place wants done when it is full. `place` is place.number. Raises Refused("bad_request")."""
    if rule not in RULES:
        raise Refused("bad_request", "warn or ask")
    sql = (
        "INSERT INTO full_rule (place, rule, changed_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (place) DO UPDATE SET rule = excluded.rule, changed_ms = excluded.changed_ms"
    )
    run(connection, sql, (place, rule, now_ms))
