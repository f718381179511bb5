"""The gate's side of the guard's page: actions become events on the gate's one queue, views become counts.

- An action waits for the commit, at most as long as `ask` does, and is answered with what became of it.
- "Let in" is about the visitor whom the guard saw: if another one was answered meanwhile, it is refused as too late.
- Slip numbers come from the store; while it fails they go on in memory, so that paper can be used when it is needed
  most. After a restart in that state numbers may come again: the time on the slip tells them apart.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event as Flag
from threading import Lock, Thread
from typing import Protocol, cast

from credentials.types import Credential, Kind
from kiosk.admission import IDENTITY_KINDS
from kiosk.asking import Answer
from kiosk.cards import Cards
from kiosk.events import CaseReported, CodeSeen, Event, HelpCalled, LampsTested, Overridden, PaperMode, SlipEntered
from machine.clock import VIET_NAM_MS, Clock
from store import slips
from store.db import FAILURES, Store
from ui.guard.desk import GuardNow, Said, Slip
from ui.guard.tally import Tally
from ui.screen import Feed
from wire.envelope import ClockQuality
from wire.records import Direction, Signal, Source
from wire.zones import Zone

LISTEN_S = 0.5  # how long the listener waits for a view before it looks whether it should end
TEST_MS = 6_000  # a lamp test within another one is refused


class Gate(Protocol):
    """What the desk needs of kiosk.loop.GateLoop, from any thread."""

    def ask(
        self, make: Callable[[CodeSeen | None, int], Event], code: Credential | None = None, source: Source = ...
    ) -> Answer:
        """Put an event on the queue and wait for its answer, after the commit."""
        ...


class KioskGuardDesk:
    """The GuardDesk of one gate. `open_store` gives a connection for the calling thread; `close` ends the listener."""

    def __init__(
        self,
        gate: Gate,
        cards: Cards,
        feed: Feed,
        clock: Clock,
        open_store: Callable[[], Store],
        tags_down: Callable[[], bool] = lambda: False,
        zone: Callable[[int | None], Zone | None] = lambda _: None,
        check_due: Callable[[], bool] = lambda: False,
        check_screen: Callable[[], str] = lambda: "",
    ) -> None:
        self._gate, self._cards, self._feed, self._clock = gate, cards, feed, clock
        self._tags_down, self._zone = tags_down, zone
        self._check_due, self._check_screen = check_due, check_screen
        self._open_store = open_store
        self._lock = Lock()
        self._tally = Tally()
        self._last_result = 0  # number of the newest view that answered a visitor
        self._help, self._paper = "", False
        self._slips: tuple[int, ...] = ()
        self._last_slip = 0
        self._tested_ms = -TEST_MS
        self._ended = Flag()
        self._load_slips()
        self._listener = Thread(target=self._listen, name="guard views", daemon=True)
        self._listener.start()

    def close(self) -> None:
        """End the listener; waits for it. May be repeated."""
        self._ended.set()
        self._listener.join(5)

    def state(self) -> GuardNow:
        """What is known now, from memory."""
        zone, check_screen = self._zone(self._known_ms()), self._check_screen()
        with self._lock:
            came, left, scanned = self._tally.counts(self._clock.mono_ms() / 1000)
            return GuardNow(
                occupancy=self._tally.occupancy,
                capacity=self._tally.capacity,
                in_15=came,
                out_15=left,
                scanned_15=scanned,
                recent=tuple(self._tally.recent),
                clock=self._clock.words(),
                help=self._help,
                paper=self._paper,
                slips=self._slips,
                tags_down=self._tags_down(),
                zone="" if zone is None else zone.level,
                zone_until="" if zone is None else _last_day(zone.to_ms),
                check_due=self._check_due(),
                check_screen=check_screen,
            )

    def override(self, guard: str, allow: bool, reason: int, view: int) -> Said:
        """See GuardDesk."""
        with self._lock:
            if view < self._last_result:
                return Said(False, "too_late")
        return _said(self._gate.ask(lambda _, asked: Overridden(guard, allow, reason, asked=asked, view=view)))

    def help(self, guard: str, on: bool) -> Said:
        """See GuardDesk."""
        said = _said(self._gate.ask(lambda _, asked: HelpCalled(guard, on, asked)))
        if said.ok:
            with self._lock:
                self._help = guard if on else ""
        return said

    def report_case(self, guard: str, words: str) -> Said:
        """See GuardDesk."""
        return _said(self._gate.ask(lambda _, asked: CaseReported(guard, words, asked)))

    def test_lights(self, guard: str) -> Said:
        """See GuardDesk."""
        now_ms = self._clock.mono_ms()
        _, view = self._feed.latest()
        with self._lock:
            if view.page in ("result", "choose") or now_ms - self._tested_ms < TEST_MS:
                return Said(False, "busy")
            self._tested_ms = now_ms
        return _said(self._gate.ask(lambda _, asked: LampsTested(guard, asked)))

    def paper(self, guard: str, on: bool) -> Said:
        """See GuardDesk."""
        said = _said(self._gate.ask(lambda _, asked: PaperMode(guard, on, asked)))
        if said.ok:
            with self._lock:
                self._paper = on
        return said

    def next_slip(self, guard: str) -> Said:
        """See GuardDesk."""
        with self._lock:
            number = self._last_slip + 1
            try:
                with self._store() as store:
                    number = slips.give(store, number, self._known_ms() or 0)
            except FAILURES:
                number = self._last_slip + 1  # from memory
            self._last_slip = number
            self._slips = (*self._slips, number)[-slips.SHOWN :]
        return Said(True, number=number)

    def scan(self, guard: str, timeout_s: float) -> tuple[str, str] | None:
        """See GuardDesk."""
        ends_ms = self._clock.mono_ms() + round(timeout_s * 1000)
        while (left_ms := ends_ms - self._clock.mono_ms()) > 0 and not self._ended.is_set():
            code = self._cards.wait(left_ms / 1000)
            if code is not None and code.kind in IDENTITY_KINDS and code.normal_form:
                return code.kind, code.normal_form
        return None

    def enter_slips(self, guard: str, entered: Sequence[Slip]) -> Said:
        """See GuardDesk."""
        for slip in entered:
            if slip.identity is not None and slip.identity[0] not in IDENTITY_KINDS:
                return Said(False, "slip_identity")
        for slip in entered:
            said = Said(False, "slip_known") if self._is_entered(slip.number) else self._enter(guard, slip)
            if not said.ok:
                return said
        return Said(True)

    def _enter(self, guard: str, slip: Slip) -> Said:
        way = Direction.OUT if slip.direction == "out" else Direction.IN
        answer = self._gate.ask(
            lambda seen, asked: SlipEntered(guard, slip.number, slip.told_ms, way, slip.people, seen, asked),
            None if slip.identity is None else _code_of(*slip.identity),
            Source.PAPER,
        )
        said = _said(answer)
        if said.ok:
            # Noted after the commit: a power cut in between lets the slip be entered twice, and the centre sees by
            # its number that it is one.
            self._note(slip.number)
        return said

    def _is_entered(self, number: int) -> bool:
        try:
            with self._store() as store:
                return slips.is_entered(store, number)
        except FAILURES:
            return False  # the commit that follows fails too, and says so

    def _note(self, number: int) -> None:
        with self._lock:
            self._slips = tuple(slip for slip in self._slips if slip != number)
            self._last_slip = max(self._last_slip, number)
        try:
            with self._store() as store:
                slips.enter(store, [number], self._known_ms() or 0)
        except FAILURES:
            return  # recorded all the same; the number is shown as waiting again after a restart

    def _load_slips(self) -> None:
        try:
            with self._store() as store:
                self._slips, self._last_slip = tuple(slips.waiting(store)), slips.last(store)
        except FAILURES:
            return  # begins empty; numbers are given from memory

    @contextmanager
    def _store(self) -> Iterator[Store]:
        store = self._open_store()
        try:
            yield store
        finally:
            store.close()

    def _known_ms(self) -> int | None:
        return None if self._clock.quality is ClockQuality.UNSET else self._clock.now_ms()

    def _listen(self) -> None:
        """Take every view as it is published, those from before this page was opened too: the gate answers before its
        pages are there. A view that left the ring unseen is lost to the counts only."""
        number, view = self._feed.wait(0, 0) or self._feed.latest()
        while not self._ended.is_set():
            with self._lock:
                self._tally.see(view, self._clock.mono_ms() / 1000, self._words())
                if view.page == "result":
                    self._last_result = number
            following = None
            while following is None and not self._ended.is_set():
                following = self._feed.wait(number, LISTEN_S)
            if following is not None:
                number, view = following

    def _words(self) -> str:
        """Local time with seconds, "06:42:08"; empty while the clock is unset."""
        if self._known_ms() is None:
            return ""
        return f"{self._clock.words()}:{(self._clock.now_ms() + VIET_NAM_MS) // 1000 % 60:02d}"


def _last_day(until_ms: int) -> str:
    """The last day before `until_ms` in Viet Nam, "25.09."."""
    return f"{datetime.fromtimestamp((until_ms - 1 + VIET_NAM_MS) / 1000, UTC):%d.%m.}"


def _code_of(kind: str, normal_form: str) -> Credential:
    """What a card would have read as, whose number is typed from a slip."""
    return Credential(cast(Kind, kind), "valid", "ok", normal_form=normal_form)


def _said(answer: Answer) -> Said:
    """The gate's answer as the page tells it."""
    if answer.failed == "too_late":
        return Said(False, "too_late")
    if answer.failed == "stalled":
        return Said(False, "busy")
    if answer.failed or answer.signal is Signal.FAULT:
        return Said(False, "not_recorded")
    return Said(True)
