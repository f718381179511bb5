"""enableWhen and the order of pages, as docs/forms-profile.md states them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.conditions import enabled
from forms.model import Answers, Coding, Value
from forms.pages import pages
from tests.unit.forms.questionnaires import (
    answered,
    answers_of,
    asked,
    choice,
    coded,
    extension,
    form,
    question,
    when,
)


def _asks(kind: str, operator: str, answer: dict[str, Any], *given: Value, **fields: Any) -> bool:
    first = question("a", kind, **fields)
    if kind in ("choice", "open-choice"):
        first = choice("a", "x", "y", kind=kind, **fields)
    made = form(first, question("q", "string", enableWhen=[when("a", operator, **answer)]))
    return enabled(made, answered("a", *given) if given else {}, made.by_id["q"], ())


@pytest.mark.parametrize(
    ("kind", "operator", "answer", "given", "expected"),
    [
        ("boolean", "exists", {"answerBoolean": True}, (False,), True),
        ("boolean", "exists", {"answerBoolean": True}, (), False),
        ("boolean", "exists", {"answerBoolean": False}, (), True),
        ("boolean", "exists", {"answerBoolean": False}, (True,), False),
        ("boolean", "=", {"answerBoolean": True}, (True,), True),
        ("boolean", "=", {"answerBoolean": True}, (), False),
        ("boolean", "!=", {"answerBoolean": True}, (False,), True),
        ("boolean", "!=", {"answerBoolean": True}, (), False),
        ("integer", ">", {"answerInteger": 5}, (6,), True),
        ("integer", ">", {"answerInteger": 5}, (5,), False),
        ("integer", ">=", {"answerInteger": 5}, (5,), True),
        ("integer", "<", {"answerInteger": 5}, (4,), True),
        ("integer", "<=", {"answerInteger": 5}, (6,), False),
        ("integer", "=", {"answerInteger": 1}, (True,), False),
        ("decimal", "=", {"answerDecimal": 36.5}, (Decimal("36.50"),), True),
        ("decimal", ">", {"answerDecimal": 37.5}, (Decimal("37.6"),), True),
        ("date", ">", {"answerDate": "2026-01-01"}, ("2026-01-02",), True),
        ("date", ">", {"answerDate": "2026-01-01"}, ("2026",), False),
        ("date", "<=", {"answerDate": "2026-01-01"}, ("2026",), False),
        ("dateTime", "<", {"answerDateTime": "2026-01-01T08:00:00+07:00"}, ("2026-01-01T00:59:59Z",), True),
        ("time", ">=", {"answerTime": "08:00:00"}, ("08:00:00",), True),
        ("string", "=", {"answerString": "a"}, ("a",), True),
        ("string", "!=", {"answerString": "a"}, ("b",), True),
        ("string", ">", {"answerString": "tes"}, ("test",), True),
        ("string", ">=", {"answerString": "2020"}, ("2020-05",), True),
        ("text", "<=", {"answerString": "b"}, ("a",), True),
        ("text", "<", {"answerString": "b"}, ("b",), False),
        ("choice", "=", {"answerCoding": {"system": "urn:x", "code": "x", "display": "khác"}}, coded("x"), True),
        ("choice", "=", {"answerCoding": {"system": "urn:other", "code": "x"}}, coded("x"), False),
        ("choice", "!=", {"answerCoding": {"system": "urn:x", "code": "x"}}, coded("y"), True),
        ("open-choice", "=", {"answerString": "khác"}, ("khác",), True),
    ],
)
def test_each_operator(
    kind: str, operator: str, answer: dict[str, Any], given: tuple[Value, ...], expected: bool
) -> None:
    assert _asks(kind, operator, answer, *given) is expected


@pytest.mark.parametrize("operator", ["=", "!="])
def test_one_matching_answer_of_several_is_enough(operator: str) -> None:
    answer = {"answerCoding": {"system": "urn:x", "code": "x"}}
    assert _asks("choice", operator, answer, *coded("x", "y"), repeats=True)


def test_a_disabled_question_counts_as_having_no_answer() -> None:
    made = form(
        question("a", "boolean"),
        question("b", "boolean", enableWhen=[when("a", "=", answerBoolean=True)]),
        question("c", "string", enableWhen=[when("b", "=", answerBoolean=True)]),
        question("d", "string", enableWhen=[when("b", "exists", answerBoolean=False)]),
    )
    answers = {**answered("a", False), **answered("b", True)}
    assert asked(pages(made, answers)) == ["a", "d"]


def test_what_stands_in_a_disabled_group_is_disabled() -> None:
    made = form(
        question("a", "boolean"),
        question("g", "group", item=[question("b", "boolean")], enableWhen=[when("a", "=", answerBoolean=True)]),
        question("c", "string", enableWhen=[when("b", "exists", answerBoolean=False)]),
    )
    assert asked(pages(made, {**answered("a", False), **answered("b", True)})) == ["a", "c"]
    assert asked(pages(made, {**answered("a", True), **answered("b", True)})) == ["a", "b"]


@pytest.mark.parametrize(("behaviour", "expected"), [("any", ["a", "b", "q"]), ("all", ["a", "b"])])
def test_any_and_all(behaviour: str, expected: list[str]) -> None:
    conditions = [when("a", "=", answerBoolean=True), when("b", "=", answerBoolean=True)]
    last = question("q", "string", enableWhen=conditions, enableBehavior=behaviour)
    made = form(question("a", "boolean"), question("b", "boolean"), last)
    assert asked(pages(made, {**answered("a", True), **answered("b", False)})) == expected


def _family() -> Any:
    fever = question("fever", "boolean")
    since = question("since", "date", enableWhen=[when("fever", "=", answerBoolean=True)])
    nurse = question("nurse", "boolean", enableWhen=[when("fever", "=", answerBoolean=True)])
    return form(question("person", "group", repeats=True, item=[fever, since]), nurse)


def test_in_a_repeating_group_the_same_occurrence_is_asked() -> None:
    answers: Answers = {("person", ()): (2,), ("fever", (0,)): (False,), ("fever", (1,)): (True,)}
    assert asked(pages(_family(), answers)) == ["fever0", "fever1", "since1", "person+", "nurse"]


def test_from_outside_any_occurrence_will_do() -> None:
    answers: Answers = {("person", ()): (2,), ("fever", (0,)): (False,), ("fever", (1,)): (False,)}
    assert "nurse" not in asked(pages(_family(), answers))


def test_a_repeating_group_is_asked_once_and_then_whether_there_is_more() -> None:
    assert asked(pages(_family(), {})) == ["fever0", "person+"]
    assert asked(pages(_family(), {("person", ()): (0,)})) == ["person+"]


def test_no_more_than_the_most() -> None:
    group = question("g", "group", repeats=True, item=[question("q", "string")])
    group["extension"] = [extension("questionnaire-maxOccurs", "Integer", 2)]
    made = form(group)
    assert asked(pages(made, {("g", ()): (1,)})) == ["q0", "g+"]
    assert asked(pages(made, {("g", ()): (2,)})) == ["q0", "q1"]


def test_a_required_group_comes_at_least_once() -> None:
    made = form(question("g", "group", repeats=True, required=True, item=[question("q", "string")]))
    assert asked(pages(made, {("g", ()): (0,)})) == ["q0", "g+"]


def test_titles_and_notes_stand_over_the_next_question() -> None:
    control = {"coding": [{"code": "help"}]}
    helping = question("h", "display", extensions=[extension("questionnaire-itemControl", "CodeableConcept", control)])
    shown = question("r", "string", readOnly=True, initial=[{"valueString": "x"}])
    first = question("q1", "string", item=[helping, question("n2", "display")])
    inner = [question("n1", "display"), shown, first, question("q2", "string")]
    made = form(question("g", "group", item=inner))
    over = [[item.link_id for item in page.above] for page in pages(made, {})]
    assert over == [["g", "n1", "r", "n2"], ["g"]]
    assert made.by_id["q1"].help is not None


def test_a_note_that_ends_its_group_has_a_page() -> None:
    made = form(question("q", "string"), question("n", "display"))
    assert asked(pages(made, {})) == ["q", "n"]


def test_hidden_items_are_not_shown() -> None:
    hidden = question("q", "string", extensions=[extension("questionnaire-hidden", "Boolean", True)])
    assert pages(form(hidden), {}) == ()


def test_what_stands_beneath_a_question_waits_for_its_answer() -> None:
    made = form(question("a", "boolean", item=[question("b", "string", required=True)]))
    assert asked(pages(made, {})) == ["a"]
    assert asked(pages(made, answered("a", False))) == ["a", "b"]


def test_claims_of_endless_occurrences_are_cut_off() -> None:
    inner = question("q", "string")
    for depth in range(5):
        inner = question(f"g{depth}", "group", repeats=True, item=[inner])
    made = form(inner)
    claims = {(f"g{depth}", at): (10**9,) for depth in range(5) for at in [(), (0,), (0, 0), (0, 0, 0), (0, 0, 0, 0)]}
    assert len(pages(made, claims)) < 25_000


@settings(deadline=None)
@given(st.data())
def test_every_page_is_an_enabled_item(data: st.DataObject) -> None:
    made = _family()
    answers = data.draw(answers_of(made))
    for page in pages(made, answers):
        assert enabled(made, answers, page.item, page.at)
    assert Coding("urn:x", "x") != ("urn:x", "y")
