"""The rule by which citizens' reports make a place at risk; and what a flood of them cannot do."""

import time

from central.safety.reports import DAY_MS, Report, report_rule, weigh

NOW = 1_790_000_500_000
RULE = report_rule()


def report(
    number: int, *, at: int = NOW, there: bool = False, confirmed: bool = False, answered: bool = False, who: str = ""
) -> Report:
    return Report(number, at, there, confirmed, NOW if answered else None, who)


def grave(number: int, *, at: int = NOW, answered: bool = False) -> Report:
    """Confirmed, and of somebody who was there."""
    return report(number, at=at, there=True, confirmed=True, answered=answered)


def test_one_confirmed_report_of_somebody_who_was_there_is_enough() -> None:
    assert weigh([report(1, there=True, confirmed=True)], None, RULE) == NOW


def test_two_confirmed_ones_are_enough_without_a_visit_and_one_is_not() -> None:
    assert weigh([report(1, confirmed=True)], None, RULE) is None
    assert weigh([report(1, confirmed=True), report(2, confirmed=True, at=NOW + 5)], None, RULE) == NOW + 5


def test_six_passes_of_one_evening_turn_nothing() -> None:
    """Passes are free and a poster can be photographed: without a moderator nobody turns a place."""
    flood = [report(n, there=True, who=f"pass-{n}") for n in range(600)]
    assert weigh(flood, None, RULE) is None
    assert weigh([*flood, report(601, confirmed=True)], None, RULE) is not None


def test_one_visitor_counts_once_by_the_heaviest_word() -> None:
    same = [report(n, confirmed=True, who="a") for n in range(5)]
    assert weigh(same, None, RULE) is None
    assert weigh([*same, report(9, there=True, confirmed=True, who="a")], None, RULE) == NOW


def test_reports_far_apart_do_not_add_up() -> None:
    apart = [report(1, confirmed=True), report(2, confirmed=True, at=NOW + RULE.days * DAY_MS)]
    assert weigh(apart, None, RULE) is None


def test_only_answer_and_recheck_together_turn_it_back() -> None:
    assert weigh([grave(1, answered=True)], None, RULE) == NOW
    assert weigh([grave(1)], NOW + 1, RULE) == NOW
    assert weigh([grave(1, answered=True)], NOW - 1, RULE) == NOW  # inspected before it
    assert weigh([grave(1, answered=True)], NOW + 1, RULE) is None
    again = [grave(1, answered=True), grave(2, at=NOW + 2)]
    assert weigh(again, NOW + 1, RULE) == NOW + 2


def test_what_nobody_confirmed_and_nobody_was_there_for_counts_nothing() -> None:
    assert weigh([report(n) for n in range(1000)], None, RULE) is None
    assert weigh([], None, RULE) is None


def test_a_flood_is_weighed_in_a_moment() -> None:
    flood = [report(n, at=NOW + n, there=True, who=f"pass-{n % 5000}") for n in range(50_000)]
    began = time.process_time()
    assert weigh(flood, None, RULE) is None
    assert time.process_time() - began < 3  # 0.2 s where it was written


def test_what_leaves_the_window_counts_no_more() -> None:
    day = DAY_MS
    first = [report(1, confirmed=True), report(2, there=True, who="a", at=NOW + 1), report(3, there=True, at=NOW + 2)]
    assert weigh([*first, report(4, there=True, at=NOW + 13 * day)], None, RULE) == NOW + 13 * day
    assert weigh([*first, report(4, there=True, at=NOW + 14 * day)], None, RULE) is None
