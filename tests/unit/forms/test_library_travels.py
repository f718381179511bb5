"""Every form that ships: answers to it come back from the wire and from FHIR as they were given."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.check import check
from forms.lint import lint
from forms.model import CHOICES
from forms.normal import kept
from forms.packed import pack, unpack
from forms.pages import pages
from forms.response import build, parse
from forms.value_sets import value_sets
from forms.verdict import judge
from tests.unit.forms.library import NAMES, filled, library, questionnaire, sealed_bytes
from tests.unit.forms.questionnaires import answers_of

MOST_BYTES = 420


@pytest.mark.parametrize("name", NAMES)
def test_it_may_be_published(name: str) -> None:
    assert lint(questionnaire(name), value_sets()) == ()


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=15)
@given(st.data())
def test_answers_come_back(name: str, data: st.DataObject) -> None:
    form = library(name)
    answers = data.draw(answers_of(form))
    assert unpack(form, pack(form, answers)) == kept(form, answers)
    built = build(form, answers, language="vi", authored="2026-02-01T08:00:00+07:00", response_id="r-1")
    assert parse(form, json.loads(json.dumps(built))) == (kept(form, answers), ())


@pytest.mark.parametrize("name", NAMES)
def test_a_filled_form_is_good(name: str) -> None:
    form = library(name)
    answers = filled(form)
    assert check(form, answers) == ()
    built = build(form, answers, language="vi", authored="2026-02-01T08:00:00+07:00", response_id="r-1")
    assert [issue for issue in judge(form, built) if issue.severity == "error"] == []


def test_a_sealed_declaration_of_twenty_two_answers_is_small() -> None:
    form = library("entry")
    answers = dict(list(filled(form).items())[:22])
    assert len(answers) == 22
    assert sealed_bytes(form, answers) <= MOST_BYTES


def test_no_choice_is_made_beforehand() -> None:
    for name in NAMES:
        assert not any(item.initial for item in library(name).flat if item.type in CHOICES), name


def test_every_page_has_words_in_every_language() -> None:
    for name in NAMES:
        form = library(name)
        for page in pages(form, filled(form)):
            assert len(page.item.text.texts) == 8
