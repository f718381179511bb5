"""Seats and vehicles as people write them, who is near whom, and what is kept of an entry declaration."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.desks.arrivals import passport_number
from central.desks.entry import entered, is_entry
from central.desks.missing import due_days
from central.desks.pictures import seat_map
from central.desks.said import DAY_MS, VIET_NAM_MS, day_of, start_of
from central.desks.seats import Seat, arrival_rule, near, neighbours_on_board, seat_of, vehicle_of

RULE = arrival_rule()


@pytest.mark.parametrize(
    ("written", "seat"),
    [
        ("12A", (12, "A")),
        ("12 a", (12, "A")),
        ("12-A", (12, "A")),
        ("A12", (12, "A")),
        (" 007c ", (7, "C")),
        ("15", (15, "")),
        ("015", (15, "")),
    ],
)
def test_a_seat_as_people_write_it(written: str, seat: tuple[int, str]) -> None:
    assert seat_of(written) == seat


@pytest.mark.parametrize("written", ["", "0", "00", "0A", "không nhớ", "12AB", "AB", "1234", "12A3", "१२"])
def test_what_is_no_seat_is_none(written: str) -> None:
    assert seat_of(written) is None


@given(st.text(max_size=30))
def test_no_text_breaks_seat_or_vehicle(text: str) -> None:
    seat = seat_of(text)
    assert seat is None or seat_of(str(seat)) == seat
    assert vehicle_of(vehicle_of(text)) == vehicle_of(text) or not vehicle_of(text).isascii()


@pytest.mark.parametrize(
    ("written", "vehicle"),
    [
        ("VN300", "VN300"),
        ("vn 0300", "VN300"),
        ("VN-300", "VN300"),
        ("3K 557", "3K557"),
        ("29B-123.45", "29B12345"),
        ("SE1", "SE1"),
        ("", ""),
    ],
)
def test_one_flight_has_one_name(written: str, vehicle: str) -> None:
    assert vehicle_of(written) == vehicle


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("12A", "14K", True),
        ("12A", "10A", True),
        ("12A", "12F", True),
        ("12A", "15A", False),
        ("12A", "9A", False),
        ("1", "12", True),
        ("1", "13", False),
        ("12", "12A", False),
    ],
)
def test_near_is_within_two_rows_of_one_seat_plan(one: str, other: str, close: bool) -> None:
    seats = seat_of(one), seat_of(other)
    assert seats[0] and seats[1]
    assert near(seats[0], seats[1], RULE) is near(seats[1], seats[0], RULE) is close


def test_whoever_named_no_seat_is_nobodys_neighbour() -> None:
    people = [(1, "12A"), (2, "13B"), (3, "0"), (4, "30A")]
    assert neighbours_on_board(people, 1, RULE) == {2}
    assert neighbours_on_board(people, 3, RULE) == frozenset()
    drawn = seat_map([(n, seat, False) for n, seat in people], 1, {2})
    assert (drawn.without, [seat.state for seat in drawn.seats]) == (1, ["chosen", "near", "unseen"])
    assert len({(seat.x, seat.y) for seat in drawn.seats}) == 3


ANSWERS: dict[str, Any] = {
    "full_name": ["NGUYỄN VĂN THỬ"],
    "passport_number": ["t 000-0001"],
    "vehicle": ["car", "plane"],
    "flight_number": ["vn 0300"],
    "vehicle_number": ["29B-12345"],
    "seat": ["12 a"],
    "arrival_date": ["2026-09-21"],
    "symptoms": ["fever"],
    "phone": ["0900000123"],
    "quarantine_due": [True],
    "quarantine_place": ["concentrated"],
    "contact_ward": ["26740"],
    "contact_province": ["79"],
}
DAY = day_of(1_790_000_000_000)


def test_the_least_that_the_desk_needs_is_kept() -> None:
    kept = entered(ANSWERS, DAY, RULE)
    assert kept[:-1] == ("plane", "VN300", "12A", DAY, "concentrated", "26740", "79", DAY + 14)
    assert "THỬ" not in repr(tuple(kept)) and "0900000123" not in repr(tuple(kept))
    assert repr(kept) == "Entered(...)" and passport_number(kept.passport) == "T0000001"


def test_what_was_typed_in_words_is_not_kept() -> None:
    said = ANSWERS | {
        "contact_ward": ["Nhà bà THỬ"],
        "quarantine_place": ["Khách sạn THỬ"],
        "arrival_date": ["1990-01-01"],
    }
    kept = entered(said, DAY, RULE)
    assert (kept.stay_ward, kept.quarantine, kept.day) == ("", "other", DAY)
    assert entered({}, DAY, RULE)[:4] == ("other", "", "", DAY)
    assert entered(ANSWERS | {"quarantine_due": [False]}, DAY, RULE).release_day is None


def test_an_entry_declaration_is_known_by_its_form_in_any_version() -> None:
    assert is_entry("https://gatepost.example/form/entry|7", {})
    assert is_entry("https://other.example/arrive|1", ANSWERS)
    assert not is_entry("https://gatepost.example/form/daily|1", {"symptoms": ["fever"]})


@pytest.mark.parametrize("text", ["", "abc", "X" * 40, "日本"])
def test_what_cannot_be_a_passport_number_is_none(text: str) -> None:
    assert passport_number(text) == ""


def test_a_report_is_due_from_the_day_after_entering_once_the_day_and_its_grace_are_over() -> None:
    noon = start_of(DAY) + DAY_MS // 2
    assert list(due_days(DAY, DAY + 14, noon, 12)) == []
    assert list(due_days(DAY, DAY + 14, noon + DAY_MS, 12)) == []
    assert list(due_days(DAY, DAY + 14, noon + 2 * DAY_MS, 12)) == [DAY + 1]
    assert list(due_days(DAY, DAY + 14, noon + 99 * DAY_MS, 12))[-1] == DAY + 14


def test_a_day_is_one_of_viet_nam() -> None:
    midnight = 20_000 * DAY_MS - VIET_NAM_MS
    assert (day_of(midnight), day_of(midnight - 1), start_of(20_000)) == (20_000, 19_999, midnight)
    assert Seat(12, "A") == seat_of("12A")
