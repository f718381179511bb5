"""PURE. From a decision to what lamps, sound and screen show, and back to rest.

The screen is read by everybody who stands near: of a decision's reasons it gets the public ones only. With each answer
that sends to the desk, whatever stands behind it, the visitor may read alone what it is about: that there is such a
button tells bystanders nothing that the answer did not.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from kiosk.duties import form_name
from kiosk.effects import Answered, Effect, PlaySound, ShowLamps, ShowScreen
from kiosk.standing import Now, PrivateWord, Rules, State
from kiosk.touches import PassGiven, PrivateAsked
from rules.decide import Decision
from rules.messages import heard_by
from ui.screen import View
from wire.reasons import own, public
from wire.records import Direction, Signal

LAMPS = {Signal.ALLOW: "green", Signal.ASK: "yellow", Signal.STOP: "red", Signal.FAULT: "fault"}
SOUNDS = {Signal.ALLOW: "ok", Signal.ASK: "ask", Signal.STOP: "stop", Signal.FAULT: "fault"}
# Faults in the order in which they are told; the first one that is on decides the screen.
FAULTS = ("opened", "starting", "not_enrolled", "disk_full", "store_failed", "camera_lost", "database_moved")
_SIGNAL_NAMES: Mapping[Signal, Literal["ALLOW", "ASK", "STOP", "FAULT"]] = {
    Signal.ALLOW: "ALLOW",
    Signal.ASK: "ASK",
    Signal.STOP: "STOP",
    Signal.FAULT: "FAULT",
}
_DIRECTION_NAMES: Mapping[Direction, Literal["in", "out"]] = {Direction.IN: "in", Direction.OUT: "out"}


def show(
    state: State,
    decision: Decision,
    direction: Direction | None,
    now: Now,
    rules: Rules,
    newcomer: bytes | None = None,
) -> tuple[State, list[Effect]]:
    """A result on lamps, sound and screen, for its named time; to a `newcomer` a pass is offered with it."""
    signal = decision.signal
    stays = {
        Signal.ALLOW: rules.allow_ms,
        Signal.ASK: rules.ask_ms,
        Signal.STOP: rules.stop_ms,
        Signal.FAULT: rules.fault_ms,
    }[signal]
    private = _private(decision)
    if "declaration_due" in decision.reasons or private is not None:
        stays = rules.choose_ms  # there is a button to find
    view = View(
        page="result",
        signal=_SIGNAL_NAMES[signal],
        direction=None if direction is None else _DIRECTION_NAMES[direction],
        reasons=public(decision.reasons),
        at=now.clock,
        occupancy=state.occupancy,
        capacity=rules.capacity,
        stays_ms=stays,
        lamps=LAMPS[signal],
        basis=_basis(decision, rules),
        said=next(iter(heard_by("public", decision.messages)), {}),
        to_guard=heard_by("guard", decision.messages),
        offer=newcomer is not None,
        private=private is not None,
        formless=_formless(decision, rules),
        due=_due(decision, rules),
    )
    state = state._replace(view=view, until_ms=now.mono_ms + stays, newcomer=newcomer, private=private)
    return state, [ShowLamps(LAMPS[signal], SOUNDS[signal]), PlaySound(SOUNDS[signal]), ShowScreen(view)]


def _private(decision: Decision) -> PrivateWord | None:
    """What the visitor may read alone; None where the answer leaves nothing open."""
    theirs = any(message.audience == "private" for message in decision.messages)
    if "see_desk" not in public(decision.reasons) and not theirs:
        return None
    return PrivateWord(own(decision.reasons), heard_by("private", decision.messages))


def until(state: State, exposed_ms: int | None) -> State:
    """The state after an answer, with the end of the exposure that it rests on."""
    word = state.private
    if word is None or "exposure" not in word.reasons:
        return state
    return state._replace(private=replace(word, until_ms=exposed_ms))


def _basis(decision: Decision, rules: Rules) -> Mapping[str, str]:
    """What a STOP rests on: nobody is stopped without being told by which order."""
    if decision.signal is not Signal.STOP:
        return {}
    return next((order.legal_basis for order in rules.duties.orders if order.id == decision.order), {})


def _formless(decision: Decision, rules: Rules) -> tuple[str, str]:
    """(order id, form) that the guard and the technician need to know of."""
    formless = rules.duties.formless if "form_missing" in decision.reasons else ()
    found = (order for order in rules.duties.orders if (order.id, order.version) in formless)
    return next(((order.id, form_name(order)) for order in found if order.id == decision.order), ("", ""))


def _due(decision: Decision, rules: Rules) -> str:
    """Which form this visitor owes, by its offer's key (kiosk.form_desk): not every order concerns everybody."""
    named = decision.order if "declaration_due" in decision.reasons else ""
    return next((f"{order.id}|{order.version}" for order in rules.duties.orders if order.id == named), "")


def show_light(state: State, have: int, needed: int, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """How far a declaration by light has come; a visitor who was just answered may finish reading first."""
    if state.view.page not in ("idle", "light", "pass"):
        return state, []
    view = View("light", at=now.clock, stays_ms=rules.light_ms, lamps="idle", progress=(have, needed))
    return state._replace(view=view, until_ms=now.mono_ms + rules.light_ms), [ShowScreen(view)]


def show_pass(state: State, event: PassGiven, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """The pass of whom the view has just let in; refused to a finger that was meant for the answer before."""
    if state.newcomer is None or not _meant(state, now, rules) or not event.text:
        return state, [Answered(event.asked, Signal.FAULT, ("too_late",))]
    view = View("pass", at=now.clock, stays_ms=rules.pass_ms, lamps="idle", code=event.text)
    state = state._replace(view=view, until_ms=now.mono_ms + rules.pass_ms, newcomer=None)
    return state, [ShowLamps("idle"), ShowScreen(view), Answered(event.asked, Signal.ALLOW, ())]


def show_private(state: State, event: PrivateAsked, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """Whoever was answered last reads alone: once on one screen, and from there on paper. Lamps and guards' pages stay
    with the answer; what is read goes to the asker and into no view."""
    reading = state.view.page == "private"
    if not event.there or state.private is None or (not reading if event.again else not _meant(state, now, rules)):
        return state, [Answered(event.asked, Signal.FAULT, ("too_late",))]
    if event.again:
        return state, [Answered(event.asked, Signal.ALLOW, ())]
    view = replace(state.view, page="private", stays_ms=rules.private_ms, offer=False, private=False)
    state = state._replace(view=view, until_ms=now.mono_ms + rules.private_ms, newcomer=None)
    return state, [ShowScreen(view), Answered(event.asked, Signal.ALLOW, ())]


def _meant(state: State, now: Now, rules: Rules) -> bool:
    """Whether a touch can be meant for the answer on the screen, and not for the one before."""
    shown_ms = (state.until_ms or 0) - state.view.stays_ms
    return state.view.page == "result" and now.mono_ms - shown_ms >= rules.touch_ms


def rest(state: State, rules: Rules) -> tuple[State, list[Effect]]:
    """The view between two visitors: idle, or closed with the first fault."""
    view = resting_view(state, rules)
    effects: list[Effect] = [ShowLamps(view.lamps), ShowScreen(view)]
    return state._replace(view=view, until_ms=None, newcomer=None, private=None), effects


def look_again(state: State) -> tuple[State, list[Effect]]:
    """The resting view once more. While somebody is being answered nothing: the next rest is looked at anyway."""
    return state, [ShowScreen(state.view)] if state.view.page in ("idle", "closed") else []


def blink_for_stick(state: State, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    """The stick may be pulled. A visitor who is being answered comes first: their lamps say nothing else."""
    if state.view.page not in ("idle", "closed") or state.until_ms is not None:
        return state, []
    return state._replace(until_ms=now.mono_ms + rules.stick_ms), [ShowLamps("carried", "ok")]


def resting_view(state: State, rules: Rules) -> View:
    """What the screen shows when no visitor is being answered."""
    fault = first_of(state.faults)
    if fault is None:
        return View("idle", occupancy=state.occupancy, capacity=rules.capacity, lamps="idle", taps=rules.taps)
    lamps = fault if fault in ("starting", "opened") else "fault"
    return View(page="closed", signal="FAULT", reasons=(fault,), lamps=lamps)


def change_faults(state: State, faults: frozenset[str], rules: Rules) -> tuple[State, list[Effect]]:
    """Take over the faults that are on; a visitor may finish reading a result."""
    if faults == state.faults:
        return state, []
    new = state._replace(faults=faults)
    if state.view.page in ("result", "pass", "private") and first_of(faults) is None:
        return new, []
    return rest(new._replace(waiting=None), rules)


def first_of(faults: frozenset[str]) -> str | None:
    """The fault that is told, of those that are on."""
    return next((fault for fault in FAULTS if fault in faults), None)
