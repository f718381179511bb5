"""Who was heard together with a case: minutes in common, at one gateway or several of one building."""

from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.contacts import candidates, over_building
from ble_scanner.levels import bucket_of
from wire.sightings import SYSTEMS, WINDOW_MS, SightingWindow

BLUEZONE, TAG = SYSTEMS["bluezone"], SYSTEMS["tag"]
TEN = 1_790_000_040_000 // WINDOW_MS * WINDOW_MS
CASE, LATER, B, C = b"K" * 12, b"L" * 12, b"B" * 12, b"C" * 16


def window(minute: int, identifier: bytes, strongest: int = -70, system: int = BLUEZONE) -> SightingWindow:
    return SightingWindow(system, identifier, TEN + minute * WINDOW_MS, strongest, strongest, 9)


def stay(identifier: bytes, minutes: range, strongest: int = -70, system: int = BLUEZONE) -> list[SightingWindow]:
    return [window(minute, identifier, strongest, system) for minute in minutes]


def test_a_candidate_was_heard_in_the_same_minutes_as_the_case() -> None:
    case = stay(CASE, range(10), -65)
    others = [*case, *stay(B, range(4, 30), -80), *stay(C, range(20, 30), system=TAG)]
    (found,) = candidates(case, others, name="case-7", gateway="gate-1")
    assert (found.case, found.a, found.b, found.windows) == ("case-7", CASE, B, 6)
    assert ((found.start_ms - TEN) // WINDOW_MS, (found.end_ms - TEN) // WINDOW_MS) == (4, 10)
    assert found.bucket == bucket_of(-80)
    assert found.gateways == ("gate-1",)


def test_the_bucket_is_of_the_weaker_of_the_two_within_their_common_minutes() -> None:
    case = [window(0, CASE, -40), window(1, CASE, -95)]
    (found,) = candidates(case, [window(1, B, -50)])
    assert found.bucket == bucket_of(-95)


def test_the_identifiers_of_the_case_are_one_person_and_no_candidates() -> None:
    case = [*stay(CASE, range(15)), *stay(LATER, range(14, 30))]
    (found,) = candidates(case, [*case, *stay(B, range(30))])
    assert (found.a, found.windows) == (CASE, 30)


def test_minutes_that_came_in_parts_count_once() -> None:
    case = stay(CASE, range(5))
    assert candidates(case * 2, [*stay(B, range(5)), *stay(B, range(5))])[0].windows == 5


def test_who_was_there_too_shortly_is_left_out_and_the_longest_comes_first() -> None:
    case = stay(CASE, range(60))
    others = [*stay(B, range(20)), *stay(C, range(50), system=TAG), *stay(b"D" * 12, range(14))]
    assert [one.b for one in candidates(case, others, minutes=15)] == [C, B]


def test_a_gap_is_not_counted_as_presence() -> None:
    case = stay(CASE, range(60))
    (found,) = candidates(case, [window(0, B), window(59, B)])
    assert (found.windows, found.end_ms - found.start_ms) == (2, 60 * WINDOW_MS)


def test_others_may_come_in_any_order() -> None:
    case = stay(CASE, range(60))
    others = stay(B, range(3, 50, 2))
    forth, back = candidates(case, others), candidates(case, reversed(others))
    assert forth == back


def test_wards_of_one_building_add_up_and_a_minute_heard_by_two_counts_once() -> None:
    first = candidates(stay(CASE, range(10)), stay(B, range(10), -80), gateway="ward-1")
    second = candidates(stay(CASE, range(5, 20), -90), stay(B, range(5, 20), -60), gateway="ward-2")
    (found,) = over_building([second, first])
    assert (found.windows, found.gateways, found.start_ms) == (20, ("ward-1", "ward-2"), TEN)
    assert found.end_ms == TEN + 20 * WINDOW_MS
    assert found.bucket == bucket_of(-80)
    assert over_building([first, second], minutes=21) == []
    assert over_building([]) == []


def test_two_cases_in_one_building_keep_their_candidates_apart() -> None:
    lists = [candidates(stay(CASE, range(5)), stay(B, range(5)), name=name) for name in ("one", "two")]
    assert [(one.case, one.windows) for one in over_building(lists)] == [("one", 5), ("two", 5)]


def test_a_case_that_was_not_heard_has_no_candidates() -> None:
    assert candidates([], stay(B, range(5))) == []
    assert candidates(stay(CASE, range(5)), []) == []


def test_a_crowd_of_passers_by_is_bounded_and_those_who_stayed_remain() -> None:
    case = stay(CASE, range(100))
    passing = [window(n % 100, n.to_bytes(12, "big")) for n in range(5000)]
    found = candidates(case, [*stay(B, range(50)), *passing, *stay(B, range(50, 100))], most_others=200)
    assert len(found) <= 200
    assert (found[0].b, found[0].windows) == (B, 100)


def test_a_candidate_does_not_print_whom_it_is_about() -> None:
    (found,) = candidates(stay(CASE, range(2)), stay(B, range(2)))
    assert str(CASE) not in repr(found)
    assert str(B) not in repr(found)


_ROWS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([CASE, LATER, B, b"D" * 12])), max_size=80)


@given(_ROWS)
def test_the_result_is_that_of_a_plain_count(rows: list[tuple[int, bytes]]) -> None:
    heard = [window(minute, identifier) for minute, identifier in rows]
    case = [one for one in heard if one.identifier in (CASE, LATER)]
    with_case = {minute for minute, identifier in rows if identifier in (CASE, LATER)}
    plain = Counter(i for minute, i in set(rows) if i not in (CASE, LATER) and minute in with_case)
    assert {one.b: one.windows for one in candidates(case, heard)} == dict(plain)


@given(_ROWS, _ROWS)
def test_a_building_of_two_gateways_counts_each_minute_once(
    one: list[tuple[int, bytes]], two: list[tuple[int, bytes]]
) -> None:
    def at(rows: list[tuple[int, bytes]]) -> tuple[set[tuple[int, bytes]], list[SightingWindow]]:
        with_case = {minute for minute, identifier in rows if identifier == CASE}
        common = {(minute, i) for minute, i in rows if i not in (CASE, LATER) and minute in with_case}
        return common, [window(minute, i) for minute, i in rows]

    (common_one, heard_one), (common_two, heard_two) = at(one), at(two)
    lists = [
        candidates([w for w in heard if w.identifier == CASE], [w for w in heard if w.identifier != LATER])
        for heard in (heard_one, heard_two)
    ]
    plain = Counter(identifier for _, identifier in common_one | common_two)
    assert {found.b: found.windows for found in over_building(lists)} == dict(plain)


@pytest.mark.timeout(60)
def test_a_market_day_with_a_case_at_its_stall_all_day_takes_seconds() -> None:
    """400,000 windows, the case there in every minute under 50 identifiers."""
    case = [window(m, (m // 15).to_bytes(12, "little")) for m in range(720)]
    others = [window(m, ((m // 15) * 1000 + p + 1000).to_bytes(12, "big")) for m in range(720) for p in range(555)]
    began = process_time()
    found = candidates(case, [*case, *others], minutes=15)
    took = process_time() - began
    assert len(found) == 48 * 555
    assert took < 8, f"{took:.1f} s"
