"""What the gate's thread looks after between two visitors: the disk, the clock, the store, the day, the enrolment.

Each duty has its own pace, named below. What it finds comes back as events for the gate; nothing here shows anything.
"""

from collections.abc import Callable

from kiosk.disk import DiskGuard
from kiosk.events import DayTurned, Event, FaultChanged, StickCarried
from kiosk.ledger import Ledger
from kiosk.lid_mark import LidMark
from kiosk.measures import Measures
from kiosk.missing_forms import MissingForms
from kiosk.stick_mark import StickMark
from kiosk.visitors import counting_day
from machine.clock import Clock
from wire.records import DeviceEvent

REFRESH_MS = 200  # a receipt, a bulletin or a revocation is known within a fifth of a second
DISK_MS = 2_000  # at 100 visits a second of 1 KB each, two seconds use 200 KB of the kept-free space
CLOCK_MS = 1_000
PROBE_MS = 5_000  # a store that failed is tried again this often
QUIET_MS = 60_000
FOLD_MS = 600_000  # each time costs the card some 30 kB; the log of ten idle minutes is 100 kB, of a rush at most 4 MB
MOVED_MS = 15_000  # a database that was put aside is shown this long: a guard sees it, the market is not closed by it


class Pace:
    """Says yes at most once in `every_ms`."""

    def __init__(self, every_ms: int) -> None:
        self._every_ms = every_ms
        self._due_ms = 0

    def due(self, mono_ms: int) -> bool:
        """Whether it is time; a yes starts the next wait."""
        if mono_ms < self._due_ms:
            return False
        self._due_ms = mono_ms + self._every_ms
        return True


class Upkeep:
    """Belongs to the gate's thread; `each_turn` is cheap when nothing is due."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        disk: DiskGuard,
        faults: Callable[[], frozenset[str]],
        counts_days: bool,
        moved_aside: bool = False,
        measures: Measures | None = None,
        stick: StickMark | None = None,
        lid: LidMark | None = None,
    ) -> None:
        self._ledger, self._clock, self._disk, self._faults = ledger, clock, disk, faults
        self._counts_days = counts_days
        self._moved_until_ms = clock.mono_ms() + MOVED_MS if moved_aside else 0
        self._refresh, self._look = Pace(REFRESH_MS), Pace(CLOCK_MS)
        self._measure, self._probe, self._quiet = Pace(DISK_MS), Pace(PROBE_MS), Pace(QUIET_MS)
        self._fold = Pace(FOLD_MS)
        self._missing = MissingForms(ledger)
        self._measures, self._stick, self._lid = measures, stick, lid
        self._day = counting_day(clock.now_ms())

    def each_turn(self) -> list[Event]:
        """The events of this turn."""
        mono_ms = self._clock.mono_ms()
        events: list[Event] = []
        if self._refresh.due(mono_ms):
            self._ledger.refresh()
            events += self._fault("not_enrolled", not self._ledger.enrolled)
            events += self._fault("database_moved", mono_ms < self._moved_until_ms)
            if self._lid is not None:
                events += self._fault("opened", self._lid.is_open(self._ledger.tell))
            events += self._fault("starting", False)
        if self._measure.due(mono_ms):
            full = self._disk.is_full()
            if "disk_full" in self._faults() and not full:
                full = not self._ledger.store_works()
            events += self._fault("disk_full", full)
        if self._look.due(mono_ms):
            events += self._clock_events()
            known_ms = None if self._clock.known_now() is None else self._clock.now_ms()
            self._missing.look(mono_ms, known_ms)
            if self._measures is not None:
                self._measures.look(mono_ms, known_ms)
            if self._stick is not None and self._stick.is_new():
                events.append(StickCarried())
        if "store_failed" in self._faults() and self._probe.due(mono_ms):
            events += self._fault("store_failed", not self._ledger.store_works())
        if self._quiet.due(mono_ms):
            self._ledger.quiet()
        if self._fold.due(mono_ms):
            self._ledger.fold()
        return events

    def _clock_events(self) -> list[Event]:
        moved = self._clock.look()
        if moved and self._ledger.enrolled:
            self._ledger.tell(DeviceEvent("clock", {"boot": self._clock.boot.hex(), "offset_ms": moved}))
        day, self._day = self._day, counting_day(self._clock.now_ms())
        # A clock that was just set right has not lived through a closing time.
        return [DayTurned()] if self._counts_days and not moved and self._day > day else []

    def _fault(self, fault: str, on: bool) -> list[Event]:
        return [FaultChanged(fault, on)] if (fault in self._faults()) is not on else []
