"""The shell of the gate: one queue, one thread, one turn after the other.

- Every producer (camera, screen, reader) only puts on the queue; when it is full the newest is dropped, since the same
  code will be seen again in the next frame.
- A turn steps the gate and carries out the effects in their order: store, lamps, sound, screen. If the store fails, the
  new state is thrown away and the old one is stepped with StoreFailed: nothing green was shown.
- Each turn beats: lamps, screen and systemd's watchdog hear from this thread only, so that a loop that hangs is seen.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Protocol

from credentials.types import Credential, Unreadable
from kiosk.clock import Clock
from kiosk.events import (
    CodeHeld,
    CodeSeen,
    Effect,
    Event,
    PlaySound,
    Pressed,
    RecordVisit,
    ShowLamps,
    ShowScreen,
    StoreFailed,
    Tick,
)
from kiosk.gate import Now, Rules, State, begin, step
from kiosk.ledger import Ledger
from kiosk.ports import Sound
from ui.screen import Feed
from wire.records import Source

QUEUE_SIZE = 256
TURN_S = 0.25  # the lamps call a silence of 0.75 s a stall: three missed turns


class LampsHandle(Protocol):
    """The parent's end of the lights child (kiosk.devices.lamps)."""

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        """Show a pattern from now on."""

    def beat(self) -> None:
        """Say that the loop turns."""


@dataclass(frozen=True, slots=True)
class CodeRead:
    """A code that a producer has read: what it is and its pseudonyms, not yet what is known of the visitor.

    `digest` names the text (16 bytes); `names` are today's and yesterday's pseudonym, none without an identity.
    """

    digest: bytes
    code: Credential | Unreadable
    names: tuple[bytes, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where effects go."""

    lamps: LampsHandle
    sound: Sound
    feed: Feed
    watchdog: Callable[[], None]


class GateLoop:
    """Owns the gate's state. `run` belongs to one thread; `put` may be called from any."""

    def __init__(self, rules: Rules, ledger: Ledger, clock: Clock, outputs: Outputs) -> None:
        self._rules, self._ledger, self._clock, self._out = rules, ledger, clock, outputs
        self._queue: Queue[Event | CodeRead] = Queue(QUEUE_SIZE)
        self._stopping = False
        self.dropped = 0
        self.state: State = begin(ledger.people_inside())

    def put(self, event: Event | CodeRead) -> None:
        """Hand an event to the loop; dropped and counted when the queue is full. Never blocks."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self.dropped += 1

    def see(self, text: str, source: Source = Source.CAMERA) -> None:
        """A code came in as text. It is read here, on the producer's thread, while the loop may wait for the disk."""
        self.put(self.read(text, source))

    def read(self, text: str, source: Source = Source.CAMERA) -> CodeRead | CodeHeld:
        """What a code's text is; the one that is held before the camera is not read again and again."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()
        state = self.state
        if digest == state.held and self._clock.mono_ms() < state.held_until_ms:
            return CodeHeld(digest)
        code = self._ledger.read(text)
        return CodeRead(digest, code, self._ledger.names(code), source)

    def press(self, button: str) -> None:
        """A button of the screen."""
        self.put(Pressed(button))

    def stop(self) -> None:
        """End `run` after the turn in hand."""
        self._stopping = True
        self.put(Tick())

    def run(self, each_turn: Callable[[], list[Event]]) -> None:
        """Turn until stopped. `each_turn` looks after everything slow (disk, clock, bulletins) and gives events."""
        self._carry_out(self.state, step(self.state, Tick(), self._now(), self._rules))
        while not self._stopping:
            self._beat()
            try:
                event: Event | CodeRead = self._queue.get(timeout=self._wait_s())
            except Empty:
                event = Tick()
            self.take(event)
            for event in each_turn():
                self.take(event)

    def take(self, event: Event | CodeRead) -> None:
        """One event: step, then carry out."""
        self._turn(self._know(event) if isinstance(event, CodeRead) else event)
        until_ms = self.state.until_ms
        if until_ms is not None and self._clock.mono_ms() >= until_ms and not isinstance(event, Tick):
            self._turn(Tick())  # a full queue must not keep a result on the screen beyond its time

    def _turn(self, event: Event) -> None:
        self._carry_out(self.state, step(self.state, event, self._now(), self._rules))

    def _carry_out(self, before: State, outcome: tuple[State, list[Effect]]) -> None:
        after, effects = outcome
        reason = self._do(effects)
        if reason is None:
            self.state = after
            return
        self.state, effects = step(before, StoreFailed(reason), self._now(), self._rules)
        self._do(effects)

    def _do(self, effects: list[Effect]) -> str | None:
        """Carry out effects in order; the reason why the store failed, or None."""
        ref = None
        for effect in effects:
            match effect:
                case RecordVisit(visit, visitor):
                    outcome = self._ledger.record(visit, visitor)
                    if outcome.failed is not None:
                        return outcome.failed
                    ref = outcome.ref
                case ShowLamps(pattern, buzzer):
                    self._out.lamps.show(pattern, buzzer, ref)
                case PlaySound(name):
                    self._out.sound.play(name)
                case ShowScreen(view):
                    self._out.feed.publish(view)
        return None

    def _know(self, read: CodeRead) -> CodeSeen:
        """Add what is known of the visitor now, not when the code was put on the queue."""
        if not read.names:
            return CodeSeen(read.digest, read.code, source=read.source)
        last = self._ledger.last_of(read.names)
        return CodeSeen(read.digest, read.code, read.names[0], last, self._ledger.unsure(), read.source)

    def _now(self) -> Now:
        return Now(self._clock.mono_ms(), self._clock.words())

    def _wait_s(self) -> float:
        if self.state.until_ms is None:
            return TURN_S
        return min(TURN_S, max(0.0, (self.state.until_ms - self._clock.mono_ms()) / 1000))

    def _beat(self) -> None:
        self._out.lamps.beat()
        self._out.feed.beat()
        self._out.watchdog()
