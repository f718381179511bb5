"""What kiosk.ports.Lights promises, kept by the simulated lamps and by gpiozero on its mock pins."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

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


@pytest.fixture(params=[_file, _gpiozero], ids=["file", "gpiozero"])
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
