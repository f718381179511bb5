"""The shell around `agent.step`: feeds it what happened and does what it asks for. One thread, no queue between.

Each turn: what the broker said, whether the database changed, one tick; each event is followed through before the next.
Errors of the database end nothing: the file may be on its way aside, the card may be full for a moment. What was not
sent or marked stays in the outbox.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from machine.log import say
from store.db import Leaving, StoreError
from sync_agent.agent import step
from sync_agent.broker import Broker, Delivered, Lost, Message, News, Up
from sync_agent.bulletins import Bulletins, filters_of
from sync_agent.events import (
    Acked,
    Action,
    Alarm,
    Connected,
    Dial,
    Disconnected,
    EpochsRead,
    Event,
    Greet,
    HangUp,
    NothingThere,
    Published,
    PublishRefused,
    ReadEpochs,
    ReceiptApplied,
    Send,
    Tick,
    TooLarge,
)
from sync_agent.outbox import Outbox
from sync_agent.report import Report
from sync_agent.state import Link, State
from wire import topics
from wire.refusal import Refused

TURN_S = 0.1  # how long a new record may lie unnoticed
LOOK_MS = 90  # between looks at PRAGMA data_version (13 us) while the network keeps us awake
REOPEN_MS = 500  # between attempts to open a database that is being moved aside
STATE_TOKEN = 0  # of state messages; the agent's own tokens begin at 1


@dataclass(frozen=True, slots=True)
class Place:
    """Who and where: device id, brokers in the order they are tried, scopes of bulletins (wire.bulletin.scopes_of)."""

    device: str
    brokers: Sequence[str]
    scopes: frozenset[str]


class Loop:
    """One agent at work. `mono_ms` never jumps, `unix_ms` is None while the clock is unset, `chance` is in [0, 1)."""

    def __init__(
        self,
        place: Place,
        outbox: Outbox,
        broker: Broker,
        report: Report,
        mono_ms: Callable[[], int],
        unix_ms: Callable[[], int | None],
        chance: Callable[[], float],
    ) -> None:
        self.state = State()
        self._place, self._outbox, self._broker, self._report = place, outbox, broker, report
        self._mono_ms, self._unix_ms, self._chance = mono_ms, unix_ms, chance
        self._bulletins = Bulletins(place.scopes)
        self._dials = 0
        self._reopen_ms = 0
        self._polled_ms = -1

    def turn(self, timeout_s: float = TURN_S) -> None:
        """Wait at most `timeout_s` for the network, then follow up everything that happened."""
        events: deque[Event] = deque()
        for news in self._broker.turn(timeout_s):
            self._hear(news, events)
        now = self._mono_ms()
        if now - self._polled_ms >= LOOK_MS:
            events.append(Tick(self._look(now)))
        while events:
            self.state, actions = step(self.state, events.popleft(), self._mono_ms(), self._chance())
            for action in actions:
                self._do(action, events)
        self._tell(now)

    def close(self) -> None:
        """Say goodbye to the broker and let go of the database."""
        self._broker.close()
        with suppress(StoreError):
            self._outbox.flush(self._unix_ms() or 0, self._mono_ms(), at_once=True)
        self._report.write(connected=False, broker=None)
        self._outbox.close()

    def _look(self, now: int) -> bool:
        self._polled_ms = now
        if now < self._reopen_ms:
            return False
        try:
            self._outbox.flush(self._unix_ms() or 0, now, at_once=not self.state.runs)
            return self._outbox.changed()
        except Leaving:
            say("database_leaving")
        except StoreError as error:
            say("database_failed", reason=error.reason)
        self._reopen_ms = now + REOPEN_MS
        return False

    def _hear(self, news: News, events: deque[Event]) -> None:
        match news:
            case Up():
                say("connected", broker=self._broker_name())
                events.append(Connected())
            case Lost(reason):
                say("disconnected", broker=self._broker_name(), reason=reason)
                events.append(Disconnected(reason))
            case Delivered(token):
                if token != STATE_TOKEN:
                    events.append(Acked(token))
            case Message(topic, payload):
                try:
                    self._read(topic, payload, events)
                except StoreError as error:
                    say("database_failed", reason=error.reason)

    def _read(self, topic: str, payload: bytes, events: deque[Event]) -> None:
        if topic != topics.receipt(self._place.device):
            self._take_bulletin(topic, payload)
            return
        try:
            receipt, applied = self._outbox.apply(payload, self._unix_ms() or 0, self._mono_ms())
        except Refused as refusal:
            if refusal.reason != "stale":  # brokers deliver twice
                say("receipt_refused", reason=refusal.reason)
                self._report.alarm("receipt_refused", refusal.reason)
            return
        if applied.rewound_to is not None:
            say("rewound", through=applied.rewound_to, generation=receipt.generation)
        if applied.rejected:
            self._report.alarm("rejected", f"{len(receipt.rejected)} records, see the kiosk's list")
        self._report.receipt(receipt)
        events.append(ReceiptApplied(receipt, applied.new_epoch))

    def _take_bulletin(self, topic: str, payload: bytes) -> None:
        try:
            root = self._outbox.root()
        except Refused as refusal:  # not the root of kiosk.toml: somebody changed one of the two
            self._report.alarm("bad_root", refusal.reason)
            return
        if self._bulletins.take(self._outbox.store, root, topic, payload, self._unix_ms()):
            self._outbox.renew_root()

    def _do(self, action: Action, events: deque[Event]) -> None:
        match action:
            case Dial():
                self._dials += 1
                self._broker.dial(self._broker_name())
            case HangUp(reason):
                self._broker.hang_up(reason)
            case Greet():
                self._broker.subscribe([topics.receipt(self._place.device), *filters_of(self._place.scopes)])
                self._report.changed()
            case ReadEpochs():
                try:
                    events.append(EpochsRead(self._outbox.epochs()))
                except StoreError as error:
                    say("database_failed", reason=error.reason)
            case Send():
                events.append(self._send(action))
            case Alarm(name, detail):
                say("alarm", name=name, detail=detail)
                self._report.alarm(name, detail)

    def _send(self, send: Send) -> Event:
        try:
            cut = self._outbox.cut(send)
        except Refused:
            return TooLarge(send.token)
        except StoreError as error:
            say("database_failed", reason=error.reason)
            return PublishRefused(send.token)
        if cut is None:
            return NothingThere(send.token)
        if not self._broker.publish(send.token, topics.up(self._place.device), cut.message):
            return PublishRefused(send.token)
        return Published(send.token, cut.first, cut.last)

    def _broker_name(self) -> str:
        return self._place.brokers[(self._dials - 1) % len(self._place.brokers)]

    def _tell(self, now: int) -> None:
        """Write the report for this box and publish the state for the centre, when they are due."""
        up = self.state.link is Link.UP
        if not self._report.due(now, connected=up):
            return
        try:
            backlog = self._outbox.backlog()
        except StoreError:
            return
        said = self._report.write(connected=up, broker=self._broker_name() if up else None, backlog=backlog)
        if up:
            self._broker.publish(STATE_TOKEN, topics.state(self._place.device), said, retain=True)
