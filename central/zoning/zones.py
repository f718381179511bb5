"""Zones in the database: proposed once, then only events. Whoever calls checks the right and writes the log."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.statements import run
from central.zoning.life import Event, State, shown_state, state_after, state_of, step
from wire.refusal import Refused

MOST_EVENTS = 200  # of one zone that are shown, the newest
_MOST_IN_FORCE = 20_000  # beyond it the mildest are left out: there are 3,355 wards and provinces
_MOST_OF_AREA = 200  # a decision ends what stands in its area, so that hardly two ever do
_STRICTEST = "CASE level WHEN 'red' THEN 0 WHEN 'orange' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END"
_ZONE = "id, area, ward, province, level, from_ms, to_ms, rule, reasons, words, replaces, proposed_by, proposed_ms"


@dataclass(frozen=True, slots=True)
class Zone:
    """One proposal; `reasons` is JSON of central.zoning.proposing.Grounds. Times in Unix ms, [from_ms, to_ms)."""

    id: int
    area: str
    ward: str
    province: str
    level: str
    from_ms: int
    to_ms: int
    rule: str
    reasons: str
    words: str
    replaces: int | None
    proposed_by: str
    proposed_ms: int

    @property
    def areas(self) -> frozenset[str]:
        """Where a right must be held to decide on it."""
        named = (("ward", self.ward), ("province", self.province))
        return frozenset({self.area, *(f"{kind}-{value}" for kind, value in named if value)})


@dataclass(frozen=True, slots=True)
class NewZone:
    """What is proposed. `ward` and `province` say where the area lies."""

    area: str
    ward: str
    province: str
    level: str
    from_ms: int
    to_ms: int
    rule: str
    reasons: str
    words: str = ""
    replaces: int | None = None


def propose(connection: Connection, new: NewZone, actor: str, now_ms: int) -> int:
    """Put a proposal; its number. Raises Refused("zone_time") for a time that is over or empty."""
    if new.to_ms <= max(now_ms, new.from_ms):
        raise Refused("zone_time", new.area)
    sql = (
        "INSERT INTO zone (area, ward, province, level, from_ms, to_ms, rule, reasons, words, replaces, proposed_by,"
        " proposed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
    )
    n = new
    what = (n.area, n.ward, n.province, n.level, n.from_ms, n.to_ms, n.rule, n.reasons, n.words, n.replaces)
    return int(run(connection, sql, (*what, actor, now_ms)).scalar_one())


def zone_of(connection: Connection, number: int) -> Zone:
    """Raises Refused("zone_unknown")."""
    row = run(connection, f"SELECT {_ZONE} FROM zone WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("zone_unknown", str(number))
    return Zone(*row)


def history(connection: Connection, number: int) -> list[Event]:
    """The newest events of a zone, MOST_EVENTS at most, oldest first."""
    sql = "SELECT at_ms, what, actor, words FROM zone_event WHERE zone = ? ORDER BY at_ms DESC, id DESC LIMIT ?"
    return [Event(*row) for row in run(connection, sql, (number, MOST_EVENTS))][::-1]


def decide(connection: Connection, number: int, actor: str, words: str, now_ms: int) -> Zone:
    """The second person's yes; the zone of the same area that it replaces ends with it.

    Raises Refused: zone_unknown, zone_state, same_person, zone_time (its end has passed meanwhile).
    """
    decided = _lock(connection, number)
    if actor == decided.proposed_by:
        raise Refused("same_person", str(number))
    if decided.to_ms <= now_ms:
        raise Refused("zone_time", str(number))
    _add(connection, decided, "decided", actor, words, now_ms)
    for other in _standing(connection, decided, now_ms):
        _add(connection, other, "ended", actor, f"Z-{number}", now_ms)
    return decided


def act(connection: Connection, number: int, what: str, actor: str, words: str, now_ms: int) -> Zone:
    """refused, withdrawn, ended, undone or restored. An undone decision gives back what it had ended.

    Whoever proposed a zone does not restore it: that would be a yes to one's own proposal.
    Raises Refused: zone_unknown, zone_state, reason_missing, same_person.
    """
    acted = _lock(connection, number)
    if what == "restored" and actor == acted.proposed_by:
        raise Refused("same_person", str(number))
    if not words.strip():
        raise Refused("reason_missing", what)
    _add(connection, acted, what, actor, words, now_ms)
    if what == "undone":
        for other in _ended_by(connection, acted):
            if other.to_ms > now_ms:
                _add(connection, other, "restored", actor, f"Z-{number}", now_ms)
    return acted


def open_proposals(connection: Connection, now_ms: int, most: int = 200) -> list[Zone]:
    """Proposals that nobody has decided on, the highest level first."""
    sql = (
        f"SELECT {_ZONE} FROM zone z WHERE to_ms > ? AND NOT EXISTS (SELECT 1 FROM zone_event e WHERE e.zone = z.id)"
        f" ORDER BY {_STRICTEST}, id DESC LIMIT ?"
    )
    return [Zone(*row) for row in run(connection, sql, (now_ms, most))]


def in_force(connection: Connection, at_ms: int, area: str = "") -> list[Zone]:
    """The zones that were in force at a moment, by area; only those of one `area` when it is named.

    Of more than 20,000 the strictest.
    """
    sql = (
        f"SELECT {_ZONE} FROM zone z WHERE to_ms > ? AND from_ms <= ? AND (? = '' OR area = ?) AND (SELECT what FROM"
        " zone_event e WHERE e.zone = z.id AND e.at_ms <= ? ORDER BY e.at_ms DESC, e.id DESC LIMIT 1)"
        f" IN ('decided', 'restored') ORDER BY {_STRICTEST}, id DESC LIMIT ?"
    )
    rows = run(connection, sql, (at_ms, at_ms, area, area, at_ms, _MOST_IN_FORCE))
    return sorted((Zone(*row) for row in rows), key=lambda zone: (zone.area, zone.id))


def recent(connection: Connection, since_ms: int, most: int = 200) -> list[tuple[Zone, str]]:
    """(zone, state) of zones that reach into the time since `since_ms`, the newest first; for the history list."""
    sql = (
        f"SELECT {_ZONE}, (SELECT what FROM zone_event e WHERE e.zone = z.id ORDER BY e.at_ms DESC, e.id DESC LIMIT 1)"
        " FROM zone z WHERE to_ms > ? ORDER BY id DESC LIMIT ?"
    )
    rows = run(connection, sql, (since_ms, most)).all()
    return [(Zone(*row[:-1]), state_after(row[-1])) for row in rows]


def left_by(events: list[Event]) -> State:
    """The state that a `history` leaves; of one that was cut only the last event says it."""
    return state_of(events) if len(events) < MOST_EVENTS else state_after(events[-1].what)


def state_at(zone: Zone, events: list[Event], now_ms: int) -> str:
    """The state in which a zone stands for its readers."""
    return shown_state(left_by(events), zone.from_ms, zone.to_ms, now_ms)


def _lock(connection: Connection, number: int) -> Zone:
    if connection.dialect.name == "postgresql":
        run(connection, "SELECT 1 FROM zone WHERE id = ? FOR UPDATE", (number,))  # one event at a time
    return zone_of(connection, number)


def _add(connection: Connection, zone: Zone, what: str, actor: str, words: str, now_ms: int) -> None:
    step(left_by(history(connection, zone.id)), what)
    values: tuple[Any, ...] = (zone.id, zone.proposed_by, now_ms, what, actor, words.strip()[:500])
    sql = "INSERT INTO zone_event (zone, proposed_by, at_ms, what, actor, words) VALUES (?, ?, ?, ?, ?, ?)"
    run(connection, sql, values)


def _standing(connection: Connection, decided: Zone, now_ms: int) -> list[Zone]:
    """What is or will be in force in the same area, but for the zone itself."""
    sql = (
        f"SELECT {_ZONE} FROM zone z WHERE area = ? AND id <> ? AND to_ms > ? AND (SELECT what FROM zone_event e"
        " WHERE e.zone = z.id ORDER BY e.at_ms DESC, e.id DESC LIMIT 1) IN ('decided', 'restored')"
        " ORDER BY id DESC LIMIT ?"
    )
    return [Zone(*row) for row in run(connection, sql, (decided.area, decided.id, now_ms, _MOST_OF_AREA))]


def _ended_by(connection: Connection, undone: Zone) -> list[Zone]:
    columns = ", ".join(f"z.{name}" for name in _ZONE.split(", "))
    sql = (
        f"SELECT {columns} FROM zone z JOIN zone_event e ON e.zone = z.id"
        " WHERE z.area = ? AND e.what = 'ended' AND e.words = ? AND e.id = (SELECT max(id) FROM zone_event"
        " WHERE zone = z.id) ORDER BY z.id DESC LIMIT ?"
    )
    return [Zone(*row) for row in run(connection, sql, (undone.area, f"Z-{undone.id}", _MOST_OF_AREA))]
