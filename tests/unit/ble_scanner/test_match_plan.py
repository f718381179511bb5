"""Several lists together: whose keys are matched, who is told, what may be sent."""

from ble_scanner.match_plan import plan_of
from tests.unit.ble_scanner.held import case_key
from wire.case_keys import CaseKeys

ONE, TWO = case_key("one"), case_key("two", b"\7" * 32)


def test_without_lists_there_is_nothing_to_do() -> None:
    plan = plan_of([])
    assert (plan.keys, plan.minutes, plan.upload) == ((), {}, frozenset())


def test_ruled_out_anywhere_is_ruled_out() -> None:
    plan = plan_of(
        [
            CaseKeys("o", True, (ONE, TWO), {"one": "confirmed", "two": "confirmed"}),
            CaseKeys("o", True, (), {"one": "ruled_out"}),
        ]
    )
    assert plan.keys == (TWO,) and set(plan.minutes) == {"two"} and plan.upload == {"two"}


def test_a_key_in_two_lists_is_matched_once_and_the_fewest_minutes_count() -> None:
    plan = plan_of([CaseKeys("o", False, (ONE,), {}, 20), CaseKeys("p", False, (ONE,), {}, 10)])
    assert plan.keys == (ONE,) and plan.minutes == {"one": 10}


def test_only_cases_with_a_standing_under_a_list_that_allows_it_are_sent() -> None:
    lists = [
        CaseKeys("o", True, (ONE, TWO), {"one": "suspected"}),
        CaseKeys("p", False, (TWO,), {"two": "confirmed"}),
    ]
    assert plan_of(lists).upload == {"one"}


def test_the_mark_changes_with_whatever_matters_and_not_with_the_order() -> None:
    one, two = CaseKeys("o", True, (ONE,), {"one": "confirmed"}), CaseKeys("p", False, (TWO,))
    marks = {
        plan_of(lists).mark
        for lists in (
            [one],
            [two],
            [one, two],
            [CaseKeys("o", False, (ONE,), {"one": "confirmed"})],
            [CaseKeys("o", True, (ONE,), {"one": "suspected"})],
            [CaseKeys("o", True, (ONE,), {"one": "confirmed"}, 9)],
        )
    }
    assert len(marks) == 6 and all(len(mark) == 16 for mark in marks)
    assert plan_of([one, two]).mark == plan_of([two, one]).mark
