"""What the gate is told (events): plain values from kiosk.loop to kiosk.gate; what it wants done is in kiosk.effects.
`asked` on an event is the number of somebody who waits for its answer (kiosk.asking); 0 where nobody does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from credentials.types import Credential, Unreadable
from kiosk.touches import LookAgain, PassGiven, PrivateAsked, WordSaid
from rules.known import LastDeclaration
from wire.records import Direction, Signal, Source


@dataclass(frozen=True, slots=True)
class Last:
    """The visitor's newest admitted visit at this gate, measured on this boot's clock (ms)."""

    direction: Direction
    mono_ms: int


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A code came in. `digest` names its text (16 bytes), `visitor` is today's pseudonym (None without an identity).

    `last` is what is known of the visitor, `unsure` says that this knowledge has a hole (it was lost with the power);
    `declarations` are those that are still remembered, newest first. `exposed_ms`: the pass was heard together with a
    case, and until when that counts (Unix ms).
    """

    digest: bytes
    code: Credential | Unreadable
    visitor: bytes | None = None
    last: Last | None = None
    unsure: bool = False
    source: Source = Source.CAMERA
    declarations: tuple[LastDeclaration, ...] = ()
    exposed_ms: int | None = field(default=None, repr=False)
    asked: int = 0


@dataclass(frozen=True, slots=True)
class CodeHeld:
    """The same picture of the same code is still there: cheap to say, since the loop need not read it again."""

    digest: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Filing:
    """A finished form as it will be recorded. `form` and `order` are `url|version` and `id|version`, `answers` packed
    (forms.packed), `facts` what they mean for the decision (forms.facts), `people` the visitor and the family, `home`
    the codes of their province and ward where the form asks: decided on, and not recorded."""

    form: str
    order: str
    language: str
    authored: str
    consent: bytes
    answers: bytes
    facts: frozenset[str]
    people: int = 1
    refused: bool = False
    home: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """Somebody has finished a form here, or refused it; `seen` is whose it is, None where no card was shown."""

    filing: Filing
    seen: CodeSeen | None
    asked: int = 0


@dataclass(frozen=True, slots=True)
class DeclaredByPhone:
    """Somebody has finished a form on their own phone, or refused it; nobody need stand at the gate. `seen` is whose
    number it names, `shown`: by a card that was held up at this gate for it, and not merely typed."""

    filing: Filing
    seen: CodeSeen | None
    shown: bool
    asked: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class LightShown:
    """A declaration came whole by light (kiosk.light). `id` names it (16 bytes), `outcome` is the centre's signed word
    in it, None without; nobody takes it after `until_ms` (Unix ms)."""

    id: bytes
    form: str
    order: str
    outcome: Signal | None
    until_ms: int
    blob: bytes


@dataclass(frozen=True, slots=True)
class LightComing:
    """So many of the needed parts of a declaration by light are here."""

    have: int
    needed: int


@dataclass(frozen=True, slots=True)
class LightRefused:
    """A declaration by light that cannot be kept: `reason` is light_unreadable, light_again or another code."""

    reason: str


@dataclass(frozen=True, slots=True)
class WifiShown:
    """A technician showed the code of a Wi-Fi network: `reason` is wifi_taken or wifi_refused. The network is not in
    it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Overridden:
    """A guard decided about whoever was answered last. `about` is the seq of that visit, 0 for none; `view` is the
    number of the view that the guard saw (ui.screen.Feed), 0 for whichever."""

    guard: str
    allow: bool
    reason: int
    about: int = 0
    asked: int = 0
    view: int = 0


@dataclass(frozen=True, slots=True)
class SlipEntered:
    """A visit that was written on paper. `told_ms` is the time on the slip (Unix ms), by the guard's own watch."""

    guard: str
    slip: int
    told_ms: int
    direction: Direction
    people: int
    seen: CodeSeen | None
    asked: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class CaseReported:
    """A guard reports a suspected case, in words for whoever will call back; the centre's desk alone reads them."""

    guard: str
    words: str = ""
    asked: int = 0


@dataclass(frozen=True, slots=True)
class HelpCalled:
    """A guard calls for help, or no longer needs it."""

    guard: str
    on: bool
    asked: int = 0


@dataclass(frozen=True, slots=True)
class LampsTested:
    """A guard wants to see every lamp once, or a technician one `pattern`."""

    guard: str
    asked: int = 0
    pattern: str = "test"


@dataclass(frozen=True, slots=True)
class PaperMode:
    """The guards write on paper from now on, or no longer."""

    guard: str
    on: bool
    asked: int = 0


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
class StickCarried:
    """A USB stick has everything and may be pulled: the lamps say so to whoever put it in (kiosk.upkeep)."""


@dataclass(frozen=True, slots=True)
class DayTurned:
    """The counting of people inside begins anew (closing time)."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


Event = (
    CodeSeen
    | CodeHeld
    | Declared
    | DeclaredByPhone
    | LightShown
    | LightComing
    | LightRefused
    | WifiShown
    | Overridden
    | SlipEntered
    | CaseReported
    | HelpCalled
    | LampsTested
    | PaperMode
    | PassGiven
    | PrivateAsked
    | WordSaid
    | LookAgain
    | Pressed
    | FaultChanged
    | StoreFailed
    | StickCarried
    | DayTurned
    | Tick
)
