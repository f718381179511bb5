"""Air port on an SCD40 or SCD41 at the board's I2C connector; the only file that imports smbus2.

The sensor keeps measuring when the kiosk restarts, and then takes no start: it is stopped first, which takes 0.5 s.
A bus that hangs may hold a read for the kernel's timeout (1 s by default): never call this from the gate's thread.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from kiosk.devices.scd4x import (
    ADDRESS,
    READ,
    READY,
    START,
    STOP,
    BadWords,
    Command,
    answer_bytes,
    encode,
    is_ready,
    reading_in,
)
from kiosk.ports import AirLost

REOPEN_S = 10.0  # a sensor that is away is looked for six times a minute


class Bus(Protocol):
    """An I2C bus: `write` and `read` speak to one address. Both raise OSError when nobody answers."""

    def write(self, address: int, data: bytes) -> None:
        """Send these bytes."""
        ...

    def read(self, address: int, count: int) -> bytes:
        """Fetch so many bytes."""
        ...

    def close(self) -> None:
        """Give the bus back."""
        ...


class Scd4xAir:
    """See kiosk.ports.Air. `read` takes 0.6 s at most on a bus that answers, and once that long at its first call."""

    def __init__(
        self, open_bus: Callable[[], Bus], monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._open_bus, self._monotonic, self._sleep = open_bus, monotonic, sleep
        self._bus: Bus | None = None
        self._tries_at = -REOPEN_S
        self._closed = False

    def read(self) -> int | None:
        """See Air."""
        if self._closed:
            raise AirLost("closed")
        try:
            bus = self._bus or self._started()
            if not is_ready(self._ask(bus, READY)):
                return None
            return reading_in(self._ask(bus, READ)).co2
        except BadWords:
            return None  # the next reading is five seconds away
        except OSError as error:
            self._drop()
            raise AirLost(f"SCD4x: {error.strerror or error}") from error

    def close(self) -> None:
        """See Air."""
        self._closed = True
        if self._bus is not None:
            with suppress(OSError):  # it is away: nothing is left to stop
                self._bus.write(ADDRESS, encode(STOP))
        self._drop()

    def _started(self) -> Bus:
        now = self._monotonic()
        if now - self._tries_at < REOPEN_S:
            raise AirLost("SCD4x: away")
        self._tries_at = now
        bus = self._bus = self._open_bus()
        for command in (STOP, START):
            bus.write(ADDRESS, encode(command))
            self._sleep(command.wait_s)
        return bus

    def _ask(self, bus: Bus, command: Command) -> bytes:
        bus.write(ADDRESS, encode(command))
        self._sleep(command.wait_s)
        return bus.read(ADDRESS, answer_bytes(command))

    def _drop(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.close()


class SmBus:
    """A Bus on /dev/i2c-<number>. Raises OSError where there is none."""

    def __init__(self, number: int) -> None:
        from smbus2 import SMBus

        self._bus = SMBus(number)

    def write(self, address: int, data: bytes) -> None:
        """See Bus."""
        from smbus2 import i2c_msg

        self._bus.i2c_rdwr(i2c_msg.write(address, data))

    def read(self, address: int, count: int) -> bytes:
        """See Bus."""
        from smbus2 import i2c_msg

        message = i2c_msg.read(address, count)
        self._bus.i2c_rdwr(message)
        return bytes(message)

    def close(self) -> None:
        """See Bus."""
        self._bus.close()
