"""From a tag on the air to the green lamp: the radio process and the gate process on one box, with one file between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.test_tap_at_the_gate import TapGate
from tests.parts.radio_process import RadioProcess, make_tag
from tests.parts.waits import wait_for


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[TapGate]:
    gate = TapGate(tmp_path / "gate")
    gate.start()
    yield gate
    gate.close()


@pytest.fixture
def radio(tmp_path: Path, gate: TapGate) -> Iterator[RadioProcess]:
    radio = RadioProcess(tmp_path / "radio", store=gate.data)
    yield radio
    radio.stop()


def shows_hint(gate: TapGate) -> bool:
    return bool(gate.ask("/poll")["view"]["taps"])


def test_a_tag_held_to_the_gate_turns_the_lamp_green_and_a_strange_one_does_not(
    gate: TapGate, radio: RadioProcess
) -> None:
    mine, strange = make_tag(1), make_tag(2)
    radio.publish_tags(mine)
    radio.start()
    radio.wait_status("the radio knows the tag", tags=1, state="listening")
    wait_for(lambda: shows_hint(gate), "the hint to tap")
    since = len(gate.lights())
    radio.hold(strange)
    wait_for(lambda: not (radio.air / "tap.json").exists(), "the strange tag is held")
    radio.hold(mine, hold_ms=2000)
    gate.wait_lamp("green", since)
    assert gate.visits() == 1


def test_the_hint_goes_with_the_radio_and_comes_back_with_it(gate: TapGate, radio: RadioProcess) -> None:
    tag = make_tag(1)
    radio.publish_tags(tag)
    for _ in range(2):
        radio.start()
        wait_for(lambda: shows_hint(gate), "the hint to tap")
        radio.stop()
        wait_for(lambda: not shows_hint(gate), "no hint without a radio")
    assert gate.lamp() == "idle", "a radio that is away is no fault of the gate"
