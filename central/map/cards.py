"""All that is said in public of one place, by the rooms that know it: safety, citizens' words, its ward's level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.map.model import Facility
from central.safety.states import Standing, state_of
from central.zoning.levels import AreaLevel, level_in, levels

MOST_EVENTS, MOST_WORDS = 50, 20


@dataclass(frozen=True, slots=True)
class Card:
    """`why`: whole sentences in the reader's language; `report`: central.safety.history.ReportCard."""

    standing: Standing | None
    why: Sequence[str]
    history: Sequence[tuple[Any, Sequence[str]]]  # (Happened, its reasons as sentences), newest first
    report: Any
    against: Sequence[str]  # where a measure speaks against a pledge
    words: Sequence[Any]  # central.feedback.showing.PublicWord
    topics: Mapping[str, int]
    level: AreaLevel | None


def card_of(connection: Connection, place: Facility, language: str, now_ms: int) -> Card:
    """What stands on a listed place's page."""
    standing = state_of(connection, place.number, now_ms)
    happened, report = _safety(connection, place.number, now_ms)
    words, topics = _feedback(connection, place.number, now_ms)
    return Card(
        standing,
        _sentences(language, () if standing is None else standing.reasons),
        [(one, _sentences(language, one.reasons)) for one in happened],
        report,
        _sentences(language, [f"against:{one.rule}" for one in getattr(report, "contradictions", ())]),
        words,
        topics,
        level_in(levels(connection, now_ms), areas_of_place(place.id, place.ward, place.province)),
    )


def _safety(connection: Connection, place: int, now_ms: int) -> tuple[Sequence[Any], Any]:
    if not find_spec("central.safety.history"):
        return (), None
    known = import_module("central.safety.history")
    return known.history(connection, place, MOST_EVENTS), known.report_card(connection, place, now_ms)


def _feedback(connection: Connection, place: int, now_ms: int) -> tuple[Sequence[Any], Mapping[str, int]]:
    if not find_spec("central.feedback.showing"):
        return (), {}
    known = import_module("central.feedback.showing")
    return known.public_feedback(connection, place, now_ms, MOST_WORDS), known.feedback_counts(
        connection, place, now_ms
    )


def _sentences(language: str, reasons: Sequence[str]) -> list[str]:
    known = import_module("central.safety.reasons")
    return [known.sentence(language, reason) for reason in reasons]
