"""What time this gateway believes it is, and how well. A Raspberry Pi has no clock battery.

- Time goes on from the monotonic clock plus an offset that is taken once: a wall clock that jumps does not move it.
- Only a clock that the kernel calls synchronised may move the offset; how far it moved is told, so that the centre can
  correct what this boot has stamped so far.
- unset: never synchronised in this boot and no battery-backed clock; holdover: it was once, or a battery keeps it.
"""

import ctypes
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from wire.envelope import ClockQuality, Stamp

CLOCK_NAMES: dict[ClockQuality, Literal["synced", "holdover", "unset"]] = {
    ClockQuality.SYNCED: "synced",
    ClockQuality.HOLDOVER: "holdover",
    ClockQuality.UNSET: "unset",
}
STEP_MS = 2_000  # a smaller difference is drift that needs no correction
VIET_NAM_MS = 7 * 3_600_000  # one zone, no summer time since 1975
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_BATTERY_CLOCK = Path("/sys/class/rtc/rtc0")
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised


class Clock:
    """The gateway's time. `wall_ms`, `mono_ms` and `synchronised` are the machine, or a simulated one."""

    def __init__(
        self,
        boot: bytes,
        wall_ms: Callable[[], int],
        mono_ms: Callable[[], int],
        synchronised: Callable[[], bool],
        has_battery: bool,
    ) -> None:
        self.boot = boot
        self.mono_ms = mono_ms
        self._wall_ms = wall_ms
        self._synchronised = synchronised
        self._offset_ms = wall_ms() - mono_ms()
        self.quality = ClockQuality.HOLDOVER if has_battery else ClockQuality.UNSET
        self.look()

    def now_ms(self) -> int:
        """Unix time in ms, as well as it is known."""
        return self.mono_ms() + self._offset_ms

    def known_now(self) -> datetime | None:
        """The time for judging dates; None while the clock proves nothing."""
        if self.quality is ClockQuality.UNSET:
            return None
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def stamp(self) -> Stamp:
        """What a record of this moment carries."""
        mono_ms = self.mono_ms()
        return Stamp(mono_ms + self._offset_ms, self.quality, self.boot, mono_ms)

    def words(self) -> str:
        """Local time as the screen writes it, "06:42"; empty while the clock is unset."""
        minute = self.minute()
        return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"

    def minute(self) -> int | None:
        """The minute of the local day, 0..1439; None while the clock is unset."""
        if self.quality is ClockQuality.UNSET:
            return None
        return (self.now_ms() + VIET_NAM_MS) // 60_000 % 1440

    def look(self) -> int:
        """Ask the machine how good its clock is; how far (ms) the offset has moved, 0 when it has not."""
        if not self._synchronised():
            if self.quality is ClockQuality.SYNCED:
                self.quality = ClockQuality.HOLDOVER
            return 0
        self.quality = ClockQuality.SYNCED
        moved = self._wall_ms() - self.mono_ms() - self._offset_ms
        if abs(moved) < STEP_MS:
            return 0
        self._offset_ms += moved
        return moved


def machine_clock() -> Clock:
    """The clock of this machine."""
    return Clock(_boot_id(), _machine_wall_ms, _machine_mono_ms, _kernel_synchronised, _BATTERY_CLOCK.exists())


def simulated_clock(folder: Path) -> Clock:
    """The machine's clock bent by `folder`/clock.json: {"offset_ms": int, "synchronised": bool}; absent: true time."""
    path = folder / "clock.json"

    def bent() -> tuple[int, bool]:
        try:
            facts = json.loads(path.read_text("utf-8"))
            return int(facts.get("offset_ms", 0)), bool(facts.get("synchronised", True))
        except (OSError, ValueError):
            return 0, True

    return Clock(_boot_id(), lambda: _machine_wall_ms() + bent()[0], _machine_mono_ms, lambda: bent()[1], False)


def _machine_wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _machine_mono_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def _boot_id() -> bytes:
    return bytes.fromhex(_BOOT_ID.read_text("ascii").strip().replace("-", ""))[:8]


def _kernel_synchronised() -> bool:
    """adjtimex(2) with mode 0 only reads; its result is the clock's state."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(512)  # struct timex is 208 bytes on 64-bit Linux
    state = int(libc.adjtimex(buffer))
    return 0 <= state != _TIME_ERROR
