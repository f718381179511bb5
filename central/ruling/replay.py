"""How last week's visits would have changed: each visit of a sample is decided anew by both sets, with what is known.

- Of a visit the centre keeps place, way, kind of code, companions, clock and time. Answers, symptoms, exposures, orders
  and addresses are sealed or were known at the gate alone: a rule that looks at them is left out of both sets, and
  named. So is one that stops: it rests on an order.
- What is compared is set against set over equal knowledge, never against the signal that was shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.statements import run
from credentials.types import Credential, Kind
from rules.decide import decide
from rules.known import Clock, Known
from rules.rule import Rule
from rules.ruleset import RuleSet
from wire.records import Direction, IdentityKind, Signal

DAYS = 7
PLACES, EACH = 300, 100
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_KNOWN = frozenset(
    {
        *("venue", "venue.kind", "direction", "people", "code", "code.kind", "code.signed", "clock", "now"),
        *("rules", "rules.expired"),
    }
)
_CODES: dict[int, Kind] = {
    IdentityKind.CCCD: "cccd",
    IdentityKind.BHYT: "bhyt",
    IdentityKind.PERSONAL_QR: "personal-qr",
    IdentityKind.PASS: "pass",
    IdentityKind.TYPED: "typed",
    IdentityKind.PASSPORT: "passport",
}
_CLOCKS: tuple[Clock, ...] = ("synced", "holdover", "unset")


class Seen(NamedTuple):
    """What is left of a visit: kind of the place, way, people, kind of code, clock, the hour it fell in (Unix ms)."""

    venue: str
    direction: int
    people: int
    code: int
    clock: int
    hour_ms: int


class Replay(NamedTuple):
    """`changed`: (signal before, after) -> visits; `venues` and `hours` say where and when those fell.

    `left_out`: rule id -> what it looks at that nobody here knows.
    """

    visits: int
    places: int
    changed: dict[tuple[str, str], int]
    venues: dict[str, int]
    hours: dict[int, int]
    left_out: dict[str, tuple[str, ...]]


def sample(connection: Connection, now_ms: int) -> tuple[int, Counter[Seen]]:
    """(places, visits) of the last DAYS days: the newest EACH of PLACES places that lie spread over all of them."""
    spread = "number * 7919 - number * 7919 / 10007 * 10007"  # the remainder: "%" is a mark of psycopg's
    sql = f"SELECT id, kind FROM place WHERE closed_ms IS NULL ORDER BY {spread}, number LIMIT ?"
    seen: Counter[Seen] = Counter()
    places = 0
    for venue, kind in run(connection, sql, (PLACES,)).all():
        sql = (
            f"SELECT direction, companions + 1, identity_kind, clock, at_ms / {_HOUR_MS} FROM visit"
            " WHERE venue = ? AND at_ms > ? AND at_ms <= ? ORDER BY at_ms DESC LIMIT ?"
        )
        rows = run(connection, sql, (venue, now_ms - DAYS * _DAY_MS, now_ms, EACH)).all()
        places += bool(rows)
        seen.update(Seen(kind, row[0], row[1], row[2], row[3], row[4] * _HOUR_MS) for row in rows)
    return places, seen


def replay(places: int, seen: Mapping[Seen, int], before: RuleSet, after: RuleSet) -> Replay:
    """PURE. Decide each of them by both sets."""
    old, new = _known_part(before), _known_part(after)
    changed: Counter[tuple[str, str]] = Counter()
    venues: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    for one, n in seen.items():
        known = _known(one)
        if known is None:
            continue
        pair = (decide(known, old).signal.name, decide(known, new).signal.name)
        if pair[0] != pair[1]:
            changed[pair] += n
            venues[one.venue] += n
            hours[(one.hour_ms // _HOUR_MS + 7) % 24] += n
    visits = sum(n for one, n in seen.items() if one.code in _CODES)
    left_out = {rule.id: _unknown(rule) for rule in (*before.rules, *after.rules) if _unknown(rule)}
    return Replay(visits, places, dict(changed), dict(venues), dict(hours), left_out)


def as_json(found: Replay) -> dict[str, Any]:
    """For keeping beside a proposal."""
    return {
        "visits": found.visits,
        "places": found.places,
        "changed": [[*pair, n] for pair, n in sorted(found.changed.items())],
        "venues": dict(sorted(found.venues.items())),
        "hours": {str(hour): n for hour, n in sorted(found.hours.items())},
        "left_out": {name: list(fields) for name, fields in sorted(found.left_out.items())},
    }


def _known_part(rules: RuleSet) -> RuleSet:
    lower = None if rules.otherwise is None else _known_part(rules.otherwise)
    return replace(rules, rules=tuple(rule for rule in rules.rules if not _unknown(rule)), otherwise=lower)


def _unknown(rule: Rule) -> tuple[str, ...]:
    fields: Iterable[str] = {*rule.when.fields, *(".".join(need) for need in rule.needs)}
    missing = sorted(name or "*" for name in fields if name not in _KNOWN)
    return (*missing, "order") if rule.signal is Signal.STOP else tuple(missing)


def _known(one: Seen) -> Known | None:
    kind = _CODES.get(one.code)
    if kind is None:
        return None
    return Known(
        Credential(kind, "valid", "ok", (), "THU"),
        venue=one.venue,
        direction="in" if one.direction == Direction.IN else "out",
        people=one.people,
        clock=_CLOCKS[one.clock],
        now_ms=one.hour_ms,
    )
