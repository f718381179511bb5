"""Whom the gateway asks for an identifier, when, and how little it remembers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ble_scanner.devices.asking import A_MINUTE, MINUTE_MS, MOST_KNOWN, MOST_WAITING, SLOT_MS, STALE_MS, Asking
from ble_scanner.radio import Heard

ID = bytes(12)


def heard(address: str, mono_ms: int = 0, rssi: int = -60) -> Heard:
    return Heard(address, rssi, mono_ms, ())


def test_who_answered_stands_for_it_until_the_slot_ends() -> None:
    asking = Asking()
    assert asking.hear(heard("a"), slot=7) is None
    assert asking.next(0) == heard("a")
    asking.answered("a", ID, 7)
    assert asking.hear(heard("a", 1000), slot=7) == ID and asking.next(1000) is None
    assert asking.hear(heard("a", 2000), slot=8) is None and asking.next(2000) == heard("a", 2000)


def test_the_strongest_is_next_and_whoever_left_is_not_asked() -> None:
    asking = Asking()
    asking.hear(heard("gone", 0, -20), 1)
    asking.hear(heard("far", STALE_MS, -80), 1)
    asking.hear(heard("near", STALE_MS, -40), 1)
    assert [asking.next(STALE_MS), asking.next(STALE_MS), asking.next(STALE_MS)] == [
        heard("near", STALE_MS, -40),
        heard("far", STALE_MS, -80),
        None,
    ]


def test_no_more_than_so_many_connections_in_any_minute() -> None:
    asking = Asking()
    asked = []
    for ms in range(0, 5 * MINUTE_MS, 1000):
        for number in range(40):
            asking.hear(heard(f"{ms}-{number}", ms), 1)
        if asking.next(ms) is not None:
            asked.append(ms)
    assert len(asked) == 5 * A_MINUTE
    assert all(late - early >= MINUTE_MS for early, late in zip(asked, asked[A_MINUTE:], strict=False))


@pytest.mark.parametrize(
    ("failures", "rest_ms"), [(1, MINUTE_MS), (2, 2 * MINUTE_MS), (4, 8 * MINUTE_MS), (9, SLOT_MS)]
)
def test_who_fails_rests_longer_each_time(failures: int, rest_ms: int) -> None:
    asking = Asking()
    for _ in range(failures):
        asking.failed("a", 0)
    assert asking.hear(heard("a", rest_ms - 1), 1) is None and asking.next(rest_ms - 1) is None
    asking.hear(heard("a", rest_ms), 1)
    assert asking.next(rest_ms) is not None


def test_who_is_something_else_rests_a_quarter_of_an_hour_at_once() -> None:
    asking = Asking()
    asking.failed("a", 0, for_good=True)
    asking.hear(heard("a", SLOT_MS - 1), 1)
    assert asking.next(SLOT_MS - 1) is None


def test_an_answer_ends_the_rest() -> None:
    asking = Asking()
    asking.failed("a", 0)
    asking.failed("a", 0)
    asking.answered("a", ID, 1)
    asking.failed("a", 0)
    asking.hear(heard("a", MINUTE_MS), 2)
    assert asking.next(MINUTE_MS) is not None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.sampled_from(["hear", "answer", "fail", "next"])), max_size=4000))
def test_memory_is_bounded_whatever_is_on_air(events: list[tuple[int, str]]) -> None:
    asking = Asking(a_minute=1000)
    for ms, (number, event) in enumerate(events):
        match event:
            case "hear":
                asking.hear(heard(str(number), ms), 1)
            case "answer":
                asking.answered(str(number), ID, 1)
            case "fail":
                asking.failed(str(number), ms)
            case _:
                asking.next(ms)
    assert len(asking) <= 2 * MOST_KNOWN + MOST_WAITING


def test_a_new_address_each_second_pushes_out_only_the_oldest() -> None:
    asking = Asking()
    for number in range(MOST_KNOWN + 1):
        asking.answered(str(number), ID, 1)
    assert asking.hear(heard("0"), 1) is None
    assert asking.hear(heard("1"), 1) == asking.hear(heard(str(MOST_KNOWN)), 1) == ID
