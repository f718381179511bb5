"""The safety checks that places fill in about themselves: complete in eight languages, and countable by a scheme."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

import forms
from forms.check import check
from forms.lint import lint
from forms.load import load
from forms.model import LANGUAGES, Answers, Coding, Form, Item, Text, Value
from forms.pages import pages

FOLDER = Path(forms.__file__).parent / "library"
PLACES = ("market", "supermarket", "office", "restaurant", "lodging", "factory")
KINDS = ("school", "hospital", *PLACES)
RESOURCES = {kind: json.loads((FOLDER / f"check-{kind}.json").read_text(encoding="utf-8")) for kind in KINDS}
FORMS = {kind: load(resource, languages=LANGUAGES) for kind, resource in RESOURCES.items()}
ENDING = ["manager-name", "manager-role", "commitment"]
YES, NO, ANY = (Coding("urn:gatepost:yes-no", code) for code in ("yes", "no", "not-applicable"))
SCRIPTS = {"zh": "CJK", "ko": "HANGUL", "ja": "CJK|HIRAGANA|KATAKANA", "km": "KHMER", "lo": "LAO", "th": "THAI"}

each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def criteria(form: Form) -> list[Item]:
    return [item for item in form.flat if item.asked and item.link_id not in ENDING]


def most(item: Item) -> Value:
    """The best answer to a criterion."""
    return item.options[0].value if isinstance(item.options[0].value, Coding) else item.options[-1].value


def filled(form: Form) -> dict[tuple[str, tuple[int, ...]], tuple[Value, ...]]:
    answers = {(item.link_id, ()): (most(item),) for item in criteria(form)}
    end: Answers = {
        ("manager-name", ()): ("NGUYỄN VĂN THỬ",),
        ("manager-role", ()): ("Trưởng ban thử nghiệm",),
        ("commitment", ()): (True,),
    }
    return {**answers, **end}


def texts(form: Form) -> list[Text]:
    found = [form.title, *(item.text for item in form.flat)]
    return found + [o.text for item in form.flat for o in item.options if isinstance(o.value, Coding)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_may_be_published_without_a_remark(kind: str) -> None:
    assert lint(RESOURCES[kind]) == ()
    assert FORMS[kind].canonical == f"https://gatepost.example/form/check-{kind}|1"


@each_form
def test_every_criterion_must_be_answered_and_none_is_answered_beforehand(form: Form) -> None:
    for item in form.flat:
        assert item.required == item.asked
        assert item.initial == () and not item.repeats and not item.hidden
    assert {issue.problem for issue in check(form, {})} == {"required"}
    assert len(check(form, {})) == len(criteria(form)) + len(ENDING)


@each_form
def test_a_filled_form_has_no_issue(form: Form) -> None:
    assert check(form, filled(form)) == ()


@each_form
def test_one_page_each_and_the_commitment_at_the_end(form: Form) -> None:
    asked = [page.item.link_id for page in pages(form, {})]
    assert asked[-3:] == ENDING
    assert len(asked) == len(criteria(form)) + 3


@each_form
def test_whoever_signs_may_say_that_they_cannot_commit(form: Form) -> None:
    assert check(form, {**filled(form), ("commitment", ()): (False,)}) == ()


@pytest.mark.parametrize("kind", ["school", *PLACES])
def test_criteria_are_numbered_from_one_and_answered_with_yes_or_no(kind: str) -> None:
    found = criteria(FORMS[kind])
    assert [item.link_id for item in found] == [str(number) for number in range(1, len(found) + 1)]
    for item in found:
        assert [option.value for option in item.options] in ([YES, NO], [YES, NO, ANY])


@pytest.mark.parametrize("kind", PLACES)
def test_a_place_has_ten_to_fourteen_criteria(kind: str) -> None:
    assert 10 <= len(criteria(FORMS[kind])) <= 14


def test_what_not_every_place_has_can_be_left_out_and_nothing_else() -> None:
    left_out = {
        re.sub(r"\W.*", "", item.text.in_("en")) for form in FORMS.values() for item in form.flat if ANY in item.places
    }
    assert left_out == {"Lifts", "Company", "Workers"}


def test_the_school_form_has_sixteen_criteria_in_three_parts() -> None:
    parts = [item for item in FORMS["school"].items if item.link_id != "end"]
    assert [len(part.items) for part in parts] == [8, 6, 2]
    assert {"4", "5", "8", "11", "12"} <= set(FORMS["school"].by_id)  # mandatory in the Hanoi scheme of 2021


def test_the_hospital_form_has_37_criteria_in_eight_chapters_and_150_points() -> None:
    chapters = [item for item in FORMS["hospital"].items if item.link_id != "end"]
    found = criteria(FORMS["hospital"])
    assert (len(chapters), len(found)) == (8, 37)
    points = [[option.value for option in item.options] for item in found]
    assert all(scale == list(range(len(scale))) for scale in points)
    assert sum(len(scale) - 1 for scale in points) == 150


@each_form
def test_every_text_is_short_enough_to_be_read_standing(form: Form) -> None:
    for item in criteria(form):
        for language in LANGUAGES:
            assert 0 < len(item.text.in_(language)) <= 90, (item.link_id, language)


@each_form
@pytest.mark.parametrize("language", SCRIPTS)
def test_a_text_is_in_its_own_script(form: Form, language: str) -> None:
    for text in texts(form):
        said = text.in_(language)
        letters = [unicodedata.name(sign) for sign in said if unicodedata.category(sign) == "Lo"]
        latin = [sign for sign in said if sign.isascii() and sign.isalpha()]
        assert len(letters) > len(latin), said
        assert all(re.match(SCRIPTS[language], name) for name in letters), said


@each_form
def test_a_text_differs_from_language_to_language_and_ends_alike(form: Form) -> None:
    for text in texts(form):
        said = [text.in_(language) for language in LANGUAGES]
        assert all(unicodedata.is_normalized("NFC", one) and one == one.strip() for one in said)
        assert len(set(said)) >= len(LANGUAGES) - 1, said  # 学校 is 学校
        ends = {"vi": ".", "en": ".", "zh": "。", "ko": ".", "ja": "。", "km": "។", "lo": "."}
        assert len({text.in_(language).endswith(end) for language, end in ends.items()}) == 1, said


@each_form
def test_no_two_criteria_say_the_same(form: Form) -> None:
    for language in LANGUAGES:
        said = [item.text.in_(language) for item in criteria(form)]
        assert len(set(said)) == len(said)
