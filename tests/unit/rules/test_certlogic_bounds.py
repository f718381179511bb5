"""No rule, however hostile, holds the gate: a clear error within bounded steps, and nothing but CertLogicError."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.certlogic import MAX_DEPTH, MAX_PARTS, CertLogicError, evaluate, prepare, validate
from rules.certlogic_operations import FORMS

SLOW_S = 0.5  # ten times what a call may take: this machine may be busy with other tests


def refused(logic: Any, data: Any = None) -> CertLogicError:
    began = time.monotonic()
    with pytest.raises(CertLogicError) as caught:
        evaluate(logic, data)
    assert time.monotonic() - began < SLOW_S
    return caught.value


def nested(depth: int) -> Any:
    logic: Any = True
    for _ in range(depth):
        logic = {"!": [logic]}
    return logic


def test_depth_is_bounded() -> None:
    assert evaluate(nested(MAX_DEPTH), {}) is True
    assert refused(nested(MAX_DEPTH + 1)).text == "nested deeper than 64"
    assert refused(nested(100_000)).path.count("/!") == MAX_DEPTH + 1
    assert len(validate(nested(100_000))) == 1


def test_a_rule_that_holds_itself_is_refused() -> None:
    logic: dict[str, Any] = {"!": []}
    logic["!"].append(logic)
    assert "nested deeper" in refused(logic).text


def test_size_is_bounded() -> None:
    for logic in ({"and": [True] * MAX_PARTS}, ["a"] * 10 * MAX_PARTS, {"var": ".".join("a" * MAX_PARTS)}):
        assert refused(logic).text == "more than 2500 parts"
        assert len(validate(logic)) == 1
    assert evaluate({"and": [True] * (MAX_PARTS - 1)}, {}) is True
    assert evaluate({"in": ["a", ["b"] * 9 * MAX_PARTS]}, {}) is False


def test_a_lambda_pays_for_each_item() -> None:
    add = {"+": [{"var": "accumulator"}, {"var": "current"}]}
    assert evaluate({"reduce": [{"var": "n"}, add, 0]}, {"n": [1] * 1000}) == 1000
    assert "steps" in refused({"reduce": [{"var": "n"}, add, 0]}, {"n": [1] * 1_000_000}).text
    inner = {"reduce": [{"var": "current"}, {"+": [{"var": "accumulator"}, 1]}, 0]}
    assert "steps" in refused({"reduce": [{"var": "n"}, inner, 0]}, {"n": [[1] * 300] * 300}).text


def test_an_accumulator_that_doubles_is_stopped() -> None:
    twice = [{"var": "accumulator"}, {"var": "accumulator"}]
    error = refused({"reduce": [{"var": "n"}, twice, "x"]}, {"n": [0] * 1000})
    assert "steps" in error.text
    assert error.path == "/reduce/1"
    assert "too large" in refused({"reduce": [{"var": "n"}, {"+": twice}, 1]}, {"n": [0] * 60}).text


def test_a_result_that_repeats_large_data_is_stopped() -> None:
    assert "steps" in refused([{"var": ""}] * 100, [0] * 1000).text
    assert "steps" in refused([{"var": ""}] * 100, "x" * 1_000_000).text


def test_large_and_deep_data_cost_what_they_are() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "nested deeper" in refused({"===": [{"var": ""}, {"var": ""}]}, deep).text
    assert "nested deeper" in refused([{"var": ""}], deep).text
    long = [0] * 1_000_000
    assert "steps" in refused({"===": [{"var": "a"}, {"var": "b"}]}, {"a": long, "b": list(long)}).text
    assert "steps" in refused({"in": [1, {"var": ""}]}, long).text
    assert "steps" in refused({"in": ["a", {"var": ""}]}, ["b"] * 1_000_000).text


def test_numbers_that_other_platforms_round_are_refused() -> None:
    assert "too large" in refused({"+": [{"var": ""}, 1]}, (1 << 53) - 1).text
    assert "an integer is needed" in refused({"+": [{"var": ""}, 1]}, 1 << 53).text
    assert "an integer is needed" in refused({"<": [{"var": ""}, 1]}, float("inf")).text
    assert "an integer is needed" in refused({"<": [{"var": ""}, 1]}, float("nan")).text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["2026", "2026-02-29", "day"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "current", "0", "b"]), inner, max_size=3)
    ),
    max_leaves=12,
)
LOGIC = st.recursive(
    JSON | st.builds(lambda path: {"var": path}, st.sampled_from(["", "a", "a.0", "current", "accumulator", "b.."])),
    lambda inner: st.builds(
        lambda name, operands: {name: operands}, st.sampled_from(sorted(FORMS)), st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(LOGIC, JSON)
def test_any_rule_on_any_data_gives_a_value_or_a_certlogic_error(logic: Any, data: Any) -> None:
    rule = prepare(logic)
    try:
        rule.evaluate(data)
    except CertLogicError as error:
        assert error.text
        assert error.path == "" or error.path.startswith("/")
    else:
        assert all(problem.path for problem in rule.problems) or logic is None  # a rule wrong at its root never answers
