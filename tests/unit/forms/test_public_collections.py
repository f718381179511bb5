"""What public collections of questionnaires taught: small cases of our own for each lesson.

The collections themselves (FHIR's test cases and SDC guide, forms libraries of others) are not kept here.
"""

from decimal import Decimal
from typing import Any

import pytest

from forms.check import check_answer
from forms.lint import lint
from forms.model import Coding, Quantity
from forms.packed import pack, unpack
from forms.pages import pages
from forms.response import validate
from tests.unit.forms.questionnaires import (
    Json,
    answered,
    asked,
    choice,
    extension,
    form,
    question,
    questionnaire,
    reply,
    response,
)

URL = "http://example.org/ValueSet/answers"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
CONTAINED: Json = {
    "resourceType": "ValueSet",
    "id": "answers",
    "url": URL,
    "version": "2",
    "expansion": {"contains": [{"system": "urn:x", "code": "a", "display": "A"}]},
}


def errors(resource: Json) -> list[tuple[str, str]]:
    return [(issue.expression, issue.code) for issue in lint(resource, {}, ()) if issue.severity == "error"]


@pytest.mark.parametrize("named", ["#answers", URL, f"{URL}|2"])
def test_a_contained_value_set_is_found_by_its_url_too(named: str) -> None:
    made = form(question("q", "choice", answerValueSet=named), contained=[CONTAINED])
    assert [option.value for option in made.by_id["q"].options] == [Coding("urn:x", "a")]
    assert made.by_id["q"].shipped is None
    answers = answered("q", Coding("urn:x", "a"))
    assert unpack(made, pack(made, answers)) == answers


@pytest.mark.parametrize("named", ["#gone", f"{URL}|3", "http://example.org/ValueSet/other"])
def test_another_value_set_is_not_guessed(named: str) -> None:
    resource = questionnaire(question("q", "choice", answerValueSet=named), contained=[CONTAINED])
    assert [place for place, _ in errors(resource)] == ["Questionnaire.item[0].answerValueSet"]


def test_a_contained_resource_that_nothing_asked_for_is_passed_over() -> None:
    template = {"resourceType": "Observation", "id": "pressure", "status": "final"}
    issues = lint(questionnaire(question("q", "decimal"), contained=[template]), {}, ())
    assert [(issue.severity, issue.expression) for issue in issues] == [("warning", "Questionnaire.contained[0]")]


def test_an_initial_answer_may_name_a_unit_alone() -> None:
    money: Json = {"unit": "đ", "system": "urn:iso:std:iso:4217", "code": "VND"}
    made = form(question("q", "quantity", initial=[{"valueQuantity": money}]))
    item = made.by_id["q"]
    assert item.initial == ()
    assert item.unit == Quantity(Decimal(0), "đ", "urn:iso:std:iso:4217", "VND")
    answers = answered("q", Quantity(Decimal(30), "đ", "urn:iso:std:iso:4217", "VND"))
    assert unpack(made, pack(made, answers)) == answers
    assert check_answer(item, (Quantity(Decimal(30), "$", "urn:iso:std:iso:4217", "USD"),)) == ()


@pytest.mark.parametrize("amount", [{}, {"comparator": "<"}, {"unit": "kg", "comparator": "<"}, 5])
def test_an_initial_amount_that_says_nothing_is_refused(amount: Any) -> None:
    assert errors(questionnaire(question("q", "quantity", initial=[{"valueQuantity": amount}])))


@pytest.mark.parametrize("name", ["questionnaire-constraint", "targetConstraint"])
def test_a_constraint_on_the_whole_form_is_not_passed_over(name: str) -> None:
    resource = questionnaire(question("q", "string"), extension=[extension("variable", "String", "x")])
    assert errors(resource) == []
    resource["extension"].append(extension(name, "String", "answer.count() = 3"))
    assert errors(resource) == [("Questionnaire.extension[1]", "not-supported")]


def test_what_only_extraction_reads_is_passed_over() -> None:
    extraction = {"url": SDC + "itemContext", "valueExpression": {"language": "application/x-fhir-query"}}
    assert errors(questionnaire(question("q", "string", extensions=[extraction]))) == []


@pytest.mark.parametrize(
    "item",
    [
        choice("q", "a", "a"),
        question("q", "choice", answerOption=[{"valueCoding": {"display": "Yes"}}]),
        question("q", "display", item=[question("note", "display")]),
        choice("q", "a", initial=[{"valueCoding": {"system": "urn:x", "code": "a"}}]),
        question("q", "integer", answerOption=[{"valueInteger": "10"}]),
        question("q", "string", repeats="true"),
        question("q", "string", extensions=[extension("questionnaire-constraint", "String", "x")]),
        question("q", "string", extensions=[{"url": SDC + "enableWhenExpression", "valueExpression": {}}]),
        question("q", "string", extensions=[{"url": SDC + "itemMedia", "valueAttachment": {}}]),
    ],
)
def test_faults_that_public_forms_have_are_named(item: Json) -> None:
    found = errors(questionnaire(item))
    assert found
    assert all(place.startswith("Questionnaire.item[0]") for place, _ in found)


def test_questions_under_a_choice_of_several_are_asked_once() -> None:
    made = form({**choice("q", "a", "b", repeats=True), "item": [question("many", "integer")]})
    assert asked(pages(made, answered("q", Coding("urn:x", "a"), Coding("urn:x", "b")))) == ["q", "many"]


DATED = questionnaire(question("date", "date", required=True, item=[question("rating", "integer", required=True)]))
DATE, RATING = {"valueDate": "2020-03-23"}, reply("rating", {"valueInteger": 10})


@pytest.mark.parametrize(
    ("item", "valid"),
    [
        (reply("date", {**DATE, "item": [RATING]}), True),
        ({**reply("date", DATE), "item": [RATING]}, False),
        (reply("date", DATE), False),
    ],
)
def test_what_is_required_beneath_an_answer_lies_in_it(item: Json, valid: bool) -> None:
    issues = validate(DATED, response(item))
    assert all(issue.severity != "error" for issue in issues) is valid


@pytest.mark.parametrize("unit", ["m", "[mi_i]"])
def test_an_amount_in_another_unit_than_its_limits_is_an_error(unit: str) -> None:
    limit = {"value": 5, "unit": "km", "system": "http://unitsofmeasure.org", "code": "km"}
    asked_form = questionnaire(
        question("q", "quantity", extensions=[{"url": SDC + "maxQuantity", "valueQuantity": limit}])
    )
    given = {"value": 1, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    assert [i.severity for i in validate(asked_form, response(reply("q", {"valueQuantity": given})))] == ["error"]
