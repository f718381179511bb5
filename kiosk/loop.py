"""The shell of the gate: one queue, one thread, one turn after the other.

- Every producer (camera, screen, reader) only puts on the queue; when it is full the newest is dropped, since the same
  code will be seen again in the next frame.
- A turn steps the gate and carries out the effects in their order: store, lamps, sound, screen. If the store fails, the
  new state is thrown away and the old one is stepped with StoreFailed: nothing green was shown.
- Codes of different people that wait together are committed together and then answered in their order: a card that
  takes a second over a write does not make each of them wait a second. If that commit fails, all are told so.
- Each turn beats: lamps, screen and systemd's watchdog hear from this thread only, so that a loop that hangs is seen.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
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
TOGETHER = 8  # the first of them waits for the sealing of the rest: 0.1 ms each, 1 ms on the slowest board
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
        self._left: Event | CodeRead | None = None  # taken from the queue, for the next turn
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
        self._turn([Tick()])
        while not self._stopping:
            self._beat()
            self.take(*self._wait())
            for event in each_turn():
                self.take(event)

    def take(self, *events: Event | CodeRead) -> None:
        """Events that may be committed together: step them all, commit their visits, then answer each in its order."""
        self._turn([self._know(event) if isinstance(event, CodeRead) else event for event in events])
        until_ms = self.state.until_ms
        if until_ms is not None and self._clock.mono_ms() >= until_ms and not isinstance(events[-1], Tick):
            self._turn([Tick()])  # a full queue must not keep a result on the screen beyond its time

    def _wait(self) -> list[Event | CodeRead]:
        """The next event, or a Tick when none comes in time; with a code, the codes of other people behind it."""
        group: list[Event | CodeRead] = [self._left or self._get(self._wait_s()) or Tick()]
        self._left = None
        names: set[bytes] = set()
        while isinstance(code := group[-1], CodeRead) and len(group) < TOGETHER:
            names.update(code.names)
            event = self._get(0)
            if event is None:
                break
            if not isinstance(event, CodeRead) or not names.isdisjoint(event.names):
                self._left = event  # what it finds depends on what is committed before it
                break
            group.append(event)
        return group

    def _get(self, timeout_s: float) -> Event | CodeRead | None:
        try:
            return self._queue.get(timeout_s > 0, timeout_s or None)
        except Empty:
            return None

    def _turn(self, events: Sequence[Event]) -> None:
        before = state = self.state
        answers = []
        for event in events:
            state, effects = step(state, event, self._now(), self._rules)
            answers.append(effects)
        outcome = self._ledger.record_visits([e for effects in answers for e in effects if isinstance(e, RecordVisit)])
        if outcome.failed is None:
            self.state = state
            refs = iter(outcome.refs)
            for effects in answers:
                self._show(effects, refs)
        else:
            self.state, effects = step(before, StoreFailed(outcome.failed), self._now(), self._rules)
            self._show(effects, iter(()))

    def _show(self, effects: list[Effect], refs: Iterator[str]) -> None:
        """Carry out what follows the commit. `refs` are of the visits that were committed, in order."""
        ref = None
        for effect in effects:
            match effect:
                case RecordVisit():
                    ref = next(refs)
                case ShowLamps(pattern, buzzer):
                    self._out.lamps.show(pattern, buzzer, ref)
                case PlaySound(name):
                    self._out.sound.play(name)
                case ShowScreen(view):
                    self._out.feed.publish(view)

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
