"""What a rule may look at: everything known about a visitor as plain data, without names and numbers.

| path | value |
|---|---|
| `venue.kind` | market school hospital border office ... |
| `direction` | in, out |
| `people`, `occupancy`, `capacity` | how many come, are inside, may be inside (null: no limit) |
| `code.kind`, `code.signed` | what was shown (null: nothing), and whether its kind carries a signature |
| `person.birth_date`, `.nationality`, `.province`, `.ward` | null where not known |
| `declared.any` | a declaration is remembered |
| `declared.due`, `declared.refused` | a mandatory order has no fresh declaration; the visitor said no to the form |
| `facts.symptoms`, `.severe_symptoms`, `.exposure`, `.positive_test`, `.travel` | declared; `facts` is null without |
| `exposure`, `cleared` | on the exposure list; the centre has cleared the visitor, who then has no exposure |
| `orders` | ids of the orders that run and concern the visitor |
| `zone.level` | level of this place: green yellow orange red; null: nobody said, it is over, or the clock is unset |
| `zones.green`, `.yellow`, `.orange`, `.red` | codes of provinces and wards with that level now |
| `clock`, `now` | synced holdover unset; ISO time in UTC, null while unset |
| `ages.trust`, `.exposures`, `.orders`, `.rules` | whole hours since that bulletin was issued, null: none came |
| `rules.expired` | the bulletin's rules do not run now, these stand in for it |

An order's `who` sees `venue`, `direction` and `person` alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rules.certlogic import CertLogicError, prepare
from rules.known import FACTS, Known, LastDeclaration
from rules.orders import HOUR_MS, Order, in_force
from rules.rule import looks_at
from wire.declared import from_text, is_among, is_declared
from wire.records import Signal
from wire.zones import codes_by_level, worst

# Kinds that carry no signature and, at a gate, no date: an unset clock cannot make them look better than they are.
UNSIGNED = frozenset({"cccd", "bhyt", "personal-qr", "passport", "typed"})
_CITIZENS = frozenset({"cccd"})
FACTS_FOR_MS = 21 * 24 * HOUR_MS  # the longest time back that a form asks about (entry declaration: 21 days)
CORRECTED_MS = 300_000  # a clock that learns the time may jump back: a declaration is then "younger" than now


@dataclass(frozen=True, slots=True)
class Case:
    """What decide() has worked out of a Known: what concerns this visitor now."""

    known: Known
    orders: tuple[Order, ...]
    due: bool
    facts: frozenset[str] | None
    exposed: bool
    cleared: bool
    expired: bool


def size_up(known: Known, now_ms: int | None, expired: bool) -> Case:
    """What concerns this visitor now."""
    orders = orders_for(known, now_ms)
    facts: frozenset[str] | None = None
    for one in remembered(known):
        facts = one.facts if facts is None else facts | one.facts
    cleared = _is_cleared(known, now_ms)
    exposed = not cleared and known.exposure is not None and (now_ms is None or now_ms < known.exposure.until_ms)
    if cleared and facts is not None:
        facts -= {"exposure"}
    return Case(known, orders, is_due(known, orders), facts, exposed, cleared, expired)


def orders_for(known: Known, now_ms: int | None) -> tuple[Order, ...]:
    """The orders that run and concern this visitor."""
    if not known.orders:
        return ()
    return tuple([order for order in in_force(known.orders, now_ms) if concerns(order, known)])


def remembered(known: Known) -> tuple[LastDeclaration, ...]:
    """The declarations whose answers still count."""
    if known.declaration is None:
        return ()
    return tuple([one for one in (known.declaration, *known.earlier) if one.age_ms <= FACTS_FOR_MS])


def is_due(known: Known, orders: Sequence[Order]) -> bool:
    """Whether one of these orders asks for a declaration that is not there, or no longer fresh."""
    said = () if known.declaration is None else (known.declaration, *known.earlier)
    return any(
        order.mandatory
        and not _on_pass(known, order)
        and not any(one.form == order.form and -CORRECTED_MS <= one.age_ms <= order.valid_ms for one in said)
        for order in orders
    )


def _on_pass(known: Known, order: Order) -> bool:
    """Whether the centre has signed on the pass that this order's form was declared; a valid code is in date here."""
    code, now_ms = known.code, known.time_ms
    if code is None or code.kind != "pass":
        return False
    if is_declared(code.fields.get("outcome"), order.form):
        return True
    declared = from_text(code.fields.get("declared"))
    return now_ms is not None and bool(declared) and is_among(declared, order.form, now_ms / 1000)


def duty_note(known: Known, orders: Sequence[Order]) -> str:
    """What a check-in's record says of these orders, which run and concern the visitor: a code of wire.reasons. Whoever
    leaves is asked for nothing: ""."""
    if known.direction == "out":
        return ""
    if not any(order.mandatory for order in orders):
        return "no_declaration_due"
    if not is_due(known, orders):
        return "declaration_held"
    return "declaration_refused" if known.refused else "declaration_due"


def _is_cleared(known: Known, now_ms: int | None) -> bool:
    """By a pass whose signed outcome says so (a valid code is in date here), or by the centre's word."""
    code, word = known.code, known.clearance
    if code is not None and code.kind == "pass" and code.fields.get("outcome") == Signal.ALLOW:
        return True
    return word is not None and now_ms is not None and now_ms < word.until_ms


def look(case: Case, parts: frozenset[str]) -> dict[str, Any]:
    """The data for rules that look at these parts of it; "" stands for the whole."""
    wanted = _PARTS if "" in parts else parts
    return {name: _PARTS[name](case) for name in wanted if name in _PARTS}


def concerns(order: Order, known: Known) -> bool:
    """Whether an order concerns this visitor. One that cannot be worked out concerns everybody."""
    if order.who is None:
        return True
    data = {"venue": {"kind": known.venue}, "direction": known.direction, "person": person(known)}
    try:
        return order.whom.evaluate(data) is not False  # a `who` that gives no yes or no cannot be worked out
    except CertLogicError:
        return True


def may_concern(order: Order, known: Known) -> bool:
    """Whether an order may concern somebody of whom nothing is known yet but the place and the way: what depends on the
    person counts as possible."""
    if order.who is None:
        return True
    return _possible(order.who, {"venue": {"kind": known.venue}, "direction": known.direction})


def _possible(logic: Any, data: Mapping[str, Any]) -> bool:
    """False only where no person can make it true; `and` and `or` are looked into, anything else counts whole."""
    match logic:
        case {"and": list(parts)}:
            return all(_possible(part, data) for part in parts)
        case {"or": list(parts)}:
            return any(_possible(part, data) for part in parts)
    part = prepare(logic)
    try:
        return looks_at(part.fields, ("person",)) or part.evaluate(data) is not False
    except CertLogicError:
        return True


def person(known: Known) -> dict[str, Any]:
    """What rules and orders may know of the visitor."""
    code, told = known.code, known.person
    fields: Mapping[str, Any] = {} if code is None else code.fields
    kind = None if code is None else code.kind
    nationality = fields.get("country") or ("VN" if kind in _CITIZENS else None)
    return {
        "birth_date": told.get("birth_date") or fields.get("birth_date"),
        "nationality": told.get("nationality") or nationality,
        "province": told.get("province"),
        "ward": told.get("ward"),
    }


def _code(case: Case) -> dict[str, Any]:
    kind = None if case.known.code is None else case.known.code.kind
    return {"kind": kind, "signed": kind is not None and kind not in UNSIGNED}


def _facts(case: Case) -> dict[str, bool] | None:
    facts = case.facts
    return None if facts is None else {name: name in facts for name in FACTS}


def _now(case: Case) -> str | None:
    time_ms = case.known.time_ms
    return None if time_ms is None else datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()


def _ages(case: Case) -> dict[str, int | None]:
    ages = case.known.ages
    return {
        "trust": _hours(ages.trust),
        "exposures": _hours(ages.exposures),
        "orders": _hours(ages.orders),
        "rules": _hours(ages.rules),
    }


def _hours(age_ms: int | None) -> int | None:
    return None if age_ms is None else age_ms // HOUR_MS


def _declared(case: Case) -> dict[str, bool]:
    return {"any": case.known.declaration is not None, "due": case.due, "refused": case.known.refused}


def _zone(case: Case) -> dict[str, str | None]:
    zone = worst(case.known.zones, case.known.areas, case.known.time_ms)
    return {"level": None if zone is None else zone.level}


def _zones(case: Case) -> dict[str, list[str]]:
    return {level: list(codes) for level, codes in codes_by_level(case.known.zones, case.known.time_ms).items()}


_PARTS: dict[str, Callable[[Case], Any]] = {
    "venue": lambda case: {"kind": case.known.venue},
    "direction": lambda case: case.known.direction,
    "people": lambda case: case.known.people,
    "occupancy": lambda case: case.known.occupancy,
    "capacity": lambda case: case.known.capacity,
    "code": _code,
    "person": lambda case: person(case.known),
    "declared": _declared,
    "facts": _facts,
    "exposure": lambda case: case.exposed,
    "cleared": lambda case: case.cleared,
    "orders": lambda case: [order.id for order in case.orders[:16]],
    "zone": _zone,
    "zones": _zones,
    "clock": lambda case: case.known.clock,
    "now": _now,
    "ages": _ages,
    "rules": lambda case: {"expired": case.expired},
}
