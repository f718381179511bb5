"""PURE. What the centre knows of a phone's pass, put before rules.decide as a gate does, and what a record says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from central.phones.board import Standing
from central.phones.rooms import Room
from credentials.pass_qr import Pass
from credentials.types import Credential, Fields
from rules.decide import MAX_REASONS, Decision, decide
from rules.known import RISKS, Exposure, Known, LastDeclaration
from wire.declared import is_among, is_declared
from wire.reasons import REASONS, note_of, number_of, public
from wire.records import Signal

_WAYS: dict[str, Literal["in", "out"]] = {"in": "in", "out": "out"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever asks. `shown`: the pass and others of the same id, with what was declared; `exposed_ms`: until when."""

    shown: tuple[Pass, ...]
    exposed_ms: int | None = None

    @property
    def pass_id(self) -> bytes:
        """16 bytes."""
        return self.shown[0].pass_id


@dataclass(frozen=True, slots=True)
class There:
    """Where it is. `kind` is the place's; `areas` those around it."""

    kind: str
    areas: frozenset[str]
    standing: Standing
    room: Room | None = None

    @property
    def known(self) -> bool:
        """Whether it is anywhere: a declaration at home is of no place."""
        return bool(self.areas - {"all"})


def on_check(holder: Holder, there: There, way: str, people: int, at_ms: int) -> Decision:
    """The answer to a check-in or check-out by a poster."""
    known = replace(_known(holder, there, at_ms), direction=_WAYS[way], people=people)
    room = there.room if way == "in" else None
    if room is not None and room.rule == "ask":
        known = replace(known, occupancy=room.inside, capacity=room.capacity)
    decision = decide(known, there.standing.rules)
    if room is None or not room.is_over(people) or decision.signal is not Signal.ALLOW:
        return decision
    return replace(decision, reasons=("full", *(one for one in decision.reasons if one != "full")))


def on_declared(
    holder: Holder, there: There, form: str, facts: frozenset[str], at_ms: int, *, refused: bool
) -> Decision:
    """The answer to a finished form, or to the refusal to fill it in. What other orders ask for is no matter of this
    form: it is asked for at the check-in."""
    known = _known(holder, there, at_ms)
    outcome = Signal.ASK if facts & RISKS else Signal.ALLOW
    said = None if refused else LastDeclaration(form, 0, facts, outcome)
    others = {order.form for order in there.standing.running(at_ms)} - {form}
    earlier = tuple(LastDeclaration(other, 0) for other in sorted(others))
    return decide(replace(known, by="form", declaration=said, earlier=earlier, refused=refused), there.standing.rules)


def numbers_of(decision: Decision, *notes: str) -> tuple[int, ...]:
    """The reasons as a record's trace part carries them: what everybody may read, the duty and other notes; at most 8.

    Who opens a trace learns a number and must not learn with it who is ill.
    """
    said = [number_of(reason) for reason in public(decision.reasons)]
    duty = decision.duty and (number_of(decision.duty) if decision.duty in REASONS else note_of(decision.duty))
    more = [number for number in (duty, *map(note_of, notes)) if number and number not in said]
    return (*said[: MAX_REASONS - len(more)], *more)


def _known(holder: Holder, there: There, at_ms: int) -> Known:
    held = _declared(holder, there, at_ms)
    return Known(
        _credential(holder.shown[0]),
        venue=there.kind or "other",
        declaration=held[0] if held else None,
        earlier=held[1:],
        orders=there.standing.orders,
        now_ms=at_ms,
        exposure=None if holder.exposed_ms is None else Exposure(holder.exposed_ms),
        zones=there.standing.zones,
        areas=there.areas,
    )


def _declared(holder: Holder, there: There, at_ms: int) -> tuple[LastDeclaration, ...]:
    """What the passes say was declared, by the forms of the running orders."""
    forms: Sequence[str] = sorted({order.form for order in there.standing.running(at_ms)})
    lasting = [one for one in holder.shown if one.expires * 1000 > at_ms]

    def said(form: str) -> bool:
        return any(is_declared(one.outcome, form) or is_among(one.declared, form, at_ms / 1000) for one in lasting)

    return tuple(LastDeclaration(form, 0) for form in forms if said(form))


def _credential(shown: Pass) -> Credential:
    ends = datetime.fromtimestamp(shown.expires, UTC).isoformat()
    kept: Fields = {
        "id": shown.pass_id.hex(),
        "expires": ends,
        "companions": shown.companions,
        "outcome": shown.outcome,
    }
    return Credential("pass", "valid", "ok", (), shown.pass_id.hex(), {**kept, "form": "rotating"})
