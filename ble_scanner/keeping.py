"""The radio process's hold on ble.db: windows each minute, taps at once, steps, status. A failing file never stops it.

- What could not be kept waits in memory, at most MOST_WAITING windows; the oldest go first, and are counted.
- Sightings stop before the disk does, twice as early as the gate: the last room is for visits. Taps go on.
- A file that was put aside is opened anew; what goes wrong is told in the status and tried again each second.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ble_scanner.hearing import Tapped
from ble_scanner.ladder import PastStep
from machine.log import say
from store.db import FAILURES, StoreError
from store.radio_log import KEPT_STEPS, Plain, Step, note_step, put_status, steps
from store.reserve import free_bytes
from store.retention import ASIDE
from store.sightings import FILE, Sightings, open_sightings
from store.taps import add_tap
from wire.envelope import Stamp
from wire.refusal import Refused
from wire.sightings import SightingWindow

MOST_WAITING = 40_000
_T = TypeVar("_T")


class Keeping:
    """`stamp` is the process's clock. Nothing raises; what returns None or False did not work now."""

    def __init__(self, folder: Path, stamp: Callable[[], Stamp], minimum_free_bytes: int) -> None:
        self._folder, self._stamp, self._minimum = folder, stamp, minimum_free_bytes
        self._sightings: Sightings | None = None
        self._waiting: deque[SightingWindow] = deque()
        self._failure: str | None = None
        self._is_full = False
        self.kept = 0
        self.lost = 0
        self.taps = 0
        self.tapped_ms: int | None = None  # the last tap, ms of this boot

    @property
    def problem(self) -> str | None:
        """The reason code of what the file could not do last, disk_full while sightings wait for room."""
        return "disk_full" if self._is_full else self._failure

    def keep(self, windows: Sequence[SightingWindow]) -> bool:
        """Keep these and what waits; False while there is no room or the file fails."""
        self._waiting.extend(windows)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1
        self._is_full = not self._has_room()
        if self._is_full or not self._waiting:
            return not self._waiting
        waiting = list(self._waiting)
        if self._with(lambda sightings: _keep(sightings, waiting)) is None:
            return False
        self.kept += len(waiting)
        self._waiting.clear()
        return True

    def add_tap(self, tapped: Tapped) -> bool:
        """Commit a tap for the gate."""
        stamp, tag = self._stamp(), tapped.tag
        self.tapped_ms = stamp.mono_ms
        added = self._with(
            lambda sightings: add_tap(
                sightings,
                pass_id=tag.pass_id,
                expires_s=tag.expires_s,
                companions=tag.companions,
                at_ms=stamp.at_ms,
                boot=stamp.boot,
                mono_ms=stamp.mono_ms,
            )
        )
        self.taps += added is not None
        return added is not None

    def note_step(self, name: str, detail: str) -> bool:
        """Commit a step of the ladder and have it on the card: a reboot may follow."""
        stamp = self._stamp()
        step = Step(name, stamp.at_ms, stamp.boot, stamp.mono_ms, detail)

        def note(sightings: Sightings) -> bool:
            note_step(sightings, step)
            sightings.checkpoint()
            return True

        return self._with(note) is True

    def past_steps(self) -> tuple[list[PastStep], bool]:
        """The steps of the log, and whether they are all that were ever taken."""
        found = self._with(lambda sightings: steps(sightings, KEPT_STEPS))
        if found is None:
            return [], False
        whole = len(found) < KEPT_STEPS and not any((self._folder / ASIDE).glob(f"*-{FILE}"))
        return [PastStep(step.name, step.boot, step.mono_ms) for step in found], whole

    def put_status(self, facts: Mapping[str, Plain]) -> bool:
        """Replace what is said of the radio."""

        def put(sightings: Sightings) -> bool:
            sightings.data_version()  # a file that was put aside says so here
            put_status(sightings, facts)
            return True

        return self._with(put) is True

    def waiting(self) -> int:
        """Windows that could not be kept yet."""
        return len(self._waiting)

    def close(self) -> None:
        """Let go of the file."""
        if self._sightings is not None:
            self._sightings.close()
            self._sightings = None

    def _has_room(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return free_bytes(self._folder) >= 2 * self._minimum
        except OSError:
            return False

    def _with(self, work: Callable[[Sightings], _T]) -> _T | None:
        """What `work` gives, None when it failed. A file that was put aside is opened anew for a second try."""
        for _ in range(2):
            try:
                if self._sightings is None:
                    self._sightings = open_sightings(self._folder, now_ms=lambda: self._stamp().at_ms)
                done = work(self._sightings)
            except (*FAILURES, OSError) as error:
                if self._fail(error.reason if isinstance(error, StoreError) else "store_failed"):
                    return None
            else:
                self._failure = None
                return done
        return None

    def _fail(self, reason: str) -> bool:
        """Note it; whether another try would meet the same."""
        if reason != self._failure:
            say("sightings", problem=reason)
        self._failure = reason
        if reason == "disk_full":
            return True
        self.close()
        return False


def _keep(sightings: Sightings, windows: Sequence[SightingWindow]) -> bool:
    """True when it is done with; a window that no row can hold is no reason to hold up the others for ever."""
    try:
        sightings.keep(windows)
    except Refused as refusal:
        say("sightings", problem=refusal.reason)
    return True
