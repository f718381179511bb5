"""From passages at gates to stays: what a gate missed must not hide that somebody was there."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import central.tracing
from central.kiosk_toml import KINDS
from central.tracing.model import DAY_MS, HOUR_MS, MINUTE_MS
from central.tracing.pairing import IN, IN_ASSUMED, OUT, OUT_ASSUMED, SEEN, Paired, Passage, StayRule, pair, rules_of

TOML = tomllib.loads((Path(central.tracing.__file__).parent / "stays.toml").read_text(encoding="utf-8"))
RULE = rules_of(TOML)["default"]
ALLOW, ASK, STOP, FAULT = 1, 2, 3, 4
SIX = 1_790_000_000_000 // DAY_MS * DAY_MS - HOUR_MS  # 06:00 in Viet Nam


def at(hours: float, direction: int, signal: int = ALLOW) -> Passage:
    return Passage(SIX + int(hours * HOUR_MS), direction, signal)


def stays(*passages: Passage, rule: StayRule = RULE) -> list[tuple[float, float, int]]:
    return [((p.in_ms - SIX) / HOUR_MS, (p.out_ms - SIX) / HOUR_MS, p.assumed) for p in pair(passages, rule)]


def test_in_and_out_are_a_stay() -> None:
    assert stays(at(0, IN), at(1, OUT), at(5, IN), at(5.5, OUT)) == [(0, 1, SEEN), (5, 5.5, SEEN)]


def test_records_may_come_in_any_order() -> None:
    assert stays(at(5.5, OUT), at(1, OUT), at(5, IN), at(0, IN)) == [(0, 1, SEEN), (5, 5.5, SEEN)]


def test_a_missing_check_out_is_bounded_and_marked() -> None:
    assert stays(at(0, IN)) == [(0, 12, OUT_ASSUMED)]


def test_nobody_is_assumed_to_stay_long_after_closing() -> None:
    rule = StayRule(RULE.longest_ms, RULE.believed_ms, RULE.before_bare_out_ms, RULE.again_ms, RULE.grace_ms, 18 * 60)
    assert stays(at(9, IN), rule=rule) == [(9, 13, OUT_ASSUMED)]  # in at 15:00, closed at 18:00, an hour's grace
    assert stays(at(13, IN), rule=rule) == [(13, 25, OUT_ASSUMED)]  # came after closing: the longest stay
    assert stays(at(9, IN), at(14, OUT), rule=rule) == [(9, 14, SEEN)]  # who was seen to leave is believed


def test_gates_within_a_house_go_on_with_one_stay() -> None:
    assert stays(at(0, IN), at(3, IN), at(4, OUT)) == [(0, 4, SEEN)]


def test_who_comes_again_the_next_day_had_left() -> None:
    assert stays(at(0, IN), at(24, IN), at(25, OUT)) == [(0, 12, OUT_ASSUMED), (24, 25, SEEN)]


def test_a_check_out_days_later_is_not_believed_at_a_market_but_at_a_hospital() -> None:
    assert stays(at(0, IN), at(100, OUT)) == [(0, 12, OUT_ASSUMED), (99, 100, IN_ASSUMED)]
    assert stays(at(0, IN), at(100, OUT), rule=rules_of(TOML)["hospital"]) == [(0, 100, SEEN)]


def test_a_bare_check_out_was_there_before() -> None:
    assert stays(at(5, OUT)) == [(4, 5, IN_ASSUMED)]


def test_a_check_out_read_twice_is_one() -> None:
    assert stays(at(0, IN), at(1, OUT), at(1.05, OUT)) == [(0, 1.05, SEEN)]


def test_a_second_bare_check_out_does_not_reach_back_beyond_the_first() -> None:
    (first, second) = pair([at(0, IN), at(1, OUT), at(1.5, OUT)], RULE)
    assert second == Paired(first.out_ms + 1, SIX + int(1.5 * HOUR_MS), IN_ASSUMED)


@pytest.mark.parametrize(("signal", "inside"), [(ALLOW, True), (ASK, True), (FAULT, True), (STOP, False)])
def test_who_was_turned_away_was_not_inside(signal: int, inside: bool) -> None:
    assert bool(stays(at(0, IN, signal))) is inside
    assert stays(at(0, IN), at(1, OUT, signal)) == [(0, 1, SEEN)]


PASSAGES = st.lists(
    st.builds(
        Passage,
        st.integers(0, 400 * 60).map(lambda minutes: SIX + minutes * MINUTE_MS),
        st.sampled_from([IN, OUT]),
        st.sampled_from([ALLOW, ASK, FAULT, STOP]),
    ),
    max_size=12,
)


@given(PASSAGES, st.randoms(use_true_random=False), st.sampled_from(sorted(rules_of(TOML))))
def test_every_passage_lies_in_a_stay_and_stays_do_not_overlap(passages: list[Passage], order, kind: str) -> None:  # type: ignore[no-untyped-def]
    rule = rules_of(TOML)[kind]
    found = pair(passages, rule)
    shuffled = passages[:]
    order.shuffle(shuffled)
    assert pair(shuffled, rule) == found
    for passage in passages:
        if passage.direction == OUT or passage.signal != STOP:
            assert any(stay.in_ms <= passage.at_ms <= stay.out_ms for stay in found)
    for one, other in pairwise(found):
        assert one.out_ms <= other.in_ms
        assert one.in_ms < other.in_ms
    for stay in found:
        assert stay.out_ms - stay.in_ms <= 2 * rule.believed_ms


def test_every_kind_of_place_that_is_named_exists() -> None:
    assert set(rules_of(TOML)) <= {"default", *KINDS}


def test_a_table_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="market"):
        rules_of({**TOML, "market": {"longest": 12, "believed": 3, "before_bare_out": 1}})
