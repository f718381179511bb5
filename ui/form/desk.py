"""The port between the form's screen and the gate: what may be declared here, cards, and where a declaration goes.

- The screen decides nothing: it asks, shows, and hands over. What is handed over is on the card when `submit` returns.
- Nothing of a person stays on the screen's side after the hand-over or after the visitor has gone.
- Every call may come from several threads at once, one for each visitor.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from forms.model import Answers, Form

if TYPE_CHECKING:
    from ui.form.handed import Handed


@dataclass(frozen=True, slots=True)
class Offer:
    """One form that may be filled in here, under its order.

    key      the order's id
    until    the local date on which the order ends, "2026-09-30"; "" while it is open
    texts    language -> {"legal_basis", "purpose", "notice", "consequence"}; a text may be missing or ""
    consent  language -> hash of exactly what is shown before the first question
    rules    what must hold between answers: rows of {"id", "logic" (CertLogic), "linkId", "text" by language}
    aside    "" for a declaration; else what it is instead: "feedback" or "check", which chooses the words around it
    """

    key: str
    form: Form
    mandatory: bool
    until: str
    texts: Mapping[str, Mapping[str, str]]
    consent: Mapping[str, bytes]
    rules: Sequence[Mapping[str, Any]] = ()
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a visitor hands over. `refused`: asked under a mandatory order, said no; then there are no answers.

    authored  when it was sent, ISO 8601 with offset
    consent   hash of the text that was agreed to, in the language it was read in
    identity  kind and normal form of the card that was held up for it; None when everything was typed
    people    for how many it speaks, the visitor included
    by_phone  it comes from the visitor's own phone: nobody need stand at the gate
    by        of a self-check on the gate's screen: the guard who gave it there
    """

    offer: str
    answers: Answers
    language: str
    authored: str
    consent: bytes
    identity: tuple[str, str] | None
    people: int
    refused: bool = False
    by_phone: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `failed` is the reason why nothing was recorded; then nothing else counts.

    code       the record's code to show and to print, such as "K7QF-2M9D-44TX"
    pass_text  a pass to show as QR, "GP1:..."; "" when there is none
    by_card    it names a card by which the gate can find it again
    messages   what rules say to this visitor themselves, by language
    aside      of what is no declaration: see Offer
    """

    signal: str
    reasons: tuple[str, ...]
    code: str
    pass_text: str = ""
    failed: str = ""
    by_card: bool = False
    messages: tuple[Mapping[str, str], ...] = ()
    aside: str = ""


class Desk(Protocol):
    """The gate's side."""

    def offers(self) -> Sequence[Offer]:
        """What may be declared now, mandatory first. Empty when no order runs."""
        ...

    def scanned(self, timeout_s: float) -> Mapping[str, str] | None:
        """Claim the next code before the camera or a reader: its prefill fields, "kind" and "normal_form".

        None when none came within `timeout_s` seconds; such a code is no check-in.
        """
        ...

    def held(self) -> Mapping[str, str] | None:
        """The fields of the card that was just asked to declare at this gate, once; None when there is none."""
        ...

    def submit(self, filled: Filled) -> Outcome:
        """Hand over. Returns after the commit, or with `failed` set, within 2 s."""
        ...

    def temporary_pass(self, language: str) -> Outcome:
        """A pass with a random number for a visitor without papers, recorded before it is returned."""
        ...


@dataclass(frozen=True, slots=True)
class Extras:
    """What a gate may have beside its desk. Left out, the button for it is not shown.

    check_phone     a phone number as typed -> E.164, or None where no such number can exist
    speak           text and language -> WAV, or None where there is no voice for that language
    print_receipt   outcome and language -> whether it was printed
    invite          offer, language and the card shown for it -> the address, for one phone, where the form goes on
    aside           what may be said beside the declarations, by its key; None for a key that is none
    handed          the place's self-check that a guard may give to this screen
    """

    check_phone: Callable[[str], str | None] | None = None
    speak: Callable[[str, str], bytes | None] | None = None
    print_receipt: Callable[[Outcome, str], bool] | None = None
    invite: Callable[[str, str, tuple[str, str] | None], str] | None = None
    aside: Callable[[str], Offer | None] | None = None
    handed: "Handed | None" = None
