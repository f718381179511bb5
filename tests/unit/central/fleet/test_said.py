"""What a kiosk says of itself: any bytes are read, and only what changed becomes a line of history."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.fleet.said import BOXES, MOST_BYTES, NAMES, Said, moments, read_said
from central.fleet.words import WORDS
from machine import health
from machine.health import facts


def test_what_a_kiosk_says_is_read() -> None:
    said = {
        "online": True,
        "backlog": 3,
        "oldest_ms": 5,
        "version": "2026.11.23",
        "slot": "B",
        "boots": 7,
        "update": {"version": "2026.11.24", "outcome": "rolled_back", "why": "no_start"},
        "temp_c": 51.6,
        "volts_low": False,
        "clock": "synced",
        "box": "moved",
        "fails": ["camera"],
        "alarms": ["rejected"],
        "of_later": [1],
    }
    found = read_said(json.dumps(said).encode())
    assert found is not None
    assert (found.online, found.backlog, found.slot, found.temp_c, found.volts_low) == (True, 3, "b", 52, False)
    assert found.box == "moved"
    assert (found.update_version, found.update_outcome, found.update_why) == ("2026.11.24", "rolled_back", "no_start")
    assert (found.fails, found.warns, found.alarms) == (("camera",), (), ("rejected",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("backlog", value) for value in (-1, True, 1.5, "3", 1 << 60)),
        *(("version", value) for value in ("a b", "x" * 41, 5)),
        ("clock", "perhaps"),
        ("clock", 3),
        *(("box", value) for value in ("elsewhere", "", True, ["moved"])),
        *(("temp_c", value) for value in (True, "hot", 1e9, float("nan"))),
        *(("volts_low", value) for value in (1, "yes")),
        *(("slot", value) for value in ("c", None, 1)),
    ],
)
def test_a_value_of_another_type_was_not_said(name: str, value: object) -> None:
    found = read_said(json.dumps({"online": True, name: value}).encode())
    assert found == Said(online=True)


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([[], {}, 1])


@settings(max_examples=60)
@given(
    st.binary(max_size=60) | st.dictionaries(st.sampled_from(NAMES), _VALUES).map(lambda one: json.dumps(one).encode())
)
def test_no_bytes_crash_it(payload: bytes) -> None:
    read_said(payload)


def test_what_is_too_long_or_too_deep_is_passed_over() -> None:
    assert read_said(b'{"online": true, "x": "' + b"y" * MOST_BYTES + b'"}') is None
    assert read_said(b"[" * 4000) is None
    long = read_said(json.dumps({"online": True, "fails": [f"c{n}" for n in range(100)]}).encode())
    assert long is not None and len(long.fails) == 24


WAS = Said(online=True, version="2026.11.1", boots=4, clock="synced")
CHANGES = [
    (replace(WAS, boots=5), True, ["power_cut", "back"]),
    (replace(WAS), False, []),
    (
        replace(WAS, version="2026.11.2", update_version="2026.11.2", update_outcome="tried"),
        False,
        ["version", "update_tried"],
    ),
    (replace(WAS, update_version="2026.11.2", update_outcome="rolled_back"), False, ["update_rolled_back"]),
    (replace(WAS, fails=("camera",)), False, ["test_fails"]),
    (replace(WAS, clock="unset", volts_low=True), False, ["clock_unset", "volts_low"]),
    (replace(WAS, boots=5, box="moved"), True, ["power_cut", "back", "box_moved"]),
    (replace(WAS, box="copied"), False, ["box_copied"]),
    (replace(WAS, box="same"), False, []),
    (replace(WAS, online=False), False, ["lost"]),
    (replace(WAS, online=False, bye=True), False, ["bye"]),
    (replace(WAS, online=False), True, []),
]


@pytest.mark.parametrize(("now", "had_left", "expected"), CHANGES)
def test_only_what_changed_is_a_moment(now: Said, had_left: bool, expected: list[str]) -> None:
    found = [what for what, _ in moments(WAS, now, had_left)]
    assert found == expected
    assert all(f"fleet.moment_{what}" in WORDS for what in found)


def test_a_boot_after_a_goodbye_is_no_power_cut() -> None:
    assert [what for what, _ in moments(replace(WAS, bye=True), replace(WAS, boots=5), True)] == ["booted", "back"]
    assert [what for what, _ in moments(None, WAS, False)] == ["first"]
    assert [what for what, _ in moments(None, replace(WAS, box="copied"), False)] == ["first", "box_copied"]
    assert [what for what, _ in moments(replace(WAS, fails=("camera",)), WAS, False)] == ["test_well"]


def test_a_card_that_moved_is_told_once_a_start() -> None:
    moved = replace(WAS, box="moved")
    assert [what for what, _ in moments(moved, moved, False)] == []
    assert [what for what, _ in moments(moved, replace(moved, box="same", boots=5), True)] == ["power_cut", "back"]
    assert [what for what, _ in moments(moved, replace(moved, boots=5), True)] == ["power_cut", "back", "box_moved"]


def test_what_this_very_machine_says_of_itself_is_understood() -> None:
    mine = facts()
    found = read_said(json.dumps({"online": True, **mine}).encode())
    assert found is not None and set(health.BOXES) == BOXES
    assert (found.up_s, found.clock) == (mine["up_s"], mine["clock"])
    assert found.disk_free_mb == mine.get("disk_free_mb")
