"""A contact history as a phone wrote it: Android and iOS, damaged, joined by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.published.moments import moment_ms, unix_ms
from ble_scanner.published.trace import TraceRow, read_trace_row

OWN, CONTACT = "130CEA6472130C185D8643DF", "490C085D937456A4DD07E710"
ROW = TraceRow(bytes.fromhex(OWN), bytes.fromhex(CONTACT), -71, 1596271032000)


@pytest.mark.parametrize(
    "line",
    [
        f"{OWN}\t{CONTACT}\t-71\t1596271032000\n",
        f"{OWN}\t{CONTACT}\t-71\t1596271032\n",  # iOS wrote seconds
        f"\ufeff{OWN}\t{CONTACT}\t-71\t1596271032\r\n",
        f"{OWN.lower()}\t{CONTACT.lower()}\t-71\t1596271032000",
        f" {OWN} \t {CONTACT} \t -71 \t 1596271032000 ",
    ],
)
def test_a_row_is_the_same_whoever_wrote_it(line: str) -> None:
    assert read_trace_row(line) == ROW


def test_a_row_of_classic_bluetooth_names_nobody() -> None:
    assert read_trace_row(f"{OWN}\t\t-71\t1596271032000\n").contact == b""


@pytest.mark.parametrize(
    "line",
    [
        "",
        OWN,
        f"{OWN}\t{CONTACT}\t-71",
        f"{OWN}\t{CONTACT}\t-71\t1596271032\t9",
        f"\t{CONTACT}\t-71\t1596271032",
        f"{OWN[:-2]}\t{CONTACT}\t-71\t1596271032",
        f"{OWN}\t{CONTACT}00\t-71\t1596271032",
        f"{OWN[:-2]}zz\t{CONTACT}\t-71\t1596271032",
        f"{OWN}\t{CONTACT}\t-200\t1596271032",
        f"{OWN}\t{CONTACT}\tstrong\t1596271032",
        f"{OWN}\t{CONTACT}\t-71\t-5",
        f"{OWN}\t{CONTACT}\t-71\t99999999999999999",
        f"{OWN}\t{CONTACT}\t-71\t1_596_271_032",
        f"{OWN}\t{CONTACT}\t-٧١\t1596271032",
    ],
)
def test_what_is_no_row_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"expected|no Unix time") as wrong:
        read_trace_row(line)
    assert "strong" not in str(wrong.value)
    assert OWN[:-2] not in str(wrong.value)


@given(st.text(max_size=80))
def test_any_text_is_a_row_or_a_value_error(line: str) -> None:
    try:
        read_trace_row(line)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        (1596271032, 1596271032000),
        (1596271032000, 1596271032000),
        (1596271032.5, 1596271032500),
        ("2020-08-01T08:37:12Z", 1596271032000),
        ("2020-08-01T15:37:12+07:00", 1596271032000),
        ("2020-08-01T08:37:12", 1596271032000),
        (0, 0),
    ],
)
def test_moments_in_seconds_milliseconds_and_words(value: object, ms: int) -> None:
    assert moment_ms(value) == ms


@pytest.mark.parametrize(
    "value", [None, True, "", "tomorrow", -1, 1 << 60, float("nan"), float("inf"), [], "0001-01-01"]
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        moment_ms(value)


def test_the_border_between_seconds_and_milliseconds_is_out_of_everybodys_reach() -> None:
    assert unix_ms(99_999_999_999) == 99_999_999_999_000  # the year 5138
    assert unix_ms(100_000_000_000) == 100_000_000_000  # March 1973
