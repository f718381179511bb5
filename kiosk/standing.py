"""PURE. What the gate is and what it remembers between two events: its rules, its moment, its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kiosk.duties import NONE, Duties
from kiosk.events import CodeSeen
from rules.known import Clock
from ui.screen import View
from wire.records import Direction

GateDirection = Literal["in", "out", "both"]


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
    doubt_ms: int = 180_000  # a guard walks over, hears the visitor, takes out the phone
    light_ms: int = 3_000  # between two new parts: a phone that was lowered for a moment
    touch_ms: int = 500  # a finger that comes down sooner on a new answer was meant for the one before
    pass_ms: int = 20_000  # take out a phone, start its camera, take a picture
    private_ms: int = 30_000  # five sentences about oneself, read twice
    lamp_test_ms: int = 6_000  # two rounds of the test pattern: look up, see each lamp, be sure
    stick_ms: int = 5_000  # seen from the box in which the stick is, and from the ladder
    venue: str = "other"
    areas: frozenset[str] = frozenset()  # around this gate, as bulletins name them (wire.bulletin.scopes_of)
    duties: Duties = NONE
    taps: bool = False  # the radio hears tags now

    @property
    def way(self) -> Direction:
        """The way that a visitor goes here when nothing says otherwise."""
        return Direction.OUT if self.direction == "out" else Direction.IN


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a step: ms since boot, the local wall clock as the screen writes it ("06:42"), Unix ms and how well
    it is known."""

    mono_ms: int
    clock: str
    wall_ms: int | None = None
    quality: Clock = "synced"


@dataclass(frozen=True, slots=True, repr=False)
class PrivateWord:
    """What whoever was answered last may read alone: reason codes, the private ones first; what rules say, by language;
    until when an exposure counts (Unix ms), None where it is about none."""

    reasons: tuple[str, ...]
    messages: tuple[Mapping[str, str], ...] = ()
    until_ms: int | None = None


class State(NamedTuple):
    """Everything the gate remembers between two events; the visits themselves are in the store."""

    view: View
    until_ms: int | None = None  # when the view gives way to the resting one; None: it stays
    held: bytes | None = None  # digest of the code in sight
    held_until_ms: int = 0
    tapped: bytes | None = None  # digest of the tag at the mark; apart, since a code may be in sight meanwhile
    tapped_until_ms: int = 0
    waiting: CodeSeen | None = None  # whose direction is being asked for
    doubted: CodeSeen | None = None  # who was answered with ASK or STOP last: whom a guard may let in
    doubted_until_ms: int = 0
    newcomer: bytes | None = None  # pseudonym of whom the view has just let in, who may have a pass
    private: PrivateWord | None = None  # what the view says no word of; kept no longer than the view
    occupancy: int = 0
    faults: frozenset[str] = frozenset({"starting"})
    help: bool = False
    paper: bool = False
