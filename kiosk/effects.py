"""What the gate wants done (effects): plain values from kiosk.gate to kiosk.loop, which does them in their order."""

from collections.abc import Mapping
from typing import NamedTuple

from credentials.types import Credential
from ui.screen import View
from wire.records import Declaration, Feedback, Override, SealedDeclaration, SelfCheck, Signal, Visit


class RecordVisit(NamedTuple):
    """Commit this visit; what follows may happen only then."""

    visit: Visit
    visitor: bytes | None


class RecordDeclaration(NamedTuple):
    """Commit this declaration, and remember under the pseudonym that it was made and what it means."""

    declaration: Declaration
    visitor: bytes | None
    facts: frozenset[str]


class RecordLight(NamedTuple):
    """Commit this declaration by light, and remember by its id that it was taken: see LightShown."""

    record: SealedDeclaration
    id: bytes
    worded: bool
    until_ms: int


class RecordOther(NamedTuple):
    """Commit what has no readable row beside it."""

    record: Override | Feedback | SelfCheck


class KeepCard(NamedTuple):
    """The card of somebody who was just asked to declare: the form may be filled from it, for a minute and in RAM."""

    code: Credential


class Answered(NamedTuple):
    """What became of the event that `asked` waits for. `reasons` may hold private ones: they go to the asker alone.
    `messages` are what rules say to that visitor themselves, by language."""

    asked: int
    signal: Signal
    reasons: tuple[str, ...]
    messages: tuple[Mapping[str, str], ...] = ()


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


Recording = RecordVisit | RecordDeclaration | RecordLight | RecordOther
Effect = Recording | KeepCard | Answered | ShowLamps | PlaySound | ShowScreen
