"""The gate as a pure state machine: step(state, event, now) -> (state, effects).

The rules it lives by:
- Effects are carried out in their order, the record first. If it cannot be committed, the caller drops the rest, throws
  the new state away and steps the old one with `StoreFailed`: green is never shown before the commit.
- A code that is held before the camera is one showing: it counts again only after it was out of sight for `hold_ms`.
  A tag that is tapped meanwhile does not take the code out of sight, nor the code the tag.
- The next code pre-empts the last result at once: two people come quickly after each other.
- A gate is in, out or both. Only "both" toggles, and only after `minimum_stay_ms`; before that, and at a one-way gate
  likewise, the same visitor sees the same answer again and no second visit is written.
- At "both", when nobody can know whether the visitor is inside (the day key died with the power), two big buttons ask.
- People inside = ins minus outs of admitted visits, whoever they were. A full place is ASK, not a closed door.
- Durations are measured on the monotonic clock: a wall clock that jumps changes nothing here.

What is decided stands in rules.decide; kiosk.admission turns it into records, kiosk.guarding takes the guard's word,
kiosk.showing says what lamps and screen show.
"""

from kiosk.admission import take_code, take_declaration, take_direction, take_light
from kiosk.effects import Effect
from kiosk.events import (
    CaseReported,
    CodeHeld,
    CodeSeen,
    DayTurned,
    Declared,
    DeclaredByPhone,
    Event,
    FaultChanged,
    HelpCalled,
    LampsTested,
    LightComing,
    LightRefused,
    LightShown,
    Overridden,
    PaperMode,
    Pressed,
    SlipEntered,
    StickCarried,
    StoreFailed,
    Tick,
    WifiShown,
)
from kiosk.guarding import call_help, enter_slip, light_every_lamp, override, report_case, set_paper, take_word
from kiosk.phoneway import take_from_phone
from kiosk.showing import (
    FAULTS,
    blink_for_stick,
    change_faults,
    look_again,
    resting_view,
    show,
    show_light,
    show_pass,
    show_private,
)
from kiosk.showing import rest as to_rest
from kiosk.standing import GateDirection, Now, Rules, State
from kiosk.touches import LookAgain, PassGiven, PrivateAsked, WordSaid
from rules.decide import Decision
from ui.screen import View
from wire.records import Direction, Signal, Source

__all__ = ["FAULTS", "GateDirection", "Now", "Rules", "State", "begin", "resting_view", "step"]


def begin(occupancy: int) -> State:
    """The gate before its first event: starting, with the people who were inside when it went down."""
    return State(View(page="closed", signal="FAULT", reasons=("starting",), lamps="starting"), occupancy=occupancy)


def step(state: State, event: Event, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """The next state and what to do, in order. Total: every event is taken in every state."""
    match event:
        case CodeHeld(digest):
            return _held(state, digest, now, rules), []
        case CodeSeen():
            return _code(state, event, now, rules)
        case Declared():
            return take_declaration(state._replace(waiting=None), event, now, rules)
        case DeclaredByPhone():
            return take_from_phone(state, event, now, rules)
        case LightShown():
            return take_light(state._replace(waiting=None), event, now, rules)
        case LightComing(have, needed):
            return show_light(state, have, needed, now, rules)
        case PassGiven():
            return show_pass(state, event, now, rules)
        case PrivateAsked():
            return show_private(state, event, now, rules)
        case LightRefused(reason) | WifiShown(reason):
            return show(state, Decision(Signal.ASK, (reason,)), None, now, rules)
        case Overridden() | SlipEntered() | CaseReported() | HelpCalled() | LampsTested() | PaperMode() | WordSaid():
            return _guard(state, event, now, rules)
        case Pressed(button):
            return _pressed(state, button, now, rules)
        case _:
            return _machine(state, event, now, rules)


def _machine(
    state: State,
    event: FaultChanged | StoreFailed | StickCarried | DayTurned | LookAgain | Tick,
    now: Now,
    rules: Rules,
) -> tuple[State, list[Effect]]:
    """What comes from the kiosk itself and not from a person."""
    match event:
        case FaultChanged(fault, on):
            return change_faults(state, state.faults | {fault} if on else state.faults - {fault}, rules)
        case StoreFailed(reason):
            failed = state._replace(faults=state.faults | {reason}, waiting=None)
            return show(failed, Decision(Signal.FAULT, (reason,)), None, now, rules)
        case StickCarried():
            return blink_for_stick(state, now, rules)
        case DayTurned():
            return state._replace(occupancy=0), []
        case LookAgain():
            return look_again(state)
        case Tick():
            if state.doubted is not None and now.mono_ms >= state.doubted_until_ms:
                state = state._replace(doubted=None)  # with the card's text, which is kept for no longer than it serves
            if state.until_ms is None or now.mono_ms < state.until_ms:
                return state, []
            return to_rest(state._replace(waiting=None), rules)


def _guard(
    state: State,
    event: Overridden | SlipEntered | CaseReported | HelpCalled | LampsTested | PaperMode | WordSaid,
    now: Now,
    rules: Rules,
) -> tuple[State, list[Effect]]:
    match event:
        case Overridden():
            return override(state, event, now, rules)
        case SlipEntered():
            return enter_slip(state, event, now, rules)
        case CaseReported():
            return report_case(state, event)
        case HelpCalled():
            return call_help(state, event)
        case LampsTested():
            return light_every_lamp(state, event, now, rules)
        case PaperMode():
            return set_paper(state, event)
        case WordSaid():
            return take_word(state, event)


def _code(state: State, seen: CodeSeen, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    if seen.source is Source.TAP:
        held = state.tapped == seen.digest and now.mono_ms < state.tapped_until_ms
        state = state._replace(tapped=seen.digest, tapped_until_ms=now.mono_ms + rules.hold_ms)
    else:
        held = state.held == seen.digest and now.mono_ms < state.held_until_ms and not seen.asked
        state = _held(state, seen.digest, now, rules)
    state = state._replace(private=state.private if held else None)
    return (state, []) if held else take_code(state, seen, now, rules)


def _pressed(state: State, button: str, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    waiting = state.waiting
    if button in ("in", "out") and waiting is not None:
        return take_direction(state, waiting, Direction.IN if button == "in" else Direction.OUT, now, rules)
    if button == "no_code":
        return show(state._replace(waiting=None), Decision(Signal.ASK, ("no_code",)), None, now, rules)
    if button == "cancel":
        return to_rest(state._replace(waiting=None), rules)
    return state, []


def _held(state: State, digest: bytes, now: Now, rules: Rules) -> State:
    return state._replace(held=digest, held_until_ms=now.mono_ms + rules.hold_ms)
