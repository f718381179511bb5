"""PURE. How safe a place is by a published scheme: answers by criterion -> state, score, and why.

A scheme is data (central/safety/schemes): its criteria, and bands that are asked from first to last. What the scheme
leaves unsaid is "at risk" with the reason; while an answer is missing the place is "not assessed".

    answers "met"     {"criterion id": 0 or 1}; the score counts the ones. Where the scheme lets a criterion be out of
                      place (no lift, no bus), null says so: it counts neither in the score nor in what it is of
    answers "points"  {"criterion id": [points, maximum]}; the maxima of all criteria add up to `of`. A scheme whose
                      own text gives the maxima (`fixed`) takes no others
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from central.safety.states import State
from wire.refusal import Refused


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to look at. `phase`: before, during, after, or a chapter; "" for none.

    `link` is its question in the scheme's form (linkId), `most` the most points there; `daily`: in the short check of
    each day; `optional`: a place may do without what it is about; `texts`: by language, where no form has them.
    """

    id: str
    phase: str = ""
    mandatory: bool = False
    daily: bool = False
    optional: bool = False
    link: str = ""
    most: int = 1
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Band:
    """A state, and what must hold for it. Scores are counts or points, shares are of `of`."""

    state: State
    reason: str
    at_least: int | None = None
    at_most: int | None = None
    share_above: Fraction | None = None
    share_at_least: Fraction | None = None
    share_below: Fraction | None = None
    mandatory_met: bool = False
    any_zero: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as its file has it.

    `serves` are the kinds of places whose own checks go by it; `form` is its Questionnaire in forms/library, "" for
    none; `days` is how long a check by it holds; `fixed`: the maxima are the scheme's; `sure`: how sure its text is.
    """

    id: str
    version: int
    kind: str
    answers: Literal["met", "points"]
    of: int
    criteria: tuple[Criterion, ...]
    bands: tuple[Band, ...]
    unsaid: Band
    title: Mapping[str, str]
    source: str
    serves: tuple[str, ...] = ()
    form: str = ""
    days: int = 30
    fixed: bool = False
    sure: str = ""


class Assessment(NamedTuple):
    """`score` of `of`; `reasons` are codes with their sentences in central.safety.words."""

    state: State
    score: int | float
    of: int
    reasons: tuple[str, ...]


class _Answer(NamedTuple):
    """`maximum` 0: the place does without what the criterion is about."""

    points: Fraction
    maximum: Fraction


def assess(scheme: Scheme, given: Any) -> Assessment:
    """The state by what was answered; never a guess: an answer that cannot be is refused, one that lacks is told.

    Raises Refused: bad_answers (not an object), criterion_unknown, bad_score, bad_maxima.
    """
    answers = _read(scheme, given)
    score = sum((one.points for one in answers.values()), Fraction())
    missing = [one.id for one in scheme.criteria if one.id not in answers]
    if missing:
        return Assessment(State.NOT_ASSESSED, _number(score), scheme.of, tuple(f"missing:{one}" for one in missing))
    of = scheme.of - sum(not one.maximum for one in answers.values())
    zeros = [name for name, one in answers.items() if not one.points and one.maximum]
    left = [one.id for one in scheme.criteria if one.mandatory and one.id in zeros]
    band = next((band for band in scheme.bands if _holds(band, score, of, left, zeros)), scheme.unsaid)
    told = zeros if band.any_zero else left
    which = tuple(f"{'zero' if band.any_zero else 'mandatory'}:{one}" for one in told)
    return Assessment(band.state, _number(score), of, (band.reason, *which))


def _holds(band: Band, score: Fraction, of: int, left: list[str], zeros: list[str]) -> bool:
    share = score / of
    return (
        not (band.mandatory_met and left)
        and (bool(zeros) or not band.any_zero)
        and (band.at_least is None or score >= band.at_least)
        and (band.at_most is None or score <= band.at_most)
        and (band.share_above is None or share > band.share_above)
        and (band.share_at_least is None or share >= band.share_at_least)
        and (band.share_below is None or share < band.share_below)
    )


def _read(scheme: Scheme, given: Any) -> dict[str, _Answer]:
    if not isinstance(given, Mapping):
        raise Refused("bad_answers", "an object of criterion and score expected")
    known = {one.id for one in scheme.criteria}
    strange = sorted(str(key)[:40] for key in given if key not in known)
    if strange:
        raise Refused("criterion_unknown", f"{scheme.id} has no criterion {', '.join(strange[:5])}")
    take = _met if scheme.answers == "met" else _points
    answers = {one.id: take(scheme, one, given[one.id]) for one in scheme.criteria if one.id in given}
    whole = sum((one.maximum for one in answers.values()), Fraction())
    if scheme.answers == "points" and (whole > scheme.of or (len(answers) == len(known) and whole != scheme.of)):
        raise Refused("bad_maxima", f"the maxima add up to {_number(whole)}, not to {scheme.of}")
    return answers


def _met(_: Scheme, criterion: Criterion, value: Any) -> _Answer:
    if value is None and criterion.optional:
        return _Answer(Fraction(), Fraction())
    if type(value) is not int or value not in (0, 1):
        raise Refused("bad_score", f"criterion {criterion.id}: 0 or 1 expected")
    return _Answer(Fraction(value), Fraction(1))


def _points(scheme: Scheme, criterion: Criterion, value: Any) -> _Answer:
    if not isinstance(value, list) or len(value) != 2:
        raise Refused("bad_score", f"criterion {criterion.id}: [points, maximum] expected")
    points, maximum = (_exact(criterion.id, one) for one in value)
    if not 0 <= points <= maximum or not maximum:
        raise Refused("bad_score", f"criterion {criterion.id}: points from 0 to their maximum expected")
    if scheme.fixed and maximum != criterion.most:
        raise Refused("bad_score", f"criterion {criterion.id}: its maximum is {criterion.most}")
    return _Answer(points, maximum)


def _exact(criterion: str, value: Any) -> Fraction:
    """As written: half points are halves. Numbers beyond any scheme are refused before they are counted with."""
    if type(value) not in (int, float) or not -1e6 < value < 1e6:
        raise Refused("bad_score", f"criterion {criterion}: a number expected")
    return Fraction(str(value))


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
