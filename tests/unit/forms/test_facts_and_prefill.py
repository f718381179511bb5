"""What a declaration means for a decision, and what a card that was shown fills in."""

from typing import Any

import pytest

from forms.check import check
from forms.facts import facts
from forms.load import load
from forms.model import NARROWED_BY, Answers, Coding, Option, Text, Value
from forms.offered import offered
from forms.prefill import prefill
from tests.unit.forms.questionnaires import (
    YES_NO,
    answered,
    choice,
    coded,
    extension,
    form,
    option,
    question,
    questionnaire,
    when,
)


def _fact(name: str) -> dict[str, Any]:
    return {"system": "urn:gatepost:fact", "code": name}


def _known(name: str) -> dict[str, Any]:
    return {"system": "urn:gatepost:prefill", "code": name}


_YES_NO = [option(code, YES_NO) for code in ("yes", "no", "unknown")]
_SIGNS = [_fact("symptoms"), _fact("severe_symptoms:dyspnoea")]
_HEALTH = form(
    choice("signs", "fever", "dyspnoea", "none!", repeats=True, code=_SIGNS),
    question("met", "choice", answerOption=_YES_NO, code=[_fact("exposure")]),
    question("away", "boolean", code=[_fact("travel")]),
    question("test", "boolean", code=[_fact("positive_test")], enableWhen=[when("away", "=", answerBoolean=True)]),
)


@pytest.mark.parametrize(
    ("link", "values", "expected"),
    [
        ("signs", coded("fever"), {"symptoms"}),
        ("signs", coded("dyspnoea"), {"symptoms", "severe_symptoms"}),
        ("signs", coded("none"), set()),
        ("signs", (), set()),
        ("met", (Coding(YES_NO, "yes"),), {"exposure"}),
        ("met", (Coding(YES_NO, "no"),), set()),
        ("met", (Coding(YES_NO, "unknown"),), set()),
        ("away", (True,), {"travel"}),
        ("away", (False,), set()),
        ("test", (True,), set()),
    ],
)
def test_which_answers_give_a_fact(link: str, values: tuple[Value, ...], expected: set[str]) -> None:
    assert facts(_HEALTH, answered(link, *values)) == expected


def test_one_sick_member_of_a_family_is_a_fact() -> None:
    made = form(question("p", "group", repeats=True, item=[question("sick", "boolean", code=[_fact("symptoms")])]))
    answers: Answers = {("p", ()): (2,), ("sick", (0,)): (False,), ("sick", (1,)): (True,)}
    assert facts(made, answers) == {"symptoms"}


def _ward(code: str, name: str, province: str) -> Option:
    return Option(Coding("urn:gatepost:ward", code), Text({"vi": name}), group=province)


_LISTS = {
    "urn:gatepost:list:provinces": (
        Option(Coding("urn:gatepost:province", "98"), Text({"vi": "Tỉnh Thử Đông"})),
        Option(Coding("urn:gatepost:province", "99"), Text({"vi": "Thành phố Thử Tây"})),
    ),
    "urn:gatepost:list:wards": (_ward("1", "Phường Mẫu", "98"), _ward("2", "Phường Mẫu", "99")),
}
_SEX = [option(code, "urn:gatepost:sex") for code in ("male", "female", "other")]
_PERSON = load(
    questionnaire(
        question("name", "string", maxLength=20, code=[_known("full_name")]),
        question("year", "integer", extensions=[extension("minValue", "Integer", 1900)], code=[_known("birth_year")]),
        question("born", "date", code=[_known("birth_date")]),
        question("sex", "choice", answerOption=_SEX, code=[_known("sex")]),
        question("province", "choice", answerValueSet="urn:gatepost:list:provinces", code=[_known("province")]),
        question(
            "ward",
            "choice",
            answerValueSet="urn:gatepost:list:wards",
            code=[_known("ward"), {"system": NARROWED_BY, "code": "province"}],
        ),
        question("child", "group", repeats=True, item=[question("cname", "string", code=[_known("full_name")])]),
    ),
    _LISTS,
)


def test_a_card_fills_what_the_form_asks() -> None:
    known = {"full_name": "NGUYỄN VĂN THỬ", "birth_date": "1999-06-05", "sex": "male", "id_number": "099099000001"}
    assert prefill(_PERSON, known) == {
        ("name", ()): ("NGUYỄN VĂN THỬ",),
        ("year", ()): (1999,),
        ("born", ()): ("1999-06-05",),
        ("sex", ()): (Coding("urn:gatepost:sex", "male"),),
    }


def test_one_member_of_the_family() -> None:
    assert prefill(_PERSON, {"full_name": "TRẦN THỊ THỬ"}, (1,)) == {("cname", (1,)): ("TRẦN THỊ THỬ",)}


@pytest.mark.parametrize("name", ["98", "Thử Đông", "tỉnh thu dong", "Tỉnh Thử Đông"])
def test_a_province_by_code_or_name(name: str) -> None:
    assert prefill(_PERSON, {"province": name}) == answered("province", Coding("urn:gatepost:province", "98"))


def test_a_ward_is_looked_for_in_its_province() -> None:
    filled = prefill(_PERSON, {"province": "99", "ward": "Mẫu"})
    assert filled["ward", ()] == (Coding("urn:gatepost:ward", "2"),)
    assert prefill(_PERSON, {"ward": "Mẫu"}) == {}


def test_a_ward_of_another_province_is_no_answer() -> None:
    answers = {**prefill(_PERSON, {"province": "99"}), ("ward", ()): (Coding("urn:gatepost:ward", "1"),)}
    assert [(issue.expression, issue.problem) for issue in check(_PERSON, answers)] == [("ward", "not_an_option")]
    assert [option.value for option in offered(_PERSON, answers, _PERSON.by_id["ward"], ())] == [
        Coding("urn:gatepost:ward", "2")
    ]
    assert len(offered(_PERSON, {}, _PERSON.by_id["ward"], ())) == 2


@pytest.mark.parametrize(
    "known",
    [
        {"full_name": "x" * 21},
        {"full_name": "a\u202eb"},
        {"full_name": " "},
        {"birth_date": "1899"},
        {"birth_year": "MCM"},
        {"sex": "?"},
        {"phone": "0000000001"},
        {},
    ],
)
def test_what_does_not_fit_is_asked(known: dict[str, str]) -> None:
    filled = prefill(_PERSON, known)
    assert all(link == "born" for link, _ in filled)
