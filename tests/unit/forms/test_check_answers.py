"""Each fault in an answer has its own sentence; what is not asked needs no answer."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.check import check, check_answer
from forms.model import Answers, Coding, Quantity, Value
from tests.unit.forms.questionnaires import (
    answered,
    answers_of,
    choice,
    coded,
    extension,
    form,
    question,
    when,
)

PROBLEMS = {
    *("required", "too_long", "too_short", "pattern", "too_small", "too_large", "not_a_number", "not_a_date"),
    *("not_a_phone", "too_many", "too_few", "exclusive", "not_an_option", "too_precise", "not_text"),
}


def problems(item: dict[str, Any], *values: Value) -> list[tuple[str, str]]:
    made = form(item)
    return [(issue.problem, issue.limit) for issue in check_answer(made.flat[0], values)]


def limited(kind: str, name: str, limit_kind: str, limit: Any, **fields: Any) -> dict[str, Any]:
    return question("q", kind, extensions=[extension(name, limit_kind, limit)], **fields)


LETTERS = limited("string", "regex", "String", "[A-Z]+")


@pytest.mark.parametrize(
    ("item", "values", "expected"),
    [
        (question("q", "string", required=True), (), [("required", "")]),
        (question("q", "string"), (), []),
        (question("q", "string", maxLength=3), ("abcd",), [("too_long", "3")]),
        (question("q", "string", maxLength=3), ("Thử",), []),
        (limited("string", "minLength", "Integer", 2), ("a",), [("too_short", "2")]),
        (question("q", "string"), ("  ",), [("too_short", "1")]),
        (LETTERS, ("AB",), []),
        (LETTERS, ("AB1",), [("pattern", "")]),
        (question("q", "string"), ("a\nb",), [("not_text", "")]),
        (question("q", "text"), ("a\nb",), []),
        (question("q", "string"), ("a\u202eb",), [("not_text", "U+202E")]),
        (question("q", "string"), ("\x00",), [("not_text", "U+0000")]),
        (question("q", "string"), ("\ud800",), [("not_text", "U+D800")]),
        (question("q", "string"), ("x" * 1_000_000,), [("too_long", "10000")]),
        (question("q", "string"), ("😀 \u200f",), []),
        (question("q", "string"), (5,), [("not_text", "")]),
        (question("q", "boolean"), (True,), []),
        (question("q", "boolean"), ("true",), [("not_an_option", "")]),
        (question("q", "integer"), ("5",), [("not_a_number", "")]),
        (question("q", "integer"), (True,), [("not_a_number", "")]),
        (question("q", "integer"), (10**40,), [("too_large", "2147483647")]),
        (limited("integer", "minValue", "Integer", 1900), (1899,), [("too_small", "1900")]),
        (limited("integer", "maxValue", "Integer", 2026), (2027,), [("too_large", "2026")]),
        (question("q", "decimal"), (Decimal("36.5"),), []),
        (question("q", "decimal"), (Decimal("NaN"),), [("not_a_number", "")]),
        (question("q", "decimal"), (Decimal("1e99"),), [("not_a_number", "")]),
        (limited("decimal", "maxDecimalPlaces", "Integer", 1), (Decimal("36.55"),), [("too_precise", "1")]),
        (limited("decimal", "minValue", "Decimal", 34), (Decimal("33.9"),), [("too_small", "34")]),
        (question("q", "date"), ("2026-02-30",), [("not_a_date", "")]),
        (question("q", "date"), ("2026",), []),
        (limited("date", "entryFormat", "String", "DD/MM/YYYY"), ("2026",), [("not_a_date", "DD/MM/YYYY")]),
        (limited("date", "entryFormat", "String", "MM/YYYY"), ("2026-02",), []),
        (limited("date", "minValue", "Date", "2020-01-01"), ("2019-12-31",), [("too_small", "2020-01-01")]),
        (limited("date", "minValue", "Date", "2020-02-01"), ("2020",), []),
        (limited("date", "maxValue", "Date", "2020-01-01"), ("2021",), [("too_large", "2020-01-01")]),
        (question("q", "dateTime"), ("2026-02-01T08:00",), [("not_a_date", "")]),
        (question("q", "time"), ("08:00:00",), []),
        (question("q", "time"), ("8:00",), [("not_a_date", "")]),
        (question("q", "url"), ("https://gatepost.example/a?b",), []),
        (question("q", "url"), ("c:\\temp",), [("pattern", "")]),
        (question("q", "url"), ("urn:uuid:123",), [("pattern", "")]),
        (choice("q", "a", "b"), coded("a"), []),
        (choice("q", "a", "b"), coded("c"), [("not_an_option", "")]),
        (choice("q", "a", "b"), ("a",), [("not_an_option", "")]),
        (choice("q", "a", "b"), (Coding("urn:other", "a"),), [("not_an_option", "")]),
        (choice("q", "a", "b"), coded("a", "b"), [("too_many", "1")]),
        (choice("q", "a", "b!", repeats=True), coded("a", "b"), [("exclusive", "")]),
        (choice("q", "a", "b!", repeats=True), coded("b"), []),
        (choice("q", "a", "b", repeats=True), coded("a", "a"), [("too_many", "1")]),
        (choice("q", "a", kind="open-choice"), ("khác",), []),
        (choice("q", "a", kind="open-choice", maxLength=2), ("khác",), [("too_long", "2")]),
        (choice("q", "a", kind="open-choice"), coded("z"), [("not_an_option", "")]),
        (limited("string", "questionnaire-minOccurs", "Integer", 2, repeats=True), ("a",), [("too_few", "2")]),
        (limited("string", "questionnaire-minOccurs", "Integer", 2, repeats=True), (), [("too_few", "2")]),
        (limited("string", "questionnaire-maxOccurs", "Integer", 1, repeats=True), ("a", "b"), [("too_many", "1")]),
        (question("q", "quantity"), (Quantity(Decimal(5), "kg", "", ""),), []),
        (question("q", "quantity"), (Decimal(5),), [("not_a_number", "")]),
        (
            limited("quantity", "questionnaire-unit", "Coding", {"system": "urn:u", "code": "cm", "display": "xăng"}),
            (Quantity(Decimal(5), "kg", "urn:u", "kg"),),
            [("not_a_number", "xăng")],
        ),
    ],
)
def test_each_fault(item: dict[str, Any], values: tuple[Value, ...], expected: list[tuple[str, str]]) -> None:
    assert problems(item, *values) == expected


def test_an_open_choice_takes_a_coding_only_from_its_options() -> None:
    assert problems(question("q", "open-choice"), *coded("z")) == []


def _codes(made: Any, answers: Answers) -> list[tuple[str, str]]:
    return [(issue.expression, issue.problem) for issue in check(made, answers)]


def test_a_disabled_question_needs_no_answer_and_may_have_none() -> None:
    last = question("b", "string", required=True, enableWhen=[when("a", "=", answerBoolean=True)])
    made = form(question("a", "boolean"), last)
    assert _codes(made, answered("a", False)) == []
    assert _codes(made, answered("a", True)) == [("b", "required")]
    assert _codes(made, {**answered("a", False), **answered("b", "x")}) == [("b", "not_an_option")]


def test_a_required_group_needs_one_answer_beneath_it() -> None:
    inner = question("h", "group", item=[question("b", "string")])
    made = form(question("g", "group", required=True, item=[question("a", "string"), inner]))
    assert _codes(made, {}) == [("g", "required")]
    assert _codes(made, answered("b", "x")) == []


def test_each_occurrence_is_checked() -> None:
    made = form(question("g", "group", repeats=True, item=[question("a", "string", required=True)]))
    assert _codes(made, {("g", ()): (2,), ("a", (0,)): ("x",)}) == [("a[1]", "required")]
    assert _codes(made, {("g", ()): (1,), ("a", (0,)): ("x",), ("a", (1,)): ("y",)}) == [("a[1]", "not_an_option")]


def test_too_few_and_too_many_occurrences() -> None:
    group = question("g", "group", repeats=True, item=[question("a", "string")])
    group["extension"] = [
        extension("questionnaire-minOccurs", "Integer", 2),
        extension("questionnaire-maxOccurs", "Integer", 2),
    ]
    made = form(group)
    one: Answers = {("a", (0,)): ("x",)}
    assert _codes(made, one) == [("g", "too_few")]
    assert _codes(made, {**one, ("a", (1,)): ("x",)}) == []
    assert _codes(made, {**one, ("g", ()): (3,), ("a", (1,)): ("x",), ("a", (2,)): ("x",)}) == [("g", "too_many")]


def test_an_answer_to_nothing() -> None:
    made = form(question("a", "string"))
    assert [issue.code for issue in check(made, answered("z", "x"))] == ["structure"]


_ANY_VALUE: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(st.characters(), max_size=20),
    st.builds(Coding, st.text(max_size=5), st.text(max_size=5)),
    st.builds(Quantity, st.decimals(), st.text(max_size=3), st.text(max_size=3), st.text(max_size=3)),
)
_EVERY_TYPE = form(
    *[question(f"q{i}", kind, repeats=True) for i, kind in enumerate(("boolean", "integer", "decimal", "date"))],
    *[question(f"r{i}", kind) for i, kind in enumerate(("dateTime", "time", "string", "text", "url", "quantity"))],
    choice("c", "a", "b!", repeats=True),
    choice("o", "a", "b", kind="open-choice"),
    question("g", "group", repeats=True, required=True, item=[question("s", "string", required=True)]),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(_EVERY_TYPE.by_id)), st.lists(_ANY_VALUE, max_size=4).map(tuple)))
def test_whatever_is_answered_there_is_a_verdict(given_values: dict[str, tuple[Any, ...]]) -> None:
    answers: Answers = {(link, ()): values for link, values in given_values.items()}
    for issue in check(_EVERY_TYPE, answers):
        assert issue.problem in PROBLEMS
        assert issue.severity == "error"


@settings(deadline=None)
@given(st.data())
def test_what_is_wrong_with_one_is_wrong_with_the_whole(data: st.DataObject) -> None:
    answers = data.draw(answers_of(_EVERY_TYPE))
    found = {issue.expression for issue in check(_EVERY_TYPE, answers)}
    for (link, at), values in answers.items():
        item = _EVERY_TYPE.by_id[link]
        if item.asked and not at and check_answer(item, values):
            assert link in found
