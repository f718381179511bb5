"""What the gate is told (events) and what it wants done (effects): plain values between kiosk.loop and kiosk.gate."""

from dataclasses import dataclass
from typing import NamedTuple

from credentials.types import Credential, Unreadable
from ui.screen import View
from wire.records import Direction, Source, Visit


@dataclass(frozen=True, slots=True)
class Last:
    """The visitor's newest admitted visit at this gate, measured on this boot's clock (ms)."""

    direction: Direction
    mono_ms: int


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A code came in. `digest` names its text (16 bytes), `visitor` is today's pseudonym (None without an identity).

    `last` is what is known of the visitor, `unsure` says that this knowledge has a hole (it was lost with the power).
    """

    digest: bytes
    code: Credential | Unreadable
    visitor: bytes | None = None
    last: Last | None = None
    unsure: bool = False
    source: Source = Source.CAMERA


@dataclass(frozen=True, slots=True)
class CodeHeld:
    """The same picture of the same code is still there: cheap to say, since the loop need not read it again."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button on the screen or at the guard's desk: in, out, cancel, no_code."""

    button: str


@dataclass(frozen=True, slots=True)
class FaultChanged:
    """One of FAULTS came or went."""

    fault: str
    on: bool


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """The record of the last step could not be committed; `reason` is disk_full or store_failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class DayTurned:
    """The counting of people inside begins anew (closing time)."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


Event = CodeSeen | CodeHeld | Pressed | FaultChanged | StoreFailed | DayTurned | Tick


class RecordVisit(NamedTuple):
    """Commit this visit; what follows may happen only then."""

    visit: Visit
    visitor: bytes | None


class ShowLamps(NamedTuple):
    """Lamp pattern and buzzer (see kiosk.ports.Lights)."""

    pattern: str
    buzzer: str = "none"


class PlaySound(NamedTuple):
    """A sound by name."""

    name: str


class ShowScreen(NamedTuple):
    """A view for the visitor screen."""

    view: View


Effect = RecordVisit | ShowLamps | PlaySound | ShowScreen
