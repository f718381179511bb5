"""Files of case keys: three forms are read, and whatever else comes is refused with its place."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.published.read import read_published
from central.radio.case_files import read_keys
from wire.case_keys import CaseKey
from wire.refusal import Refused

CASE = "F0-01"
DAY_S = 1_790_000_000 - 1_790_000_000 % 86_400
KEY_32, KEY_16 = bytes(range(32)), bytes(range(16))


def told(content: Any) -> tuple[CaseKey, ...]:
    return read_keys(json.dumps(content), CASE)


def test_what_bluezone_publishes() -> None:
    row = {"daily_key": KEY_32.hex(), "time_start": DAY_S, "max": 48, "time_end": DAY_S + 3 * 86_400}
    past = DAY_S + 3 * 86_400 + 1800  # the slot that begins at time_end counts, to its end
    assert told({"data": [row]}) == (CaseKey("bluezone", KEY_32, DAY_S, past, 48, CASE),)


def test_what_the_scanner_verified_of_an_export() -> None:
    row = {"key": KEY_16.hex(), "rolling_start": DAY_S // 600, "rolling_period": 144, "report_type": 1}
    expected = CaseKey("exposure-notification", KEY_16, DAY_S, DAY_S + 86_400, 144, CASE)
    assert told({"verified": True, "keys": [row], "region": "VN"}) == (expected,)


@pytest.mark.parametrize("slots", [1, 7, 48, 96, 97, 1440])
def test_centre_and_gate_read_a_file_alike(slots: int) -> None:
    published = {"daily_key": KEY_32.hex(), "time_start": DAY_S + 5, "max": slots, "time_end": DAY_S + 86_399}
    ours = {"system": "bluezone", "key": KEY_32.hex(), "start": DAY_S, "end": DAY_S + 86_400, "case": CASE}
    for content in ({"data": [published]}, {"keys": [ours]}):
        try:
            at_the_gate = read_published(json.dumps(content).encode()).batch.keys
        except Refused:
            with pytest.raises(Refused):
                told(content)
        else:
            assert told(content) == tuple(replace(key, case=CASE) for key in at_the_gate)


def test_a_key_that_its_authority_took_back_is_not_published() -> None:
    row = {"key": KEY_16.hex(), "rolling_start": DAY_S // 600, "rolling_period": 144, "report_type": "confirmed_test"}
    other = {**row, "key": KEY_16[::-1].hex()}
    (left,) = told({"verified": True, "keys": [row, other, {**row, "report_type": "revoked"}]})
    assert left.key == KEY_16[::-1]


def test_an_export_that_did_not_verify_is_never_published() -> None:
    row = {"key": KEY_16.hex(), "rolling_start": DAY_S // 600, "rolling_period": 144}
    with pytest.raises(Refused, match="not_verified"):
        told({"verified": False, "keys": [row], "reason": "bad_signature"})
    with pytest.raises(Refused, match="not_verified"):
        told({"verified": 1, "keys": [row]})


def test_our_own_form_takes_times_as_people_write_them() -> None:
    row = {"system": "dp3t", "key": KEY_32.hex(), "start": "2026-09-21T07:00:00+07:00", "end": DAY_S + 86_400}
    (key,) = told({"keys": [row]})
    assert key == CaseKey("dp3t", KEY_32, DAY_S, DAY_S + 86_400, 96, CASE)


def test_keys_of_other_cases_in_the_file_are_left_alone() -> None:
    row = {"system": "bluezone", "key": KEY_32.hex(), "start": DAY_S, "end": DAY_S + 86_400}
    mine, other = {**row, "case": CASE}, {**row, "case": "F0-02"}
    assert len(told({"keys": [mine, other, row]})) == 1  # the one without a case is the same key
    with pytest.raises(Refused, match="no_keys"):
        told({"keys": [other]})


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"data": {}},
        {"data": [[]]},
        {"data": [{"daily_key": "zz", "time_start": 0, "max": 96, "time_end": 1}]},
        {"data": [{"daily_key": KEY_16.hex(), "time_start": 0, "max": 96, "time_end": 1}]},
        {"data": [{"daily_key": KEY_32.hex(), "time_start": 9_000, "max": 96, "time_end": 5}]},
        {"data": [{"daily_key": KEY_32.hex(), "time_start": 0, "max": 0, "time_end": 1}]},
        {"data": [{"daily_key": KEY_32.hex(), "time_start": 0, "max": "96", "time_end": 1}]},
        {"data": [{"daily_key": KEY_32.hex(), "time_start": 1.5, "time_end": 9}]},
        {"data": [{"daily_key": KEY_32.hex(), "time_start": 0, "max": 1.0, "time_end": 1}]},
        {"keys": [None]},
        {"verified": True, "keys": [{"key": KEY_16.hex(), "rolling_start": "1", "rolling_period": 144}]},
        {"keys": [{"system": ["bluezone"], "key": KEY_32.hex(), "start": 0, "end": 86_400}]},
        {"keys": [{"system": "tag", "key": KEY_16.hex(), "start": 0, "end": 86_400}]},
        {"keys": [{"system": "dp3t", "key": KEY_32.hex(), "start": "2026-09-22", "end": 86_400}]},
    ],
)
def test_a_file_that_is_not_as_it_should_be_names_the_place(content: Any) -> None:
    with pytest.raises(Refused) as caught:
        told(content)
    assert caught.value.reason == "bad_keys" and caught.value.detail


def test_more_keys_than_a_bulletin_holds_are_refused() -> None:
    with pytest.raises(Refused, match="too_large"):
        told({"data": [{}] * 20_001})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "keys", "verified", "daily_key", "key", "start", "max"]), inner)
    ),
)


@given(JSON)
def test_no_file_is_read_with_anything_but_a_reason(content: Any) -> None:
    try:
        told(content)
    except Refused as refused:
        assert refused.reason in ("bad_keys", "not_verified", "no_keys", "too_large")
