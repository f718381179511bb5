"""What is known of one visitor at the form, what may happen to it, and what the shell is to do. No behaviour.

Answers live here and nowhere else until they are handed over: in memory, never on the card, never in a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from forms.model import Answers, Key
from ui.form.desk import Filled, Offer, Outcome
from ui.form.reading import Draft, Problem, Reading

# Read by an old person, a page takes half a minute; the answers stay open to the next in the queue no longer than this.
IDLE_MS = 60_000
WARN_MS = 15_000
# The page counts down by its own clock and asks for the wipe; the kiosk does it by itself when the page is gone.
SLACK_MS = 5_000
# On a visitor's own phone nobody else is waiting, and phones go dark while their owner looks for a number.
PHONE_IDLE_MS = 600_000
LIFE_MS = 30 * 60_000
# A receipt says private things and shows a pass: it stands for 30 s at the gate, the last 10 counted down.
RECEIPT_IDLE_MS = 20_000
RECEIPT_WARN_MS = 10_000
MOST_PRINTS = 2  # once, and once more for paper that tore or ran out

Name = Literal[
    "notice", "refusing", "phone", "card", "question", "review", "sending", "receipt", "failed",
    "papers", "pass", "wiped",
]  # fmt: skip
PageId = tuple[str, str, tuple[int, ...]]  # kind, linkId, occurrences: names a page while the answers change


@dataclass(frozen=True, slots=True)
class State:
    """`here` is the question shown or the one that a card is held up for, `shown` are those passed so far, `known`
    what a card filled in. `changing`: from the review, and back there. `told`: a word beside the form.
    `prints`: how often the receipt went to the printer. `link`: where the form goes on upon a phone. `by`: the guard
    who gave a self-check to this screen (ui.form.handed)."""

    page: Name
    language: str
    touched_ms: int
    born_ms: int
    turn: int = 0
    offer: Offer | None = None
    by_phone: bool = False
    answers: Answers = field(default_factory=dict)
    here: PageId | None = None
    shown: frozenset[PageId] = frozenset()
    known: frozenset[Key] = frozenset()
    card_asked: bool = False
    changing: bool = False
    identity: tuple[str, str] | None = None
    consent: bytes = b""
    draft: Draft | None = None
    problems: tuple[Problem, ...] = ()
    outcome: Outcome | None = None
    refused: bool = False
    told: str = ""
    prints: int = 0
    link: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Agree:
    """Read the notice and goes on. `ticked`: touched the box; a voluntary form needs it, nothing is ticked before."""

    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Does not want to declare: first asked whether that is meant, under a mandatory order."""


@dataclass(frozen=True, slots=True)
class RefuseSurely:
    """Meant it."""

    authored: str


@dataclass(frozen=True, slots=True)
class Held:
    """A card was held up for this form: its fields, "kind" and "normal_form"."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UseCard:
    """Would rather hold up a card than type what this page asks."""


@dataclass(frozen=True, slots=True)
class NoCard:
    """Would rather type."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the page shown. Empty values leave the question open, where that is allowed."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class More:
    """Whether there is another person, another journey."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Remove:
    """One person, one journey too many: occurrence `number` of a repeating group."""

    link_id: str
    at: tuple[int, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Back:
    """One page back; what is on the page and can be read is kept."""

    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """From the review to one question."""

    page: PageId


@dataclass(frozen=True, slots=True)
class Send:
    """Hand over. `problems` by linkId: what the form's rules between answers say."""

    authored: str
    problems: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MakePass:
    """Has no papers and wants a temporary pass."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the hand-over."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Speak:
    """Another language; `draft` is what stands on the page."""

    language: str
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Would rather go on with one's own phone."""


@dataclass(frozen=True, slots=True)
class Invited:
    """`link` is the address at which one phone may go on."""

    link: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The receipt went to the printer; `well`: it came out."""

    well: bool


@dataclass(frozen=True, slots=True)
class Stir:
    """Somebody is there: a touch that is no answer."""


@dataclass(frozen=True, slots=True)
class Look:
    """Time passes."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Gone, or wants to be."""


Event = (
    Agree | Refuse | RefuseSurely | Held | UseCard | NoCard | Answered | More | Remove | Back | Change | Send
    | MakePass | Sent | Speak | Move | Invited | Printed | Stir | Look | Wipe
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submit:
    """Effect: hand `filled` to the desk, and tell what became of it by Sent."""

    filled: Filled


@dataclass(frozen=True, slots=True)
class IssuePass:
    """Effect: ask the desk for a temporary pass, and tell it by Sent."""

    language: str


@dataclass(frozen=True, slots=True)
class Invite:
    """Effect: ask for a link for one phone, and tell it by Invited."""

    offer: str
    language: str
    identity: tuple[str, str] | None


Effects = tuple[Submit | IssuePass | Invite, ...]
