"""PURE. A visitor at the gate: from the code, the finished form or the declaration by light to record and answer.

- Which way the visitor goes is settled before the decision: nobody who leaves is asked to declare or to wait for room.
- The same visitor soon again sees the same answer; the code must still be good.
- A finished form checks in whoever is not inside yet; it never checks anybody out.
"""

from credentials.types import Credential
from kiosk.duties import on_paper
from kiosk.effects import (
    Answered,
    Effect,
    KeepCard,
    PlaySound,
    RecordDeclaration,
    RecordLight,
    RecordVisit,
    ShowLamps,
    ShowScreen,
)
from kiosk.events import CodeSeen, Declared, Filing, LightShown
from kiosk.knowing import known_by_code, known_by_form, known_by_light, people_of
from kiosk.showing import first_of, show, until
from kiosk.standing import Now, Rules, State
from rules.decide import MAX_REASONS, Decision, decide
from rules.known import Known
from rules.messages import heard_by
from ui.screen import View
from wire.reasons import REASONS, note_of, number_of, public
from wire.records import Declaration, Direction, IdentityKind, SealedDeclaration, Signal, Source, Visit

IDENTITY_KINDS = {
    "cccd": IdentityKind.CCCD,
    "bhyt": IdentityKind.BHYT,
    "personal-qr": IdentityKind.PERSONAL_QR,
    "pass": IdentityKind.PASS,
    "passport": IdentityKind.PASSPORT,
    "typed": IdentityKind.TYPED,
}
# Whoever shows one of these may have a pass for the day, and need not take the card out again to leave.
_CARDS = frozenset({IdentityKind.CCCD, IdentityKind.BHYT, IdentityKind.PERSONAL_QR, IdentityKind.PASSPORT})
_HELD_UP = frozenset({Source.CAMERA, Source.READER})
# With these, nothing may be recorded: a code is answered with FAULT ("write it on paper").
_NO_RECORD = frozenset({"opened", "starting", "not_enrolled", "disk_full", "store_failed"})


def take_code(state: State, seen: CodeSeen, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """A code that is not merely held."""
    state = state._replace(waiting=None)
    fault = no_record(state)
    if fault is not None:
        return _refuse(state, fault, seen.asked, now, rules)
    if (last := _soon_again(seen, now, rules)) is not None:
        # As one who leaves: then the code alone counts, and it must still be good.
        decision = _decide(known_by_code(seen, state, now, rules, Direction.OUT), rules)
        if decision.signal is Signal.ALLOW:
            word = "already_in" if last is Direction.IN else "checked_out"
            shown = show(state, Decision(Signal.ALLOW, (word,)), last, now, rules, _newcomer(seen, last, now))
            return _answered(shown, seen.asked, word)
    direction = _direction(seen, rules)
    decision = _decide(known_by_code(seen, state, now, rules, direction or Direction.OUT), rules)
    if direction is None and decision.signal is Signal.ALLOW:
        return _ask_direction(state, seen, now, rules)
    return admit(state, seen, decision, direction or rules.way, now, rules)


def take_direction(
    state: State, seen: CodeSeen, direction: Direction, now: Now, rules: Rules
) -> tuple[State, list[Effect]]:
    """The visitor said which way."""
    state = state._replace(waiting=None)
    decision = _decide(known_by_code(seen, state, now, rules, direction), rules)
    return admit(state, seen, decision, direction, now, rules)


def take_declaration(state: State, event: Declared, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """A finished form, or the refusal to fill it in: recorded, decided on, and a check-in where it is somebody's."""
    seen, filing = event.seen, event.filing
    fault = no_record(state)
    if fault is not None:
        return _refuse(state, fault, event.asked, now, rules)
    known = known_by_form(event, state, now, rules)
    decision = _decide(known, rules)
    declaration = declaration_of(filing, seen, decision)
    visitor = None if seen is None else seen.visitor
    effects: list[Effect] = [RecordDeclaration(declaration, visitor, filing.facts)]
    inside = seen is not None and seen.last is not None and seen.last.direction is Direction.IN
    if seen is not None and not inside and rules.direction != "out":
        state, shown = admit(state, seen, decision, Direction.IN, now, rules, known.people)
    else:
        state, shown = show(state, decision, None, now, rules)
        state = until(state, None if seen is None else seen.exposed_ms)
    return state, [*effects, *shown, *answer(event.asked, decision)]


def take_light(state: State, event: LightShown, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """A declaration that nobody here can read: kept as it came, and answered by the centre's word in it."""
    fault = no_record(state)
    if fault is not None:
        return _refuse(state, fault, 0, now, rules)
    decision = _decide(known_by_light(event, state, now, rules), rules)
    record = SealedDeclaration(event.order, decision.signal, numbers_of(decision), decision.rules, event.blob)
    state, shown = show(state, decision, Direction.IN, now, rules)
    return state, [RecordLight(record, event.id, event.outcome is not None, event.until_ms), *shown]


def admit(
    state: State, seen: CodeSeen, decision: Decision, direction: Direction, now: Now, rules: Rules, people: int = 0
) -> tuple[State, list[Effect]]:
    """Record the visit and show the decision; without an identity there is nothing to record."""
    people = people or people_of(seen.code)
    effects: list[Effect] = []
    visit = visit_of(seen, decision, direction, people)
    if visit is not None:
        effects.append(RecordVisit(visit, seen.visitor))
    if decision.signal is Signal.ALLOW:
        state = count(state, direction, people)
    if "declaration_due" in decision.reasons and isinstance(seen.code, Credential):
        effects.append(KeepCard(seen.code))
    doubted = None if decision.signal is Signal.ALLOW else seen
    state = state._replace(doubted=doubted, doubted_until_ms=now.mono_ms + rules.doubt_ms)
    newcomer = _newcomer(seen, direction, now) if decision.signal is Signal.ALLOW else None
    state, shown = show(state, decision, direction, now, rules, newcomer)
    return until(state, seen.exposed_ms), [*effects, *shown, *answer(seen.asked, decision)]


def visit_of(seen: CodeSeen, decision: Decision, direction: Direction, people: int) -> Visit | None:
    """The visit of whoever the code stands for; None where it names nobody."""
    kind, identity = identity_of(seen)
    if kind is IdentityKind.NONE:
        return None
    return Visit(
        *(direction, decision.signal, kind, identity, visit_numbers(decision), people - 1),
        source=seen.source,
        rules=decision.rules,
    )


def numbers_of(decision: Decision) -> tuple[int, ...]:
    """The reasons as a record's trace part carries them: what everybody may read. Who opens a trace learns a number and
    must not learn with it who is ill; the answers that say so lie in the vault."""
    return tuple(number_of(reason) for reason in public(decision.reasons))


def visit_numbers(decision: Decision) -> tuple[int, ...]:
    """The same of a visit, with the note how it stands towards the orders that run: at most 8 in all."""
    numbers = numbers_of(decision)
    if not decision.duty:
        return numbers
    note = number_of(decision.duty) if decision.duty in REASONS else note_of(decision.duty)
    return numbers if note in numbers else (*numbers[: MAX_REASONS - 1], note)


def identity_of(seen: CodeSeen | None) -> tuple[IdentityKind, str]:
    """Kind and number, or (NONE, "")."""
    kind = None if seen is None else IDENTITY_KINDS.get(seen.code.kind or "")
    if seen is None or kind is None or seen.code.normal_form is None:
        return IdentityKind.NONE, ""
    return kind, seen.code.normal_form


def count(state: State, direction: Direction, people: int) -> State:
    """The state with so many more, or fewer, people inside."""
    change = people if direction is Direction.IN else -people
    return state._replace(occupancy=max(0, state.occupancy + change))


def answer(asked: int, decision: Decision) -> list[Effect]:
    """The answer to whoever waits for one."""
    said = heard_by("private", decision.messages)
    return [Answered(asked, decision.signal, decision.reasons, said)] if asked else []


def no_record(state: State) -> str | None:
    """The fault that forbids to record anything."""
    return first_of(state.faults & _NO_RECORD)


def _decide(known: Known, rules: Rules) -> Decision:
    return on_paper(decide(known, rules.duties.rules), known, rules.duties)


def declaration_of(filing: Filing, seen: CodeSeen | None, decision: Decision) -> Declaration:
    """A finished form, or the refusal, as it is recorded."""
    kind, identity = identity_of(seen)
    suspected = (note_of("suspected_case"),) if decision.suspected and not filing.refused else ()
    return Declaration(
        kind,
        identity,
        decision.signal,
        (*numbers_of(decision)[: MAX_REASONS - 1], *suspected),
        decision.rules,
        form=filing.form,
        language=filing.language,
        authored=filing.authored,
        consent=filing.consent,
        answers=filing.answers,
        order=filing.order,
        refused=filing.refused,
    )


def _newcomer(seen: CodeSeen, direction: Direction, now: Now) -> bytes | None:
    """The pseudonym of a visitor who has come in by a card; None for others, and while no pass could be dated."""
    by_card = seen.source in _HELD_UP and identity_of(seen)[0] in _CARDS
    return seen.visitor if by_card and direction is Direction.IN and now.quality != "unset" else None


def _soon_again(seen: CodeSeen, now: Now, rules: Rules) -> Direction | None:
    """The way of the visitor's last visit, when too little time has passed for this to be a new one."""
    if seen.last is None or now.mono_ms - seen.last.mono_ms >= rules.minimum_stay_ms:
        return None
    here = seen.last.direction is rules.way
    return None if rules.direction != "both" and not here else seen.last.direction


def _direction(seen: CodeSeen, rules: Rules) -> Direction | None:
    """Which way this visitor goes; None when only the visitor knows."""
    if rules.direction != "both":
        return rules.way
    if seen.source is Source.TOUCH:
        return Direction.IN  # who touches the screen for a pass or a form has not been here
    if seen.last is not None:
        return Direction.OUT if seen.last.direction is Direction.IN else Direction.IN
    return None if seen.unsure else Direction.IN


def _ask_direction(state: State, seen: CodeSeen, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    view = View(
        page="choose",
        signal="ASK",
        reasons=("direction_unknown",),
        at=now.clock,
        stays_ms=rules.choose_ms,
        lamps="yellow",
    )
    state = state._replace(view=view, until_ms=now.mono_ms + rules.choose_ms, waiting=seen)
    return state, [ShowLamps("yellow"), PlaySound("scan"), ShowScreen(view)]


def _refuse(state: State, fault: str, asked: int, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """Nothing can be recorded: FAULT, with the fault as its reason."""
    return _answered(show(state, Decision(Signal.FAULT, (fault,)), None, now, rules), asked, fault, Signal.FAULT)


def _answered(
    shown: tuple[State, list[Effect]], asked: int, word: str, signal: Signal = Signal.ALLOW
) -> tuple[State, list[Effect]]:
    state, effects = shown
    return state, [*effects, *answer(asked, Decision(signal, (word,)))]
