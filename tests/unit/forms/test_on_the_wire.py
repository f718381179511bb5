"""Packed answers come back as they were, nothing else is read, and a declaration stays small."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.load import load
from forms.model import Answers, Coding, Option, Quantity, Text, Value
from forms.normal import kept
from forms.packed import MAX_BYTES, pack, unpack
from tests.unit.forms.questionnaires import (
    answered,
    answers_of,
    choice,
    coded,
    extension,
    form,
    question,
    questionnaire,
    when,
)
from tests.unit.forms.test_responses import EVERY_TYPE
from wire import cbor
from wire.refusal import Refused


@given(st.data())
def test_what_was_packed_comes_back(data: st.DataObject) -> None:
    answers = data.draw(answers_of(EVERY_TYPE))
    packed = pack(EVERY_TYPE, answers)
    back = unpack(EVERY_TYPE, packed)
    assert back == kept(EVERY_TYPE, answers)
    assert pack(EVERY_TYPE, back) == packed
    assert repr(sorted(back.items())) == repr(sorted(kept(EVERY_TYPE, answers).items()))  # 36.50 is not 36.5 here


def _packed(item: dict[str, Any], *values: Value) -> Any:
    return cbor.loads(pack(form(item), answered("q", *values)), 1000).get(0)


@pytest.mark.parametrize(
    ("item", "values", "expected"),
    [
        (question("q", "boolean"), (False,), False),
        (question("q", "integer"), (-5,), -5),
        (question("q", "decimal"), (Decimal("36.50"),), [3650, 2]),
        (question("q", "date"), ("1970-01-31",), 30),
        (question("q", "date"), ("1970-01",), "1970-01"),
        (question("q", "date"), ("1970-02-31",), "1970-02-31"),
        (question("q", "string"), ("THỬ",), "THỬ"),
        (question("q", "string", repeats=True), ("a", "b"), ["a", "b"]),
        (choice("q", "a", "b"), coded("b"), 1),
        (choice("q", "a", "b", repeats=True), coded("b", "a"), [1, 0]),
        (choice("q", "a", kind="open-choice"), ("khác",), "khác"),
        (choice("q", "a", kind="open-choice"), coded("z"), ["urn:x", "z"]),
        (question("q", "quantity"), (Quantity(Decimal("1.5"), "kg", "urn:u", "kg"),), [15, 1, "kg", "urn:u", "kg"]),
        (
            question("q", "quantity", extensions=[extension("questionnaire-unit", "Coding", {"code": "kg"})]),
            (Quantity(Decimal("1.5"), "kg", "", "kg"),),
            [15, 1],
        ),
    ],
)
def test_each_type(item: dict[str, Any], values: tuple[Value, ...], expected: Any) -> None:
    assert _packed(item, *values) == expected


def test_a_shipped_list_travels_by_its_codes_since_it_changes_with_a_release() -> None:
    asked = questionnaire(question("q", "choice", answerValueSet="urn:gatepost:list:wards"))
    option = Option(Coding("urn:gatepost:ward", "2"), Text({"vi": "Mẫu"}))
    full = load(asked, {"urn:gatepost:list:wards": (Option(Coding("urn:gatepost:ward", "1"), Text({})), option)})
    answers = answered("q", Coding("urn:gatepost:ward", "2"))
    assert cbor.loads(pack(full, answers), 100) == {0: ["urn:gatepost:ward", "2"]}
    assert unpack(load(asked, {"urn:gatepost:list:wards": ()}), pack(full, answers)) == answers


def test_answers_that_are_not_asked_do_not_travel() -> None:
    made = form(question("a", "boolean"), question("b", "string", enableWhen=[when("a", "=", answerBoolean=True)]))
    assert unpack(made, pack(made, {**answered("a", False), **answered("b", "secret")})) == answered("a", False)


def test_an_occurrence_with_nothing_in_it_is_left_out() -> None:
    made = form(question("g", "group", repeats=True, item=[question("q", "string")]))
    answers: Answers = {("g", ()): (3,), ("q", (1,)): ("a",)}
    assert unpack(made, pack(made, answers)) == {("g", ()): (1,), ("q", (0,)): ("a",)}
    assert pack(made, {("g", ()): (3,)}) == cbor.dumps({})


@pytest.mark.parametrize(
    ("item", "values"),
    [
        (question("q", "integer"), ("5",)),
        (question("q", "integer"), (True,)),
        (question("q", "integer"), (1 << 70,)),
        (question("q", "string"), (5,)),
        (question("q", "string"), ("a", "b")),
        (question("q", "string"), ("\ud800",)),
        (question("q", "decimal"), (Decimal("NaN"),)),
        (question("q", "decimal"), (Decimal("1e999"),)),
        (question("q", "string"), ("x" * MAX_BYTES,)),
        (choice("q", "a"), (Decimal("sNaN"),)),
        (choice("q", "a"), (True,)),
    ],
)
def test_a_value_of_another_type_is_refused(item: dict[str, Any], values: tuple[Value, ...]) -> None:
    with pytest.raises(Refused):
        pack(form(item), answered("q", *values))


_SMALL = form(
    question("q", "string"),
    choice("c", "a", "b", repeats=True),
    question("d", "decimal"),
    question("g", "group", repeats=True, item=[question("i", "integer")]),
    question("n", "display"),
    question("w", "string", enableWhen=[when("q", "=", answerString="x")]),
)


_NOT_PACKED = [
    *([], None, {"0": "a"}, {-1: "a"}, {99: "a"}, {0: 5}, {0: ["a"]}, {0: None}, {True: "a"}, {1: 0}, {1: []}),
    *({1: [2]}, {1: [-1]}, {1: [True]}, {1: [["urn:x", "a"]]}, {1: [["urn:x"]]}, {1: ["b"]}, {2: 5}, {2: [5]}),
    *({2: [5, 1, 2]}, {2: [10**16, 1]}, {2: [1, 99]}, {2: [True, 1]}, {3: []}, {3: [{}]}, {3: {}}, {4: 5}),
    *({3: [{0: "a"}]}, {3: [{4: 1}] * 200}, {5: "a"}, {6: "a"}, {0: "x", 6: 5}, {3: [{4: 1}, {}]}),
    {0: "x" * 20_000},
]


@pytest.mark.parametrize("code", _NOT_PACKED)
def test_what_pack_would_not_have_made_is_refused(code: Any) -> None:
    with pytest.raises(Refused):
        unpack(_SMALL, cbor.dumps(code))


@given(st.binary(max_size=60))
def test_any_bytes_are_answers_or_refused(data: bytes) -> None:
    try:
        answers = unpack(_SMALL, data)
    except Refused:
        return
    assert pack(_SMALL, answers) == data


_CODES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.integers(-(1 << 63), 1 << 63) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(-1, 7), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.integers(-1, len(EVERY_TYPE.flat)), _CODES, max_size=4))
def test_any_map_is_answers_or_refused(code: dict[int, Any]) -> None:
    try:
        data = cbor.dumps(code)
        answers = unpack(EVERY_TYPE, data)
    except (Refused, OverflowError):
        return
    assert pack(EVERY_TYPE, answers) == data
