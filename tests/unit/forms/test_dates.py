"""Dates as FHIR writes them: partial ones, offsets, and days that do not exist."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.dates import compare, date_of, days_of, is_date, is_date_time, is_time


@pytest.mark.parametrize("text", ["2026", "2026-02", "2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_dates(text: str) -> None:
    assert is_date(text)
    assert is_date_time(text)


@pytest.mark.parametrize(
    "text", ["", "26", "2026-2", "2026-13", "2026-02-30", "2025-02-29", "0000", "２０２６", "2026-02-28T", "2026-02 "]
)
def test_no_dates(text: str) -> None:
    assert not is_date(text)


def test_a_date_time_has_seconds_and_an_offset() -> None:
    assert is_date_time("2026-02-28T08:30:00+07:00")
    assert is_date_time("2026-02-28T08:30:00.123456789Z")
    assert is_date_time("2026-06-30T23:59:60Z")
    for wrong in (
        "2026-02-28T08:30:00",
        "2026-02-28T08:30Z",
        "2026-02T08:30:00Z",
        "2026-02-28T24:00:00Z",
        "T08:00:00Z",
    ):
        assert not is_date_time(wrong)


def test_a_time_has_no_offset() -> None:
    assert is_time("23:59:59.5")
    assert not is_time("24:00:00")
    assert not is_time("08:30:00Z")
    assert not is_time("08:30")


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("2026-02-01", "2026-02-02", -1),
        ("2026", "2025-12-31", 1),
        ("2026", "2026-05", None),
        ("2026-02-01T08:00:00+07:00", "2026-02-01T01:00:00Z", 0),
        ("2026-02-01T08:00:00.5Z", "2026-02-01T08:00:00.25Z", 1),
        ("2026-02-01T08:00:00.50Z", "2026-02-01T08:00:00.5Z", 0),
        ("2026-02-01T08:00:00Z", "2026-02-01", None),
        ("08:00:00", "08:00:01", -1),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", None),
    ],
)
def test_which_comes_first(left: str, right: str, order: int | None) -> None:
    assert compare(left, right) == order
    assert compare(right, left) == (None if order is None else -order)


@settings(deadline=None)
@given(st.dates())
def test_days_and_back(day: object) -> None:
    days = days_of(str(day))
    assert days is not None
    assert date_of(days) == str(day)


def test_days_that_are_none() -> None:
    assert days_of("2026-02") is None
    assert days_of("2026-02-30") is None
    assert date_of(10**12) is None
