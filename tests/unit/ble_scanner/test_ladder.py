"""The ladder of the radio: which step, when, and which never."""

from dataclasses import dataclass, field

import pytest

from ble_scanner.ladder import (
    Failed,
    Look,
    Now,
    PastStep,
    Started,
    Waits,
    begin,
    is_open,
    may_reboot,
    step,
)

WAITS = Waits()
DAY_MS = WAITS.reboot_ms
BOOT, EARLIER = b"boot-now", b"boot-old"


@dataclass
class Gate:
    """A radio under the ladder, with a clock of its own; `works_after`: the step that makes it hear again."""

    starts: bool = True
    reason: str = "no_adapter"
    hears: bool = False
    is_open: bool = True
    recover: bool = True
    visitor_ms: int | None = None
    allowed: bool = True
    now_ms: int = 0
    heard_ms: int | None = None
    taken: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = begin(self.now_ms)
        self._start()

    def _start(self) -> None:
        self.put(Started() if self.starts else Failed(self.reason))

    def put(self, event: Started | Failed | Look) -> None:
        now = Now(self.now_ms, self.is_open, self.recover, self.visitor_ms, self.allowed)
        self.state, acts = step(self.state, event, now, WAITS)
        for act in acts:
            if act.name != "start":
                self.taken.append((self.now_ms // 1000, act.name))
            if act.name != "heard":
                self._start()

    def live(self, seconds: int) -> list[str]:
        """So many seconds; the names of the steps that were taken in them."""
        before = len(self.taken)
        for _ in range(seconds):
            self.now_ms += 1000
            if self.hears and self.state.reason is None:
                self.heard_ms = self.now_ms
            if self.now_ms % 5000 == 0:
                self.put(Look(self.heard_ms))
        return [name for _, name in self.taken[before:]]


def test_a_silent_radio_is_helped_step_by_step_90_seconds_apart() -> None:
    gate = Gate()
    gate.live(400)
    assert gate.taken == [(90, "restart_scanner"), (180, "power_cycle"), (270, "restart_bluetooth"), (360, "reboot")]


def test_a_radio_that_hears_is_left_alone() -> None:
    gate = Gate(hears=True)
    assert gate.live(3600) == []


def test_fifteen_second_pauses_of_the_phones_are_no_silence() -> None:
    gate = Gate(hears=True)
    gate.live(60)
    gate.hears = False
    assert gate.live(89) == []


def test_silence_counts_from_the_last_report() -> None:
    gate = Gate(hears=True)
    gate.live(100)
    gate.hears = False
    assert gate.live(95) == ["restart_scanner"]


def test_the_first_report_after_a_step_ends_the_ladder_and_says_how_long_it_was_silent() -> None:
    gate = Gate()
    gate.live(185)
    gate.hears = True
    assert gate.live(10) == ["heard"]
    gate.hears = False
    assert gate.live(95) == ["restart_scanner"], "the next silence begins at the bottom"


def test_a_scanner_that_does_not_start_is_tried_four_times_then_power_cycled() -> None:
    gate = Gate(starts=False)
    assert gate.live(44) == []
    assert gate.live(6) == ["power_cycle"]
    assert gate.live(60) == ["restart_bluetooth"]
    assert gate.live(60) == ["reboot"]


def test_a_dongle_put_back_is_found_within_a_minute_while_the_ladder_rests() -> None:
    gate = Gate(starts=False, recover=False)
    gate.live(1000)
    assert [name for _, name in gate.taken] == ["power_cycle"]
    gate.starts = gate.hears = True
    assert gate.live(70) == ["heard"]


def test_without_the_right_to_use_bluetooth_no_step_is_taken() -> None:
    gate = Gate(starts=False, reason="no_permission")
    assert gate.live(7200) == []
    gate.starts = gate.hears = True
    gate.live(70)
    assert gate.state.reason is None


def test_outside_opening_hours_silence_restarts_the_scanner_once_and_no_more() -> None:
    gate = Gate(is_open=False)
    assert gate.live(6 * 3600) == ["restart_scanner"]


def test_after_opening_the_first_visitors_may_come_late() -> None:
    gate = Gate(is_open=False)
    gate.live(6 * 3600)
    gate.is_open = True
    assert gate.live(3000) == []
    assert gate.live(900) == ["restart_scanner", "power_cycle", "restart_bluetooth", "reboot"]


def test_outside_opening_hours_a_missing_adapter_is_still_a_fault() -> None:
    gate = Gate(starts=False, is_open=False)
    assert gate.live(50) == ["power_cycle"]


def test_recover_false_goes_no_further_than_the_power_cycle() -> None:
    gate = Gate(recover=False)
    assert gate.live(3600) == ["restart_scanner", "power_cycle"]


def test_a_ladder_that_did_not_help_rests_for_an_hour() -> None:
    gate = Gate(allowed=False)
    assert gate.live(600) == ["restart_scanner", "power_cycle", "restart_bluetooth"]
    assert gate.live(3000) == []
    assert gate.live(700) == ["restart_scanner", "power_cycle", "restart_bluetooth"]


def test_no_reboot_within_ten_minutes_of_a_visitor() -> None:
    gate = Gate(visitor_ms=0)
    assert "reboot" not in gate.live(500)
    later = Gate(visitor_ms=0, now_ms=600_000)
    assert "reboot" in later.live(500)


def test_a_broken_scanner_is_not_forgotten_because_something_was_heard_just_before() -> None:
    gate = Gate(hears=True)
    gate.live(60)
    gate.starts = gate.hears = False
    gate.put(Failed("no_adapter"))
    assert gate.live(60) == ["power_cycle"]


@pytest.mark.parametrize(
    ("steps", "whole", "uptime_ms", "allowed"),
    [
        ([], True, 1_000_000, True),
        ([], False, 1_000_000, False),
        ([], False, DAY_MS, True),
        ([PastStep("reboot", EARLIER, 5)], True, 1_000_000, False),
        ([PastStep("reboot", EARLIER, 5)], True, DAY_MS, True),
        ([PastStep("reboot", BOOT, 500_000)], True, 1_000_000, False),
        ([PastStep("reboot", BOOT, 500_000)], True, DAY_MS + 400_000, False),
        ([PastStep("reboot", BOOT, 500_000)], True, DAY_MS + 500_000, True),
        ([PastStep("power_cycle", EARLIER, 5)], True, 1_000_000, True),
    ],
    ids=[
        "first ever",
        "the log was cut: who knows",
        "a boot that is a day old needs no log",
        "rebooted from an earlier boot",
        "an earlier boot, this one is a day old",
        "asked for in this boot",
        "asked for in this boot, 23 h 58 ago",
        "asked for in this boot, a day ago",
        "other steps do not count",
    ],
)
def test_a_second_reboot_within_a_day_is_impossible_whatever_the_clock_says(
    steps: list[PastStep], whole: bool, uptime_ms: int, allowed: bool
) -> None:
    assert may_reboot(steps, whole, BOOT, uptime_ms, WAITS) is allowed


@pytest.mark.parametrize(
    ("minute", "opens", "closes", "expected"),
    [
        (None, 5, 21, True),
        (4 * 60 + 59, 5, 21, False),
        (5 * 60, 5, 21, True),
        (21 * 60, 5, 21, False),
        (23 * 60, 18, 4, True),
        (12 * 60, 18, 4, False),
        (3, 7, 7, True),
        (3, 0, 24, True),
    ],
)
def test_opening_hours(minute: int | None, opens: int, closes: int, expected: bool) -> None:
    assert is_open(minute, opens, closes) is expected


def test_a_hurried_bench_keeps_the_day_between_reboots() -> None:
    assert Waits().hurried(10).silence_ms == 9_000
    assert Waits().hurried(10).reboot_ms == DAY_MS
