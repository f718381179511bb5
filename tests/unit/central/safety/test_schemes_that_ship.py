"""The schemes that ship: complete, countable, in both languages; every reason has its sentence."""

from pathlib import Path

import pytest

import central.safety
from central.places.kinds import KINDS
from central.safety.checks import form_of, sections_of, text_of
from central.safety.contradicting import measure_rules
from central.safety.reasons import criterion_text, sentence
from central.safety.schemes import scheme_for, schemes
from central.safety.scoring import Scheme
from central.safety.states import Cause, State
from central.safety.words import WORDS

ROOT = Path(central.safety.__file__).parents[2]
EACH = pytest.mark.parametrize("scheme", schemes().values(), ids=schemes())
ASKED = [one for one in schemes().values() if one.serves]


@EACH
def test_its_criteria_come_to_what_it_is_of(scheme: Scheme) -> None:
    assert len({one.id for one in scheme.criteria}) == len(scheme.criteria)
    assert scheme.of == (len(scheme.criteria) if scheme.answers == "met" else 150 if not scheme.fixed else 30)
    if scheme.answers == "points":
        assert sum(one.most for one in scheme.criteria) == scheme.of


@EACH
def test_it_says_where_it_is_from_and_every_reason_has_a_sentence(scheme: Scheme) -> None:
    assert scheme.source and scheme.sure and set(scheme.title) == {"vi", "en"}
    for band in (*scheme.bands, scheme.unsaid):
        assert f"safety.reason_{band.reason}" in WORDS


@pytest.mark.parametrize("scheme", ASKED, ids=lambda one: one.id)
def test_whoever_checks_by_it_reads_each_criterion_in_both_languages(scheme: Scheme) -> None:
    form = form_of(scheme)
    for one in scheme.criteria:
        assert form is None or one.link in form.by_id
        assert {"vi", "en"} <= set(text_of(scheme, one))
    assert 3 <= sum(one.daily for one in scheme.criteria) <= 8
    assert sum(len(section.criteria) for section in sections_of(scheme, "periodic")) == len(scheme.criteria)


def test_every_kind_of_place_has_a_scheme() -> None:
    assert {kind: scheme_for(kind).id for kind in KINDS} == {
        **{kind: f"{kind}-2026" for kind in ("market", "supermarket", "restaurant", "office", "factory", "lodging")},
        "school": "schools-hanoi-2021",
        "hospital": "hospitals-moh-2020",
        "clinic": "clinics-moh-2020",
        "border": "office-2026",
        "other": "office-2026",
    }


def test_every_state_cause_and_rule_has_a_sentence() -> None:
    keys = [*(f"state_{one}" for one in State), *(f"cause_{one}" for one in Cause)]
    keys += [f"against_{rule.id}" for rule in measure_rules()]
    codes = ("mandatory", "zero", "left", "found", "missing", "reports", "period_over", "check_missing", "check_over")
    keys += [f"reason_{code}" for code in (*codes, "daily_over", "daily_left", "daily_good")]
    keys += [f"reason_inspected_{one}" for one in ("safe", "at_risk", "unsafe")]
    assert [key for key in keys if f"safety.{key}" not in WORDS] == []


def test_a_reason_reads_as_a_sentence() -> None:
    assert sentence("vi", "mandatory:10@market-2026").endswith("lối vào.")
    assert sentence("en", "mandatory:10@market-2026").startswith("Mandatory and not met: ")
    assert sentence("en", "zero:3@schools-moet-2020") == "At zero: criterion 3"
    assert sentence("en", "against:stale_air") == "Stale air, although airing is pledged."
    assert criterion_text("vi", "9@gone-2020") == "tiêu chí 9"


@EACH
def test_the_page_of_the_schemes_names_it(scheme: Scheme) -> None:
    assert f"`{scheme.id}`" in (ROOT / "docs" / "safety.md").read_text("utf-8")
