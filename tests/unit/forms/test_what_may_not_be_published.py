"""Everything outside the profile is refused at publishing time, with its place and its reason."""

from typing import Any

import pytest

from forms.lint import LANGUAGES, lint
from forms.load import load
from forms.model import FormRefused, Issue
from tests.unit.forms.questionnaires import (
    BASE,
    Json,
    choice,
    extension,
    option,
    question,
    questionnaire,
    translated,
    when,
)

Q = question("q", "string")
LOW, HIGH = extension("minValue", "Date", "2021"), extension("maxValue", "Date", "2020")


def errors(resource: object, languages: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(i.expression, i.code) for i in lint(resource, {}, languages) if i.severity == "error"]


def refused(item: Json) -> list[tuple[str, str]]:
    return errors(questionnaire(item))


def test_a_plain_form_is_taken() -> None:
    assert errors(questionnaire(Q)) == []


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (question("q", "attachment"), "not-supported"),
        (question("q", "reference"), "not-supported"),
        ({"linkId": "q", "text": "?"}, "required"),
        ({"text": "?", "type": "string"}, "required"),
        (question("q", "string", extensions=[{"url": "http://x/y-expression", "valueExpression": {}}]), "extension"),
        (question("q", "string", extensions=[extension("cqf-expression", "Expression", {})]), "extension"),
        (question("q", "string", modifierExtension=[{"url": "http://x/y", "valueBoolean": True}]), "extension"),
        (question("q", "string", answerConstraint="optionsOnly"), "not-supported"),
        (question("q", "choice", answerValueSet="http://hl7.org/fhir/ValueSet/yesnodontknow"), "not-supported"),
        (question("q", "choice", answerValueSet="#gone"), "not-found"),
        (question("q", "string", extensions=[extension("regex", "String", "(?=a)")]), "not-supported"),
        (question("q", "string", extensions=[extension("regex", "String", r"(a)\1")]), "not-supported"),
        (question("q", "string", extensions=[extension("regex", "String", "((a{99}){99}){99}")]), "not-supported"),
        (question("q", "integer", extensions=[extension("minValue", "Date", "2020-01-01")]), "value"),
        (question("q", "group"), "invariant"),
        (question("q", "display", required=True), "invariant"),
        (question("q", "display", readOnly=True), "invariant"),
        (question("q", "string", initial=[{"valueString": "a"}, {"valueString": "b"}]), "invariant"),
        (question("q", "integer", initial=[{"valueString": "a"}]), "value"),
        (question("q", "date", initial=[{"valueDate": "2026-02-30"}]), "value"),
        (choice("q", "a", "a"), "duplicate"),
        (choice("q", "a", initial=[{"valueCoding": {"system": "urn:x", "code": "a"}}]), "invariant"),
        (choice("q", "a", maxLength=4), "invariant"),
        (question("q", "string", answerOption=[option("a")]), "invariant"),
        (question("q", "boolean", code=[{"system": "urn:gatepost:fact", "code": "rich"}]), "code-invalid"),
        (question("q", "string", code=[{"system": "urn:gatepost:prefill", "code": "shoe_size"}]), "code-invalid"),
        (question("q", "string", code=[{"system": "urn:gatepost:narrowed-by", "code": "none"}]), "not-found"),
        (question("q", "string", text="a\u202eb"), "value"),
        (question("q", "string", text="a\x00b"), "value"),
        (question("q", "string", text="a\ud800b"), "value"),
        (question("q", "string", text=" "), "value"),
        (question("q", "string", text=["a"]), "structure"),
        (question("q", "string", required="yes"), "structure"),
        (question("q", "string", maxLength=10**30), "value"),
        (question("q", "string", item={"linkId": "r"}), "structure"),
        (question("q", "string", enableWhen=[when("q", "=", answerString="a")]), "business-rule"),
        (question("q", "string", enableWhen=[when("none", "exists", answerBoolean=True)]), "not-found"),
    ],
)
def test_outside_the_profile(item: Json, code: str) -> None:
    found = refused(item)
    assert code in [which for _, which in found]
    assert all(place.startswith("Questionnaire.item[0]") for place, _ in found)


@pytest.mark.parametrize(
    "item",
    [
        question("q", "string", maxLength=3, extensions=[extension("minLength", "Integer", 4)]),
        question("q", "date", extensions=[LOW, HIGH]),
        question("q", "string", extensions=[extension("questionnaire-minOccurs", "Integer", 2)]),
        question("q", "string", repeats=True, extensions=[extension("questionnaire-minOccurs", "Integer", 200)]),
        question("q", "string", repeats=True, extensions=[extension("questionnaire-maxOccurs", "Integer", 0)]),
        question("q", "string", answerOption=[{"valueString": "a"}]),
        question("q", "choice"),
        {"linkId": "q", "type": "string"},
    ],
)
def test_what_may_be_read_but_not_published(item: Json) -> None:
    assert refused(item) == []
    assert errors(questionnaire(item), ("vi",))


@pytest.mark.parametrize(
    ("asked", "condition", "code"),
    [
        (question("a", "boolean"), when("a", "=", answerString="yes"), "value"),
        (question("a", "boolean"), when("a", ">", answerBoolean=True), "value"),
        (question("a", "string"), when("a", "=", answerInteger=1), "value"),
        (choice("a", "x"), when("a", "<", answerCoding={"system": "urn:x", "code": "x"}), "value"),
        (question("a", "integer"), when("a", "exists", answerInteger=1), "value"),
        (question("a", "integer"), when("a", "~", answerInteger=1), "value"),
        (question("a", "integer"), when("a", "="), "structure"),
        (question("a", "display"), when("a", "exists", answerBoolean=True), "business-rule"),
    ],
)
def test_conditions_that_cannot_work(asked: Json, condition: Json, code: str) -> None:
    found = errors(questionnaire(asked, question("q", "string", enableWhen=[condition])))
    assert code in [which for _, which in found]
    assert found[0][0].startswith("Questionnaire.item[1].enableWhen[0]")


def test_a_cycle_of_conditions_is_refused_where_it_looks_forward() -> None:
    first = question("a", "boolean", enableWhen=[when("b", "=", answerBoolean=True)])
    second = question("b", "boolean", enableWhen=[when("a", "=", answerBoolean=True)])
    assert errors(questionnaire(first, second)) == [("Questionnaire.item[0].enableWhen[0].question", "business-rule")]


def test_several_conditions_need_a_behaviour() -> None:
    condition = when("a", "=", answerBoolean=True)
    item = question("q", "string", enableWhen=[condition, condition])
    assert errors(questionnaire(question("a", "boolean"), item)) == [("Questionnaire.item[1]", "invariant")]


def test_a_link_id_is_used_once() -> None:
    assert errors(questionnaire(Q, Q)) == [("Questionnaire.item[1].linkId", "duplicate")]


@pytest.mark.parametrize(
    "contained",
    [
        {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"system": "urn:x"}]}},
        {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"valueSet": ["http://x/y"]}]}},
        {"resourceType": "ValueSet", "id": "v", "compose": {"include": [], "exclude": []}},
        {"resourceType": "ValueSet", "compose": {"include": []}},
    ],
)
def test_a_contained_value_set_names_its_codes(contained: Json) -> None:
    found = errors(questionnaire(Q, contained=[contained]))
    assert found
    assert all(place.startswith("Questionnaire.contained[0]") for place, _ in found)


@pytest.mark.parametrize(
    "field",
    [
        {"modifierExtension": [{"url": "http://x/y"}]},
        {"implicitRules": "http://x/rules"},
        {"status": "final"},
        {"effectivePeriod": {"start": "2026-03-01", "end": "2026-02-01"}},
        {"url": "a|b"},
        {"itemz": []},
        {"item": []},
        {"item": "none"},
    ],
)
def test_a_head_that_is_wrong(field: dict[str, Any]) -> None:
    assert errors({**questionnaire(Q), **field})


def test_harmless_metadata_passes() -> None:
    about = {"id": "f", "meta": {}, "publisher": "P", "contact": [], "description": "d", "useContext": []}
    more = {"jurisdiction": [], "copyright": "c", "date": "2026", "name": "N", "purpose": "p", "code": []}
    narrative = {"text": {"status": "generated", "div": "<div/>"}, "subjectType": ["Patient"], "identifier": []}
    assert errors({**questionnaire(Q), **about, **more, **narrative}) == []


def test_how_it_is_drawn_does_not_matter() -> None:
    drawn = extension("questionnaire-choiceOrientation", "Code", "horizontal")
    noted = extension("designNote", "Markdown", "n")
    assert refused(choice("q", "a", extensions=[drawn, noted])) == []


@pytest.mark.parametrize("status", ["draft", "retired", "unknown"])
def test_a_form_that_is_not_active_is_a_warning(status: str) -> None:
    assert [i.severity for i in lint(questionnaire(Q, status=status), {}, ())] == ["warning"]


def _in_all(text: str) -> Json:
    return translated(**{tag: f"{text} {tag}" for tag in LANGUAGES if tag != "vi"})


def _complete() -> Json:
    shown = option("a")
    shown["valueCoding"]["_display"] = _in_all("Chọn a")
    entry = {**extension("entryFormat", "String", "chữ"), "_valueString": _in_all("chữ")}
    first = question("a", "choice", prefix="1.", _text=_in_all("Câu a"), answerOption=[shown])
    second = question("b", "string", prefix="Câu", _prefix=_in_all("Câu"), _text=_in_all("Câu b"), extensions=[entry])
    return questionnaire(first, second, _title=_in_all("Phiếu thử"))


def test_a_form_in_all_eight_languages_may_be_published() -> None:
    assert lint(_complete()) == ()


@pytest.mark.parametrize(
    ("place", "expression"),
    [
        (("_title",), "Questionnaire.title"),
        (("item", 0, "_text"), "Questionnaire.item[0].text"),
        (("item", 0, "answerOption", 0, "valueCoding", "_display"), "answerOption[0].valueCoding.display"),
        (("item", 1, "_prefix"), "Questionnaire.item[1].prefix"),
        (
            ("item", 1, "extension", 0, "_valueString"),
            f"Questionnaire.item[1].extension('{BASE}entryFormat').valueString",
        ),
    ],
)
def test_a_string_without_one_language_is_named(place: tuple[Any, ...], expression: str) -> None:
    resource = _complete()
    node: Any = resource
    for step in place:
        node = node[step]
    gone = node["extension"].pop()
    issues = lint(resource)
    assert len(issues) == 1
    assert issues[0].expression.endswith(expression)
    assert gone["extension"][0]["valueCode"] in issues[0].text


def test_fewer_languages_may_be_asked_for() -> None:
    resource = questionnaire(question("q", "string", _text=translated(en="Q")), _title=translated(en="T"))
    assert errors(resource, ("vi", "en")) == []
    assert errors(resource, ("vi", "en", "km"))


def test_a_language_with_its_region_counts() -> None:
    resource = questionnaire(question("q", "string", _text=translated(**{"zh-Hans-CN": "问"})), title=None)
    resource.pop("title")
    assert load(resource).by_id["q"].text.in_("zh") == "问"


def test_all_reasons_come_at_once() -> None:
    with pytest.raises(FormRefused) as caught:
        load(questionnaire(question("a", "nothing"), question("b", "string", maxLength=0)))
    assert len([i for i in caught.value.issues if i.severity == "error"]) == 2
    assert all(isinstance(i, Issue) for i in caught.value.issues)


def test_too_many_findings_do_not_hide_an_error() -> None:
    odd = [question(f"q{i}", "string", text="e\u0301") for i in range(300)]
    with pytest.raises(FormRefused):
        load(questionnaire(*odd, question("last", "attachment")))


def test_two_thousand_items_at_most() -> None:
    many = [question(f"q{i}", "string") for i in range(10_000)]
    assert ("Questionnaire.item", "too-costly") in errors(questionnaire(*many))
    load(questionnaire(*many[:2000]))


def test_twelve_levels_at_most() -> None:
    item = question("q", "string")
    for depth in range(40):
        item = question(f"g{depth}", "group", item=[item])
    assert [code for _, code in errors(questionnaire(item))] == ["too-costly", "invariant"]


def test_conditions_wait_for_each_other_sixty_four_deep_at_most() -> None:
    chain = [question("q0", "boolean")]
    chain += [
        question(f"q{i}", "boolean", enableWhen=[when(f"q{i - 1}", "=", answerBoolean=True)]) for i in range(1, 100)
    ]
    assert [code for _, code in errors(questionnaire(*chain))] == ["too-costly"]


def test_unknown_extensions_of_a_form_are_passed_over() -> None:
    assert errors(questionnaire(Q, extension=[{"url": BASE + "something-else", "valueString": "x"}])) == []


def test_a_text_cannot_be_computed() -> None:
    computed = {"extension": [extension("cqf-expression", "Expression", {"expression": "today()"})]}
    assert refused({**Q, "_text": computed}) == [("Questionnaire.item[0].text.extension[0]", "not-supported")]


_COMPUTED = {"extension": [extension("cqf-expression", "Expression", {"language": "text/fhirpath", "expression": "1"})]}


@pytest.mark.parametrize("name", ["required", "repeats", "readOnly", "maxLength", "answerValueSet", "text"])
def test_no_value_is_computed_by_an_expression(name: str) -> None:
    found = refused(question("q", "string", **{f"_{name}": _COMPUTED}))
    assert [(place.partition(".extension")[0], code) for place, code in found] == [
        (f"Questionnaire.item[0].{name}", "not-supported")
    ]


def test_what_is_noted_beside_a_value_is_no_fault() -> None:
    aside = {"extension": [extension("rendering-style", "String", "color: red")]}
    assert refused(question("q", "string", required=True, _required=aside)) == []


def test_a_limit_of_amount_on_a_number_is_not_passed_over() -> None:
    limit = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity"
    weight = {"url": limit, "valueQuantity": {"value": 1, "unit": "kg"}}
    found = [(f"Questionnaire.item[0].extension('{limit}')", "not-supported")]
    assert refused(question("q", "decimal", extensions=[weight])) == found
    assert refused(question("q", "quantity", extensions=[weight])) == []


def test_a_modifier_of_a_contained_value_set_is_refused() -> None:
    held = {
        "resourceType": "ValueSet",
        "id": "v",
        "modifierExtension": [{"url": "http://x/y", "valueBoolean": True}],
        "compose": {"include": [{"system": "urn:x", "concept": [{"code": "a", "display": "A"}]}]},
    }
    found = errors(questionnaire(question("q", "choice", answerValueSet="#v"), contained=[held]))
    assert ("Questionnaire.contained[0].modifierExtension") in [place for place, _ in found]


@pytest.mark.parametrize("name", ["url", "version"])
def test_a_name_that_the_wire_cannot_carry_is_not_published(name: str) -> None:
    long = {**questionnaire(Q), name: "a" * 100}
    assert errors(long) == []
    assert (f"Questionnaire.{name}", "too-long") in errors(long, ("vi",))
    assert errors({**long, name: "a" * 99}, ("vi",)) == []
    assert errors({**long, name: "a|1"}) == [(f"Questionnaire.{name}", "value")]


def test_of_two_regions_of_a_language_the_first_is_read_and_neither_is_published() -> None:
    both = {"extension": [*translated(**{"zh-CN": "国"})["extension"], *translated(**{"zh-TW": "國"})["extension"]]}
    resource = questionnaire(question("q", "string", _text=both))
    assert [(i.severity, i.expression) for i in lint(resource, {}, ())] == [
        ("warning", "Questionnaire.item[0].text.extension[1]")
    ]
    assert load(resource).by_id["q"].text.in_("zh") == "国"
    assert ("Questionnaire.item[0].text.extension[1]", "duplicate") in errors(resource, ("vi", "zh"))


def test_a_language_said_twice_is_a_fault() -> None:
    both = {"extension": [*translated(en="a")["extension"], *translated(en="b")["extension"]]}
    assert refused(question("q", "string", _text=both)) == [("Questionnaire.item[0].text.extension[1]", "duplicate")]


def test_a_limit_that_is_computed_is_refused() -> None:
    limit = {"url": BASE + "minValue", "valueDate": "2026-01-01", "_valueDate": _COMPUTED}
    assert ("Questionnaire.item[0].extension[0]", "not-supported") in refused(question("q", "date", extensions=[limit]))


def test_a_condition_is_named_as_it_was_written() -> None:
    asks = when("q", "=", answerCoding={"display": "Có"})
    found = errors(questionnaire(choice("q", "a"), question("then", "string", enableWhen=[asks])))
    assert found == [("Questionnaire.item[1].enableWhen[0].answerCoding", "required")]
