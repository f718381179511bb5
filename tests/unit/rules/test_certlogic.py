"""CertLogic, section by section of its specification 1.3.3; every case is our own."""

from typing import Any

import pytest

from rules.certlogic import CertLogicError, Moment, affected_fields, evaluate, prepare, validate

MARKET = {
    "payload": {"v": [{"tg": "840539006", "dn": 2, "sd": 2, "dt": "2026-01-10"}], "dob": "2009-02", "fever": False},
    "external": {"validationClock": "2026-02-01T06:42:00+07:00", "valueSets": {"diseases": ["840539006", "38907003"]}},
}


def var(path: str) -> dict[str, Any]:
    return {"var": path}


def at(text: Any, amount: int = 0, unit: str = "day") -> dict[str, Any]:
    return {"plusTime": [text, amount, unit]}


def same(value: Any, expected: Any) -> bool:
    return type(value) is type(expected) and value == expected


@pytest.mark.parametrize("literal", [True, False, 0, -7, "", "Chợ Bến Thành", [], ["a", 1, [True]]])
def test_a_literal_is_itself(literal: Any) -> None:
    assert same(evaluate(literal, MARKET), literal)
    assert validate(literal) == ()


@pytest.mark.parametrize("literal", [None, {}, 0.5, 1 << 53, 1e300, {"a": [1], "b": [2]}, object(), {1: [2]}, b"x"])
def test_what_is_no_literal_and_no_operation_is_refused(literal: Any) -> None:
    with pytest.raises(CertLogicError):
        evaluate(literal, {})
    assert validate(literal)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("payload.v.0.dn", 2),
        ("payload.v.1.dn", None),
        ("payload.v.tg", None),
        ("payload.v.-1", None),
        ("payload.v.99999999999999999999", None),
        ("payload.fever", False),
        ("payload.fever.since", None),
        ("payload.dob.0", None),
        ("no.such.thing", None),
        ("payload.v.0", MARKET["payload"]["v"][0]),  # type: ignore[index]
        ("", MARKET),
    ],
)
def test_var_follows_names_and_numbers_and_finds_nothing_elsewhere(path: str, expected: Any) -> None:
    assert same(evaluate(var(path), MARKET), expected)


def test_var_reads_any_kind_of_data() -> None:
    assert evaluate(var(""), 5) == 5
    assert evaluate(var("1.0"), ["a", ["b"]]) == "b"
    assert evaluate(var("0"), ("a",)) == "a"
    assert evaluate(var("a"), None) is None
    assert evaluate(var("0"), {"0": "by name"}) == "by name"


TRUTHY = (True, 1, -1, "0", [0], {"a": None}, 2.0)
FALSY: tuple[Any, ...] = (False, None, 0, "", [], {}, 0.0)


@pytest.mark.parametrize(("value", "truthy"), [*((x, True) for x in TRUTHY), *((x, False) for x in FALSY)])
def test_truth(value: Any, truthy: bool) -> None:
    assert evaluate({"if": [var("x"), "yes", "no"]}, {"x": value}) == ("yes" if truthy else "no")
    assert evaluate({"!": [var("x")]}, {"x": value}) is not truthy
    assert same(evaluate({"and": [var("x"), "last"]}, {"x": value}), "last" if truthy else value)


@pytest.mark.parametrize("neither", [at("2026-01-01"), var("half")])
@pytest.mark.parametrize("form", [lambda x: {"if": [x, 1, 2]}, lambda x: {"!": [x]}, lambda x: {"and": [True, x]}])
def test_what_is_neither_truthy_nor_falsy_is_refused(neither: Any, form: Any) -> None:
    with pytest.raises(CertLogicError, match="neither true nor false"):
        evaluate(form(neither), {"half": 0.5})


def test_and_gives_the_first_falsy_operand_or_the_last() -> None:
    assert evaluate({"and": [1, "", 0]}, {}) == ""
    assert evaluate({"and": [1, "a", 7]}, {}) == 7


def test_what_is_not_reached_is_not_evaluated() -> None:
    broken = {"no such operator": [1]}
    assert evaluate({"and": [False, broken]}, {}) is False
    assert evaluate({"if": [True, "then", broken]}, {}) == "then"
    assert evaluate({"if": [False, broken, "else"]}, {}) == "else"
    with pytest.raises(CertLogicError, match="no such operator") as caught:
        evaluate({"and": [True, broken]}, {})
    assert caught.value.path == "/and/1"


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (1, "1", False),
        (None, None, True),
        (None, False, False),
        ("", None, False),
        ([1, [2]], [1, [2]], True),
        ([1], [True], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_equality_knows_kinds(a: Any, b: Any, equal: bool) -> None:
    assert evaluate({"===": [var("a"), var("b")]}, {"a": a, "b": b}) is equal
    assert evaluate({"in": [var("a"), var("b")]}, {"a": a, "b": ["other", b]}) is equal


def test_in_looks_into_lists_alone() -> None:
    sets = var("external.valueSets.diseases")
    assert evaluate({"in": [var("payload.v.0.tg"), sets]}, MARKET) is True
    assert evaluate({"in": ["sars", sets]}, MARKET) is False
    assert evaluate({"in": ["a", []]}, MARKET) is False
    assert evaluate({"in": [1, ["1", "2"]]}, MARKET) is False
    for haystack in ("a text", var("payload"), var("nothing")):
        with pytest.raises(CertLogicError, match="in looks into a list"):
            evaluate({"in": ["a", haystack]}, MARKET)


@pytest.mark.parametrize(
    ("sign", "two", "three"),
    [
        (">", [(2, 1)], [(3, 2, 1)]),
        ("<", [(1, 2)], [(1, 2, 3)]),
        (">=", [(2, 1), (1, 1)], [(2, 2, 1)]),
        ("<=", [(1, 2), (1, 1)], [(1, 1, 2)]),
    ],
)
def test_integers_compare_in_twos_and_threes(sign: str, two: list[Any], three: list[Any]) -> None:
    moments = {">": "after", "<": "before", ">=": "not-before", "<=": "not-after"}
    for numbers in two + three:
        assert evaluate({sign: list(numbers)}, {}) is True
        assert evaluate({moments[sign]: [at("2026-01-01", n) for n in numbers]}, {}) is True
        backwards = list(reversed(numbers))
        expected = len(set(numbers)) == 1
        assert evaluate({sign: backwards}, {}) is expected
        assert evaluate({moments[sign]: [at("2026-01-01", n) for n in backwards]}, {}) is expected


def test_all_operands_of_a_comparison_are_looked_at() -> None:
    with pytest.raises(CertLogicError, match="an integer is needed, not text") as caught:
        evaluate({"<": [2, 1, "3"]}, {})
    assert caught.value.path == "/</2"
    with pytest.raises(CertLogicError, match="a time made by plusTime"):
        evaluate({"after": [at("2026-01-01"), "2025-01-01"]}, {})
    with pytest.raises(CertLogicError, match="not true or false"):
        evaluate({">": [True, 0]}, {})


def test_sums() -> None:
    assert evaluate({"+": [var("payload.v.0.dn"), 1]}, MARKET) == 3
    assert same(evaluate({"+": [2.0, 1]}, {}), 3)
    for operand in ("1", var("nothing"), True):
        with pytest.raises(CertLogicError, match="an integer is needed"):
            evaluate({"+": [1, operand]}, MARKET)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "expected"),
    [
        ("2026-02-01", 0, "hour", "2026-02-01T00:00:00.000Z"),
        ("2026-02-01T06:42:00+07:00", 0, "day", "2026-01-31T23:42:00.000Z"),
        ("2026-02-01T06:42:00", 0, "day", "2026-02-01T06:42:00.000Z"),
        ("2026-02-01T06:42:00Z", -1, "hour", "2026-02-01T05:42:00.000Z"),
        ("2026-02-01T06:42:00.9999Z", 0, "day", "2026-02-01T06:42:00.999Z"),
        ("2026-02-01T06:42:00.5-330", 0, "day", "2026-02-01T10:12:00.500Z"),
        ("2026-02-01T06:42:00+7", 0, "day", "2026-01-31T23:42:00.000Z"),
        ("2026-02-01T06:42:00+07", 0, "day", "2026-01-31T23:42:00.000Z"),
        ("2026-02-01T06:42:00+0730", 0, "day", "2026-01-31T23:12:00.000Z"),
        ("2026-02-01T06:42:00+7:30", 0, "day", "2026-01-31T23:12:00.000Z"),
        ("2026-02-01T24:00:00", 0, "day", "2026-02-02T00:00:00.000Z"),
        ("2026", 0, "day", "2026-12-31T00:00:00.000Z"),
        ("2028-02", 0, "day", "2028-02-29T00:00:00.000Z"),
        ("2026-12", 1, "day", "2027-01-01T00:00:00.000Z"),
        ("2028-02-29", 1, "year", "2029-03-01T00:00:00.000Z"),
        ("2028-02-29", -4, "year", "2024-02-29T00:00:00.000Z"),
        ("2026-01-31", 1, "month", "2026-03-03T00:00:00.000Z"),
        ("2026-01-31", -2, "month", "2025-12-01T00:00:00.000Z"),
        ("2026-01-31", -14, "month", "2024-12-01T00:00:00.000Z"),
        ("2026-03-29T01:30:00+01:00", 24, "hour", "2026-03-30T00:30:00.000Z"),  # Europe's clocks change that night
        ("1900-02-28", 1, "day", "1900-03-01T00:00:00.000Z"),
        ("0000-02-29", 0, "day", "0000-02-29T00:00:00.000Z"),
        ("0000-01-01", -1, "day", "-000001-12-31T00:00:00.000Z"),
        ("9999-12-31", 1, "day", "+010000-01-01T00:00:00.000Z"),
    ],
)
def test_times_move_as_the_calendar_of_ecmascript_does(text: str, amount: int, unit: str, expected: str) -> None:
    made = evaluate(at(var("t"), amount, unit), {"t": text})
    assert type(made) is Moment
    assert str(made) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "26",
            "2026-2-1",
            "2026-13",
            "2026-00",
            "2026-02-30",
            "2026-02-00",
            "01/02/2026",
            "2026-02-01\n",
            "２０２６",
        ),
        *("2026-02-01 06:42:00", "2026-02-01T06:42", "2026-02-01T24:00:01", "2026-02-01T06:60:00"),
        *("2026-02-01T06:42:60", "2026-02-01T06:42:00+", "2026-02-01T06:42:00+24:00", "2026-02-01T06:42:00+07:60"),
        *("2026-02-01T06:42:00.Z", "2026-02-01T06:42:00." + "0" * 100_000, 20260201, None, True, ["2026-02-01"]),
    ],
)
def test_what_no_calendar_has_is_no_time(text: Any) -> None:
    for rule in (at(var("t")), {"dccDateOfBirth": [var("t")]}):
        with pytest.raises(CertLogicError, match="is needed") as caught:
            evaluate(rule, {"t": text})
        assert "2026" not in caught.value.text  # an error stands in logs; a birth date must not


def test_times_are_made_of_text_alone_and_only_moved_once() -> None:
    with pytest.raises(CertLogicError, match="not a time"):
        evaluate(at(at("2026-01-01")), {})
    with pytest.raises(CertLogicError, match="range"):
        evaluate(at("2026-01-01", 9_000_000_000_000, "year"), {})
    assert str(evaluate(at("1970-01-01", 100_000_000), {})) == "+275760-09-13T00:00:00.000Z"
    with pytest.raises(CertLogicError, match="range"):
        evaluate(at("1970-01-01", 100_000_001), {})


@pytest.mark.parametrize(
    ("born", "minor"),
    [
        ("2008", True),
        ("2007", False),
        ("2008-02", True),
        ("2008-01", False),
        ("2008-01-31", False),
        ("2008-02-02", True),
    ],
)
def test_who_wrote_less_of_a_birth_date_is_held_to_be_younger(born: str, minor: bool) -> None:
    rule = {"after": [{"dccDateOfBirth": [var("dob")]}, at(var("clock"), -18, "year")]}
    assert evaluate(rule, {"dob": born, "clock": "2026-02-01T06:42:00+07:00"}) is minor


def test_a_birth_date_has_no_time_of_day() -> None:
    with pytest.raises(CertLogicError, match="YYYY-MM-DD is needed, not another text"):
        evaluate({"dccDateOfBirth": ["2008-01-01T00:00:00Z"]}, {})


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ("URN:UVCI:01:VN:GP/7#X", 0, "01"),
        ("URN:UVCI:01:VN:GP/7#X", 4, "X"),
        ("URN:UVCI:01:VN:GP/7#X", 5, None),
        ("01:VN:GP/7#X", 1, "VN"),
        ("urn:uvci:01", 0, "urn"),
        ("URN:UVCI:URN:UVCI:01", 0, "URN"),
        ("a//b", 1, ""),
        ("", 0, ""),
        ("", 1, None),
        ("a:b", -1, None),
        (None, 0, None),
    ],
)
def test_fragments_of_a_certificates_number(text: str | None, index: int, expected: str | None) -> None:
    assert evaluate({"extractFromUVCI": [var("ci"), index]}, {"ci": text}) == expected


def test_a_certificates_number_is_text() -> None:
    for number in (5, ["a"], "x" * 10_001):
        with pytest.raises(CertLogicError, match="a text of at most"):
            evaluate({"extractFromUVCI": [var("ci"), 0]}, {"ci": number})


def test_reduce_folds_from_the_left_and_sees_only_its_own_two() -> None:
    count = {"reduce": [var("days"), {"+": [var("accumulator"), {"if": [var("current.fever"), 1, 0]}]}, 0]}
    assert evaluate(count, {"days": [{"fever": True}, {"fever": False}, {"fever": True}]}) == 2
    assert evaluate(count, {"days": []}) == 0
    assert evaluate(count, {}) == 0
    outside = {"reduce": [["a"], var("days"), "start"]}
    assert evaluate(outside, {"days": 1}) is None
    chain = {"reduce": [["a", "b", "c"], [var("accumulator"), var("current")], "0"]}
    assert evaluate(chain, {}) == [[["0", "a"], "b"], "c"]
    with pytest.raises(CertLogicError, match="reduce takes a list, not an object"):
        evaluate(count, {"days": {"a": 1}})


@pytest.mark.parametrize(
    ("logic", "path", "words"),
    [
        ({"if": [True, 1]}, "", "if takes 3 operands, not 2"),
        ({"if": [True, 1, 2, 3]}, "", "if takes 3 operands, not 4"),
        ({"and": [True]}, "", "and takes 2 operands or more, not 1"),
        ({"!": []}, "", "! takes 1 operand, not 0"),
        ({">": [1, 2, 3, 4]}, "", "> takes 2 or 3 operands, not 4"),
        ({"===": [1]}, "", "=== takes 2 operands, not 1"),
        ({"or": [True, False]}, "", "CertLogic has no such operator"),
        ({"!": True}, "", "stand in a list"),
        ({"var": ["a"]}, "", "var takes one text"),
        ({"var": 0}, "", "var takes one text"),
        ({"var": "a..b"}, "", "on each side of a point"),
        ({"and": [True, {"var": "a."}]}, "/and/1", "on each side of a point"),
        ([1, [2, None]], "/1/1", "nothing is no expression"),
        ({"plusTime": ["2026", 1.5, "day"]}, "/plusTime/1", "an integer belongs here"),
        ({"plusTime": ["2026", var("n"), "day"]}, "/plusTime/1", "an integer belongs here"),
        ({"plusTime": ["2026", 1, "days"]}, "/plusTime/2", "one of year, month, day, hour"),
        ({"plusTime": [{"x": 1}, 1, "day"]}, "/plusTime/0", "stand in a list"),
        ({"extractFromUVCI": ["a", "0"]}, "/extractFromUVCI/1", "an integer belongs here"),
        ({"reduce": [[], {"nope": [1]}, 0]}, "/reduce/1", "no such operator"),
    ],
)
def test_a_malformed_rule_is_told_where_and_why(logic: Any, path: str, words: str) -> None:
    problems = validate(logic)
    assert [(problem.path, words in problem.text) for problem in problems] == [(path, True)]
    assert not validate({"if": [True, 1, 2]})


def test_every_problem_of_a_rule_is_told_at_once() -> None:
    rule = {"if": [{"foo": [1]}, {"plusTime": ["2026", "x", "week"]}]}
    assert [problem.path for problem in validate(rule)] == ["", "/if/0", "/if/1/plusTime/1", "/if/1/plusTime/2"]


def test_affected_fields_are_those_of_the_data() -> None:
    rule = {
        "and": [
            {"in": [var("payload.v.0.tg"), var("external.valueSets.diseases")]},
            {"reduce": [var("payload.v"), {"and": [var("accumulator"), var("current.dn")]}, var("payload.start")]},
            {"reduce": [[], {"reduce": [var("current"), var("current"), 0]}, 0]},
        ]
    }
    expected = {"payload.v.0.tg", "external.valueSets.diseases", "payload.v", "payload.start"}
    assert affected_fields(rule) == expected
    assert affected_fields(var("")) == {""}
    assert affected_fields({"broken": [var("a")]}) == frozenset()


def test_a_rule_read_once_answers_again_and_again() -> None:
    rule = prepare({"reduce": [var("n"), {"+": [var("accumulator"), var("current")]}, 0]})
    assert rule.problems == ()
    assert [rule.evaluate({"n": list(range(n))}) for n in (3, 4, 3)] == [3, 6, 3]
    codes = prepare(["a", "b"])
    codes.evaluate({}).append("c")
    assert codes.evaluate({}) == ["a", "b"]
