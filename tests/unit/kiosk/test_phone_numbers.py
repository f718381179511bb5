"""Phone numbers: as people of here and from abroad type them, and what reaches no person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.phone_numbers import check_phone


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0900000001", "+84900000001"),
        ("0900 000.001", "+84900000001"),
        ("+84 900 000 001", "+84900000001"),
        ("84900000001", "+84900000001"),
        ("024 3000 0000", "+842430000000"),
        ("(028) 30 000 000", "+842830000000"),
        ("+856 20 55 000 001", "+8562055000001"),
        ("+66 2 000 0001", "+6620000001"),
        ("+１ ６５０ 253 0000", "+16502530000"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert check_phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "113",
        "19000000",
        "0123456789",
        "01689123456",
        "6502530000",
        "0900000001 ext 5",
        "0900000001;5",
        "o900000001",
    ],
)
def test_what_reaches_nobody_is_no_number(typed: str) -> None:
    assert check_phone(typed) is None


def test_a_number_without_a_country_belongs_to_the_region_asked_for() -> None:
    assert check_phone("020 55 000 001", "LA") == "+8562055000001"
    assert check_phone("0900000001", "??") is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_may_be_asked_for_a_number(text: str) -> None:
    number = check_phone(text)
    assert number is None or (number.startswith("+") and number[1:].isdecimal() and len(number) <= 16)
