"""A place's state through checks, time, inspections, reports and measures; the history tells all of it."""

import pytest

from central.desks.figures import checks_late
from central.desks.said import day_of
from central.safety.checks import SelfCheck, hand_in
from central.safety.counting import checks_of_day
from central.safety.from_kiosks import put_hour
from central.safety.history import history, report_card
from central.safety.inspections import (
    Found,
    ask_inspection,
    due_inspections,
    findings_of,
    finish_inspection,
    open_findings,
    open_of,
)
from central.safety.periods import DAY_MS, HOUR_MS, Period
from central.safety.reports import Report, reports_changed
from central.safety.schemes import scheme_of
from central.safety.states import State
from tests.integration.central.desks.world import person, stay
from tests.integration.central.safety.conftest import PROVINCE, WARD, Town
from wire.refusal import Refused

MARKET = scheme_of("market-2026")
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def check(town: Town, *left: str, period: Period = "periodic", at_ms: int | None = None) -> None:
    scores = {one.id: int(one.id not in left) for one in MARKET.criteria if period == "periodic" or one.daily}
    at_ms = town.now_ms if at_ms is None else at_ms
    with town.centre.engine.begin() as connection:
        hand_in(connection, SelfCheck(town.number, period, MARKET, scores, "chu-cho", at_ms), town.now_ms)


def inspect(town: Town, state: State, *found: Found) -> int:
    with town.centre.engine.begin() as connection:
        waiting = open_of(connection, town.number)
        number = waiting[0].id if waiting else ask_inspection(connection, town.number, "planned", "", town.now_ms, "t")
        finish_inspection(connection, number, state, "", found, "kiem-tra", town.now_ms)
    return number


def report(town: Town, *reports: Report) -> None:
    with town.centre.engine.begin() as connection:
        reports_changed(connection, town.number, reports, town.now_ms)


def told(town: Town) -> list[tuple[str, str]]:
    with town.centre.engine.connect() as connection:
        return [(str(one.state), str(one.cause)) for one in reversed(history(connection, town.number))]


@BOTH
def test_a_place_goes_green_and_a_citizen_turns_it_and_answer_and_recheck_turn_it_back(town: Town) -> None:
    assert town.state() == "not_assessed"
    check(town)
    assert town.state() == "safe"
    town.now_ms += HOUR_MS
    word = Report(7, town.now_ms, there=True, confirmed=True)
    report(town, word)
    assert town.state() == "at_risk"
    check(town, period="daily")
    assert town.state() == "at_risk"  # its own word does not help
    town.now_ms += HOUR_MS
    report(town, Report(7, word.at_ms, there=True, confirmed=True, answered_ms=town.now_ms))
    assert town.state() == "at_risk"
    inspect(town, State.SAFE)
    assert town.state() == "safe"
    assert told(town) == [
        ("not_assessed", "listed"),
        ("safe", "self_check"),
        ("at_risk", "feedback"),
        ("safe", "inspection"),
    ]


def test_a_state_older_than_its_period_becomes_not_assessed_as_an_event(town: Town) -> None:
    check(town)
    town.now_ms += 2 * DAY_MS
    assert town.state() == "not_assessed"  # at once, for whoever asks
    town.run_jobs()
    with town.centre.engine.connect() as connection:
        newest = history(connection, town.number)[0]
    assert (newest.state, newest.cause, newest.reasons) == (State.NOT_ASSESSED, "period_over", ("daily_over",))
    assert newest.at_ms < town.now_ms  # when it ran out, not when somebody looked
    town.run_jobs()
    assert len(told(town)) == 3
    check(town, period="daily")
    assert town.state() == "safe"


def test_a_daily_check_with_something_left_makes_the_place_at_risk_until_it_is_mended(town: Town) -> None:
    check(town)
    town.now_ms += HOUR_MS
    check(town, "10", period="daily")
    assert town.state() == "at_risk"
    with town.centre.engine.connect() as connection:
        assert "left:10@market-2026" in history(connection, town.number)[0].reasons
    town.now_ms += HOUR_MS
    check(town, period="daily")
    assert town.state() == "safe"


def test_the_same_check_sent_twice_is_one(town: Town) -> None:
    check(town)
    check(town)
    assert town.centre.one("SELECT count(*) FROM self_check") == 1
    assert told(town) == [("not_assessed", "listed"), ("safe", "self_check")]


def test_a_check_from_another_week_or_from_the_future_is_refused(town: Town) -> None:
    for at_ms in (town.now_ms - 8 * DAY_MS, town.now_ms + HOUR_MS):
        with pytest.raises(Refused, match="safety_time"):
            check(town, at_ms=at_ms)


@BOTH
def test_an_inspection_overrides_a_better_self_check_until_the_recheck(town: Town) -> None:
    check(town)
    first = inspect(town, State.UNSAFE, Found("10", "Vòi hỏng", 3), Found("", "Lối ra bị chặn", 1))
    assert town.state() == "unsafe"
    with town.centre.engine.begin() as connection:
        (recheck,) = open_of(connection, town.number)
        assert (recheck.why, recheck.about) == ("recheck", str(first))
        assert min(one.deadline_ms for one in open_findings(connection, town.number)) == recheck.due_ms
    town.now_ms += HOUR_MS
    check(town)
    assert town.state() == "unsafe"
    inspect(town, State.AT_RISK, Found("10", "Vẫn hỏng", 2))
    assert town.state() == "at_risk"
    with town.centre.engine.connect() as connection:
        before = {one.criterion: one.fixed_ms for one in findings_of(connection, [first])[first]}
        assert before == {"10@market-2026": None, "": town.now_ms}
        assert [one.words for one in open_findings(connection, town.number)] == ["Vẫn hỏng"]
    inspect(town, State.SAFE)
    assert town.state() == "safe"
    with town.centre.engine.connect() as connection:
        assert open_findings(connection, town.number) == [] and open_of(connection, town.number) == []
        assert [len(one.findings) for one in report_card(connection, town.number, town.now_ms).inspections] == [0, 1, 2]


@pytest.mark.parametrize(
    ("state", "found", "reason"),
    [
        (State.SAFE, [Found("10", "", 3)], "safety_result"),
        (State.UNSAFE, [], "safety_result"),
        (State.NOT_ASSESSED, [], "safety_result"),
        (State.AT_RISK, [Found("99", "", 3)], "safety_finding"),
        (State.AT_RISK, [Found("10", "", 0)], "safety_finding"),
        (State.AT_RISK, [Found("10", "", 3), Found("10", "", 4)], "safety_finding"),
    ],
)
def test_a_result_that_cannot_be_is_refused(town: Town, state: State, found: list[Found], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        inspect(town, state, *found)
    inspect(town, State.SAFE)
    with pytest.raises(Refused, match="inspection_done"), town.centre.engine.begin() as connection:
        finish_inspection(connection, 1, State.SAFE, "", (), "t", town.now_ms)


@BOTH
def test_a_crowd_far_beyond_the_pledge_holds_the_place_at_risk_for_three_days(town: Town) -> None:
    check(town)
    hour = town.now_ms // HOUR_MS * HOUR_MS
    with town.centre.engine.begin() as connection:
        for back in (1, 2, 3):
            put_hour(connection, town.number, hour - back * HOUR_MS, "m-1", {"in": 9, "out": 1, "occupancy_max": 320})
    town.run_jobs()
    town.run_jobs()
    assert town.state() == "at_risk"
    with town.centre.engine.connect() as connection:
        card = report_card(connection, town.number, town.now_ms)
    assert [(one.rule, one.worst) for one in card.contradictions] == [
        ("far_over_capacity", 160),
        ("over_capacity", 160),
    ]
    assert card.measured.occupancy_most == 320 and card.measured.scanned_percent == 100
    assert town.centre.rows("SELECT why, about, asked_by FROM inspection") == [
        ("measured", "far_over_capacity", "job:measures")
    ]
    for _ in range(3):
        town.now_ms += DAY_MS
        check(town, period="daily")
    town.run_jobs()
    assert town.state() == "safe"
    assert told(town)[-2:] == [("at_risk", "measured"), ("safe", "self_check")]


@BOTH
def test_inspectors_see_what_is_due_in_their_areas_alone(town: Town) -> None:
    with town.centre.engine.begin() as connection:
        number = ask_inspection(connection, town.number, "planned", "", town.now_ms, "t")
        for areas in (["all"], ["province-79"], ["ward-1", "ward-26740"], ["venue-v-cho-mau"]):
            assert [one.id for one in due_inspections(connection, areas, 10)] == [number]
        for areas in ([], ["province-01"], ["ward-79"], ["venue-all", "venue-v-cho-khac"]):
            assert due_inspections(connection, areas, 10) == []


@BOTH
def test_the_report_counts_checks_from_phones_and_paper_and_who_made_one_is_not_late(town: Town) -> None:
    area, day = (PROVINCE, WARD), day_of(town.now_ms)
    with town.centre.engine.connect() as connection:
        assert checks_late(connection, day) == {area: 2}
    check(town)
    with town.centre.engine.connect() as connection:
        assert checks_of_day(connection, day) == {area: 1}
        assert checks_late(connection, day) == {area: 1}
        assert checks_late(connection, day + 31) == {area: 2}
        assert checks_of_day(connection, day + 1) == {}


def test_a_place_without_a_kiosk_is_measured_by_its_stays(town: Town) -> None:
    hour = town.now_ms // HOUR_MS * HOUR_MS
    with town.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE place SET capacity = 2")
        for who in range(3):
            stay(connection, person(connection, f"p{who}"), "v-cho-mau", hour - 3 * HOUR_MS + who, hours=2.5)
    town.run_jobs()
    with town.centre.engine.connect() as connection:
        card = report_card(connection, town.number, town.now_ms)
    assert card.measured.occupancy_most == 3
    assert [(one.rule, one.worst) for one in card.contradictions] == [("over_capacity", 150)]


def test_a_closed_place_is_left_alone(town: Town) -> None:
    with town.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE place SET closed_ms = 1")
    check(town)
    assert told(town) == [("not_assessed", "listed")]
