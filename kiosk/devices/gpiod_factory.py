"""GPIO outputs for gpiozero through the kernel's character device (libgpiod 2, the `gpiod` package of its authors).

gpiozero's own factories ask which Raspberry Pi this is and refuse any other board. This one asks only the chip for its
lines, so that the same lamps code runs on every Pi, on the PL061 chip of an emulated machine, and on boards to come.
Outputs only: lamps, a buzzer, the lamp beside the lens. https://libgpiod.readthedocs.io, gpiozero "API - Pins".
"""

import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from gpiozero.exc import PinInvalidFunction, PinInvalidPin
from gpiozero.pins import Factory, Pin

# Named in /sys/kernel/debug/gpio and by `gpioinfo`: a technician sees who holds a line.
CONSUMER = "gatepost-lamps"


class Line(Protocol):
    """One requested output line."""

    def set(self, high: bool) -> None: ...
    def high(self) -> bool: ...
    def release(self) -> None: ...


class Chip(Protocol):
    """The lines of one GPIO chip."""

    def lines(self) -> int: ...
    def output(self, number: int, high: bool) -> Line: ...
    def close(self) -> None: ...


class GpiodChip:
    """The chip behind `path`. Raises OSError when there is none, or when it may not be opened."""

    def __init__(self, path: Path) -> None:
        import gpiod

        self._gpiod: Any = gpiod
        self._chip: Any = gpiod.Chip(str(path))

    def lines(self) -> int:
        """How many lines it has: numbers 0 to this less one."""
        return int(self._chip.get_info().num_lines)

    def output(self, number: int, high: bool) -> Line:
        """Take line `number` as an output that starts `high`. Raises OSError when another process holds it."""
        line = self._gpiod.line
        settings = self._gpiod.LineSettings(direction=line.Direction.OUTPUT, output_value=_value(line, high))
        return _GpiodLine(line, self._chip.request_lines({number: settings}, consumer=CONSUMER), number)

    def close(self) -> None:
        """Give the chip back; its requested lines live on until they are released."""
        self._chip.close()


def _value(line: Any, high: bool) -> Any:
    return line.Value.ACTIVE if high else line.Value.INACTIVE


class _GpiodLine:
    def __init__(self, line: Any, request: Any, number: int) -> None:
        self._line, self._request, self._number = line, request, number

    def set(self, high: bool) -> None:
        self._request.set_value(self._number, _value(self._line, high))

    def high(self) -> bool:
        return bool(self._request.get_value(self._number) == self._line.Value.ACTIVE)

    def release(self) -> None:
        self._request.release()


class _Info(NamedTuple):
    """What gpiozero asks of a pin's description."""

    name: int


class GpiodPin(Pin):  # type: ignore[misc]  # gpiozero has no type hints
    """One line; it is requested from the kernel when it first becomes an output."""

    def __init__(self, chip: Chip, number: int) -> None:
        super().__init__()
        self._chip, self._number = chip, number
        self._line: Line | None = None

    def output_with_state(self, state: bool) -> None:
        """Become an output that starts at `state`: no blink of the other level in between."""
        if self._line is None:
            self._line = self._chip.output(self._number, bool(state))
        else:
            self._line.set(bool(state))

    def _get_info(self) -> _Info:
        return _Info(self._number)

    def close(self) -> None:
        """Give the line back to the kernel."""
        line, self._line = self._line, None
        if line is not None:
            line.release()

    def _get_function(self) -> str:
        return "input" if self._line is None else "output"

    def _set_function(self, value: str) -> None:
        if value != "output":
            raise PinInvalidFunction(f"line {self._number} can only be an output here, not {value!r}")
        self.output_with_state(False)

    def _get_state(self) -> bool:
        return self._line is not None and self._line.high()

    def _set_state(self, value: bool) -> None:
        if self._line is None:
            raise PinInvalidFunction(f"line {self._number} is no output yet")
        self._line.set(bool(value))

    def __repr__(self) -> str:
        return f"<line {self._number}>"


class GpiodFactory(Factory):  # type: ignore[misc]  # gpiozero has no type hints
    """gpiozero's pins on one chip, `/dev/gpiochip<number>` unless a `chip` is handed in."""

    def __init__(self, number: int = 0, chip: Chip | None = None) -> None:
        super().__init__()
        self._chip = GpiodChip(Path(f"/dev/gpiochip{number}")) if chip is None else chip
        self._pins: dict[int, GpiodPin] = {}

    def pin(self, name: int) -> GpiodPin:
        """The pin with this line number; the same object for the same number. Raises PinInvalidPin."""
        if not 0 <= name < self._chip.lines():
            raise PinInvalidPin(f"this chip has no line {name}: lines 0 to {self._chip.lines() - 1}")
        return self._pins.setdefault(name, GpiodPin(self._chip, name))

    def reserve_pins(self, requester: Any, *names: Any) -> None:
        """The kernel refuses a line that is taken; there is no header table to look in."""

    def release_pins(self, reserver: Any, *names: Any) -> None:
        """See reserve_pins; the device forgets its pin after this, so the line is given back here."""
        for name in names:
            pin = self._pins.pop(name, None)
            if pin is not None:
                pin.close()

    def ticks(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def ticks_diff(self, later: float, earlier: float) -> float:
        """Seconds between two ticks."""
        return later - earlier

    def close(self) -> None:
        """Release every line, then the chip."""
        for pin in self._pins.values():
            pin.close()
        self._pins.clear()
        self._chip.close()
