"""PURE. What a guard does from the guard's page: let in, keep out, enter slips, report a suspected case, call
for help, test the lamps. And what is said of the place, or by it.

- A guard's word is recorded with the guard's name and a reason before any lamp shows it.
- Whoever is let in is counted and, where the card was read, checked in under the same identity.
"""

from credentials.types import Unreadable
from kiosk.admission import answer, count, identity_of, no_record, visit_numbers
from kiosk.effects import Effect, RecordOther, RecordVisit, ShowLamps
from kiosk.events import CaseReported, CodeSeen, HelpCalled, LampsTested, Overridden, PaperMode, SlipEntered
from kiosk.knowing import known_by_code, people_of
from kiosk.showing import show
from kiosk.standing import Now, Rules, State
from kiosk.touches import WordSaid
from rules.decide import Decision, decide
from wire.reasons import number_of
from wire.records import Feedback, Override, Signal, Source, Visit

_NOBODY = CodeSeen(bytes(16), Unreadable("empty"), source=Source.GUARD)
_DONE = Decision(Signal.ALLOW, ())


def override(state: State, event: Overridden, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """The guard decides about whoever was answered last; with nobody there, about somebody who showed no code."""
    fault = no_record(state)
    if fault is not None:
        decision = Decision(Signal.FAULT, (fault,))
        state, shown = show(state, decision, None, now, rules)
        return state, [*shown, *answer(event.asked, decision)]
    seen = state.doubted if state.doubted is not None and now.mono_ms < state.doubted_until_ms else _NOBODY
    known = known_by_code(seen, state, now, rules, rules.way, "allow" if event.allow else "refuse")
    decision = decide(known, rules.duties.rules)
    record = RecordOther(Override(event.about, decision.signal, event.guard, event.reason))
    state = state._replace(waiting=None, doubted=None)
    if not event.allow:
        state, shown = show(state, decision, None, now, rules)
        return state, [record, *shown, *answer(event.asked, decision)]
    visit = RecordVisit(_visit_by_guard(seen, decision, rules), seen.visitor)
    state = count(state, rules.way, people_of(seen.code))
    state, shown = show(state, decision, rules.way, now, rules)
    return state, [record, visit, *shown, *answer(event.asked, decision)]


def enter_slip(state: State, event: SlipEntered, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """A visit from paper: recorded with the slip's own time; lamps and screen stay with the visitor at the gate."""
    fault = no_record(state)
    if fault is not None:
        return state, answer(event.asked, Decision(Signal.FAULT, (fault,)))
    kind, identity = identity_of(event.seen)
    visit = Visit(
        event.direction,
        Signal.ALLOW,
        kind,
        identity,
        (number_of("paper_entry"),),
        event.people - 1,
        source=Source.PAPER,
        paper=(event.told_ms, event.slip),
    )
    visitor = None if event.seen is None else event.seen.visitor
    done = Decision(Signal.ALLOW, ("paper_entry",))
    return count(state, event.direction, event.people), [RecordVisit(visit, visitor), *answer(event.asked, done)]


def report_case(state: State, event: CaseReported) -> tuple[State, list[Effect]]:
    """For the declaration desk of the ward. The trace part says that somebody reported, and when; who reported and what
    was seen lie in the vault part, and nothing stands on any screen."""
    fault = no_record(state)
    if fault is not None:
        return state, answer(event.asked, Decision(Signal.FAULT, (fault,)))
    words = f"{event.guard}: {event.words}".strip(" :")
    return state, [RecordOther(Feedback("suspected_case", 0, words=words)), *answer(event.asked, _DONE)]


def take_word(state: State, event: WordSaid) -> tuple[State, list[Effect]]:
    """A word about the place: recorded, and answered to whoever said it alone. No lamp, no view, no visit."""
    fault = no_record(state)
    if fault is not None:
        return state, answer(event.asked, Decision(Signal.FAULT, (fault,)))
    done = Decision(Signal.ALLOW, (event.taken,))
    return state, [RecordOther(event.record), *answer(event.asked, done)]


def call_help(state: State, event: HelpCalled) -> tuple[State, list[Effect]]:
    """The buzzer calls; every guard's page shows it until somebody says it is over."""
    lamps: list[Effect] = [ShowLamps(state.view.lamps, "help")] if event.on else []
    return state._replace(help=event.on), [*lamps, *answer(event.asked, _DONE)]


def light_every_lamp(state: State, event: LampsTested, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """Each lamp in turn and the buzzer, then back to rest; the next visitor pre-empts it."""
    state = state._replace(until_ms=now.mono_ms + rules.lamp_test_ms)
    return state, [ShowLamps(event.pattern, "ok" if event.pattern == "test" else "none"), *answer(event.asked, _DONE)]


def set_paper(state: State, event: PaperMode) -> tuple[State, list[Effect]]:
    """The guards write on paper, or no longer; the gate itself goes on as it can."""
    return state._replace(paper=event.on), answer(event.asked, _DONE)


def _visit_by_guard(seen: CodeSeen, decision: Decision, rules: Rules) -> Visit:
    kind, identity = identity_of(seen)
    return Visit(
        *(rules.way, decision.signal, kind, identity, visit_numbers(decision), people_of(seen.code) - 1),
        source=Source.GUARD,
        rules=decision.rules,
    )
