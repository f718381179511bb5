"""Input lines: a button or a switch between a pin and ground. Read by polling: a finger stays for 100 ms and longer.

The pull-up is the chip's own, where it has one; a line that cannot be pulled up needs 10 kilohm to 3.3 V.
"""

from pathlib import Path
from typing import Any, Protocol

CONSUMER = "gatepost-input"


class Line(Protocol):
    """One input."""

    def joined(self) -> bool:
        """Whether it is joined to ground now. Raises OSError when the chip is gone."""
        ...

    def close(self) -> None:
        """Give the line back. May be repeated."""
        ...


class FileLine:
    """On the bench: joined to ground while the file is there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def joined(self) -> bool:
        return self._path.exists()

    def close(self) -> None:
        """Nothing to give back."""


class GpioLine:
    """Line `number` of a GPIO chip (libgpiod 2). Raises OSError when another process holds it."""

    def __init__(self, number: int, chip: Path = Path("/dev/gpiochip0")) -> None:
        import gpiod

        line = gpiod.line
        self._low: Any = line.Value.INACTIVE
        self._number = number
        try:
            settings = gpiod.LineSettings(direction=line.Direction.INPUT, bias=line.Bias.PULL_UP)
            self._request: Any = gpiod.request_lines(str(chip), consumer=CONSUMER, config={number: settings})
        except OSError:  # this chip has no pull-ups (the PL061 of an emulated machine)
            settings = gpiod.LineSettings(direction=line.Direction.INPUT)
            self._request = gpiod.request_lines(str(chip), consumer=CONSUMER, config={number: settings})

    def joined(self) -> bool:
        return bool(self._request is not None and self._request.get_value(self._number) == self._low)

    def close(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            request.release()


def open_line(kind: str, number: int, file: Path) -> Line:
    """kind "gpiod": the pin; "file" (the bench): that file."""
    return FileLine(file) if kind == "file" else GpioLine(number)
