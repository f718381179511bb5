"""Opening days as a manager says them: what is owed, what everybody reads, and what measures say against them."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from central.desks.figures import checks_late
from central.safety.checks import SelfCheck, hand_in
from central.safety.from_kiosks import put_hour
from central.safety.history import history, report_card
from central.safety.late import late_places
from central.safety.opening import weekday
from central.safety.periods import DAY_MS, HOUR_MS, day_of, start_of
from central.safety.schemes import scheme_of
from central.safety.states import Cause, State, put_state
from central.statements import run
from tests.integration.central.safety.conftest import MARKET, OTHER, PROVINCE, WARD, Town

SCHEME = scheme_of("market-2026")
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
WEEK = {f"day-{n}": "1" for n in range(7)}


@pytest.fixture
def manager(town: Town) -> FlaskClient:
    return town.enter("venue_owner", f"venue-{MARKET}")


def check(town: Town) -> None:
    with town.centre.engine.begin() as connection:
        scores = {one.id: 1 for one in SCHEME.criteria}
        hand_in(connection, SelfCheck(town.number, "periodic", SCHEME, scores, "t", town.now_ms), town.now_ms)


def days(client: FlaskClient, venue: str = MARKET, **fields: str) -> int:
    return client.post(f"/safety/{venue}/days", data=fields).status_code


def iso(town: Town, ahead: int) -> str:
    return datetime.fromtimestamp((day_of(town.now_ms) + ahead) * 86_400, UTC).date().isoformat()


@BOTH
def test_a_place_that_is_shut_for_tet_stays_what_it_was_and_owes_nothing(town: Town) -> None:
    check(town)
    client = town.enter("venue_owner", f"venue-{MARKET}")
    assert days(client, **WEEK, first=iso(town, 1), last=iso(town, 8)) == 303
    today = day_of(town.now_ms)
    assert town.centre.rows("SELECT first_day, last_day FROM closure") == [(today + 1, today + 8)]
    town.now_ms = start_of(today + 5) + 15 * HOUR_MS
    town.run_jobs()
    assert town.state() == "safe"
    with town.centre.engine.connect() as connection:
        assert late_places(connection, ["all"], town.now_ms, 10) == []
        card = report_card(connection, town.number, town.now_ms)
        past = history(connection, town.number, 10, town.now_ms)
    assert card.standing is not None and card.standing.reasons[0] == "shut_closure"
    assert (past[0].cause, past[0].at_ms) == (Cause.SHUT, start_of(today + 1))
    page = client.get(f"/map/place/{MARKET}").text
    assert "Hôm nay đóng cửa (đã báo trước)." in page and "Đóng cửa từ" in page
    town.now_ms = start_of(today + 9) + 12 * HOUR_MS
    town.run_jobs()
    assert town.state() == "not_assessed"  # noon of the day on which it opens again
    town.now_ms += DAY_MS
    with town.centre.engine.connect() as connection:
        assert [one.place.id for one in late_places(connection, ["all"], town.now_ms, 10)] == [MARKET]


@BOTH
def test_the_report_calls_no_place_late_on_the_days_on_which_it_is_shut(town: Town) -> None:
    today, area = day_of(town.now_ms), (PROVINCE, WARD)

    def late(day: int) -> dict[tuple[str, str], int]:
        with town.centre.engine.connect() as connection:
            return checks_late(connection, day)

    check(town)
    assert (late(today), late(today + 30), late(today + 31)) == ({area: 1}, {area: 1}, {area: 2})
    shut = [(town.number, today + 30, today + 36), (town.number + 1, today - 1, today + 2)]
    with town.centre.engine.begin() as connection:
        for number, first, last in shut:
            sql = "INSERT INTO closure (place, first_day, last_day, made_ms) VALUES (?, ?, ?, 1)"
            run(connection, sql, (number, first, last))
    assert late(today + 36) == {area: 1}
    assert (late(today + 37), late(today + 38)) == ({area: 1}, {area: 2})  # due on the day on which it opens again
    assert (late(today), late(today + 2), late(today + 3)) == ({}, {}, {area: 1})  # one that is not open yet
    week = 0b1111111 & ~(1 << weekday(today + 37))
    with town.centre.engine.begin() as connection:
        run(connection, "INSERT INTO opening_week (place, weekdays, changed_ms) VALUES (?, ?, 1)", (town.number, week))
    assert (late(today + 38), late(today + 39)) == ({area: 1}, {area: 2})
    with town.centre.engine.begin() as connection:
        sql = "INSERT INTO closure (place, first_day, last_day, made_ms) VALUES (?, ?, ?, 1)"
        run(connection, sql, (town.number, today + 38, today + 98))
    assert (late(today + 61), late(today + 62)) == ({area: 1}, {area: 2})  # shut for ever puts nothing off for ever


def test_a_shut_day_is_no_event(town: Town) -> None:
    with town.centre.engine.begin() as connection, pytest.raises(ValueError, match="no event"):
        put_state(connection, town.number, State.SAFE, Cause.SHUT, town.now_ms)


def test_a_weekly_day_is_owed_nothing_and_the_next_one_is(town: Town, manager: FlaskClient) -> None:
    check(town)
    today = day_of(town.now_ms)
    shut = {name: value for n, (name, value) in enumerate(WEEK.items()) if n != (today + 4) % 7}
    assert days(manager, **shut) == 303
    town.now_ms = start_of(today + 1) + 13 * HOUR_MS
    assert town.state() == "safe"
    page = town.enter("venue_staff", f"venue-{MARKET}").get(f"/safety/{MARKET}").text
    assert "Hôm nay đóng cửa: không cần đánh giá" in page and "Đổi ngày mở cửa" not in page
    town.now_ms += DAY_MS
    assert town.state() == "not_assessed"


def test_shut_today_is_one_press_and_what_began_is_cut_short_not_forgotten(town: Town, manager: FlaskClient) -> None:
    check(town)
    today = day_of(town.now_ms)
    assert days(manager, go="today") == 303
    assert days(manager, go="today") == 303
    assert town.centre.rows("SELECT first_day, last_day FROM closure") == [(today, today)]
    assert days(manager, **WEEK, first=iso(town, 3)) == 303
    assert days(manager, back="2") == 303
    assert town.centre.rows("SELECT id FROM closure") == [(1,)]
    assert days(manager, **WEEK, first=iso(town, 0), last=iso(town, 4)) == 303
    town.now_ms += 2 * DAY_MS
    assert days(town.enter("venue_owner", f"venue-{OTHER}"), OTHER, back="1") == 303
    assert town.centre.one("SELECT last_day FROM closure") == today + 4  # of another place: nothing
    town.run_jobs()
    again = town.enter("administrator", "all")
    assert days(again, back="1") == 403


def test_days_that_cannot_be_are_refused(town: Town, manager: FlaskClient) -> None:
    for fields in (
        {"day-0": ""},
        {**WEEK, "first": iso(town, -1)},
        {**WEEK, "first": iso(town, 3), "last": iso(town, 2)},
        {**WEEK, "first": iso(town, 1), "last": iso(town, 80)},
        {**WEEK, "first": iso(town, 500)},
        {**WEEK, "first": "tet"},
    ):
        assert days(manager, **fields) == 409, fields
    assert town.centre.one("SELECT count(*) FROM closure") == 0
    for n in range(12):
        assert days(manager, **WEEK, first=iso(town, 2 * n + 1)) == 303
    assert days(manager, **WEEK, first=iso(town, 40)) == 409
    assert days(town.enter("venue_staff", f"venue-{MARKET}"), **WEEK) == 403
    assert days(manager, OTHER, **WEEK) == 403


def test_people_at_a_shut_door_are_shown_to_the_manager_and_change_nothing(town: Town, manager: FlaskClient) -> None:
    check(town)
    assert days(manager, go="today") == 303
    hour = town.now_ms // HOUR_MS * HOUR_MS
    with town.centre.engine.begin() as connection:
        for back in (1, 2, 3):
            put_hour(connection, town.number, hour - back * HOUR_MS, "m-1", {"in": 40, "out": 40, "occupancy_max": 9})
    town.run_jobs()
    assert town.state() == "safe"
    assert town.centre.rows("SELECT rule, worst FROM contradiction") == [("open_while_shut", 40)]
    assert "Vẫn đón người vào" in manager.get(f"/safety/{MARKET}").text


def test_a_ward_sees_what_is_late_since_a_day_and_open(town: Town) -> None:
    check(town)
    town.now_ms += 4 * DAY_MS
    town.run_jobs()
    page = town.enter("ward_office", f"ward-{WARD}").get("/safety/late").text
    assert page.count("<li>") >= 2 and "Chợ Mẫu" in page and "chưa ai ở đó chọn" in page
    assert "Chợ Mẫu" in town.enter("inspector", f"ward-{WARD}").get("/inspections").text
    assert "Chợ Mẫu" not in town.enter("ward_office", "ward-99999").get("/safety/late").text
    client = town.enter("venue_owner", f"venue-{MARKET}")
    assert client.get("/safety/late").status_code == 403
    assert days(client, go="today") == 303
    assert "Chợ Mẫu" not in town.enter("ward_office", "province-79").get("/safety/late").text


def test_the_page_of_a_clinic_says_which_thresholds_were_not_found(town: Town, manager: FlaskClient) -> None:
    assert "Tiêu chí và ngưỡng do Gatepost đặt" in manager.get(f"/safety/{MARKET}").text
    with town.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE place SET kind = 'clinic'")
    assert "4999/QĐ-BYT. Không tìm thấy ngưỡng" in manager.get(f"/safety/{MARKET}").text
