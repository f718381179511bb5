"""What kiosk.ports.Lights promises, kept by the simulated lamps and by gpiozero on mock pins and on a chip's lines."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero.exc import PinInvalidPin
from gpiozero.pins.mock import MockFactory

from kiosk.devices.gpiod_factory import GpiodFactory
from kiosk.devices.lights_file import FileLights
from kiosk.devices.lights_gpiozero import GpioLights
from kiosk.devices.patterns import BUZZES, LAMPS
from kiosk.ports import Lights

pytestmark = pytest.mark.timed

PINS: dict[str, Any] = {"green": 17, "yellow": 27, "red": 22, "buzzer": 23, "illuminator": 24}
LIT = {1: "green", 2: "yellow", 4: "red"}
Seen = Callable[[], object]


def _file(folder: Path) -> tuple[Any, Seen]:
    def last() -> object:
        return json.loads((folder / "lights.jsonl").read_text().splitlines()[-1])["lamps"]

    return FileLights(folder, time.time, time.monotonic), last


def _gpiozero(folder: Path) -> tuple[Any, Seen]:
    factory = MockFactory()
    lights = GpioLights(factory, **PINS)
    return lights, lambda: {name for name in LIT.values() if factory.pin(PINS[name]).state}


class _Lines:
    """A chip of 28 lines in memory; a line that was given back has fallen to low, as on a Pi."""

    def __init__(self) -> None:
        self.levels = [False] * 28

    def lines(self) -> int:
        return len(self.levels)

    def output(self, number: int, high: bool) -> "_Line":
        self.levels[number] = high
        return _Line(self.levels, number)

    def close(self) -> None:
        self.levels = [False] * 28


class _Line:
    def __init__(self, levels: list[bool], number: int) -> None:
        self._levels, self._number = levels, number

    def set(self, high: bool) -> None:
        self._levels[self._number] = high

    def high(self) -> bool:
        return self._levels[self._number]

    def release(self) -> None:
        self._levels[self._number] = False


def _gpiod(folder: Path) -> tuple[Any, Seen]:
    chip = _Lines()
    return GpioLights(GpiodFactory(chip=chip), **PINS), lambda: {
        name for name in LIT.values() if chip.levels[PINS[name]]
    }


@pytest.fixture(params=[_file, _gpiozero, _gpiod], ids=["file", "gpiozero", "gpiod"])
def lights(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Lights, Seen]]:
    made, seen = request.param(tmp_path)
    yield made, seen
    made.close()


@pytest.mark.parametrize("pattern", LAMPS)
def test_a_pattern_is_there_when_show_returns(lights: tuple[Lights, Seen], pattern: str) -> None:
    port, seen = lights
    port.show(pattern, "none", None)
    first = {name for bit, name in LIT.items() if LAMPS[pattern][0][0] & bit}
    assert seen() in (pattern, first)


@pytest.mark.parametrize("buzzer", BUZZES)
def test_every_buzzer_shape_is_taken_at_once(lights: tuple[Lights, Seen], buzzer: str) -> None:
    port, _ = lights
    begun = time.monotonic()
    port.show("idle", buzzer, "00:1")
    assert time.monotonic() - begun < 0.1


@pytest.mark.parametrize(("pattern", "buzzer"), [("purple", "none"), ("green", "song"), ("", "")])
def test_an_unknown_name_is_refused_and_changes_nothing(lights: tuple[Lights, Seen], pattern: str, buzzer: str) -> None:
    port, seen = lights
    port.show("red", "none", None)
    before = seen()
    with pytest.raises(ValueError, match="no such"):
        port.show(pattern, buzzer, None)
    assert seen() == before


def test_closed_lamps_are_dark_and_stay_so(lights: tuple[Lights, Seen]) -> None:
    port, seen = lights
    port.show("green", "none", None)
    port.close()
    port.close()
    port.show("green", "none", None)
    assert seen() in ("off", set())


def test_a_pin_that_the_chip_does_not_have_is_named() -> None:
    with pytest.raises(PinInvalidPin, match="lines 0 to 27"):
        GpioLights(GpiodFactory(chip=_Lines()), **{**PINS, "red": 28})
