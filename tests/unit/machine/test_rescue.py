"""A gate that does not start: the box is restarted, but never for ever, and never for a wrong kiosk.toml."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from machine.rescue import (
    AGAIN_S,
    LAMPS,
    MOST_RESTARTS,
    REBOOT,
    TRY_AGAIN,
    decide,
    note_restart,
    read_restarts,
    rescue,
)

GIVEN_UP = {"MONITOR_SERVICE_RESULT": "start-limit-hit", "MONITOR_EXIT_STATUS": "1"}


class Box:
    """What the rescue did, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counter = folder / "log" / "restarts"
        self.done: list[object] = []

    def fail(self, why: dict[str, str] = GIVEN_UP) -> list[object]:
        self.done = []

        def call(argv: Sequence[str]) -> None:
            self.done.append(tuple(argv))

        rescue(self.counter, self.folder, why, call, self.done.append)
        return self.done


@pytest.fixture
def box(tmp_path: Path) -> Box:
    (tmp_path / "log").mkdir()
    return Box(tmp_path)


def test_the_box_restarts_three_times_and_then_stays_up(box: Box) -> None:
    restarted = [REBOOT in box.fail() for _ in range(6)]
    assert restarted == [True] * MOST_RESTARTS + [False] * 3
    assert box.done[-3:] == [AGAIN_S, ("systemctl", "reset-failed", "kiosk.service"), TRY_AGAIN]


def test_an_hour_that_stood_forgives_them_all(box: Box) -> None:
    for _ in range(5):
        box.fail()
    box.counter.unlink()  # gatepost-steady.service
    assert REBOOT in box.fail()


def test_the_lamps_say_fault_before_anything_else(box: Box) -> None:
    assert box.fail()[0] == ("systemctl", "--no-block", "restart", "gatepost-lamps.service")
    assert (box.folder / LAMPS).read_text("ascii") == "PATTERN=fault\n"


def test_a_wrong_kiosk_toml_is_no_reason_to_restart(box: Box) -> None:
    assert box.fail({"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_STATUS": "78"}) == []


def test_a_gate_that_could_not_even_begin_is_one(box: Box) -> None:
    """No data partition: the service manager gives no result of a service that it never started. The counter's folder
    lies on the card as well; where it is missing nothing can be counted and the box stays up."""
    assert REBOOT in box.fail({})
    box.counter.unlink()
    box.counter.parent.rmdir()
    assert REBOOT not in box.fail({})


@pytest.mark.parametrize("found", ["", "x", "1e3"])
def test_a_counter_that_cannot_be_read_means_no_restart(box: Box, found: str) -> None:
    box.counter.write_text(found, "ascii")
    assert read_restarts(box.counter) is None
    assert REBOOT not in box.fail()


def test_a_restart_that_cannot_be_written_down_is_not_made(box: Box) -> None:
    box.counter.with_suffix(".new").mkdir()
    assert not note_restart(box.counter, 1)
    assert REBOOT not in box.fail()


@pytest.mark.parametrize("result", ["watchdog", "signal", "exit-code", "success"])
def test_one_failure_is_the_service_manager_s_to_mend(result: str) -> None:
    assert decide(result, "1", 0) == "nothing"
