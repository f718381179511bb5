"""A place's checks of itself: by which scheme, what is asked, how it is scored, and the row that stays.

A whole check asks every criterion of the scheme. A short one asks those marked `daily`: met or not; with one left the
place is at risk, which is our own rule, since no published scheme has a check for each day.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.engine import Connection

from central.library import shipped_forms
from central.safety.closing_days import opening_of
from central.safety.periods import Period, until_of
from central.safety.schemes import scheme_for
from central.safety.scoring import Assessment, Criterion, Scheme, assess
from central.safety.standing import restate
from central.safety.states import State
from central.statements import run
from forms.load import load
from forms.model import Form
from wire.refusal import Refused

PLEDGE = {
    "vi": "Chúng tôi trả lời đúng sự thật và cam kết giữ các biện pháp này.",
    "en": "Our answers are true, and we commit to keep these measures.",
}
_AHEAD_MS = 5 * 60_000  # how wrong a kiosk's clock may be
_AGE_MS = 7 * 86_400_000  # a check that comes later than that says nothing of today


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """One check as it is handed in. `scores` by criterion id: 0 or 1, points, or None where it does not apply."""

    place: int
    period: Period
    scheme: Scheme
    scores: Mapping[str, int | None]
    author: str
    at_ms: int
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions."""

    title: Mapping[str, str]
    criteria: tuple[Criterion, ...]


def form_of(scheme: Scheme) -> Form | None:
    """The Questionnaire whose words a scheme's own check has; None for a scheme with words of its own, or none."""
    return _shipped(scheme.form) if scheme.form else None


@cache
def _shipped(name: str) -> Form | None:
    found = (one for canonical, one in shipped_forms().items() if canonical.rpartition("/")[2].startswith(f"{name}|"))
    document = next(found, None)
    return None if document is None else load(document)


def text_of(scheme: Scheme, criterion: Criterion) -> Mapping[str, str]:
    """What a criterion asks for, by language; empty where the scheme's own text is not public."""
    form = form_of(scheme)
    if form is not None and criterion.link in form.by_id:
        return form.by_id[criterion.link].text.texts
    return criterion.texts


def sections_of(scheme: Scheme, period: Period) -> tuple[Section, ...]:
    """The pages of a check: a whole one has its form's groups, a short one is a single page."""
    if period == "daily":
        return (Section({}, tuple(one for one in scheme.criteria if one.daily)),)
    phases = dict.fromkeys(one.phase for one in scheme.criteria)
    form = form_of(scheme)
    titles = {item.link_id: item.text.texts for item in form.items} if form is not None else {}
    return tuple(
        Section(titles.get(phase, {}), tuple(one for one in scheme.criteria if one.phase == phase)) for phase in phases
    )


def score(scheme: Scheme, period: Period, scores: Mapping[str, int | None]) -> Assessment:
    """What the answers come to. Raises Refused: safety_unanswered, or what central.safety.scoring refuses."""
    if period == "daily":
        return _score_daily(scheme, scores)
    if scheme.answers == "met":
        found = assess(scheme, dict(scores))
    else:
        most = {one.id: one.most for one in scheme.criteria}
        found = assess(scheme, {name: [points, most.get(name, 1)] for name, points in scores.items()})
    if found.state is State.NOT_ASSESSED:
        raise Refused("safety_unanswered", f"{len(found.reasons)} criteria")
    return found._replace(reasons=tuple(_with_scheme(reason, scheme) for reason in found.reasons))


def _score_daily(scheme: Scheme, scores: Mapping[str, int | None]) -> Assessment:
    asked = [one for one in scheme.criteria if one.daily]
    if strange := set(scores) - {one.id for one in scheme.criteria}:
        raise Refused("criterion_unknown", f"{scheme.id} has no criterion {sorted(strange)[0][:16]}")
    if any(one.id not in scores or (scores[one.id] is None and not one.optional) for one in asked):
        raise Refused("safety_unanswered", "the short list of the day")
    if any(value is not None and (type(value) is not int or value < 0) for value in scores.values()):
        raise Refused("bad_score", "0 or 1 expected")
    applying = [one for one in asked if scores[one.id] is not None]
    left = [one.id for one in applying if not scores[one.id]]
    reasons = ("daily_good",) if not left else ("daily_left", *(f"left:{one}@{scheme.id}" for one in left))
    state = State.AT_RISK if left else State.SAFE
    return Assessment(state, len(applying) - len(left), max(1, len(applying)), reasons)


def hand_in(connection: Connection, check: SelfCheck, now_ms: int) -> tuple[int, Assessment]:
    """Score a check, keep it, and say anew what holds of the place; (its number, what it came to).

    The same check again is the same row. Raises Refused as `score`, and safety_time for one from the future or too old.
    """
    if not now_ms - _AGE_MS <= check.at_ms <= now_ms + _AHEAD_MS:
        raise Refused("safety_time", "the check's own time")
    found = score(check.scheme, check.period, check.scores)
    whole = round(found.score)
    opening = opening_of(connection, check.place)
    until_ms = until_of(check.period, check.at_ms, check.scheme.days, opening.opens_after)
    pledge = hashlib.sha256(PLEDGE[check.language].encode()).digest()
    sql = (
        "INSERT INTO self_check (place, period, scheme, scores, state, score, most, reasons, author, at_ms, until_ms,"
        " pledge, language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (place, period, at_ms, author) DO UPDATE SET author = excluded.author RETURNING id"
    )
    named = f"{check.scheme.id}/{check.scheme.version}"
    said = (named, json.dumps(dict(check.scores), sort_keys=True), found.state, whole, found.of)
    rest = (json.dumps(found.reasons), check.author, check.at_ms, until_ms, pledge, check.language)
    number = run(connection, sql, (check.place, check.period, *said, *rest)).scalar_one()
    restate(connection, check.place, now_ms)
    return int(number), found


def place_scheme(connection: Connection, place: int) -> Scheme:
    """By which scheme a place checks itself. Raises Refused("place_unknown")."""
    kind = run(connection, "SELECT kind FROM place WHERE number = ?", (place,)).scalar()
    if kind is None:
        raise Refused("place_unknown", str(place))
    return scheme_for(str(kind))


def _with_scheme(reason: str, scheme: Scheme) -> str:
    return f"{reason}@{scheme.id}" if ":" in reason else reason


def scores_of_links(scheme: Scheme, by_link: Mapping[str, Any]) -> dict[str, int | None]:
    """Scores as a kiosk has them, by linkId of the scheme's form: what does not apply is 2, or left out."""
    known = {one.link or one.id: one for one in scheme.criteria}
    scores: dict[str, int | None] = {one.id: None for one in known.values() if one.optional}
    for link, value in by_link.items():
        if link not in known or type(value) is not int:
            raise Refused("criterion_unknown", f"{scheme.id} has no criterion {str(link)[:16]}")
        one = known[link]
        scores[one.id] = None if one.optional and scheme.answers == "met" and value == 2 else value
    return scores
