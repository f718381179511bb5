"""Early warning: an outbreak is seen, endemic days seldom are, small numbers are never told apart."""

import math
import random
from typing import Any

import pytest

from central.desks.answers import call_lines, sections
from central.desks.baseline import WIDER, WarningRule, count_limit, endemic, false_alarms, judge_day, shown
from central.desks.pictures import day_bars
from central.desks.symptoms import ALL_CODES, GROUPS, groups_of
from central.desks.warnings import simulated, simulated_outbreaks, warning_rule
from central.library import Library, shipped_forms

RULE = warning_rule()


@pytest.mark.parametrize(
    ("mean", "spread", "per_1000"), [(0.07, 0.0, 5), (2, 2.4, 5), (6, 10, 1), (40, 200, 5), (900, 4_000, 20)]
)
def test_the_limit_is_the_least_number_that_is_passed_as_seldom_as_the_rule_asks(
    mean: float, spread: float, per_1000: int
) -> None:
    rule = WarningRule("thu|1", 14, 2, per_1000, 5)
    limit = count_limit(mean, spread, rule)
    wide = max(spread, mean) * (1 + 1 / 14) * WIDER
    size, share = mean * mean / (wide - mean), mean / wide

    def up_to(count: int) -> float:  # summed from below, as the definition has it
        logs = (
            math.lgamma(size + x)
            - math.lgamma(size)
            - math.lgamma(x + 1)
            + size * math.log(share)
            + x * math.log(1 - share)
            for x in range(count + 1)
        )
        return math.fsum(map(math.exp, logs))

    assert 1 - up_to(limit) <= per_1000 / 1000 + 1e-6
    assert limit == 0 or 1 - up_to(limit - 1) > per_1000 / 1000 - 1e-6


def test_a_jump_is_seen_and_the_last_days_do_not_raise_their_own_limit() -> None:
    quiet = [4, 5, 3, 6, 4, 5, 4, 3, 5, 6, 4, 5, 4, 5]
    for lag in ([4, 5], [14, 18]):
        judged = judge_day([*quiet, *lag], 25, RULE)
        assert judged is not None and judged.warns and judged.limit < 20


def test_fewer_than_the_least_people_never_warn() -> None:
    judged = judge_day([0] * RULE.days, RULE.least_people - 1, RULE)
    assert judged is not None and not judged.warns
    again = judge_day([0] * RULE.days, RULE.least_people, RULE)
    assert again is not None and again.warns


def test_without_enough_past_nothing_is_said() -> None:
    assert judge_day([5] * (RULE.days - 1), 99, RULE) is None


@pytest.mark.parametrize("mean", [2, 10, 40])
def test_false_alarms_on_endemic_days_stay_within_what_the_rule_wants(mean: int) -> None:
    false, days = simulated(mean)
    assert days == 1_000 - RULE.days
    assert false / days <= RULE.per_1000 / 1000
    assert simulated(mean) == (false, days)


@pytest.mark.parametrize(("mean", "size"), [(2, 5), (10, 10), (10, 1_000), (40, 10)])
def test_the_share_of_false_alarms_is_the_rules_however_wide_the_numbers_are(mean: int, size: int) -> None:
    false, days = false_alarms(endemic(mean, size, 4_000, random.Random(mean + size)), RULE)
    assert false / days <= RULE.per_1000 / 1000


def test_what_the_width_costs_is_told_beside_it() -> None:
    assert all(simulated_outbreaks(mean)[0] >= 75 for mean in (2, 10, 40))


def test_an_outbreak_on_endemic_days_is_found_within_three_days() -> None:
    draw, found = random.Random(7), 0
    for _ in range(100):
        days = endemic(6, 10, RULE.days + 3, draw)
        rising = [n + extra for n, extra in zip(days[RULE.days :], (8, 16, 24), strict=True)]
        series = days[: RULE.days] + rising
        judged = [judge_day(series[:i], series[i], RULE) for i in range(RULE.days, len(series))]
        found += any(one is not None and one.warns for one in judged)
    assert found >= 90


def test_a_stricter_rule_warns_less() -> None:
    numbers = endemic(10, 3, 3_000, random.Random(1))
    strict = WarningRule("thu|1", RULE.baseline_days, RULE.lag_days, 1, RULE.least_people)
    assert false_alarms(numbers, strict)[0] < false_alarms(numbers, RULE)[0]


def test_endemic_numbers_have_the_mean_and_spread_that_were_asked() -> None:
    numbers = endemic(40, 10, 4_000, random.Random(3))
    mean = sum(numbers) / len(numbers)
    variance = sum((n - mean) ** 2 for n in numbers) / len(numbers)
    assert mean == pytest.approx(40, rel=0.05) and variance == pytest.approx(40 + 160, rel=0.15)


def test_small_numbers_are_shown_as_one() -> None:
    assert [shown(n, 5) for n in (0, 1, 4, 5, 12)] == ["0", "<5", "<5", "5", "12"]
    bars = day_bars([0, 1, 3, 4, 10], 5)
    assert [bar.text for bar in bars] == ["0", "<5", "<5", "<5", "10"]
    assert len({bar.height for bar in bars[1:4]}) == 1 and bars[-1].last


def test_every_symptom_of_the_forms_has_a_group() -> None:
    told = set()
    for form in shipped_forms().values():
        told |= _codes(form["item"])
    assert told and told <= ALL_CODES
    assert groups_of(["fever", "cough", "none"]) == {"fever", "breathing"}
    assert sum(len(members) for members in GROUPS.values()) == len(ALL_CODES)


def _codes(items: list[dict[str, object]]) -> set[str]:
    found: set[str] = set()
    for item in items:
        if item["linkId"] == "symptoms":
            options: list[dict[str, dict[str, str]]] = item["answerOption"]  # type: ignore[assignment]
            found |= {option["valueCoding"]["code"] for option in options} - {"none"}
        found |= _codes(item.get("item", []))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(("language", "yes", "fever"), [("vi", "Có", "Sốt"), ("en", "Yes", "Fever")])
def test_answers_are_shown_in_the_words_of_the_form(language: str, yes: str, fever: str) -> None:
    form = Library().form("https://gatepost.example/form/entry|1")
    answers: dict[str, list[Any]] = {
        "phone": ["0900000123"],
        "full_name": ["NGUYỄN VĂN THỬ"],
        "symptoms": ["fever"],
        "exposure_case": [True],
        "arrival_date": ["2026-09-21"],
        "vaccines": [],
        "gone": ["x"],
    }
    found = sections(form, answers, language)
    lines = {line.link_id: line.answer for section in found for line in section.lines}
    assert (lines["symptoms"], lines["exposure_case"], lines["arrival_date"]) == (fever, yes, "21/09/2026")
    assert set(lines) == {"phone", "full_name", "symptoms", "exposure_case", "arrival_date"}
    assert [line.link_id for line in call_lines(form, answers, language)] == ["full_name", "phone"]
    assert all(section.title for section in found)
