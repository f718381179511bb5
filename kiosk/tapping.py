"""The thread that looks at the radio's file: taps go on the gate's queue, exposures and the radio's state into memory.

- A tap opens the gate only while it is news: of this boot, younger than FRESH_TAP_MS, and later than the moment when
  this thread began. So nothing that was tapped before a restart opens anything after it, and no cursor needs keeping
  (docs/adr/0021).
- Each counts once. A file that took the place of another begins with the time of the last tap that was taken.
- The file belongs to the radio process and is expendable. Missing, put aside, replaced, damaged: then no tag is heard,
  the gate goes on, and the file is tried again. What was last known of exposures is kept until a file says otherwise.
- While the gate is busy nothing is taken: a tap that grew old meanwhile is repeated by its owner's hand.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread

from kiosk.nearby import Nearby
from machine.clock import Clock
from machine.log import say
from store.db import FAILURES
from store.exposures import exposed_passes
from store.radio_log import status
from store.sightings import FILE, Sightings, open_sightings
from store.taps import TapRow, taps_after

POLL_S = 0.05  # half of it on average, of the 150 ms from a tap to the lamp
FRESH_TAP_MS = 3_000  # who waits longer has taken the tag away; the next one may stand there
AHEAD_MS = 1_000  # two processes read one clock; a row from farther ahead is not of this clock
FRESH_STATUS_MS = 15_000  # the radio process speaks each 5 s: two words missed
LOOK_MS = 1_000  # exposures and the radio's state may be a second old
AGAIN_S = 1.0  # a file that cannot be read is tried again this often
_FAULTS = (*FAILURES, OSError, ValueError)


class TapWatch:
    """`take` gets each tap that counts, on this thread; `taps`: whether tags open this gate at all (kiosk.toml)."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        nearby: Nearby,
        take: Callable[[TapRow], None],
        busy: Callable[[], bool],
        taps: bool = True,
    ) -> None:
        self._folder, self._clock, self._nearby, self._take, self._busy = folder, clock, nearby, take, busy
        self._taps = taps
        self._sightings: Sightings | None = None
        self._version, self._read, self._after = -1, -1, 0
        self._facts: Mapping[str, object] = {}
        self._since_ms = self._last_ms = clock.mono_ms()
        self._looked_ms = -LOOK_MS
        self._told = True
        self._stop = Event()
        self._thread = Thread(target=self._run, name="taps", daemon=True)

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; waits for it. May be repeated."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(6)

    def down(self) -> bool:
        """Whether tags should be heard here and are not. From any thread."""
        return self._taps and not self._nearby.taps

    def _run(self) -> None:
        while not self._stop.wait(POLL_S):
            try:
                self._look()
            except _FAULTS as error:
                self._tell(type(error).__name__)
                self._let_go()
                self._stop.wait(AGAIN_S)
        self._let_go()

    def _look(self) -> None:
        if self._sightings is None and not self._open():
            return
        sightings = self._sightings
        assert sightings is not None
        version = sightings.data_version()
        if self._taps and version != self._version and not self._busy():
            self._version = version
            self._take_new(sightings)
        mono_ms = self._clock.mono_ms()
        if mono_ms - self._looked_ms >= LOOK_MS:
            self._looked_ms = mono_ms
            if version != self._read:  # opening the sealed rows costs 10 us each
                self._nearby.exposed, self._facts = exposed_passes(sightings, self._clock.now_ms()), status(sightings)
                self._read = version
            self._nearby.taps = self._taps and tags_are_heard(self._facts, self._clock.boot, mono_ms)

    def _take_new(self, sightings: Sightings) -> None:
        rows = taps_after(sightings, self._after)
        while rows:
            for row in rows:
                if is_news(row, self._clock.boot, self._clock.mono_ms(), self._since_ms):
                    self._last_ms = max(self._last_ms, row.mono_ms)
                    self._take(row)
            self._after = rows[-1].id
            rows = taps_after(sightings, self._after)

    def _open(self) -> bool:
        """Whether there is a file now; this process never begins one."""
        if not (self._folder / FILE).exists():
            self._nearby.taps = False
            return False
        self._sightings = open_sightings(self._folder, now_ms=self._clock.now_ms)
        self._version, self._read, self._after, self._since_ms = -1, -1, 0, self._last_ms
        self._looked_ms = self._clock.mono_ms() - LOOK_MS
        self._tell("")
        return True

    def _let_go(self) -> None:
        self._nearby.taps = False
        if self._sightings is not None:
            self._sightings.close()
            self._sightings = None

    def _tell(self, error: str) -> None:
        """Once for each change, not once for each try."""
        if self._told is not (error == ""):
            self._told = error == ""
            say("taps", readable=self._told, error=error or None)


def is_news(row: TapRow, boot: bytes, mono_ms: int, since_ms: int) -> bool:
    """PURE. Whether a tap still opens the gate: of this boot, after `since_ms` and at most FRESH_TAP_MS ago."""
    return row.boot == boot and row.mono_ms > since_ms and -AHEAD_MS <= mono_ms - row.mono_ms <= FRESH_TAP_MS


def tags_are_heard(facts: Mapping[str, object], boot: bytes, mono_ms: int) -> bool:
    """PURE. Whether the radio process has said lately that it listens; `facts` as in store.radio_log.status."""
    told_ms = facts.get("mono_ms")
    if facts.get("boot") != boot.hex() or not isinstance(told_ms, int):
        return False
    return facts.get("state") == "listening" and mono_ms - told_ms <= FRESH_STATUS_MS
