"""Whatever JSON a file holds, `assess` answers or refuses: it never fails."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.safety.schemes import schemes
from central.safety.scoring import assess
from central.safety.states import State
from wire.refusal import Refused

NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none())
SCORES = st.one_of(NUMBERS, st.text(max_size=4), st.lists(NUMBERS, max_size=3))
KEYS = st.one_of(st.integers(1, 40).map(str), st.text(max_size=4))
ANYTHING = st.recursive(SCORES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@pytest.mark.parametrize("name", ["schools-moet-2020", "hospitals-moh-2020", "clinics-moh-2020", "lodging-2026"])
@settings(max_examples=60, deadline=None)
@given(given_=st.one_of(ANYTHING, st.dictionaries(KEYS, SCORES, max_size=40)))
def test_it_answers_or_refuses(name: str, given_: Any) -> None:
    try:
        found = assess(schemes()[name], given_)
    except Refused as refusal:
        assert refusal.reason in ("bad_answers", "criterion_unknown", "bad_score", "bad_maxima")
        return
    assert found.state in State and 0 <= found.score <= found.of and found.reasons


@settings(max_examples=60, deadline=None)
@given(met=st.lists(st.integers(0, 1), min_size=16, max_size=16), more=st.integers(1, 16))
def test_one_criterion_more_never_makes_a_school_worse(met: list[int], more: int) -> None:
    order = [State.UNSAFE, State.AT_RISK, State.SAFE]
    before = {str(n): value for n, value in enumerate(met, 1)}
    found = [assess(schemes()["schools-hanoi-2021"], one).state for one in (before, {**before, str(more): 1})]
    assert order.index(found[0]) <= order.index(found[1])
