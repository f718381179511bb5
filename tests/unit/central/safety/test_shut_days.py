"""Days on which a place is shut: what it owes, which hours are outside its opening, who stays past midnight."""

import pytest

from central.safety.contradicting import Hour, Pledged, against, measure_rules
from central.safety.measuring import hours_of_devices
from central.safety.opening import ALWAYS, EVERY_DAY, MOST_SHUT_DAYS, Opening, weekday
from central.safety.periods import DAY_MS, HOUR_MS, day_of, start_of, until_of
from central.safety.reminding import Told, stage_of
from central.safety.staying import CARRIED_MS, Staying

MONDAY = 20_717  # 21/09/2026
NOON = 12 * HOUR_MS
WEEKDAYS = Opening(0b0011111)
TET = Opening(EVERY_DAY, ((MONDAY + 1, MONDAY + 8),))
DAYTIME = Opening(EVERY_DAY, (), 6 * 60, 18 * 60)
NIGHT = Opening(EVERY_DAY, (), 18 * 60, 2 * 60)


def at(day: int, hour: float = 0) -> int:
    return start_of(day) + int(hour * HOUR_MS)


def test_the_days_of_the_week_are_those_of_the_calendar() -> None:
    assert [weekday(MONDAY + n) for n in range(7)] == list(range(7))
    assert day_of(at(MONDAY)) == day_of(at(MONDAY, 23.99)) == MONDAY


def test_a_check_before_a_shut_day_holds_until_noon_of_the_next_open_one() -> None:
    assert until_of("daily", at(MONDAY, 9), 30) == at(MONDAY + 1) + NOON
    assert until_of("daily", at(MONDAY, 9), 30, TET.opens_after) == at(MONDAY + 9) + NOON
    friday = MONDAY + 4
    assert until_of("daily", at(friday, 9), 30, WEEKDAYS.opens_after) == at(MONDAY + 7) + NOON


def test_a_full_check_that_would_end_on_a_shut_day_ends_with_the_next_open_one() -> None:
    assert until_of("periodic", at(MONDAY, 9), 30) == at(MONDAY + 31)
    assert until_of("periodic", at(MONDAY - 30, 9), 30, TET.opens_after) == at(MONDAY + 1)
    assert until_of("periodic", at(MONDAY - 27, 9), 30, TET.opens_after) == at(MONDAY + 10)


def test_nobody_stays_assessed_for_ever_by_being_shut() -> None:
    gone = Opening(EVERY_DAY, ((MONDAY + 1, MONDAY + 62), (MONDAY + 63, MONDAY + 120)))
    assert gone.opens_after(MONDAY) == MONDAY + 1 + MOST_SHUT_DAYS


def test_hours_outside_opening_leave_room_for_whoever_prepares_and_cleans() -> None:
    closed = [hour for hour in range(24) if DAYTIME.closed_hour(at(MONDAY, hour))]
    assert closed == [0, 1, 2, 3, 20, 21, 22, 23]
    assert [hour for hour in range(24) if NIGHT.closed_hour(at(MONDAY, hour))] == list(range(4, 16))
    assert not any(ALWAYS.closed_hour(at(MONDAY, hour)) for hour in range(24))
    shut = Opening(EVERY_DAY, ((MONDAY, MONDAY),), 6 * 60, 18 * 60)
    assert all(shut.closed_hour(at(MONDAY, hour)) for hour in range(24))


def test_people_let_in_while_the_place_says_it_is_shut_speak_against_it() -> None:
    def found(*ins: int, shut: bool = True) -> list[tuple[str, int]]:
        hours = [Hour(at(MONDAY, n), ins=people, shut=shut) for n, people in enumerate(ins)]
        return [(one.rule.id, one.worst) for one in against(hours, None, Pledged(), measure_rules())]

    assert found(40, 60) == [("open_while_shut", 60)]
    assert found(40, 60, shut=False) == []
    assert found(9, 9, 9) == []  # people of the house come to clean
    assert found(40) == []


def test_whoever_came_before_midnight_is_inside_after_it() -> None:
    rows = [
        (at(MONDAY, 22), "a", 30, 5, 0, None, 3600, None, None),
        (at(MONDAY, 22), "b", 0, 0, 0, None, 0, None, None),
    ]
    rows += [(at(MONDAY + 1, n), "a", 1, 2, 0, None, 3600, None, None) for n in (0, 1)]
    assert [hour.occupancy for hour in hours_of_devices(rows)] == [25, 25, 24]
    assert [hour.occupancy for hour in hours_of_devices(rows, NIGHT)] == [25, 25, 24]


@pytest.mark.parametrize(("opening", "inside"), [(ALWAYS, 25), (NIGHT, 25), (DAYTIME, 25)])
def test_nobody_stays_beyond_the_limit_or_the_closing(opening: Opening, inside: int) -> None:
    held = Staying(opening)
    began = at(MONDAY, 17.5)
    assert held.passed(began, 30, 5) == inside
    ends = {ALWAYS: began + CARRIED_MS, NIGHT: at(MONDAY + 1, 4), DAYTIME: at(MONDAY, 20)}[opening]
    assert (held.inside(ends - 1), held.inside(ends)) == (inside, 0)


def test_who_came_first_goes_first_and_nobody_more_than_came() -> None:
    held = Staying()
    held.passed(at(MONDAY, 0), 10, 0)
    held.passed(at(MONDAY, 8), 5, 0)
    assert held.passed(at(MONDAY, 9), 0, 10) == 5
    assert held.inside(at(MONDAY, 17)) == 5  # those of eight o'clock: the first ten have gone
    assert held.passed(at(MONDAY, 18), 0, 50) == 0
    assert held.passed(at(MONDAY, 19), 2, 0) == 2


def test_each_end_is_told_once_before_and_once_after() -> None:
    until = at(MONDAY) + NOON
    assert stage_of(until, Told(), until - 3 * HOUR_MS - 1) is None
    assert stage_of(until, Told(), until - 3 * HOUR_MS) == "due"
    assert stage_of(until, Told(until, 1), until - 1) is None
    assert stage_of(until, Told(until, 1), until) == "late"
    assert stage_of(until, Told(until, 1, 2), until + 1) is None
    assert stage_of(until, Told(until - DAY_MS, 1, 2), until - 1) == "due"
    assert stage_of(until, Told(), until + DAY_MS) is None  # then it is the ward's
