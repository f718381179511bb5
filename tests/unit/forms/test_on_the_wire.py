"""Packed answers come back as they were, nothing else is read, and a declaration stays small."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
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


@settings(deadline=None)
@given(st.data())
def test_what_was_packed_comes_back(data: st.DataObject) -> None:
    answers = data.draw(answers_of(EVERY_TYPE))
    packed = pack(EVERY_TYPE, answers)
    back = unpack(EVERY_TYPE, packed)
    assert back == kept(EVERY_TYPE, answers)
    assert pack(EVERY_TYPE, back) == packed
    assert repr(sorted(back.items())) == repr(sorted(kept(EVERY_TYPE, answers).items()))  # 36.50 is not 36.5 here


def _packed(item: dict[str, Any], *values: Value) -> Any:
    return cbor.loads(pack(form(item), answered("q", *values)), 1000)[1]


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
    assert cbor.loads(pack(full, answers), 100) == [b"\1", "2"]
    assert unpack(load(asked, {"urn:gatepost:list:wards": ()}), pack(full, answers)) == answers


def test_answers_that_are_not_asked_do_not_travel() -> None:
    made = form(question("a", "boolean"), question("b", "string", enableWhen=[when("a", "=", answerBoolean=True)]))
    assert unpack(made, pack(made, {**answered("a", False), **answered("b", "secret")})) == answered("a", False)


def test_an_occurrence_with_nothing_in_it_is_left_out() -> None:
    made = form(question("g", "group", repeats=True, item=[question("q", "string")]))
    answers: Answers = {("g", ()): (3,), ("q", (1,)): ("a",)}
    assert unpack(made, pack(made, answers)) == {("g", ()): (1,), ("q", (0,)): ("a",)}
    assert pack(made, {("g", ()): (3,)}) == cbor.dumps([b""])


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


_Q, _C, _D, _G, _W = b"\1", b"\2", b"\4", b"\x08", b"\x10"  # the masks of one answer alone
_NOT_PACKED: list[Any] = [
    *([], None, {0: "a"}, "a", [0], ["a"], [None], [b"\0"], [b"\1"], [b"", "a"], [b"\x20", "a"], [b"\1\0", "a"]),
    *([_Q, 5], [_Q, ["a"]], [_Q, None], [_Q, "a", "b"], [_Q, "x" * 20_000], [b"\xff" * 9000]),
    *([_C, 0], [_C, []], [_C, [2]], [_C, [-1]], [_C, [True]], [_C, [["urn:x", "a"]]], [_C, [["a"]]], [_C, ["b"]]),
    *([_D, 5], [_D, [5]], [_D, [5, 1, 2]], [_D, [10**16, 1]], [_D, [1, 99]], [_D, [True, 1]], [_D, [5, 0, "", "", ""]]),
    *([_G, []], [_G, [[]]], [_G, [[b""]]], [_G, {}], [_G, [[_Q, "a"]]], [_G, [[_Q, 1]] * 200], [_G, [[_Q, 1], [b""]]]),
    *([_W, "a"], [b"\x11", "y", "a"], [b"\x11", "x", 5]),
]


@pytest.mark.parametrize("code", _NOT_PACKED)
def test_what_pack_would_not_have_made_is_refused(code: Any) -> None:
    with pytest.raises(Refused):
        unpack(_SMALL, cbor.dumps(code))


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_answers_or_refused(data: bytes) -> None:
    try:
        answers = unpack(_SMALL, data)
    except Refused:
        return
    assert pack(_SMALL, answers) == data


_CODES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.integers(-(1 << 63), 1 << 63) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.tuples(st.binary(max_size=2), inner).map(list),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.integers(0, (1 << 17) - 1), st.lists(_CODES, max_size=17))
def test_any_codes_are_answers_or_refused(mask: int, codes: list[Any]) -> None:
    head = mask.to_bytes((mask.bit_length() + 7) // 8, "little")
    try:
        data = cbor.dumps([head, *codes[: mask.bit_count()]])
        answers = unpack(EVERY_TYPE, data)
    except (Refused, OverflowError):
        return
    assert pack(EVERY_TYPE, answers) == data
