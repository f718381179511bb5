"""What is believed of a phone: its time, its way, and what it told before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.phones.receipt import bits_of, read_code, written
from central.phones.visits import INSIDE_MS, TOO_OLD_MS, Last, key_of, read_checks, stamp_of, way_of
from kiosk.form_desk import spoken
from wire.envelope import ClockQuality
from wire.refusal import Refused

NOW_MS, MINUTE_MS = 1_790_000_000_000, 60_000
GOOD = {"poster": "ABC", "direction": "in", "at_ms": NOW_MS, "companions": 0}


@pytest.mark.parametrize(
    ("age_ms", "stands_ms", "clock", "note"),
    [
        (0, 0, ClockQuality.SYNCED, ""),
        (MINUTE_MS, MINUTE_MS, ClockQuality.SYNCED, ""),
        (-MINUTE_MS, 0, ClockQuality.SYNCED, ""),
        (-10 * MINUTE_MS, 0, ClockQuality.SYNCED, "phone_clock"),
        (10 * MINUTE_MS, 10 * MINUTE_MS, ClockQuality.HOLDOVER, ""),
        (2 * 86_400_000, 2 * 86_400_000, ClockQuality.HOLDOVER, "phone_late"),
        (TOO_OLD_MS, TOO_OLD_MS, ClockQuality.HOLDOVER, "phone_late"),
    ],
)
def test_a_time_is_kept_as_well_as_it_is_known(age_ms: int, stands_ms: int, clock: ClockQuality, note: str) -> None:
    assert stamp_of(NOW_MS - age_ms, NOW_MS) == (NOW_MS - stands_ms, clock, note)


def test_what_is_two_weeks_old_is_no_visit_any_more() -> None:
    with pytest.raises(Refused, match="too_old"):
        stamp_of(NOW_MS - TOO_OLD_MS - 1, NOW_MS)


def test_the_way_is_the_visitors_word_or_the_other_one_than_last_time() -> None:
    inside = Last("v-1", "in", NOW_MS)
    later = NOW_MS + MINUTE_MS
    assert way_of("", None, "v-1", later) == ("in", False)
    assert way_of("", inside, "v-1", later) == ("out", True)
    assert way_of("in", inside, "v-1", later) == ("in", True)
    assert way_of("", inside, "v-2", later) == ("in", False), "inside another place"
    assert way_of("", inside, "v-1", NOW_MS + INSIDE_MS) == ("in", False), "a check-out was forgotten"
    assert way_of("", inside, "v-1", NOW_MS - 1) == ("in", False), "told late, of before"
    assert way_of("", Last("v-1", "out", NOW_MS), "v-1", later) == ("in", False)


def test_each_check_in_has_a_name_of_its_own() -> None:
    told = [(bytes(16), "v-1", "g", "in", 5), (bytes(16), "v-1", "g", "out", 5), (bytes(16), "v-1", "", "in", 5)]
    told += [(bytes(16), "v-1", "g", "in", 6), (b"\1" * 16, "v-1", "g", "in", 5), (bytes(16), "v-2", "g", "in", 5)]
    assert len({key_of(*one) for one in told}) == len(told)


@pytest.mark.parametrize(
    "listed",
    [
        *(
            None,
            {},
            [],
            [GOOD] * 51,
            [{}],
            [5],
            [{**GOOD, "more": 1}],
            [{**GOOD, "at_ms": -1}],
            [{**GOOD, "at_ms": 1.0}],
        ),
        *([{**GOOD, "at_ms": True}], [{**GOOD, "companions": 10}], [{**GOOD, "companions": False}]),
        *([{**GOOD, "direction": "up"}], [{**GOOD, "direction": None}], [{**GOOD, "poster": 5}]),
    ],
)
def test_a_list_that_is_none_is_refused(listed: object) -> None:
    with pytest.raises(Refused, match="bad_request"):
        read_checks(listed)


@given(st.binary(min_size=16, max_size=16))
def test_a_receipt_is_written_as_a_kiosk_writes_it_and_read_back(record: bytes) -> None:
    assert written(record) == spoken(record)
    assert read_code(written(record).lower().replace("0", "o").replace("1", "l")) == bits_of(record)
