"""Forty answers worked out by hand from the published schemes: what the state must be, and why."""

import json
from pathlib import Path

import pytest

from central.safety.answers import read_answers
from central.safety.schemes import scheme_of
from central.safety.scoring import Assessment, assess
from wire.refusal import Refused

MOET, HANOI, HOSPITALS, MARKET, LODGING, CLINICS = (
    *("schools-moet-2020", "schools-hanoi-2021", "hospitals-moh-2020"),
    *("market-2026", "lodging-2026", "clinics-moh-2020"),
)
OF = {MOET: 15, HANOI: 16, MARKET: 14, LODGING: 14}


def school(scheme: str, *left: int) -> dict[str, int]:
    """Everything met but `left`."""
    return {str(n): int(n not in left) for n in range(1, OF[scheme] + 1)}


def hospital(points: int, *, zero: bool = False) -> dict[str, list[int]]:
    """37 indicators whose maxima add up to 150, with `points` of them; at least one each unless `zero`."""
    maxima = [5, 5, *([4] * 35)]
    given = [0 if zero and n == 36 else 1 for n in range(37)]
    left = points - sum(given)
    for n, most in enumerate(maxima):
        more = 0 if zero and n == 36 else min(left, most - given[n])
        given[n], left = given[n] + more, left - more
    assert left == 0
    return {str(n + 1): [given[n], maxima[n]] for n in range(37)}


def clinic(*points: int) -> dict[str, list[int]]:
    return {
        str(n + 1): [given, most] for n, (given, most) in enumerate(zip(points, (3, 4, 6, 3, 4, 5, 3, 2), strict=True))
    }


ALL_OF_MOET = (
    (school(MOET), "safe", 15, "good"),
    (school(MOET, 1), "safe", 14, "good"),
    (school(MOET, 1, 2, 3, 6), "safe", 11, "good"),  # 11 with 4, 5, 10 and 11 among them
    (school(MOET, 1, 2, 3, 4), "at_risk", 11, "unsaid_mandatory_missing"),
    (school(MOET, 4), "at_risk", 14, "unsaid_mandatory_missing"),
    (school(MOET, 4, 5, 10, 11), "at_risk", 11, "unsaid_mandatory_missing"),
    (school(MOET, 1, 2, 3, 6, 7), "at_risk", 10, "fair_recheck"),
    (school(MOET, 1, 2, 3, 6, 7, 8, 9), "at_risk", 8, "fair_recheck"),
    (school(MOET, 1, 2, 3, 6, 7, 8, 10), "at_risk", 8, "unsaid_mandatory_missing"),
    (school(MOET, 1, 2, 3, 6, 7, 8, 9, 12), "unsafe", 7, "too_few_met"),
    (school(MOET, 1, 2, 3, 4, 5, 6, 7, 8), "unsafe", 7, "too_few_met"),
    (school(MOET, *range(1, 16)), "unsafe", 0, "too_few_met"),
)
ALL_OF_HANOI = (
    (school(HANOI), "safe", 16, "good"),
    (school(HANOI, 1, 2, 3, 6), "safe", 12, "good"),
    (school(HANOI, 1, 2, 3, 6, 7), "at_risk", 11, "fair_recheck"),
    (school(HANOI, 1, 2, 3, 6, 7, 9, 10, 13), "at_risk", 8, "fair_recheck"),
    (school(HANOI, 1, 2, 3, 6, 7, 9, 10, 13, 14), "unsafe", 7, "too_few_met"),
    (school(HANOI, 4), "at_risk", 15, "unsaid_mandatory_missing"),
    (school(HANOI, 5), "at_risk", 15, "unsaid_mandatory_missing"),
    (school(HANOI, 8), "at_risk", 15, "unsaid_mandatory_missing"),
    (school(HANOI, 11), "at_risk", 15, "unsaid_mandatory_missing"),
    (school(HANOI, 12, 1, 2, 3), "at_risk", 12, "unsaid_mandatory_missing"),
    (school(HANOI, 4, 1, 2, 3, 6, 7, 9, 10), "at_risk", 8, "unsaid_mandatory_missing"),
    (school(HANOI, *range(1, 10)), "unsafe", 7, "too_few_met"),
)
ALL_OF_HOSPITALS = (
    (hospital(150), "safe", 150, "good"),
    (hospital(113), "safe", 113, "good"),  # 75.3 %
    (hospital(112), "at_risk", 112, "low_safety"),  # 74.7 %
    (hospital(75), "at_risk", 75, "low_safety"),  # exactly half
    (hospital(74), "unsafe", 74, "below_half"),
    (hospital(37), "unsafe", 37, "below_half"),
    (hospital(146, zero=True), "unsafe", 146, "indicator_at_zero"),
    (hospital(80, zero=True), "unsafe", 80, "indicator_at_zero"),
    ({**hospital(150), "1": [2.5, 5]}, "safe", 147.5, "good"),
    ({**hospital(113), "37": [0.5, 4]}, "at_risk", 112.5, "low_safety"),  # exactly three quarters
)
OWN = (
    (MARKET, school(MARKET, 1, 2), "safe", 12, "good"),  # 85.7 %
    (MARKET, school(MARKET, 1, 2, 3), "at_risk", 11, "some_left"),  # 78.6 %
    (MARKET, school(MARKET, 4), "at_risk", 13, "some_left"),  # a mandatory one
    (MARKET, school(MARKET, 1, 2, 3, 5, 6, 7, 8, 9), "unsafe", 6, "below_half"),
    (CLINICS, clinic(3, 4, 6, 3, 4, 5, 3, 2), "safe", 30, "good"),
    (CLINICS, clinic(3, 4, 6, 3, 4, 5, 3, 0), "unsafe", 28, "indicator_at_zero"),
)
CASES = (
    *((MOET, *one) for one in ALL_OF_MOET),
    *((HANOI, *one) for one in ALL_OF_HANOI),
    *((HOSPITALS, *one) for one in ALL_OF_HOSPITALS),
    *OWN,
)


@pytest.mark.parametrize(("scheme", "given", "state", "score", "reason"), CASES)
def test_a_case_worked_out_by_hand(scheme: str, given: object, state: str, score: float, reason: str) -> None:
    found = assess(scheme_of(scheme), given)
    assert (found.state, found.score, found.reasons[0]) == (state, score, reason)


def test_the_mandatory_ones_that_are_left_are_named() -> None:
    assert assess(scheme_of(HANOI), school(HANOI, 4, 12)).reasons == (
        "unsaid_mandatory_missing",
        "mandatory:4",
        "mandatory:12",
    )
    assert assess(scheme_of(HOSPITALS), hospital(100, zero=True)).reasons == ("indicator_at_zero", "zero:37")


def test_a_missing_answer_is_told_and_never_guessed() -> None:
    given = school(HANOI)
    del given["7"]
    assert assess(scheme_of(HANOI), given) == Assessment("not_assessed", 15, 16, ("missing:7",))  # type: ignore[arg-type]
    assert assess(scheme_of(MOET), {}).state == "not_assessed"
    less = {name: value for name, value in hospital(150).items() if name != "3"}
    assert assess(scheme_of(HOSPITALS), less).reasons == ("missing:3",)


def test_what_a_place_does_without_counts_neither_way() -> None:
    lodging = scheme_of(LODGING)
    without = assess(lodging, {**school(LODGING), "9": None})
    assert (without.state, without.score, without.of) == ("safe", 13, 13)
    assert assess(lodging, {**school(LODGING), "9": 0}).of == 14
    with pytest.raises(Refused, match="bad_score"):
        assess(lodging, {**school(LODGING), "4": None})  # not one that a place can do without


REFUSED = (
    (MOET, [1], "bad_answers"),
    (MOET, None, "bad_answers"),
    (MOET, {**school(MOET), "16": 1}, "criterion_unknown"),
    (MOET, {**school(MOET), "1": 2}, "bad_score"),
    (MOET, {**school(MOET), "1": True}, "bad_score"),
    (MOET, {**school(MOET), "1": "1"}, "bad_score"),
    (MOET, {**school(MOET), "1": None}, "bad_score"),
    (HOSPITALS, {**hospital(150), "1": 5}, "bad_score"),
    (HOSPITALS, {**hospital(150), "1": [6, 5]}, "bad_score"),
    (HOSPITALS, {**hospital(150), "1": [-1, 5]}, "bad_score"),
    (HOSPITALS, {**hospital(150), "1": [0, 0]}, "bad_score"),
    (HOSPITALS, {**hospital(150), "1": [5, 6]}, "bad_maxima"),
    (HOSPITALS, {**hospital(150), "1": [4, 4]}, "bad_maxima"),
    (HOSPITALS, {"1": [151, 151]}, "bad_maxima"),
    (HOSPITALS, {"1": [1e300, 1e300]}, "bad_score"),
    (CLINICS, {**clinic(3, 4, 6, 3, 4, 5, 3, 2), "1": [4, 4], "2": [3, 3]}, "bad_score"),
)


@pytest.mark.parametrize(("scheme", "given", "reason"), REFUSED)
def test_what_cannot_be_is_refused(scheme: str, given: object, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        assess(scheme_of(scheme), given)
    assert refused.value.reason == reason


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"1": NaN}', '{"1": 1, "1": 0}', "[" * 100_000, "\xff"])
def test_a_file_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_answers"):
        read_answers(text.encode("latin-1"))


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    assert read_answers(b"\xef\xbb\xbf" + json.dumps(school(MOET)).encode()) == school(MOET)
