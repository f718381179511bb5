"""A QuestionnaireResponse is judged as the validators of FHIR judge it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.normal import kept
from forms.response import build, parse, validate
from tests.unit.forms.questionnaires import (
    Json,
    answered,
    answers_of,
    choice,
    coded,
    extension,
    form,
    question,
    questionnaire,
    reply,
    response,
    when,
)

YES = {"valueBoolean": True}
TEXT = {"valueString": "a"}
CODE_A = {"valueCoding": {"system": "urn:x", "code": "a", "display": "Một"}}


def verdict(asked: Json, given_response: Any) -> list[tuple[str, str, str]]:
    return [(i.severity, i.code, i.expression) for i in validate(asked, given_response)]


NAME = question("name", "string", required=True)
ASKED = questionnaire(
    NAME,
    choice("vehicle", "a", "b!", repeats=True),
    question("seat", "string", required=True, enableWhen=[when("vehicle", "=", answerCoding=CODE_A["valueCoding"])]),
    question("home", "group", item=[question("street", "string"), question("note", "display")]),
    question("child", "group", repeats=True, item=[question("age", "integer", required=True)]),
)
R = "QuestionnaireResponse"
OUT_OF_ORDER = ("error", "structure", f"{R}.item[1]")
AGE = {"linkId": "child", "item": [reply("age", {"valueInteger": 5})]}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([reply("name", TEXT)], []),
        ([], [("error", "required", R)]),
        ([reply("name", TEXT), reply("vehicle", CODE_A)], [("error", "required", R)]),
        ([reply("name", TEXT), reply("vehicle", CODE_A), reply("seat", TEXT)], []),
        ([reply("name", TEXT), reply("seat", TEXT)], [("error", "business-rule", f"{R}.item[1]")]),
        ([reply("name", TEXT), {"linkId": "seat"}], []),
        ([reply("name", TEXT, TEXT)], [("error", "structure", f"{R}.item[0]")]),
        ([reply("name", TEXT), reply("name", TEXT)], [("error", "structure", f"{R}.item[1]")]),
        ([reply("vehicle", CODE_A), reply("name", TEXT), reply("seat", TEXT)], [OUT_OF_ORDER]),
        ([reply("name", TEXT), reply("gone", TEXT)], [("error", "not-found", f"{R}.item[1].linkId")]),
        ([reply("name", TEXT), reply("street", TEXT)], [("error", "structure", f"{R}.item[1].linkId")]),
        ([reply("name", TEXT), {"answer": [TEXT]}], [("error", "required", f"{R}.item[1].linkId")]),
        ([reply("name", YES)], [("error", "value", f"{R}.item[0].answer[0].valueBoolean")]),
        ([reply("name", {"valueString": 5})], [("error", "value", f"{R}.item[0].answer[0].valueString")]),
        ([reply("name", {})], [("error", "structure", f"{R}.item[0].answer[0]")]),
        ([reply("name", {**TEXT, "valueUri": "b"})], [("error", "structure", f"{R}.item[0].answer[0]")]),
        ([reply("name", TEXT), reply("home", TEXT)], [("error", "structure", f"{R}.item[1].answer")]),
        (
            [reply("name", TEXT), {"linkId": "home", "item": [reply("note", TEXT)]}],
            [("error", "structure", f"{R}.item[1].item[0].answer")],
        ),
        ([reply("name", TEXT), {"linkId": "home", "item": [{"linkId": "note"}]}], []),
        (
            [reply("name", TEXT), reply("vehicle", {"valueCoding": {"system": "urn:x", "code": "z"}})],
            [("error", "code-invalid", f"{R}.item[1]")],
        ),
        ([reply("name", TEXT), reply("vehicle", TEXT)], [("error", "value", f"{R}.item[1].answer[0].valueString")]),
        (
            [reply("name", TEXT), AGE, {"linkId": "child"}],
            [("error", "required", f"{R}.item[2]")],
        ),
        ([{**reply("name", TEXT), "item": [reply("street", TEXT)]}], [("error", "structure", f"{R}.item[0].item")]),
        ([{**reply("name", TEXT), "text": "Câu name"}], []),
        ([{**reply("name", TEXT), "text": "Another question"}], [("error", "value", f"{R}.item[0].text")]),
        (["name"], [("error", "structure", f"{R}.item[0]"), ("error", "required", R)]),
    ],
)
def test_items(items: list[Json], expected: list[tuple[str, str, str]]) -> None:
    assert verdict(ASKED, response(*items)) == expected


@pytest.mark.parametrize("status", ["in-progress", "stopped", "entered-in-error"])
def test_what_is_missing_before_the_end_is_a_warning(status: str) -> None:
    assert verdict(ASKED, response(status=status)) == [("warning", "required", R)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "final"}, ("error", "value", f"{R}.status")),
        ({"questionnaire": "https://gatepost.example/form/other"}, ("error", "not-found", f"{R}.questionnaire")),
        ({"questionnaire": 5}, ("error", "required", f"{R}.questionnaire")),
        (
            {"questionnaire": "https://gatepost.example/form/test|2"},
            ("warning", "business-rule", f"{R}.questionnaire"),
        ),
        ({"authored": "yesterday"}, ("error", "value", f"{R}.authored")),
        ({"colour": "red"}, ("error", "structure", R)),
    ],
)
def test_heads(fields: Json, expected: tuple[str, str, str]) -> None:
    assert verdict(ASKED, response(reply("name", TEXT), **fields)) == [expected]


@pytest.mark.parametrize("authored", ["2025-12-31", "2026-04-01T00:00:00+07:00"])
def test_outside_its_period_is_a_warning(authored: str) -> None:
    asked = {**questionnaire(NAME), "effectivePeriod": {"start": "2026-01-01", "end": "2026-03-31"}}
    assert verdict(asked, response(reply("name", TEXT), authored=authored)) == [
        ("warning", "business-rule", f"{R}.questionnaire")
    ]


def test_a_draft_is_answered_with_a_warning() -> None:
    assert verdict({**questionnaire(NAME), "status": "draft"}, response(reply("name", TEXT))) == [
        ("warning", "business-rule", f"{R}.questionnaire")
    ]


def test_a_form_outside_the_profile_is_the_finding() -> None:
    found = verdict(questionnaire(question("q", "attachment")), response())
    assert found[0][:2] == ("error", "not-supported")


def test_a_required_group_needs_an_answer() -> None:
    asked = questionnaire(question("g", "group", required=True, item=[question("a", "string")]))
    assert verdict(asked, response()) == [("error", "required", R)]
    assert verdict(asked, response({"linkId": "g"})) == [("error", "required", f"{R}.item[0]")]


def test_options_of_other_kinds_than_codings() -> None:
    for kind, name, good, bad in (
        ("integer", "valueInteger", 1, 3),
        ("date", "valueDate", "2022-01-01", "2022-03-01"),
        ("time", "valueTime", "10:00:00", "09:00:00"),
        ("string", "valueString", "str1", "str3"),
    ):
        asked = questionnaire(question("q", kind, answerOption=[{name: good}]))
        assert verdict(asked, response(reply("q", {name: good}))) == []
        assert verdict(asked, response(reply("q", {name: bad}))) == [("error", "code-invalid", f"{R}.item[0]")]


def test_an_open_choice_takes_text() -> None:
    asked = questionnaire(choice("q", "a", kind="open-choice"))
    assert verdict(asked, response(reply("q", TEXT))) == []
    assert verdict(asked, response(reply("q", {"valueInteger": 5})))[0][1] == "value"


def test_limits_reach_the_response() -> None:
    limits = [extension("minValue", "DateTime", "2020"), extension("maxValue", "DateTime", "2022-06")]
    asked = questionnaire(question("q", "dateTime", repeats=True, extensions=limits))
    given_times = ("2021", "2020", "2022-06-30", "1998", "2022-07")
    found = verdict(asked, response(reply("q", *({"valueDateTime": text} for text in given_times))))
    assert found == [("error", "value", f"{R}.item[0]")] * 2


def test_what_stands_beneath_a_question_lies_in_its_answer() -> None:
    asked = questionnaire(question("a", "boolean", item=[question("b", "string", required=True)]))
    nested = {**YES, "item": [reply("b", TEXT)]}
    assert verdict(asked, response(reply("a", nested))) == []
    assert verdict(asked, response(reply("a", YES))) == [("error", "required", f"{R}.item[0]")]
    assert verdict(asked, response()) == []


def test_a_response_is_built_in_fhirs_shape() -> None:
    group = question("g", "group", repeats=True, item=[question("d", "decimal")])
    made = form(NAME, choice("vehicle", "a", "b"), group)
    answers = {**answered("name", "THỬ"), **answered("vehicle", *coded("a")), ("g", ()): (1,), ("d", (0,)): (5,)}
    built = build(made, answers, language="en", authored="2026-02-01T08:00:00+07:00", response_id="r-1")
    assert {name: built[name] for name in ("resourceType", "id", "questionnaire", "status", "language")} == {
        "resourceType": R,
        "id": "r-1",
        "questionnaire": "https://gatepost.example/form/test|1",
        "status": "completed",
        "language": "en",
    }
    assert built["item"] == [
        {"linkId": "name", "answer": [{"valueString": "THỬ"}]},
        {"linkId": "vehicle", "answer": [{"valueCoding": {"system": "urn:x", "code": "a", "display": "Chọn a"}}]},
        {"linkId": "g", "item": [{"linkId": "d", "answer": [{"valueDecimal": 5}]}]},
    ]


EVERY_TYPE = form(
    *[question(f"q{i}", kind) for i, kind in enumerate(("boolean", "integer", "decimal", "date", "dateTime", "time"))],
    *[question(f"r{i}", kind, repeats=True) for i, kind in enumerate(("string", "text", "url", "quantity", "decimal"))],
    choice("c", "a", "b!", repeats=True),
    choice("o", "a", "b", kind="open-choice", item=[question("beneath", "string")]),
    question("n", "choice", answerOption=[{"valueInteger": 1}, {"valueString": "1"}, {"valueDate": "2026-01-01"}]),
    question(
        "person",
        "group",
        repeats=True,
        item=[
            question("fever", "boolean"),
            question("since", "date", enableWhen=[when("fever", "=", answerBoolean=True)]),
            question("trip", "group", repeats=True, item=[question("where", "string")]),
        ],
    ),
)


@settings(deadline=None)
@given(st.data())
def test_what_was_built_is_read_back(data: st.DataObject) -> None:
    answers = data.draw(answers_of(EVERY_TYPE))
    built = build(EVERY_TYPE, answers, language="vi", authored="2026-02-01T08:00:00+07:00", response_id="r-1")
    read, issues = parse(EVERY_TYPE, json.loads(json.dumps(built)))
    assert issues == ()
    assert read == kept(EVERY_TYPE, answers)
    assert kept(EVERY_TYPE, read) == read


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("linkId", "item", "answer", "valueString", "valueCoding", "valueDecimal", "text", "code")),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(_JSON, st.lists(st.dictionaries(st.sampled_from(("linkId", "answer", "item", "text")), _JSON), max_size=3))
def test_any_json_has_a_verdict(anything: Any, items: list[Any]) -> None:
    parse(EVERY_TYPE, anything)
    validate(ASKED, response(*items))
    parse(EVERY_TYPE, response(*[{"linkId": link, "answer": [anything]} for link in EVERY_TYPE.by_id]))
