"""The shell of the gate: one queue, one thread, one turn after the other.

- Every producer (camera, screen, reader, radio) only puts on the queue; when it is full the newest is dropped: the same
  code will be seen again in the next frame.
- A turn steps the gate and carries out the effects in their order: store, lamps, sound, screen. If the store fails, the
  new state is thrown away and the old one is stepped with StoreFailed: nothing green was shown.
- Codes of different people that wait together are committed together and then answered in their order: a card that
  takes a second over a write does not make each of them wait a second. If that commit fails, all are told so.
- Each turn beats: lamps, screen and systemd's watchdog hear from this thread only, so that a loop that hangs is seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import Empty, Full, Queue

from credentials.types import Credential
from kiosk.arrivals import Arrivals, Asked, CodeRead, Given
from kiosk.asking import BUSY, Answer, Asking
from kiosk.cards import Cards
from kiosk.effects import Recording
from kiosk.events import CodeHeld, CodeSeen, Event, LightRefused, LightShown, Overridden, Pressed, StoreFailed, Tick
from kiosk.gate import Now, Rules, State, begin, resting_view, step
from kiosk.ledger import Ledger
from kiosk.outputs import LampsHandle, Outcomes, Outputs
from kiosk.standing import PrivateWord
from machine.clock import CLOCK_NAMES, Clock
from wire.records import Signal, Source

__all__ = ["QUEUE_SIZE", "GateLoop", "LampsHandle", "Outputs"]

QUEUE_SIZE = 256
TOGETHER = 8  # the first of them waits for the sealing of the rest: 0.1 ms each, 1 ms on the slowest board
TURN_S = 0.25  # the lamps call a silence of 0.75 s a stall: three missed turns


class GateLoop:
    """Owns the gate's state. `run` belongs to one thread; `put` may be called from any."""

    def __init__(self, rules: Rules, ledger: Ledger, clock: Clock, outputs: Outputs) -> None:
        self._rules, self._ledger, self._clock, self._out = rules, ledger, clock, outputs
        self._queue: Queue[Given] = Queue(QUEUE_SIZE)
        self._asking = Asking()
        self.cards = Cards(clock.mono_ms)
        self._arrivals = Arrivals(ledger, clock, self.cards, rules.hold_ms)
        self._outcomes = Outcomes(outputs, self._asking, self.cards)
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
        """What a code's text is, for `put`."""
        return self._arrivals.read(text, source, self.state)

    def tap(self, pass_id: bytes, expires_s: int, companions: int) -> None:
        """An issued tag was held to the gate. It is judged here, on the producer's thread, as a code is."""
        self.put(self._arrivals.tap(pass_id, expires_s, companions, self.state))

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
        read = None if code is None else self._arrivals.of_card(code, source)
        self.put(Asked(lambda seen: make(seen, number), read, number))
        return self._asking.wait(number, future)

    def pass_text(self, view: int) -> str:
        """The pass of the visitor whom the feed's view of that number lets in; "" when another one was answered since.

        In the gate's turn only: by `ask`.
        """
        newcomer = self.state.newcomer
        if newcomer is None or view != self._outcomes.last_result:
            return ""
        return self._ledger.pass_for(newcomer)

    def private_word(self, view: int) -> PrivateWord | None:
        """What the visitor whom the feed's view of that number answers may read alone; None when another one was
        answered since. In the gate's turn only: by `ask`."""
        return self.state.private if view == self._outcomes.last_result else None

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
        duties, taps = self._ledger.board.duties, self._ledger.nearby.taps
        if duties is not self._rules.duties or taps is not self._rules.taps:
            self._rules = replace(self._rules, duties=duties, taps=taps)
            if self.state.view.page == "idle":
                self.state = self.state._replace(view=resting_view(self.state, self._rules))
                self._out.feed.publish(self.state.view)  # the page looks again what may be declared, and shown
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
                self._outcomes.show(effects, refs)
        else:
            self.state, effects = step(before, StoreFailed(outcome.failed), self._now(), self._rules)
            self._outcomes.show(effects, iter(()))
            for effects in answers:
                self._outcomes.fail(effects, outcome.failed)

    def _event(self, given: Given) -> Event:
        """Add what is known of the visitor now, not when the code was put on the queue."""
        if isinstance(given, CodeRead):
            return self._arrivals.know(given)
        if isinstance(given, Asked):
            if not self._asking.waits(given.number):
                return Tick()  # whoever asked was told "not recorded" and may ask again: it must not come twice
            given = given.make(None if given.read is None else self._arrivals.know(given.read))
        if isinstance(given, LightShown) and self._ledger.has_taken(given):
            return LightRefused("light_again")
        return self._about(given) if isinstance(given, Overridden) else given

    def _about(self, word: Overridden) -> Event:
        """A guard's word with the visit it is about; none at all when another visitor was answered meanwhile."""
        if word.view and word.view < self._outcomes.last_result:
            self._asking.answer(word.asked, Answer(Signal.FAULT, ("too_late",), failed="too_late"))
            return Tick()
        return replace(word, about=self._outcomes.last_seq)

    def _now(self) -> Now:
        quality = CLOCK_NAMES[self._clock.quality]
        return Now(self._clock.mono_ms(), self._clock.words(), self._clock.now_ms(), quality)

    def _wait_s(self) -> float:
        if self.state.until_ms is None:
            return TURN_S
        return min(TURN_S, max(0.0, (self.state.until_ms - self._clock.mono_ms()) / 1000))

    def _beat(self) -> None:
        self.cards.forget_old()
        self._out.beat()
