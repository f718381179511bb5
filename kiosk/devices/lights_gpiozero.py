"""Three lamps, a buzzer and the lamp beside the lens on GPIO pins, through gpiozero.

The pin factory is chosen by configuration ("gpiod" on a card, "mock" in tests), never by gpiozero's detection, which
fails off a Pi and would quietly take another library on one. A thread steps through the pattern; it ends with `close`.
Run with gpiozero's mock pins and, in the emulated machine, on the lines of a PL061 chip that are read from outside.
"""

import threading
from itertools import chain, cycle, repeat
from typing import Any

from gpiozero import DigitalOutputDevice

from kiosk.devices.patterns import BUZZES, GREEN, LAMPS, RED, YELLOW, check

# Longest sleep of a steady pattern; nothing depends on it.
STEADY_S = 3600.0


def open_factory(name: str, chip: int) -> Any:
    """The pin factory "gpiod" (/dev/gpiochip<chip>) or "mock". Raises ValueError for another name, OSError: no chip."""
    if name == "gpiod":
        from kiosk.devices.gpiod_factory import GpiodFactory

        return GpiodFactory(chip)
    if name == "mock":
        from gpiozero.pins.mock import MockFactory

        return MockFactory()
    raise ValueError(f"no such pin factory: {name!r} (gpiod, mock)")


class GpioLights:
    """Lights port on pins (BCM numbers). `buzzer` and `illuminator` may be None."""

    def __init__(
        self,
        factory: Any,
        *,
        green: int,
        yellow: int,
        red: int,
        buzzer: int | None = None,
        illuminator: int | None = None,
        active_high: bool = True,
    ) -> None:
        def pin(number: int) -> Any:
            return DigitalOutputDevice(number, active_high=active_high, initial_value=False, pin_factory=factory)

        self._lamps = {GREEN: pin(green), YELLOW: pin(yellow), RED: pin(red)}
        self._buzzer = None if buzzer is None else pin(buzzer)
        self._illuminator = None if illuminator is None else pin(illuminator)
        self._changed = threading.Condition()
        self._pattern, self._buzz, self._turn = "off", "none", 0
        self._open = True
        self._thread = threading.Thread(target=self._step, name="lamps", daemon=True)
        self._thread.start()

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        """Set the lamps before returning; the thread goes on from there."""
        check(pattern, buzzer)
        with self._changed:
            if not self._open:
                return
            self._pattern, self._buzz = pattern, buzzer
            self._turn += 1
            self._light(LAMPS[pattern][0][0])
            self._changed.notify()

    def illuminate(self, on: bool) -> None:
        """Turn the lamp beside the lens on or off."""
        if self._illuminator is not None and self._open:
            self._illuminator.value = on

    def _step(self) -> None:
        with self._changed:
            turn = 0
            while self._open:
                if turn == self._turn:
                    self._changed.wait()
                    continue
                turn = self._turn
                self._run(turn)

    def _run(self, turn: int) -> None:
        """Step lamps and buzzer, each at its own pace, until another pattern comes. Called with the lock held."""
        lamps = cycle((mask, seconds or STEADY_S) for mask, seconds in LAMPS[self._pattern])
        buzzes = chain(BUZZES[self._buzz], repeat((False, STEADY_S)))
        lamp_left = buzz_left = 0.0
        while self._open and turn == self._turn:
            if lamp_left <= 0:
                mask, lamp_left = next(lamps)
                self._light(mask)
            if buzz_left <= 0:
                sounding, buzz_left = next(buzzes)
                if self._buzzer is not None:
                    self._buzzer.value = sounding
            step = min(lamp_left, buzz_left)
            if not self._changed.wait(step):
                lamp_left, buzz_left = lamp_left - step, buzz_left - step

    def _light(self, mask: int) -> None:
        for bit, lamp in self._lamps.items():
            lamp.value = bool(mask & bit)

    def close(self) -> None:
        """Lamps and buzzer off, pins given back."""
        with self._changed:
            if not self._open:
                return
            self._open = False
            self._changed.notify()
        self._thread.join(timeout=5)
        for device in (*self._lamps.values(), self._buzzer, self._illuminator):
            if device is not None:
                device.off()
                device.close()
