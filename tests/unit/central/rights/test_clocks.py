"""The legal clocks: working days, holidays of Viet Nam, and which colour a date gets."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.rights.clocks import (
    DAY_MS,
    clocks,
    day_of,
    days_after,
    days_left,
    end_of,
    standing,
    start_of,
    working_days_after,
)
from central.rights.schema import KINDS

CALENDAR = clocks().calendar
DAYS = st.dates(date(2026, 1, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("came", "answered"),
    [
        ("2026-03-02", "2026-03-04"),  # Monday to Wednesday
        ("2026-03-05", "2026-03-09"),  # Thursday: Friday, Monday
        ("2026-03-07", "2026-03-10"),  # Saturday
        ("2026-02-13", "2026-02-24"),  # the Friday before Tết
        ("2026-04-24", "2026-04-29"),  # Hùng Kings made up for on Monday
        ("2026-04-29", "2026-05-05"),  # 30 April, 1 May and a weekend
        ("2026-08-21", "2026-08-24"),  # the swapped Saturday is a working day
        ("2026-08-28", "2026-09-04"),  # National Day: 31 August to 2 September
    ],
)
def test_the_first_answer_is_due_after_two_working_days(came: str, answered: str) -> None:
    assert day_of(clocks().answer_due(start_of(date.fromisoformat(came)))) == date.fromisoformat(answered)


@pytest.mark.parametrize(
    ("kind", "processors", "days"),
    [
        ("withdraw", False, 15),
        ("withdraw", True, 20),
        ("restrict", False, 15),
        ("object", True, 20),
        ("access", False, 10),
    ],
)
def test_each_kind_has_its_days(kind: str, processors: bool, days: int) -> None:
    came = date(2026, 6, 1)
    due = day_of(clocks().due(kind, start_of(came), processors=processors))
    assert due >= came + timedelta(days=days) and CALENDAR.works(due)
    assert (due - came).days - days <= 2
    later = day_of(clocks().extended(kind, start_of(came), processors=processors))
    assert 0 <= (later - came).days - days - 15 <= 2


def test_every_kind_of_request_has_a_clock() -> None:
    assert sorted(clocks().days) == sorted(KINDS)


def test_a_period_that_ends_on_a_holiday_ends_with_the_next_working_day() -> None:
    assert days_after(CALENDAR, date(2026, 2, 6), 10) == date(2026, 2, 23)
    assert days_after(CALENDAR, date(2026, 3, 2), 10) == date(2026, 3, 12)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(DAYS, st.integers(1, 30))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    last = working_days_after(CALENDAR, day, count)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(map(CALENDAR.works, between)) == count and CALENDAR.works(last)


def test_the_day_is_that_of_viet_nam() -> None:
    midnight = start_of(date(2026, 3, 2))
    assert midnight == 1_772_384_400_000
    assert (day_of(midnight), day_of(midnight - 1)) == (date(2026, 3, 2), date(2026, 3, 1))
    assert end_of(date(2026, 3, 2)) == midnight + DAY_MS - 1


@pytest.mark.parametrize(
    ("days", "done", "said"),
    [(5, None, "time"), (2, None, "soon"), (0, None, "today"), (-1, None, "late"), (3, 0, "done"), (-3, -4, "done")],
)
def test_a_date_has_a_word(days: int, done: int | None, said: str) -> None:
    now = start_of(date(2026, 3, 2)) + 12 * 3_600_000
    due = end_of(day_of(now + days * DAY_MS))
    assert standing(due, now, None if done is None else now + done * DAY_MS) == said
    assert days_left(due, now) == days


def test_a_year_whose_holidays_are_not_known_is_said_to_be_so() -> None:
    assert clocks().knows(date(2026, 5, 1)) and not clocks().knows(date(2031, 5, 1))
