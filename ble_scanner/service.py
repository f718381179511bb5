"""The radio process at work: what it hears goes into ble.db, tags and keys come from the gate's database.

Once a second: the clock, tags that changed, the match job. Every 5 s the status. Each minute the windows that are over.
Taps at once. Everything is one loop on one thread; only the ladder (watching.py) is a task of its own.

The status, as `store.radio_log.put_status` keeps it:

    at_ms, boot (hex), mono_ms     when it was said
    state                          starting | listening | failed | stopped
    reason                         why it failed, as in ble_scanner.radio.REASONS; then vi and en say it in words
    mode                           passive | active
    silent_s                       since the last report; null: nothing was ever heard
    per_minute, per_second         reports in the last minute, and in the last 5 s as a rate
    senders                        told apart in the last minute
    kind.<kind>                    sightings of that kind in the last minute; "kind.tag": of this venue's tags
    tags, taps                     tags known; taps since the process began
    kept, waiting, lost, unkept    windows kept, not kept yet, given up; reports without a time
    crowded_out                    identifiers for which there was no room
    problem                        why ble.db does not take anything now: disk_full | store_failed; null
    matched_s, match_failed        since the last matching that ended well; whether the last one did not
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ble_scanner.at_the_gate import AtTheGate
from ble_scanner.hearing import Hearing
from ble_scanner.keeping import Keeping
from ble_scanner.match_child import MatchChild
from ble_scanner.radio import REASONS, PhoneReader, Radio
from ble_scanner.tag_table import TagTable
from ble_scanner.watching import Watching
from ble_scanner.windows import Windows
from machine.clock import Clock
from machine.log import say
from store.radio_log import Plain
from wire.envelope import ClockQuality
from wire.sightings import WINDOW_MS

TURN_S = 0.25
SECOND_MS = 1_000
STATUS_MS = 5_000
WATCHDOG_MS = 10_000  # the unit allows 60 s
# A clock that is not synchronised stands behind by the outage that it went through: a night, for a market.
LATE_S = 8 * 3600
_SAMPLES = WINDOW_MS // STATUS_MS
_SENTENCES: dict[str | None, dict[str, str]] = {name: {"vi": vi, "en": en} for name, (vi, en) in REASONS.items()}


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the process is made of. `mono_ms` is the clock of `Heard.mono_ms`."""

    radio: Radio
    hearing: Hearing
    windows: Windows
    tags: TagTable
    watching: Watching
    keeping: Keeping
    gate: AtTheGate
    matching: MatchChild
    clock: Clock
    mono_ms: Callable[[], int]
    alive: Callable[[], None]
    reader: PhoneReader | None = None


class Service:
    """One run of the process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._due: dict[str, int] = {}
        self._samples: deque[tuple[int, dict[str, int]]] = deque([(0, {})], maxlen=_SAMPLES + 1)
        self._senders = self._senders_before = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then what was heard is kept and the radio let go."""
        ladder = asyncio.get_running_loop().create_task(self._parts.watching.run())
        try:
            while not stop.is_set() and not ladder.done():
                self.turn()
                try:
                    await asyncio.wait_for(stop.wait(), TURN_S)
                except TimeoutError:
                    continue
        finally:
            ladder.cancel()
            await asyncio.gather(ladder, return_exceptions=True)
            await self.close()
        if ladder.done() and not ladder.cancelled():
            ladder.result()

    def turn(self) -> None:
        """What is due now."""
        parts = self._parts
        if self._is_due("second", SECOND_MS):
            self.look_at_the_clock()
            if parts.gate.look():
                parts.tags.set_tags(parts.gate.tags, self._now_s())
                say("tags", known=len(parts.gate.tags))
            parts.matching.look(parts.gate.keys, parts.clock.mono_ms())
        parts.tags.renew(self._now_s(), 0 if parts.clock.quality is ClockQuality.SYNCED else LATE_S)
        if self._is_due("minute", WINDOW_MS):
            parts.keeping.keep(parts.windows.take(parts.clock.now_ms()))
            self._senders_before = parts.hearing.take_senders()
        if self._is_due("status", STATUS_MS):
            self._sample()
            parts.keeping.put_status(self.status(parts.watching.state))
        if self._is_due("alive", WATCHDOG_MS):
            parts.alive()

    def look_at_the_clock(self) -> None:
        """Ask the machine for the time, and tell the hot path how far it lies from the radio's clock."""
        parts = self._parts
        moved_ms = parts.clock.look()
        if moved_ms:
            say("clock", moved_ms=moved_ms)
        offset_ms = parts.clock.now_ms() - parts.mono_ms()
        parts.hearing.guess_ms = offset_ms
        parts.hearing.offset_ms = None if parts.clock.quality is ClockQuality.UNSET else offset_ms

    def status(self, state: str) -> dict[str, Plain]:
        """See the module's text."""
        parts, stamp = self._parts, self._parts.clock.stamp()
        hearing, keeping, matching = parts.hearing, parts.keeping, parts.matching
        heard_ms = parts.watching.heard_ms
        per_minute, per_second, kinds = self._rates()
        reason = parts.watching.reason
        return {
            "at_ms": stamp.at_ms,
            "boot": stamp.boot.hex(),
            "mono_ms": stamp.mono_ms,
            "state": state,
            "reason": reason,
            **_SENTENCES.get(reason, {}),
            "mode": parts.radio.mode,
            "silent_s": None if heard_ms is None else (stamp.mono_ms - heard_ms) // 1000,
            "per_minute": per_minute,
            "per_second": per_second,
            "senders": max(self._senders_before, len(hearing.senders)),
            **{f"kind.{kind}": count for kind, count in kinds.items()},
            "tags": len(parts.gate.tags),
            "taps": keeping.taps,
            "kept": keeping.kept,
            "waiting": keeping.waiting(),
            "lost": keeping.lost,
            "unkept": hearing.unkept,
            "crowded_out": parts.windows.crowded_out,
            "problem": keeping.problem,
            "matched_s": None if matching.done_ms is None else (stamp.mono_ms - matching.done_ms) // 1000,
            "match_failed": matching.failed,
        }

    async def close(self) -> None:
        """Stop the radio, keep what was heard, say goodbye."""
        parts = self._parts
        if parts.reader is not None:
            await parts.reader.stop()
        await parts.radio.stop()
        parts.matching.stop()
        parts.keeping.keep(parts.windows.take_all())
        parts.keeping.put_status(self.status("stopped"))
        parts.keeping.close()
        parts.gate.close()

    def _now_s(self) -> int:
        return self._parts.clock.now_ms() // 1000

    def _sample(self) -> None:
        self._samples.append((self._parts.hearing.heard, dict(self._parts.hearing.counts)))

    def _rates(self) -> tuple[int, float, dict[str, int]]:
        """Reports in the last minute; a second of the last 5; sightings by kind in the last minute."""
        (first, kinds_before), (last, kinds) = self._samples[0], self._samples[-1]
        recent = last - self._samples[-2][0] if len(self._samples) > 1 else 0
        by_kind = {kind: count - kinds_before.get(kind, 0) for kind, count in sorted(kinds.items())}
        return last - first, round(recent * 1000 / STATUS_MS, 1), by_kind

    def _is_due(self, name: str, each_ms: int) -> bool:
        mono_ms = self._parts.clock.mono_ms()
        if mono_ms < self._due.setdefault(name, mono_ms):
            return False
        self._due[name] = mono_ms + each_ms
        return True
