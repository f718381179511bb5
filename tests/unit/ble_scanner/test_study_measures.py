"""How well one number tells two classes apart."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.study.measures import area, best_f1
from ble_scanner.study.samples import Sample, windows

LEVELS = st.lists(st.integers(-100, -30), min_size=1, max_size=20)


@given(LEVELS, LEVELS)
def test_the_area_is_the_share_of_pairs_in_the_right_order_ties_counted_half(near: list[int], far: list[int]) -> None:
    won = sum(1.0 if one > other else 0.5 if one == other else 0.0 for one, other in product(near, far))
    assert abs((area(near, far) or 0.0) - won / (len(near) * len(far))) < 1e-12


@given(LEVELS, LEVELS)
def test_no_threshold_has_a_better_f1_than_the_best(near: list[int], far: list[int]) -> None:
    best = best_f1(near, far)
    assert best is not None
    for level in {*near, *far}:
        found = sum(one >= level for one in near)
        called = found + sum(one >= level for one in far)
        assert best.f1 >= 2 * found / (called + len(near)) - 1e-12


def test_nothing_is_said_of_one_class_alone() -> None:
    assert area([], [-60]) is None
    assert area([-60], []) is None
    assert best_f1([-60], []) is None


def test_a_window_holds_the_samples_of_one_pair_in_its_minutes() -> None:
    heard = [Sample("scene", "1<2", at_s, -60 - at_s / 100, at_s / 100) for at_s in range(0, 600, 10)]
    first, second = windows([*heard, Sample("scene", "1<3", 5, -90, 4.0)][:-1], 300)
    assert (first.samples, second.samples) == (30, 30)
    assert (first.strongest, first.third) == (-60, -60.2)
    assert second.nearest == 3.0
    assert first.metres == 1.45
