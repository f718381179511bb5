"""The people's forms: in every language, nothing ticked beforehand, nothing asked in vain, and the right facts."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest

from forms.facts import facts
from forms.lint import lint
from forms.model import LANGUAGES, PREFILL, SENSITIVE
from forms.value_sets import value_sets
from tests.parts.people import FORMS, NAMES, RESOURCES, own, questions, say, texts

# The words of a language stand mainly in these scripts (names of Unicode characters begin so).
SCRIPTS = {
    "vi": ("LATIN",),
    "en": ("LATIN",),
    "zh": ("CJK",),
    "ko": ("HANGUL",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "km": ("KHMER",),
    "lo": ("LAO",),
    "th": ("THAI",),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_form_may_be_published_in_all_eight_languages(name: str) -> None:
    assert lint(RESOURCES[name], value_sets()) == ()
    assert FORMS[name].canonical == f"https://gatepost.example/form/{name}|1"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_strings_fit_the_small_panel_and_are_in_their_own_script(name: str, language: str) -> None:
    longest = {"title": 50, "question": 110, "note": 80, "option": 48}
    for kind, text in texts(FORMS[name]):
        said = text.texts[language]
        assert len(said) <= longest[kind], (kind, said)
        assert said == unicodedata.normalize("NFC", said) == said.strip()
        letters = [unicodedata.name(c) for c in said if unicodedata.category(c).startswith("L")]
        own = sum(name.startswith(SCRIPTS[language]) for name in letters)
        assert own * 2 > len(letters), (language, said)


@pytest.mark.parametrize("name", NAMES)
def test_vietnamese_stays_short(name: str) -> None:
    longest = {"title": 40, "question": 90, "note": 60, "option": 40}
    for kind, text in texts(FORMS[name]):
        assert len(text.in_("vi")) <= longest[kind], text.in_("vi")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_answered_beforehand(name: str) -> None:
    for item in questions(FORMS[name]):
        assert item.initial == (), item.link_id
        assert not item.hidden, item.link_id
        assert not any(option.initial for option in item.options), item.link_id


@pytest.mark.parametrize("name", NAMES)
def test_every_list_of_several_has_one_answer_for_none_of_these(name: str) -> None:
    several = [item for item in questions(FORMS[name]) if item.repeats and own(item)]
    assert several
    for item in questions(FORMS[name]):
        assert item.repeats or not any(option.exclusive for option in item.options), item.link_id
    for item in several:
        exclusive = [option for option in item.options if option.exclusive]
        assert exclusive == [item.options[-1]], item.link_id
        assert item.help is not None, f"{item.link_id} does not say that several may be chosen"


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_skipped_says_so_or_follows_from_one_that_does(name: str) -> None:
    words = ("bỏ qua",)
    for item in questions(FORMS[name]):
        if not item.required:
            assert item.help is not None, item.link_id
            assert any(word in item.help.in_("vi") for word in words), item.link_id


@pytest.mark.parametrize("name", NAMES)
def test_answers_about_health_are_marked_as_sensitive(name: str) -> None:
    health = ("symptom", "vaccine", "exposure", "test", "contact", "chronic", "met", "today")
    for item in questions(FORMS[name]):
        marked = item.code_of(SENSITIVE) == "yes"
        about = item.link_id.removeprefix("home_").startswith(health)
        address = item.link_id.startswith("contact_")
        assert marked is (about and not address), item.link_id


def test_only_what_the_form_needs_is_taken_from_a_card() -> None:
    taken = {name: {item.code_of(PREFILL) for item in questions(form)} - {None} for name, form in FORMS.items()}
    assert taken["daily"] == set()
    assert taken["domestic"] == {"full_name", "birth_year", "sex", "id_number", "address", "phone"}
    assert taken["voluntary"] == {"full_name", "birth_year"}
    assert "birth_date" not in set().union(*taken.values()), "a year is enough unless an order names the day"


@pytest.mark.parametrize(
    ("name", "told", "found"),
    [
        ("entry", {"symptoms": "none", "exposure_animals": False, "exposure_case": False}, set()),
        ("entry", {"test_result": "none"}, set()),
        ("entry", {"test_result": "negative"}, set()),
        ("entry", {"test_result": "positive"}, {"positive_test"}),
        ("entry", {"exposure_animals": True}, {"exposure"}),
        ("entry", {"exposure_case": True}, {"exposure"}),
        ("entry", {"countries_21_days": "JP"}, {"travel"}),
        ("entry", {"symptoms": ("rash", "fever")}, {"symptoms"}),
        ("domestic", {"travel": False, "symptoms": "none", "contact": "none"}, set()),
        ("domestic", {"travel": True}, {"travel"}),
        ("domestic", {"symptoms": "pneumonia"}, {"symptoms"}),
        ("domestic", {"contact": "affected_area"}, {"exposure"}),
        ("domestic", {"symptoms": ("cough", "dyspnoea")}, {"symptoms", "severe_symptoms"}),
        ("entry", {"symptoms": "dyspnoea"}, {"symptoms", "severe_symptoms"}),
        ("daily", {"today": "healthy"}, set()),
        ("daily", {"today": "unwell"}, {"symptoms"}),
        ("daily", {"today": "unwell", "symptoms": "none"}, {"symptoms"}),
        ("daily", {"today": "unwell", "symptoms": "dyspnoea"}, {"symptoms", "severe_symptoms"}),
        ("daily", {"today": "healthy", "symptoms": "dyspnoea"}, set()),
        ("daily", {}, set()),
    ],
)
def test_facts_follow_from_answers(name: str, told: Mapping[str, Any], found: set[str]) -> None:
    assert facts(FORMS[name], say(FORMS[name], **told)) == found


def test_one_unwell_person_of_a_family_is_enough() -> None:
    form = FORMS["voluntary"]
    answers = {
        **say(form, home_contact="none"),
        ("person", ()): (2,),
        **say(form, (0,), relation="self", symptoms="none"),
        **say(form, (1,), relation="elder", symptoms="dyspnoea"),
    }
    assert facts(form, answers) == {"symptoms", "severe_symptoms"}
