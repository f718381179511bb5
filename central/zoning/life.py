"""PURE. What may become of a zone: its events in order, and the state they leave it in.

    proposed --decided--> in force --ended--> ended --restored--> in force
       |   \\--refused, withdrawn--> refused
       in force --undone--> undone --restored--> in force

- Nothing is overwritten: an undo is an event as well, and can be undone.
- A zone in force whose time is over is over, whatever its events say.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from wire.refusal import Refused

State = Literal["proposed", "refused", "in_force", "ended", "undone"]
STEPS: dict[tuple[State, str], State] = {
    ("proposed", "decided"): "in_force",
    ("proposed", "refused"): "refused",
    ("proposed", "withdrawn"): "refused",
    ("in_force", "ended"): "ended",
    ("in_force", "undone"): "undone",
    ("ended", "restored"): "in_force",
    ("undone", "restored"): "in_force",
}


class Event(NamedTuple):
    """One entry of a zone's history."""

    at_ms: int
    what: str
    actor: str
    words: str


def step(state: State, what: str) -> State:
    """The state after one more event. Raises Refused("zone_state")."""
    if (state, what) not in STEPS:
        raise Refused("zone_state", f"{what} after {state}")
    return STEPS[state, what]


def state_after(what: str | None) -> State:
    """The state that the last event of a history leaves; None: there was none yet."""
    return next((state for (_, event), state in STEPS.items() if event == what), "proposed")


def state_of(events: Iterable[Event]) -> State:
    """The state that a history leaves."""
    state: State = "proposed"
    for event in events:
        state = step(state, event.what)
    return state


def shown_state(state: State, from_ms: int, to_ms: int, now_ms: int) -> str:
    """What a reader is told: of a zone in force also whether its time is coming, running or over."""
    if state != "in_force":
        return "over" if state == "proposed" and to_ms <= now_ms else state
    return "coming" if now_ms < from_ms else "running" if now_ms < to_ms else "over"
