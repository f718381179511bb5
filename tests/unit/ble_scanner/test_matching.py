"""Published keys find the windows of their phones, at the right time, whatever lies around them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ble_scanner.matching import TOLERANCE_MS, Hit, by_day, derived_id, hits_of_day, ids_of_day
from ble_scanner.rolling_id import bluezone_ids, daily_key_after, dp3t_ids, rpis
from tests.unit.store.heard import sightings_in
from wire.case_keys import CaseKey
from wire.sighting_blocks import Minute, as_minutes
from wire.sightings import DAY_MS, SYSTEMS, WINDOW_MS, SightingWindow

DAY = 18_475  # 2020-08-01
DAY_S = 86_400
START_S = DAY * DAY_S
HOUR_MS = 3_600_000
TEK = bytes.fromhex("75c734c6dd1a782de7a965da5eb93125")
BASE = bytes(range(32))


class Held:
    """Windows in memory."""

    def __init__(self, windows: Iterable[SightingWindow]) -> None:
        self._windows = list(windows)

    def days(self) -> Sequence[int]:
        return sorted({window.at_ms // DAY_MS for window in self._windows})

    def minutes(self, day: int, first: int = 0, last: int = 1439) -> Iterator[Minute]:
        low, high = day * DAY_MS + first * WINDOW_MS, day * DAY_MS + last * WINDOW_MS
        return as_minutes(window for window in self._windows if low <= window.at_ms <= high)


def heard(system: str, identifier: bytes, at_ms: int) -> SightingWindow:
    """The minute in which a moment lies."""
    return SightingWindow(SYSTEMS[system], identifier, at_ms // WINDOW_MS * WINDOW_MS, -60, -70, 5)


def hits(keys: Sequence[CaseKey], windows: Iterable[SightingWindow]) -> list[Hit]:
    """All of them, in order."""
    return sorted(hit for _, found in by_day(Held(windows), keys) for hit in found)


def bluezone(key: bytes = BASE, days: int = 1, slots: int = 96, case: str = "case-1") -> CaseKey:
    """A key from START_S on."""
    return CaseKey("bluezone", key, START_S, START_S + days * DAY_S, slots, case)


def test_the_published_exposure_notification_vector_is_found_with_and_without_its_metadata() -> None:
    """google/exposure-notifications-internals: TEK of interval 2642976, its first identifier, its last."""
    start_s = 2_642_976 * 600
    key = CaseKey("exposure-notification", TEK, start_s, start_s + DAY_S, 144, "case-1")
    first, last = bytes.fromhex("8be6cd371c5c891604bfbe49df845096"), bytes.fromhex("f431b62ecf443102ce4ed0407de54bd4")
    windows = [
        heard("exposure-notification", first, start_s * 1000),
        heard("exposure-notification", first + bytes.fromhex("72033874"), start_s * 1000 + WINDOW_MS),
        heard("exposure-notification", last, (start_s + 143 * 600) * 1000),
        heard("exposure-notification", bytes(16), start_s * 1000),
    ]
    assert hits([key], windows) == sorted(Hit(0, window) for window in windows[:3])
    assert {derived_id(window) for window in windows[:2]} == {first}


def test_bluezone_of_a_later_day_follows_from_the_published_key() -> None:
    key = bluezone(days=14)
    first = heard("bluezone", bytes.fromhex("435f234bd1c41c3e85c5cec6"), START_S * 1000 + 34 * 900_000)
    second = heard("bluezone", bytes.fromhex("970e23c0e19de93f8cc4057b"), (DAY + 1) * DAY_MS)
    ninth = list(bluezone_ids(daily_key_after(BASE, 9)))[50]
    windows = [first, second, heard("bluezone", ninth, (DAY + 9) * DAY_MS + 50 * 900_000)]
    assert hits([key], windows) == sorted(Hit(0, window) for window in windows)


@pytest.mark.parametrize("slot", [0, 50, 95])
@pytest.mark.parametrize(
    ("from_slot_ms", "found"),
    [
        (0, True),
        (15 * WINDOW_MS, True),
        (-2 * HOUR_MS, True),
        (-2 * HOUR_MS - WINDOW_MS, False),
        (15 * WINDOW_MS + 2 * HOUR_MS, True),
        (16 * WINDOW_MS + 2 * HOUR_MS, False),
    ],
)
def test_a_clock_may_be_wrong_by_two_hours_and_not_by_more(slot: int, from_slot_ms: int, found: bool) -> None:
    """Also at midnight UTC, where the identifier of a day is heard in the day before or behind."""
    identifier = list(bluezone_ids(BASE))[slot]
    window = heard("bluezone", identifier, START_S * 1000 + slot * 900_000 + from_slot_ms)
    assert hits([bluezone()], [window]) == ([Hit(0, window)] if found else [])


@pytest.mark.parametrize(("at_ms", "found"), [(-2, True), (12, True), (25, True), (-3, False), (27, False)])
def test_dp3t_is_judged_by_its_day_alone(at_ms: int, found: bool) -> None:
    key = CaseKey("dp3t", BASE, START_S, START_S + DAY_S, 96, "case-1")
    window = heard("dp3t", dp3t_ids(BASE)[70], START_S * 1000 + at_ms * HOUR_MS)
    assert hits([key], [window]) == ([Hit(0, window)] if found else [])


def test_a_key_speaks_for_its_time_alone() -> None:
    """From 06:05 to 18:00: the slot that runs at its start counts, the one that begins at its end does not."""
    key = CaseKey("bluezone", BASE, START_S + 6 * 3600 + 300, START_S + 18 * 3600, 96, "case-1")
    sent = list(bluezone_ids(BASE))
    assert list(ids_of_day(key, DAY)) == sent[24:72]
    assert list(ids_of_day(key, DAY - 1)) == list(ids_of_day(key, DAY + 1)) == []
    windows = [heard("bluezone", sent[slot], START_S * 1000 + slot * 900_000) for slot in (23, 24, 71, 72)]
    assert [hit.window for hit in hits([key], windows)] == windows[1:3]


def test_an_exposure_notification_key_may_begin_within_a_day() -> None:
    start_s = START_S + 6 * 3600
    key = CaseKey("exposure-notification", TEK, start_s, start_s + DAY_S, 144, "")
    sent = rpis(TEK, start_s // 600)
    assert [*ids_of_day(key, DAY), *ids_of_day(key, DAY + 1)] == sent


def test_the_number_of_slots_travels_with_the_key() -> None:
    sent = list(bluezone_ids(BASE))[10]
    window = heard("bluezone", sent, START_S * 1000 + 10 * 30 * 60_000)  # 48 slots of half an hour: 05:00, not 02:30
    assert hits([bluezone(slots=48)], [window]) == [Hit(0, window)]
    assert hits([bluezone(slots=96)], [window]) == []


def test_one_phone_under_two_cases_is_found_for_both() -> None:
    window = heard("bluezone", next(iter(bluezone_ids(BASE))), START_S * 1000)
    keys = [bluezone(case="a"), bluezone(case="b")]
    assert hits(keys, [window]) == [Hit(0, window), Hit(1, window)]


def test_tags_and_identifiers_of_another_system_are_nobody() -> None:
    sent = next(iter(bluezone_ids(BASE)))
    windows = [heard("tag", sent + bytes(4), START_S * 1000), heard("dp3t", sent + bytes(4), START_S * 1000)]
    assert hits([bluezone()], windows) == []


def test_an_identifier_that_is_too_short_for_its_system_is_nobody() -> None:
    assert hits([bluezone()], [heard("bluezone", next(iter(bluezone_ids(BASE)))[:11], START_S * 1000)]) == []


def test_a_store_without_windows_derives_nothing() -> None:
    assert list(hits_of_day([bluezone(days=14)] * 20_000, DAY, [])) == []


_KEYS = st.builds(
    lambda system, seed, day, days, slots: CaseKey(
        system,
        bytes([seed]) * (16 if system == "exposure-notification" else 32),
        (DAY + day) * DAY_S,
        (DAY + day + (1 if system == "exposure-notification" else days)) * DAY_S,
        slots,
    ),
    st.sampled_from(["bluezone", "exposure-notification", "dp3t"]),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(1, 3),
    st.sampled_from([48, 96, 144]),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_KEYS, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 4 * 1440)), max_size=40),
)
def test_the_result_is_that_of_a_plain_loop(keys: list[CaseKey], picks: list[tuple[int, int]]) -> None:
    sent = [(n, *one) for n, key in enumerate(keys) for one in _plainly_sent(key)]
    windows = {
        heard(keys[sent[pick % len(sent)][0]].system, sent[pick % len(sent)][1], DAY * DAY_MS + minute * WINDOW_MS)
        for pick, minute in picks
    }
    # Half of them near the time at which they were sent.
    windows |= {
        heard(keys[n].system, identifier, from_ms + (minute - 2880) * 4_000)
        for pick, minute in picks
        for n, identifier, from_ms, _ in [sent[pick * 31 % len(sent)]]
    }
    expected = {
        Hit(n, window)
        for window in windows
        for n, identifier, from_ms, until_ms in sent
        if window.identifier == identifier
        and window.system == SYSTEMS[keys[n].system]
        and from_ms - TOLERANCE_MS[keys[n].system] < window.at_ms + WINDOW_MS
        and window.at_ms <= until_ms + TOLERANCE_MS[keys[n].system]
    }
    assert hits(keys, windows) == sorted(expected)


def _plainly_sent(key: CaseKey) -> Iterator[tuple[bytes, int, int]]:
    for number in range((key.end_s - key.start_s) // DAY_S):
        day_ms = key.start_s * 1000 + number * DAY_MS
        if key.system == "exposure-notification":
            for slot, identifier in enumerate(rpis(key.key, day_ms // 600_000)):
                yield identifier, day_ms + slot * 600_000, day_ms + (slot + 1) * 600_000
        elif key.system == "dp3t":
            for identifier in dp3t_ids(daily_key_after(key.key, number)):
                yield identifier, day_ms, day_ms + DAY_MS
        else:
            slot_ms = DAY_MS // key.slots
            for slot, identifier in enumerate(bluezone_ids(daily_key_after(key.key, number), key.slots)):
                yield identifier, day_ms + slot * slot_ms, day_ms + (slot + 1) * slot_ms


def test_the_sealed_store_is_a_source_like_any_other(tmp_path: Path) -> None:
    sent = list(bluezone_ids(BASE))
    windows = [heard("bluezone", sent[slot], START_S * 1000 + slot * 900_000) for slot in range(96)]
    with sightings_in(tmp_path) as sightings:
        for window in windows:
            sightings.keep([window])
        found = sorted(hit for _, of_day in by_day(sightings, [bluezone()]) for hit in of_day)
    assert found == hits([bluezone()], windows) == sorted(Hit(0, window) for window in windows)
