"""The gate as a pure state machine: step(state, event, now) -> (state, effects).

The rules it lives by:
- Effects are carried out in their order, the record first. If it cannot be committed, the caller drops the rest, throws
  the new state away and steps the old one with `StoreFailed`: green is never shown before the commit.
- A code that is held before the camera is one showing: it counts again only after it was out of sight for `hold_ms`.
- The next code pre-empts the last result at once: two people come quickly after each other.
- A gate is in, out or both. Only "both" toggles, and only after `minimum_stay_ms`; before that, and at a one-way gate
  likewise, the same visitor sees the same answer again and no second visit is written.
- At "both", when nobody can know whether the visitor is inside (the day key died with the power), two big buttons ask.
- People inside = ins minus outs of admitted visits, whoever they were. A full place is ASK, not a closed door.
- Durations are measured on the monotonic clock: a wall clock that jumps changes nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from credentials.types import Credential, Unreadable
from kiosk.events import (
    CodeHeld,
    CodeSeen,
    DayTurned,
    Effect,
    Event,
    FaultChanged,
    PlaySound,
    Pressed,
    RecordVisit,
    ShowLamps,
    ShowScreen,
    StoreFailed,
    Tick,
)
from rules.decide import Decision, decide
from ui.screen import View
from wire.reasons import number_of
from wire.records import Direction, IdentityKind, Signal, Visit

GateDirection = Literal["in", "out", "both"]

IDENTITY_KINDS = {
    "cccd": IdentityKind.CCCD,
    "bhyt": IdentityKind.BHYT,
    "personal-qr": IdentityKind.PERSONAL_QR,
    "pass": IdentityKind.PASS,
}
LAMPS = {Signal.ALLOW: "green", Signal.ASK: "yellow", Signal.STOP: "red", Signal.FAULT: "fault"}
SOUNDS = {Signal.ALLOW: "ok", Signal.ASK: "ask", Signal.STOP: "stop", Signal.FAULT: "fault"}
# Faults in the order in which they are told; the first one that is on decides the screen.
FAULTS = ("starting", "not_enrolled", "disk_full", "store_failed", "camera_lost", "database_moved")
# With these, nothing may be recorded: a code is answered with FAULT ("write it on paper").
_NO_RECORD = frozenset({"starting", "not_enrolled", "disk_full", "store_failed"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What this gate is, and every wait it knows. Times in ms."""

    direction: GateDirection
    capacity: int | None = None
    minimum_stay_ms: int = 60_000  # nobody enters and leaves within a minute; a second look at the screen is likelier
    hold_ms: int = 4_000  # a hand that lowers the card and lifts it again has not come a second time
    allow_ms: int = 3_000  # read a word and walk
    ask_ms: int = 8_000  # read where to go
    stop_ms: int = 8_000
    fault_ms: int = 8_000
    choose_ms: int = 15_000  # find a button, at 80 years of age


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a step: ms since boot, and the local wall clock as the screen writes it ("06:42")."""

    mono_ms: int
    clock: str


class State(NamedTuple):
    """Everything the gate remembers between two events; the visits themselves are in the store."""

    view: View
    until_ms: int | None = None  # when the view gives way to the resting one; None: it stays
    held: bytes | None = None  # digest of the code in sight
    held_until_ms: int = 0
    waiting: CodeSeen | None = None  # whose direction is being asked for
    occupancy: int = 0
    faults: frozenset[str] = frozenset({"starting"})


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
        case Pressed(button):
            return _pressed(state, button, now, rules)
        case FaultChanged(fault, on):
            faults = state.faults | {fault} if on else state.faults - {fault}
            return _faults(state, faults, rules)
        case StoreFailed(reason):
            failed = state._replace(faults=state.faults | {reason}, waiting=None)
            return _show(failed, Decision(Signal.FAULT, (reason,)), None, now, rules)
        case DayTurned():
            return state._replace(occupancy=0), []
        case Tick():
            return _tick(state, now, rules)


def _tick(state: State, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    if state.until_ms is None or now.mono_ms < state.until_ms:
        return state, []
    return _rest(state._replace(waiting=None), rules)


def _code(state: State, seen: CodeSeen, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    if state.held == seen.digest and now.mono_ms < state.held_until_ms:
        return _held(state, seen.digest, now, rules), []
    state = _held(state, seen.digest, now, rules)._replace(waiting=None)
    fault = _first(state.faults & _NO_RECORD)
    if fault is not None:
        return _show(state, Decision(Signal.FAULT, (fault,)), None, now, rules)
    decision = decide(seen.code)
    if decision.signal is not Signal.ALLOW:
        return _answer(state, seen, decision, _default_direction(rules), now, rules)
    repeat = _repeat(seen, now, rules)
    if repeat is not None:
        return _show(state, repeat[0], repeat[1], now, rules)
    direction = _direction(seen, rules)
    if direction is None:
        return _ask_direction(state, seen, now, rules)
    return _answer(state, seen, decision, direction, now, rules)


def _repeat(seen: CodeSeen, now: Now, rules: Rules) -> tuple[Decision, Direction] | None:
    """The answer the visitor already got, when too little time has passed for it to be a new visit."""
    if seen.last is None or now.mono_ms - seen.last.mono_ms >= rules.minimum_stay_ms:
        return None
    here = seen.last.direction is (Direction.OUT if rules.direction == "out" else Direction.IN)
    if rules.direction != "both" and not here:
        return None
    word = "already_in" if seen.last.direction is Direction.IN else "checked_out"
    return Decision(Signal.ALLOW, (word,)), seen.last.direction


def _direction(seen: CodeSeen, rules: Rules) -> Direction | None:
    """Which way this visitor goes; None when only the visitor knows."""
    if rules.direction != "both":
        return _default_direction(rules)
    if seen.last is not None:
        return Direction.OUT if seen.last.direction is Direction.IN else Direction.IN
    return None if seen.unsure else Direction.IN


def _default_direction(rules: Rules) -> Direction:
    return Direction.OUT if rules.direction == "out" else Direction.IN


def _answer(
    state: State, seen: CodeSeen, decision: Decision, direction: Direction, now: Now, rules: Rules
) -> tuple[State, list[Effect]]:
    """Record the visit and show the decision; without an identity there is nothing to record."""
    people = 1 + _companions(seen.code)
    if decision.signal is Signal.ALLOW and direction is Direction.OUT:
        decision = Decision(Signal.ALLOW, ("checked_out",))
    elif decision.signal is Signal.ALLOW and rules.capacity is not None and state.occupancy + people > rules.capacity:
        decision = Decision(Signal.ASK, ("full",))
    effects: list[Effect] = []
    visit = _visit(seen, decision, direction, people - 1)
    if visit is not None:
        effects.append(RecordVisit(visit, seen.visitor))
    if decision.signal is Signal.ALLOW:
        change = people if direction is Direction.IN else -people
        state = state._replace(occupancy=max(0, state.occupancy + change))
    state, shown = _show(state, decision, direction, now, rules)
    return state, effects + shown


def _visit(seen: CodeSeen, decision: Decision, direction: Direction, companions: int) -> Visit | None:
    code = seen.code
    kind = IDENTITY_KINDS.get(code.kind or "")
    if kind is None or code.normal_form is None:
        return None
    reasons = tuple(number_of(reason) for reason in decision.reasons)
    return Visit(direction, decision.signal, kind, code.normal_form, reasons, companions, seen.source)


def _companions(code: Credential | Unreadable) -> int:
    many = code.fields.get("companions") if code.kind == "pass" else 0
    return many if isinstance(many, int) and 0 <= many <= 9 else 0


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


def _pressed(state: State, button: str, now: Now, rules: Rules) -> tuple[State, list[Effect]]:
    waiting = state.waiting
    if button in ("in", "out") and waiting is not None:
        direction = Direction.IN if button == "in" else Direction.OUT
        state = state._replace(waiting=None)
        return _answer(state, waiting, decide(waiting.code), direction, now, rules)
    if button == "no_code":
        return _show(state._replace(waiting=None), Decision(Signal.ASK, ("no_code",)), None, now, rules)
    if button == "cancel":
        return _rest(state._replace(waiting=None), rules)
    return state, []


def _show(
    state: State, decision: Decision, direction: Direction | None, now: Now, rules: Rules
) -> tuple[State, list[Effect]]:
    """A result on lamps, sound and screen, for its named time."""
    signal = decision.signal
    stays = {
        Signal.ALLOW: rules.allow_ms,
        Signal.ASK: rules.ask_ms,
        Signal.STOP: rules.stop_ms,
        Signal.FAULT: rules.fault_ms,
    }[signal]
    view = View(
        page="result",
        signal=_SIGNAL_NAMES[signal],
        direction=None if direction is None else _DIRECTION_NAMES[direction],
        reasons=decision.reasons,
        at=now.clock,
        occupancy=state.occupancy,
        capacity=rules.capacity,
        stays_ms=stays,
        lamps=LAMPS[signal],
    )
    state = state._replace(view=view, until_ms=now.mono_ms + stays)
    return state, [ShowLamps(LAMPS[signal], SOUNDS[signal]), PlaySound(SOUNDS[signal]), ShowScreen(view)]


def _rest(state: State, rules: Rules) -> tuple[State, list[Effect]]:
    """The view between two visitors: idle, or closed with the first fault."""
    view = resting_view(state, rules)
    effects: list[Effect] = [ShowLamps(view.lamps), ShowScreen(view)]
    return state._replace(view=view, until_ms=None), effects


def resting_view(state: State, rules: Rules) -> View:
    """What the screen shows when no visitor is being answered."""
    fault = _first(state.faults)
    if fault is None:
        return View(page="idle", occupancy=state.occupancy, capacity=rules.capacity, lamps="idle")
    lamps = "starting" if fault == "starting" else "fault"
    return View(page="closed", signal="FAULT", reasons=(fault,), lamps=lamps)


def _faults(state: State, faults: frozenset[str], rules: Rules) -> tuple[State, list[Effect]]:
    if faults == state.faults:
        return state, []
    new = state._replace(faults=faults)
    if state.view.page == "result" and _first(faults) is None:
        return new, []  # let the visitor finish reading
    return _rest(new._replace(waiting=None), rules)


def _held(state: State, digest: bytes, now: Now, rules: Rules) -> State:
    return state._replace(held=digest, held_until_ms=now.mono_ms + rules.hold_ms)


def _first(faults: frozenset[str]) -> str | None:
    return next((fault for fault in FAULTS if fault in faults), None)


_SIGNAL_NAMES: Mapping[Signal, Literal["ALLOW", "ASK", "STOP", "FAULT"]] = {
    Signal.ALLOW: "ALLOW",
    Signal.ASK: "ASK",
    Signal.STOP: "STOP",
    Signal.FAULT: "FAULT",
}
_DIRECTION_NAMES: Mapping[Direction, Literal["in", "out"]] = {Direction.IN: "in", Direction.OUT: "out"}
