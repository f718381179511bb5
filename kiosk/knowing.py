"""PURE. What the gate knows of a visitor, put before rules.decide: by the code, by a finished form, by light."""

from dataclasses import replace
from typing import Literal

from credentials.types import Credential, Unreadable
from kiosk.events import CodeSeen, Declared, LightShown
from kiosk.standing import Now, Rules, State
from rules.known import RISKS, Exposure, Known, LastDeclaration
from wire.records import Direction, Signal

MOST_PEOPLE = 10  # of one visit: the visitor and nine companions (wire.records.Visit)
_NAMES: dict[Direction, Literal["in", "out"]] = {Direction.IN: "in", Direction.OUT: "out"}


def known_by_code(
    seen: CodeSeen,
    state: State,
    now: Now,
    rules: Rules,
    direction: Direction,
    override: Literal["allow", "refuse"] | None = None,
) -> Known:
    """Whoever shows a code, and goes this way."""
    declarations = seen.declarations
    return Known(
        seen.code,
        venue=rules.venue,
        direction=_NAMES[direction],
        people=people_of(seen.code),
        occupancy=state.occupancy,
        capacity=rules.capacity,
        declaration=declarations[0] if declarations else None,
        orders=rules.duties.orders,
        clock=now.quality,
        ages=rules.duties.ages,
        now_ms=now.wall_ms,
        earlier=declarations[1:],
        exposure=_exposure_of(seen),
        override=override,
        zones=rules.duties.zones,
        areas=rules.areas,
    )


def known_by_form(event: Declared, state: State, now: Now, rules: Rules) -> Known:
    """Whoever has just finished a form, or refused it; the card may be missing."""
    seen, filing = event.seen, event.filing
    outcome = Signal.ASK if filing.facts & RISKS else Signal.ALLOW
    said = None if filing.refused else LastDeclaration(filing.form, 0, filing.facts, outcome)
    by_card = 1 if seen is None else people_of(seen.code)
    return replace(
        _known_without_a_code(state, now, rules),
        code=None if seen is None else seen.code,
        people=min(MOST_PEOPLE, max(filing.people, by_card)),
        by="form",
        declaration=said,
        earlier=() if seen is None else seen.declarations,
        exposure=None if seen is None else _exposure_of(seen),
        refused=filing.refused,
        person=filing.home,
    )


def known_by_light(event: LightShown, state: State, now: Now, rules: Rules) -> Known:
    """Whoever showed a declaration that nobody here can read."""
    said = LastDeclaration(event.form, 0, frozenset(), event.outcome)
    return replace(_known_without_a_code(state, now, rules), by="light", declaration=said)


def people_of(code: Credential | Unreadable) -> int:
    """The holder and the companions that a pass names."""
    many = code.fields.get("companions") if code.kind == "pass" else 0
    return 1 + (many if isinstance(many, int) and 0 <= many < MOST_PEOPLE else 0)


def _exposure_of(seen: CodeSeen) -> Exposure | None:
    return None if seen.exposed_ms is None else Exposure(seen.exposed_ms)


def _known_without_a_code(state: State, now: Now, rules: Rules) -> Known:
    return Known(
        None,
        venue=rules.venue,
        occupancy=state.occupancy,
        capacity=rules.capacity,
        orders=rules.duties.orders,
        clock=now.quality,
        ages=rules.duties.ages,
        now_ms=now.wall_ms,
        zones=rules.duties.zones,
        areas=rules.areas,
    )
