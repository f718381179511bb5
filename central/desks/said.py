"""PURE. What ingest may know of a declaration, a place's own check and a word of a citizen: their trace part alone.

Times in Unix ms; a day is counted from 1970-01-01 in Viet Nam (UTC+7, no summer time).
"""

from collections.abc import Callable
from typing import NamedTuple

from wire.envelope import ClockQuality, Stamp
from wire.reasons import name_of, note_of, public
from wire.records import Declaration, Feedback, Record, SealedDeclaration, SelfCheck

DAY_MS = 86_400_000
VIET_NAM_MS = 7 * 3_600_000
DECLARATION, CHECK, FEEDBACK, BY_LIGHT = Declaration.KIND, SelfCheck.KIND, Feedback.KIND, SealedDeclaration.KIND
SAYING = (Declaration, SelfCheck, Feedback, SealedDeclaration)

_SUSPECTED = ("suspected_case",)

PseudonymOf = Callable[[int, str], bytes | None]


class Said(NamedTuple):
    """One record. `at_ms` is None where the clock was unset; `reasons` are public codes; of a declaration
    also `suspected_case`, the one word on health that a rule of the authority may put there."""

    seq: int
    kind: int
    at_ms: int | None
    person: bytes | None = None
    identity_kind: int = 0
    outcome: int = 0
    reasons: tuple[str, ...] = ()
    topic: str = ""
    numbers: tuple[tuple[str, int], ...] = ()  # of a check: points by criterion; of feedback: rating


def said_of(seq: int, stamp: Stamp, record: Record, pseudonym_of: PseudonymOf) -> Said | None:
    """What is kept of a record; None for a record that says nothing of this kind."""
    at_ms = None if stamp.clock is ClockQuality.UNSET else stamp.at_ms
    match record:
        case Declaration():
            person = pseudonym_of(record.identity_kind, record.identity)
            kind = int(record.identity_kind) if person is not None else 0
            reasons = (*_public(record.reasons), *(_SUSPECTED if note_of("suspected_case") in record.reasons else ()))
            return Said(seq, DECLARATION, at_ms, person, kind, int(record.outcome), reasons)
        case SealedDeclaration():
            outcome, reasons = int(record.outcome), _public(record.reasons)
            return Said(seq, BY_LIGHT, at_ms, outcome=outcome, reasons=reasons, topic=_word(record.order))
        case SelfCheck():
            return Said(seq, CHECK, at_ms, topic=_word(record.scheme), numbers=tuple(record.scores.items()))
        case Feedback():
            return Said(seq, FEEDBACK, at_ms, topic=_word(record.topic), numbers=(("rating", record.rating),))
    return None


def day_of(at_ms: int) -> int:
    """The day in Viet Nam."""
    return (at_ms + VIET_NAM_MS) // DAY_MS


def start_of(day: int) -> int:
    """Unix ms at which a day begins in Viet Nam."""
    return day * DAY_MS - VIET_NAM_MS


def _public(numbers: tuple[int, ...]) -> tuple[str, ...]:
    return public(map(name_of, numbers))  # once more: an older kiosk may have said more than it should


def _word(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:100]  # PostgreSQL's text takes no NUL
