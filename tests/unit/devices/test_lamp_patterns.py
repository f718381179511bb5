"""What eyes see of each pattern, on gpiozero's mock pins."""

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from kiosk.devices.lights_gpiozero import GpioLights, open_factory
from kiosk.devices.patterns import BUZZES, LAMPS
from tests.unit.devices import wait_until

pytestmark = pytest.mark.timed

PINS: dict[str, Any] = {"green": 17, "yellow": 27, "red": 22, "buzzer": 23, "illuminator": 24}


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory()


@pytest.fixture
def lights(factory: MockFactory) -> Iterator[GpioLights]:
    made = GpioLights(factory, **PINS)
    yield made
    made.close()


def lit(factory: MockFactory) -> tuple[bool, bool, bool]:
    return tuple(bool(factory.pin(PINS[name]).state) for name in ("green", "yellow", "red"))  # type: ignore[return-value]


def test_stalled_swings_between_yellow_and_red_and_never_shows_green(lights: GpioLights, factory: MockFactory) -> None:
    lights.show("stalled", "none", None)
    seen: set[tuple[bool, bool, bool]] = set()

    def both_seen() -> bool:
        seen.add(lit(factory))
        return {(False, True, False), (False, False, True)} <= seen

    assert wait_until(both_seen)
    assert not any(green for green, _, _ in seen)


def test_a_steady_signal_takes_over_from_a_blinking_one(lights: GpioLights, factory: MockFactory) -> None:
    lights.show("stalled", "none", None)
    lights.show("green", "none", None)
    assert lit(factory) == (True, False, False)
    assert not wait_until(lambda: lit(factory) != (True, False, False), 0.6)


def test_the_buzzer_sounds_and_ends(lights: GpioLights, factory: MockFactory) -> None:
    lights.show("yellow", "ask", None)
    buzzer = factory.pin(PINS["buzzer"])
    assert wait_until(lambda: len(buzzer.states) >= 5)
    assert [state.state for state in buzzer.states[-4:]] == [True, False, True, False]
    assert not buzzer.state


def test_a_relay_board_that_switches_on_low_is_turned_round(factory: MockFactory) -> None:
    lights = GpioLights(factory, **PINS, active_high=False)
    lights.show("green", "none", None)
    assert lit(factory) == (False, True, True)
    lights.illuminate(True)
    assert not factory.pin(PINS["illuminator"]).state
    lights.close()


def test_without_buzzer_and_illuminator(factory: MockFactory) -> None:
    lights = GpioLights(factory, green=1, yellow=2, red=3)
    lights.show("red", "stop", None)
    lights.illuminate(True)
    lights.close()


def test_only_a_visitors_signals_are_steady_and_no_two_patterns_look_alike() -> None:
    steady = {name for name, steps in LAMPS.items() if len(steps) == 1}
    assert steady == {"green", "yellow", "red", "off"}
    assert len(set(LAMPS.values())) == len(LAMPS)
    assert len(set(BUZZES.values())) == len(BUZZES)
    assert all(seconds > 0 for name, steps in LAMPS.items() if name not in steady for _, seconds in steps)


def test_no_blinking_is_fast_enough_to_harm() -> None:
    """WCAG 2.2, 2.3.1: not more than three flashes a second."""
    for steps in LAMPS.values():
        if len(steps) > 1:
            assert sum(seconds for _, seconds in steps) >= 1 / 3


def test_an_unknown_pin_factory_is_refused() -> None:
    with pytest.raises(ValueError, match="gpiod"):
        open_factory("native", 0)
