"""All that is said in public of one place, by the rooms that know it: safety, citizens' words, its ward's level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.feedback.showing import PublicWord, feedback_counts, public_feedback
from central.map.model import Facility
from central.safety.history import Happened, Inspected, ReportCard, history, report_card
from central.safety.inspections import Finding
from central.safety.reasons import criterion_text, sentence
from central.zoning.levels import AreaLevel, level_in, levels

MOST_EVENTS, MOST_WORDS, MOST_INSPECTIONS = 50, 20, 10


class Fault(NamedTuple):
    """A criterion that was not met, in words; the inspector's own notes stay with the authority."""

    words: str
    finding: Finding
    late: bool


@dataclass(frozen=True, slots=True)
class Card:
    """`why`: whole sentences in the reader's language; `against`: where a measure speaks against a pledge."""

    report: ReportCard
    why: Sequence[str]
    against: Sequence[str]
    history: Sequence[tuple[Happened, Sequence[str]]]  # with its reasons as sentences, newest first
    inspections: Sequence[tuple[Inspected, Sequence[Fault]]]
    words: Sequence[PublicWord]
    topics: Mapping[str, int]
    level: AreaLevel | None


def card_of(connection: Connection, place: Facility, language: str, now_ms: int) -> Card:
    """What stands on a listed place's page."""
    report = report_card(connection, place.number, now_ms)
    return Card(
        report,
        _said(language, () if report.standing is None else report.standing.reasons),
        _said(language, [f"against:{one.rule}" for one in report.contradictions]),
        [(one, _said(language, one.reasons)) for one in history(connection, place.number, MOST_EVENTS, now_ms)],
        [(one, _faults(language, one, now_ms)) for one in report.inspections[:MOST_INSPECTIONS]],
        public_feedback(connection, place.number, now_ms, MOST_WORDS),
        feedback_counts(connection, place.number, now_ms),
        level_in(levels(connection, now_ms), areas_of_place(place.id, place.ward, place.province)),
    )


def _faults(language: str, one: Inspected, now_ms: int) -> list[Fault]:
    return [
        Fault(criterion_text(language, found.criterion), found, found.late(now_ms))
        for found in sorted(one.findings, key=lambda found: found.deadline_ms)
    ]


def _said(language: str, reasons: Sequence[str]) -> list[str]:
    return [sentence(language, reason) for reason in reasons]
