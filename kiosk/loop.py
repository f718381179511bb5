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
from dataclasses import dataclass, replace
from queue import Empty, Full, Queue
from typing import Protocol

from credentials.types import Credential, Unreadable
from kiosk.asking import BUSY, Answer, Asking
from kiosk.cards import Cards
from kiosk.clock import CLOCK_NAMES, Clock
from kiosk.events import (
    Answered,
    CodeHeld,
    CodeSeen,
    Effect,
    Event,
    KeepCard,
    Overridden,
    PlaySound,
    Pressed,
    RecordDeclaration,
    Recording,
    RecordOther,
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
from wire.records import Signal, Source

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
class Asked:
    """An event that somebody waits for: made in the gate's turn, from what is known of the visitor then."""

    make: Callable[[CodeSeen | None], Event]
    read: CodeRead | None
    number: int


Given = Event | CodeRead | Asked


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
        self._queue: Queue[Given] = Queue(QUEUE_SIZE)
        self._asking = Asking()
        self.cards = Cards(clock.mono_ms)
        self._taken = (b"", 0)  # a code that a form took, and until when the gate lets it be
        self._last_result = 0  # the feed's number of the newest answer
        self._last_seq = 0  # of the newest visit: what a guard's word is about
        self._left: Given | None = None  # taken from the queue, for the next turn
        self._stopping = False
        self.dropped = 0
        self.state: State = begin(ledger.people_inside())

    def put(self, event: Given) -> None:
        """Hand an event to the loop; dropped and counted when the queue is full. Never blocks."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self.dropped += 1

    def busy(self) -> bool:
        """Whether so much waits that a producer which can hold back should."""
        return self._queue.qsize() > QUEUE_SIZE // 4

    def see(self, text: str, source: Source = Source.CAMERA) -> None:
        """A code came in as text. It is read here, on the producer's thread, while the loop may wait for the disk."""
        self.put(self.read(text, source))

    def read(self, text: str, source: Source = Source.CAMERA) -> CodeRead | CodeHeld | Tick:
        """What a code's text is; the one that is held before the camera is not read again and again."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()
        state = self.state
        if digest == state.held and self._clock.mono_ms() < state.held_until_ms and not self.cards.wanted:
            return CodeHeld(digest)
        code = self._ledger.read(text)
        if digest == self._taken[0] and self._clock.mono_ms() < self._taken[1]:
            return Tick()
        if self.cards.offer(code):
            # Not held: were it somebody else's form, the card's owner is answered when it is still shown after a while.
            self._taken = (digest, self._clock.mono_ms() + self._rules.hold_ms)
            return Tick()
        return CodeRead(digest, code, self._ledger.names(code), source)

    def ask(
        self,
        make: Callable[[CodeSeen | None, int], Event],
        code: Credential | None = None,
        source: Source = Source.TOUCH,
    ) -> Answer:
        """Put an event on the queue and wait for its answer, after the commit. From any thread but the gate's.

        `make` gets what is known of the holder of `code` in the gate's turn, and the number to answer under.
        """
        begun = self._asking.begin()
        if begun is None:
            return BUSY
        number, future = begun
        read = None if code is None else CodeRead(_digest_of(code), code, self._ledger.names(code), source)
        self.put(Asked(lambda seen: make(seen, number), read, number))
        return self._asking.wait(number, future)

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

    def take(self, *events: Given) -> None:
        """Events that may be committed together: step them all, commit their visits, then answer each in its order."""
        self._turn([self._event(event) for event in events])
        until_ms = self.state.until_ms
        if until_ms is not None and self._clock.mono_ms() >= until_ms and not isinstance(events[-1], Tick):
            self._turn([Tick()])  # a full queue must not keep a result on the screen beyond its time

    def _wait(self) -> list[Given]:
        """The next event, or a Tick when none comes in time; with a code, the codes of other people behind it."""
        group: list[Given] = [self._left or self._get(self._wait_s()) or Tick()]
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

    def _get(self, timeout_s: float) -> Given | None:
        try:
            return self._queue.get(timeout_s > 0, timeout_s or None)
        except Empty:
            return None

    def _turn(self, events: Sequence[Event]) -> None:
        if self._ledger.board.duties is not self._rules.duties:
            self._rules = replace(self._rules, duties=self._ledger.board.duties)
            if self.state.view.page == "idle":
                self._out.feed.publish(self.state.view)  # the page looks again what may be declared
        before = state = self.state
        answers = []
        for event in events:
            state, effects = step(state, event, self._now(), self._rules)
            answers.append(effects)
        outcome = self._ledger.record([e for effects in answers for e in effects if isinstance(e, Recording)])
        if outcome.failed is None:
            self.state = state
            refs = iter(outcome.refs)
            for effects in answers:
                self._show(effects, refs)
        else:
            self.state, effects = step(before, StoreFailed(outcome.failed), self._now(), self._rules)
            self._show(effects, iter(()))
            failed = Answer(Signal.FAULT, (outcome.failed,), failed=outcome.failed)
            for asked in (e.asked for effects in answers for e in effects if isinstance(e, Answered)):
                self._asking.answer(asked, failed)

    def _show(self, effects: list[Effect], refs: Iterator[str]) -> None:
        """Carry out what follows the commit. `refs` are of the records that were committed, in order."""
        ref, own, seq, kept = None, [], 0, False
        for effect in effects:
            match effect:
                case RecordVisit():
                    own.append(ref := next(refs))
                    seq = int(ref.split(":")[1])
                case RecordDeclaration() | RecordOther():
                    own.append(next(refs))
                case KeepCard(code):
                    self.cards.keep(code)
                    kept = True
                case Answered(asked, signal, reasons):
                    failed = reasons[0] if signal is Signal.FAULT else ""
                    self._asking.answer(asked, Answer(signal, reasons, tuple(own), failed))
                case ShowLamps(pattern, buzzer):
                    self._out.lamps.show(pattern, buzzer, ref)
                case PlaySound(name):
                    self._out.sound.play(name)
                case ShowScreen(view):
                    number = self._out.feed.publish(view)
                    if view.page == "result":
                        self._last_result = number
                        if not kept:
                            self.cards.drop()
                        self._last_seq = seq  # 0 where the answer left no visit: a guard's word is then about none

    def _event(self, given: Given) -> Event:
        """Add what is known of the visitor now, not when the code was put on the queue."""
        if isinstance(given, CodeRead):
            return self._know(given)
        if isinstance(given, Asked):
            if not self._asking.waits(given.number):
                return Tick()  # whoever asked was told "not recorded" and may ask again: it must not come twice
            given = given.make(None if given.read is None else self._know(given.read))
        return self._about(given) if isinstance(given, Overridden) else given

    def _about(self, word: Overridden) -> Event:
        """A guard's word with the visit it is about; none at all when another visitor was answered meanwhile."""
        if word.view and word.view < self._last_result:
            self._asking.answer(word.asked, Answer(Signal.FAULT, ("too_late",), failed="too_late"))
            return Tick()
        return replace(word, about=self._last_seq)

    def _know(self, read: CodeRead) -> CodeSeen:
        if not read.names:
            return CodeSeen(read.digest, read.code, source=read.source)
        last = self._ledger.last_of(read.names)
        declarations = self._ledger.declarations_of(read.names)
        return CodeSeen(read.digest, read.code, read.names[0], last, self._ledger.unsure(), read.source, declarations)

    def _now(self) -> Now:
        quality = CLOCK_NAMES[self._clock.quality]
        return Now(self._clock.mono_ms(), self._clock.words(), self._clock.now_ms(), quality)

    def _wait_s(self) -> float:
        if self.state.until_ms is None:
            return TURN_S
        return min(TURN_S, max(0.0, (self.state.until_ms - self._clock.mono_ms()) / 1000))

    def _beat(self) -> None:
        self.cards.forget_old()
        self._out.lamps.beat()
        self._out.feed.beat()
        self._out.watchdog()


def _digest_of(code: Credential) -> bytes:
    """Names a card that was not read from a text just now."""
    return hashlib.blake2b(f"{code.kind}\0{code.normal_form}".encode(), digest_size=16).digest()
