"""The keys of a file, by what the file is: Bluezone's, ours, an export; every refusal names its place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.matching import ids_of_day
from ble_scanner.published.bluezone import InfoF, keys_of_info, read_info
from ble_scanner.published.read import MOST_JSON_BYTES, read_published
from ble_scanner.rolling_id import bluezone_ids, daily_key_after
from tests.unit.ble_scanner.exports import STRANGER, export_zip, key, public
from wire.case_keys import CaseKey, CaseKeys, case_keys_body, read_case_keys
from wire.refusal import Refused

KEY = bytes(range(32))
DAY_S = 86_400
DAY = 1596240000 // DAY_S  # 2020-08-01 UTC
MIDNIGHT = DAY * DAY_S


def published(**changes: Any) -> dict[str, Any]:
    row = {"daily_key": KEY.hex(), "time_start": MIDNIGHT, "max": 96, "time_end": MIDNIGHT + 2 * DAY_S - 1}
    return {"data": [row | changes]}


def keys_of(said: object) -> tuple[CaseKey, ...]:
    return read_published(json.dumps(said).encode()).batch.keys


def refusal_of(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_published(content)
    return str(refused.value)


def apps_own_ids(row: dict[str, Any]) -> set[bytes]:
    """Whom the app would look for, told in its own terms: slot by slot from time_start while it begins by time_end."""
    daily, slot_s, found = bytes.fromhex(row["daily_key"]), DAY_S // row["max"], set()
    slots = range((row["time_end"] - row["time_start"]) // slot_s + 1)
    for day in range(len(slots) // row["max"] + 1):
        of_day = list(bluezone_ids(daily_key_after(daily, day), row["max"]))
        found |= {of_day[slot % row["max"]] for slot in slots if slot // row["max"] == day}
    return found


@pytest.mark.parametrize("slots", [96, 48, 24])
@pytest.mark.parametrize("end", [0, 1, 899, 900, 901, DAY_S - 1, DAY_S, 3 * DAY_S + 5000])
def test_bluezones_keys_look_for_whom_the_app_looked_for(slots: int, end: int) -> None:
    said = published(max=slots, time_end=MIDNIGHT + end)
    (found,) = keys_of(said)
    ours = {identifier for day in range(DAY, DAY + 6) for identifier in ids_of_day(found, day)}
    assert ours == apps_own_ids(said["data"][0])


def test_times_may_be_in_milliseconds_and_slots_left_out() -> None:
    said = published(time_start=MIDNIGHT * 1000, time_end=(MIDNIGHT + DAY_S - 1) * 1000)
    del said["data"][0]["max"]
    assert keys_of(said) == (CaseKey("bluezone", KEY, MIDNIGHT, MIDNIGHT + DAY_S, 96),)


def test_the_push_message_around_the_keys_is_read() -> None:
    push = {"FindGUID": "0000", "Numberdays": 14, "InfoF": published()}
    assert keys_of(push) == keys_of(push | {"InfoF": json.dumps(published())}) == keys_of(published())


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"daily_key": "00"}, "data[0].daily_key"),
        ({"daily_key": "zz" * 32}, "data[0].daily_key"),
        ({"daily_key": None}, "data[0].daily_key"),
        ({"time_start": "x"}, "data[0].time_start"),
        ({"time_end": None}, "data[0].time_end"),
        ({"time_end": MIDNIGHT - DAY_S}, "data[0]"),
        ({"time_end": MIDNIGHT + 100 * DAY_S}, "data[0]"),
        ({"max": 0}, "data[0].max"),
        ({"max": 1441}, "data[0].max"),
        ({"max": 7}, "data[0]"),  # slots of a fraction of a millisecond
        ({"max": "96"}, "data[0].max"),
    ],
)
def test_a_bad_key_of_bluezone_is_named_by_its_place(changes: dict[str, Any], place: str) -> None:
    assert refusal_of(json.dumps(published(**changes)).encode()).startswith(f"bad_key: {place}:")


def test_the_keys_that_a_case_told_are_one_chain_or_not() -> None:
    daily = daily_key_after(KEY, 5)
    said = {"base_id": KEY.hex(), "time": MIDNIGHT, "daily_key": daily.hex(), "time_start": MIDNIGHT + 5 * DAY_S + 77}
    info = read_info(said)
    assert info.is_one_chain()
    assert info.key_of(DAY - 1) is None
    assert [info.key_of(DAY + n) == daily_key_after(KEY, n) for n in range(8)] == [True] * 8
    assert not InfoF(KEY, MIDNIGHT, KEY, MIDNIGHT + DAY_S).is_one_chain()
    assert not InfoF(daily, MIDNIGHT + 5 * DAY_S, KEY, MIDNIGHT).is_one_chain()
    assert not InfoF(KEY, 0, KEY, 1 << 40).is_one_chain()


def test_the_keys_that_a_case_told_can_be_looked_for() -> None:
    said = {"base_id": KEY.hex(), "time": MIDNIGHT, "daily_key": KEY.hex(), "time_start": MIDNIGHT + 50_000}
    found = read_published(json.dumps(said).encode())
    assert found.kind == "info"
    assert list(found.batch.keys) == keys_of_info(read_info(said))
    assert next(iter(ids_of_day(found.batch.keys[0], DAY))) == next(bluezone_ids(KEY))


def test_our_own_form_is_the_bulletins_body_in_json() -> None:
    keys = (
        CaseKey("bluezone", KEY, MIDNIGHT, MIDNIGHT + DAY_S, 48, "case-7"),
        CaseKey("exposure-notification", KEY[:16], MIDNIGHT, MIDNIGHT + DAY_S, 144, "case-8"),
    )
    batch = CaseKeys("order-1", True, keys, {"case-7": "confirmed", "case-8": "suspected"}, 30)
    rows = [
        {"system": k.system, "key": k.key.hex(), "start": k.start_s, "end": k.end_s, "slots": k.slots, "case": k.case}
        for k in keys
    ]
    said = {"order": "order-1", "upload": True, "minutes": 30, "cases": dict(batch.cases), "keys": rows}
    found = read_published(json.dumps(said).encode())
    assert (found.kind, found.batch, found.verified) == ("case-keys", batch, None)
    assert read_case_keys(case_keys_body(found.batch)) == batch


def test_our_own_form_needs_only_keys_and_takes_words_for_times() -> None:
    row = {"system": "dp3t", "key": KEY.hex(), "start": "2020-08-01T00:00:00Z", "end": "2020-08-02T07:00:00+07:00"}
    assert keys_of({"keys": [row]}) == (CaseKey("dp3t", KEY, MIDNIGHT, MIDNIGHT + DAY_S),)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"keys": "x"}, "bad_schema: keys"),
        ({"keys": [], "order": 5}, "bad_schema: order"),
        ({"keys": [], "upload": 1}, "bad_schema: order"),
        ({"keys": [], "minutes": 0}, "bad_schema: minutes"),
        ({"keys": [], "cases": {"a": "maybe"}}, "bad_schema: cases"),
        ({"keys": [], "cases": {"a": ["confirmed"]}}, "bad_schema: cases"),
        ({"keys": [], "order": "\ud83d"}, "bad_schema: order"),
        ({"keys": [], "cases": {"\ud83d": "confirmed"}}, "bad_schema: cases"),
        ({"keys": [{"system": "dp3t", "key": "", "case": "\ud83d"}]}, "bad_key: keys[0]"),
        ({"keys": [None]}, "bad_key: keys[0]"),
        ({"keys": [{}]}, "bad_key: keys[0]"),
        ({"keys": [{"system": "ibeacon", "key": "00" * 16, "start": 1, "end": 2}]}, "bad_key: keys[0]"),
        ({"keys": [{"system": "dp3t", "key": "0g" * 32, "start": 1, "end": 2}]}, "bad_key: keys[0]"),
        ({"keys": [{"system": "dp3t", "key": "00" * 32, "start": 2, "end": 1}]}, "bad_key: keys[0]"),
        ({"keys": [{"system": "dp3t", "key": "00" * 32, "start": 1}]}, "bad_key: keys[0]"),
        ({"keys": [{"system": "dp3t", "key": "00" * 32, "start": 1, "end": 2, "slots": 1.5}]}, "bad_key: keys[0]"),
        ({"data": {}}, "bad_key: data"),
        ({"InfoF": 5}, "not_keys"),
        ({}, "not_keys"),
        ([], "not_keys"),
    ],
)
def test_every_refusal_says_what_and_where(said: object, reason: str) -> None:
    assert refusal_of(json.dumps(said).encode()).startswith(reason)


def test_an_export_is_told_by_its_first_bytes_and_says_whether_it_verified() -> None:
    made = export_zip(keys=[key(1)])
    assert read_published(made, [public()]).verified is True
    assert read_published(made, [public(STRANGER)]).verified is False
    assert [one.system for one in read_published(made).batch.keys] == ["exposure-notification"]


def test_keys_without_an_order_allow_nothing_to_be_sent() -> None:
    for content in (export_zip(keys=[key(1)]), json.dumps(published()).encode()):
        assert read_published(content).batch.upload is False


def test_files_that_are_something_else_are_refused() -> None:
    assert refusal_of(b"").startswith("not_keys")
    assert refusal_of(b"130CEA6472130C185D8643DF\t490C085D937456A4DD07E710\t-71\t1596271032\n").startswith("not_keys")
    assert refusal_of(b"[" * 100_000).startswith("not_keys")
    assert refusal_of(b"{" + b" " * MOST_JSON_BYTES).startswith("too_large")
    assert refusal_of(b"PK\x03\x04").startswith("bad_archive")


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_published(b"\xef\xbb\xbf" + json.dumps(published()).encode()).kind == "bluezone"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    ["InfoF", "data", "keys", "base_id", "time", "daily_key", "time_start", "time_end", "max", "cases", "system", "key"]
)


@given(st.dictionaries(_NAMES, _JSON | st.lists(st.dictionaries(_NAMES, _JSON, max_size=5), max_size=2), max_size=5))
def test_any_json_is_read_or_refused(said: dict[str, Any]) -> None:
    try:
        read_published(json.dumps(said).encode())
    except Refused:
        return


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read_published(content)
