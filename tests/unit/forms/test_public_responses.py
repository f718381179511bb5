"""Responses as others write them: what FHIR's own validators accept is accepted, what they refuse is refused."""

from typing import Any

import pytest

from forms.lint import lint
from forms.load import load
from forms.response import build, parse
from forms.verdict import validate
from tests.unit.forms.questionnaires import (
    Json,
    answered,
    choice,
    coded,
    extension,
    form,
    question,
    questionnaire,
    reply,
    response,
)

R = "QuestionnaireResponse"
URL = "http://example.org/ValueSet/answers"
TEXT = {"valueString": "a"}
NAME = questionnaire(question("name", "string"))


def verdict(asked: Json, given: Any) -> list[tuple[str, str, str]]:
    return [(issue.severity, issue.code, issue.expression) for issue in validate(asked, given)]


def named(questionnaire_field: Any) -> Json:
    return response(reply("name", TEXT), questionnaire=questionnaire_field)


def test_a_response_need_not_name_its_form() -> None:
    given = response(reply("name", TEXT))
    del given["questionnaire"]
    assert verdict(NAME, given) == [("warning", "required", f"{R}.questionnaire")]


@pytest.mark.parametrize("name", ["Questionnaire/test", "#test", "Questionnaire/test|1"])
def test_a_form_named_by_its_place_may_be_this_one(name: str) -> None:
    assert verdict(NAME, named(name)) == [("warning", "not-found", f"{R}.questionnaire")]


def test_a_fragment_names_a_part_of_the_same_form() -> None:
    assert verdict(NAME, named("https://gatepost.example/form/test|1#part")) == []


def test_a_form_without_url_cannot_be_told_from_another() -> None:
    nameless = {key: value for key, value in NAME.items() if key != "url"}
    assert verdict(nameless, named("http://example.org/q")) == [("warning", "not-found", f"{R}.questionnaire")]


def test_answers_in_several_items_of_one_question_are_all_read() -> None:
    repeating = question("many", "string", repeats=True)
    twice = response(reply("many", TEXT), reply("many", {"valueString": "b"}))
    assert verdict(questionnaire(repeating), twice) == [("warning", "structure", f"{R}.item[1]")]
    assert parse(form(repeating), twice)[0] == {("many", ()): ("a", "b")}
    assert verdict(questionnaire(question("many", "string")), twice) == [("error", "structure", f"{R}.item[1]")]


def test_answers_in_many_items_are_as_many_as_in_one() -> None:
    asked = questionnaire(question("many", "string", repeats=True))
    found = verdict(asked, response(*[reply("many", TEXT)] * 300))
    assert ("error", "structure", f"{R}.item[0]") in found


OPEN = questionnaire(choice("q", "a", kind="open-choice", required=True))


def test_a_display_alone_is_free_text_in_an_open_choice() -> None:
    given = response(reply("q", {"valueCoding": {"display": "Khác"}}))
    assert verdict(OPEN, given) == []
    assert parse(form(*OPEN["item"]), given)[0] == {("q", ()): ("Khác",)}


@pytest.mark.parametrize("value", [{"display": ""}, {"display": 5}, {}, {"system": "urn:x"}, {"code": "z"}])
def test_other_codings_that_are_not_offered_are_refused(value: Json) -> None:
    assert verdict(OPEN, response(reply("q", {"valueCoding": value})))[0][0] == "error"


def test_a_display_alone_is_no_answer_to_a_closed_choice() -> None:
    asked = questionnaire(choice("q", "a"))
    assert verdict(asked, response(reply("q", {"valueCoding": {"display": "Chọn a"}})))[0][1] == "code-invalid"


BENEATH = question("above", "text", item=[question("below", "text")])


def test_an_answer_may_hold_items_alone() -> None:
    started = response(reply("above", {"item": [{"linkId": "below"}]}), status="in-progress")
    assert verdict(questionnaire(BENEATH), started) == []
    required = questionnaire({**BENEATH, "required": True})
    assert verdict(required, started) == [("warning", "required", f"{R}.item[0]")]
    assert verdict(required, {**started, "status": "completed"}) == [("error", "required", f"{R}.item[0]")]


def test_an_answer_of_nothing_is_none() -> None:
    assert verdict(questionnaire(BENEATH), response(reply("above", {}))) == [
        ("error", "structure", f"{R}.item[0].answer[0]")
    ]


@pytest.mark.parametrize(
    ("given", "place"),
    [(response(item=[]), f"{R}.item"), (response({"linkId": "name", "answer": []}), f"{R}.item[0].answer")],
)
def test_an_empty_list_is_noted(given: Json, place: str) -> None:
    assert verdict(NAME, given) == [("warning", "structure", place)]


def test_an_amount_with_a_comparator_is_refused_by_its_name() -> None:
    asked = questionnaire(question("q", "quantity"))
    found = validate(asked, response(reply("q", {"valueQuantity": {"value": 5, "comparator": "<", "unit": "kg"}})))
    assert [issue.text for issue in found] == ["no amount with a number and no comparator"]


WHOLE_SYSTEM = {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"system": "urn:x"}]}}
PARTLY = {
    "resourceType": "ValueSet",
    "id": "v",
    "compose": {"include": [{"system": "urn:x", "concept": [{"code": "a", "display": "A"}]}, {"valueSet": [URL]}]},
}
CODED = {"valueCoding": {"system": "urn:x", "code": "seen-by-a-server"}}


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (questionnaire(question("q", "choice", answerValueSet=URL)), "Questionnaire.item[0].answerValueSet"),
        (
            questionnaire(question("q", "choice", answerValueSet="#v"), contained=[WHOLE_SYSTEM]),
            "Questionnaire.contained[0].compose.include[0]",
        ),
        (
            questionnaire(question("q", "choice", answerValueSet="#v"), contained=[PARTLY]),
            "Questionnaire.contained[0].compose.include[1]",
        ),
    ],
)
def test_codes_that_only_a_server_knows_refuse_the_form_but_not_the_response(asked: Json, place: str) -> None:
    assert [i.expression for i in lint(asked, {}, ()) if i.severity == "error"] == [place]
    assert verdict(asked, response(reply("q", CODED))) == [("warning", "incomplete", place)]
    assert verdict(asked, response(reply("q", TEXT)))[1:] == [
        ("error", "value", f"{R}.item[0].answer[0].valueString"),
    ]
    assert verdict(asked, response(reply("q", {"valueCoding": {"system": "urn:x"}})))[1:] == [
        ("error", "code-invalid", f"{R}.item[0]")
    ]


def _member(code: str, **fields: Any) -> Json:
    return {"system": "urn:x", "code": code, "display": code.upper(), **fields}


NESTED: Json = {
    "resourceType": "ValueSet",
    "id": "v",
    "expansion": {
        "contains": [
            _member("head", abstract=True, contains=[_member("a"), _member("b", contains=[_member("c")])]),
            {"display": "Other", "contains": [_member("d")]},
        ]
    },
}


def test_an_expansion_is_read_to_its_depth_and_headings_are_not_offered() -> None:
    made = form(question("q", "choice", answerValueSet="#v"), contained=[NESTED])
    assert tuple(option.value for option in made.by_id["q"].options) == coded("a", "b", "c", "d")


def test_an_expansion_without_an_end_is_refused() -> None:
    inner = _member("z")
    for number in range(30):
        inner = _member(f"c{number}", contains=[inner])
    deep = {"resourceType": "ValueSet", "id": "v", "expansion": {"contains": [inner]}}
    found = lint(questionnaire(question("q", "choice", answerValueSet="#v"), contained=[deep]), {}, ())
    assert ("error", "too-costly") in [(issue.severity, issue.code) for issue in found]


@pytest.mark.parametrize(
    "empty", [{"expansion": {}}, {"expansion": {"contains": []}}, {"compose": {"include": []}}, {}]
)
def test_a_value_set_without_codes_is_refused(empty: Json) -> None:
    held = {"resourceType": "ValueSet", "id": "v", **empty}
    found = lint(questionnaire(question("q", "choice", answerValueSet="#v"), contained=[held]), {}, ())
    assert ("value", "Questionnaire.contained[0]") in [(issue.code, issue.expression) for issue in found]


AMOUNT = question("amount", "integer", required=True, extensions=[extension("maxValue", "Integer", 5)])
FRUIT = questionnaire(choice("fruit", "a", "b", repeats=True, item=[AMOUNT]))


def _chosen(code: str, *items: Json) -> Json:
    return {"valueCoding": {"system": "urn:x", "code": code}, **({"item": list(items)} if items else {})}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (reply("amount", {"valueInteger": 2}), []),
        (reply("amount", {"valueInteger": 9}), [("error", "value", f"{R}.item[0].answer[1].item[0]")]),
        (reply("amount", TEXT), [("error", "value", f"{R}.item[0].answer[1].item[0].answer[0].valueString")]),
        (reply("gone", TEXT), [("error", "not-found", f"{R}.item[0].answer[1].item[0].linkId")]),
        ({"linkId": "amount"}, [("error", "required", f"{R}.item[0].answer[1].item[0]")]),
    ],
)
def test_each_answer_has_its_own_items(second: Json, expected: list[tuple[str, str, str]]) -> None:
    first = reply("amount", {"valueInteger": 1})
    given = response(reply("fruit", _chosen("a", first), _chosen("b", second)))
    found = verdict(FRUIT, given)
    assert found[: len(expected)] == expected
    assert (found == []) is (expected == [])
    assert [issue.code for issue in parse(form(*FRUIT["item"]), given)[1]] == ["not-supported"]


def test_many_answers_with_items_are_bounded() -> None:
    first = reply("amount", {"valueInteger": 1})
    found = verdict(FRUIT, response(reply("fruit", *[_chosen("a", first)] * 40)))
    assert ("error", "too-costly", f"{R}.item[0].answer[21].item") in found


@pytest.mark.parametrize("head", [{"url": "http://example.org/q#1"}, {"url": "u"}, {"version": "1"}, {}])
def test_a_form_names_itself_in_its_own_responses(head: Json) -> None:
    bare = {key: value for key, value in NAME.items() if key not in ("url", "version")}
    made = load({**bare, **head})
    built = build(made, answered("name", "a"), language="vi", authored="2026-02-01", response_id="r")
    assert parse(made, built) == ({("name", ()): ("a",)}, ())
