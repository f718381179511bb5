"""The ingest worker: takes what waits at the brokers, several messages to a commit, and acknowledges after it.

- A commit takes up to 20 messages, or what came within 20 ms: a durable commit costs milliseconds, whatever it holds.
- Acknowledged after the commit, never before: a worker killed at any point leaves its messages with the broker, and
  what comes twice is known by its digest.
- A database that fails is not the messages' fault: the sessions are closed, so that the broker delivers again later.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.alarms import count_refusal
from central.bulletins import to_publish
from central.fleet.health import beat
from central.fleet.noting import note_state
from central.ingest import Delivery, Ingest, receipt_topic
from central.keys import Keyring
from central.log import log
from central.mqtt import Incoming, MqttSession, Tls
from central.phones.taking import take_handed_in
from central.shards import Lock, client_id, lock_of, topics_of
from wire import topics
from wire.refusal import Refused

GROUP = 20  # messages to a commit
GATHER_S = 0.02  # how long a lone message waits for company
INBOX = 1024  # a broker's windows: 16 shards of 20 messages at nats, 20 in all at mosquitto
IDLE_S = 0.2
TEND_S = 1.0  # looking after sessions, locks and bulletins
BEAT_S = 5.0  # the heartbeat that the health page reads: each is a commit
LONGEST_WAIT_S = 60.0  # back-off between attempts to connect

_STATES = f"{topics.ROOT}/state/+"


@dataclass(slots=True)
class Owned:
    """One session of the site and what this worker knows of it."""

    name: str
    lock: Lock
    mqtt: MqttSession
    tells: bool  # the first session of a broker also publishes bulletins and hears states
    failures: int = 0
    next_try: float = 0.0
    published: dict[str, int] = field(default_factory=dict)


class Worker:
    """Owns every session whose lock it can get. One thread works; paho's threads only fill the inbox."""

    def __init__(
        self,
        engine: Engine,
        ingest: Ingest,
        ring: Keyring,
        brokers: Sequence[str],
        *,
        sessions: int = 1,
        tls: Tls | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._engine, self._ingest, self._ring, self._now_ms = engine, ingest, ring, now_ms
        self._inbox: queue.Queue[Incoming] = queue.Queue(INBOX)
        self._next: list[Incoming] = []
        self._committed = 0
        self._next_tend = self._next_beat = 0.0
        self._sessions = []
        for number, broker in enumerate(brokers):
            for index in range(sessions):
                wanted = [(topic, 1) for topic in topics_of(sessions, index)]
                wanted += [(_STATES, 0)] if index == 0 else []
                name = client_id(sessions, index)
                mqtt = MqttSession(broker, name, wanted, self._inbox, tls)
                shown = name if number == 0 else f"{name}@{number}"
                self._sessions.append(Owned(shown, lock_of(engine, broker, sessions, index), mqtt, index == 0))

    @property
    def connected(self) -> int:
        """How many sessions are open."""
        return sum(session.mqtt.is_open for session in self._sessions)

    def run(self, stop: threading.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop`; `ready` is called once, after the first look at every session."""
        told = False
        try:
            while not stop.is_set():
                self._tend_when_due()
                if not told:
                    told = True
                    ready()
                self._turn()
        finally:
            for session in self._sessions:
                session.mqtt.close()
                session.lock.release()

    def _turn(self) -> None:
        """Take one group; under load the next one is being opened meanwhile. Then what the public pages handed in."""
        messages, self._next = self._next or self._gather(), []
        while len(self._next) < GROUP and messages and not self._inbox.empty():
            self._next.append(self._inbox.get_nowait())
        try:
            self._ingest.collect()
            if len(self._next) == GROUP:
                self._ingest.look_ahead(self._engine, [Delivery(m.payload, None) for m in self._next if m.qos])
        except SQLAlchemyError as error:
            log("database_failed", error=type(error).__name__)
        self._take(messages)
        self._take_handed_in()

    def _take_handed_in(self) -> None:
        """Whoever takes first deletes first: of two workers one finds nothing."""
        try:
            take_handed_in(self._engine, self._ingest, self._now_ms())
        except SQLAlchemyError as error:
            log("database_failed", error=type(error).__name__)

    def _gather(self) -> list[Incoming]:
        """Up to GROUP messages; an empty list after a quiet while."""
        try:
            messages = [self._inbox.get(timeout=IDLE_S)]
        except queue.Empty:
            return []
        end = time.monotonic() + GATHER_S
        while len(messages) < GROUP:
            try:
                messages.append(self._inbox.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                break
        return messages

    def _take(self, messages: Sequence[Incoming]) -> None:
        if not messages:
            return
        try:
            self._take_states([m for m in messages if not m.qos])
            self._take_batches([m for m in messages if m.qos])
        except SQLAlchemyError as error:
            log("database_failed", error=type(error).__name__, messages=len(messages))
            self._start_over()

    def _take_batches(self, messages: Sequence[Incoming]) -> None:
        deliveries, senders = [], []
        for message in messages:
            try:
                deliveries.append(Delivery(message.payload, topics.device_of_up(message.topic)))
                senders.append(message.session)
            except Refused as refusal:
                with self._engine.begin() as connection:
                    count_refusal(connection, refusal.reason, self._now_ms())
        outcomes, answers = self._ingest.take_all(self._engine, deliveries, self._now_ms()) if deliveries else ([], [])
        for message in messages:
            message.session.acknowledge(message)
        via = {outcome.device: session for outcome, session in zip(outcomes, senders, strict=True)}
        for answer in answers:
            via[answer.device].publish(receipt_topic(answer), answer.message)
        for outcome in outcomes:
            self._committed += outcome.new
            if outcome.refused or outcome.rejected or outcome.conflicts:
                log(
                    "batch",
                    device=outcome.device,
                    refused=outcome.refused,
                    rejected=outcome.rejected,
                    conflicts=outcome.conflicts,
                )

    def _take_states(self, messages: Sequence[Incoming]) -> None:
        if messages:
            with self._engine.begin() as connection:
                for message in messages:
                    note_state(connection, message.topic.rsplit("/", 1)[-1], message.payload, self._now_ms())

    def _start_over(self) -> None:
        """Forget what was taken but not committed; the brokers deliver it again after the next connect."""
        for session in self._sessions:
            session.mqtt.close()
            self._put_off(session)
        self._next = []
        while not self._inbox.empty():
            self._inbox.get_nowait()

    def _tend_when_due(self) -> None:
        now = time.monotonic()
        if now < self._next_tend:
            return
        self._next_tend = now + TEND_S
        for session in self._sessions:
            if not session.mqtt.is_open and now >= session.next_try:
                self._reopen(session)
        try:
            self._tell()
            self._announce()
            if now >= self._next_beat:
                self._next_beat = now + BEAT_S
                with self._engine.begin() as connection:
                    for session in self._sessions:
                        if session.lock.held():
                            facts = (session.mqtt.is_open, self._inbox.qsize(), self._committed)
                            beat(connection, session.name, *facts, self._now_ms())
        except SQLAlchemyError as error:
            log("database_failed", error=type(error).__name__)

    def _reopen(self, session: Owned) -> None:
        try:
            if not (session.lock.held() or session.lock.acquire()):
                return  # another worker has it, and may have it; asked again at the next turn
            session.mqtt.open()
        except (OSError, SQLAlchemyError) as error:
            self._put_off(session)
            log("not_connected", session=session.name, error=type(error).__name__, failures=session.failures)
            return
        session.failures, session.published = 0, {}
        log("connected", session=session.name)

    def _put_off(self, session: Owned) -> None:
        """Full jitter: a whole province of workers and kiosks reconnects after the same outage."""
        session.failures += 1
        longest = min(LONGEST_WAIT_S, 2.0 ** min(session.failures, 6))
        session.next_try = time.monotonic() + random.uniform(0.1, longest)

    def _announce(self) -> None:
        """After a restore: a page of receipts, retained, to every broker."""
        open_to = [session for session in self._sessions if session.tells and session.mqtt.is_open]
        if not open_to:
            return
        for answer in self._ingest.announce(self._engine, self._now_ms()):
            for session in open_to:
                session.mqtt.publish(receipt_topic(answer), answer.message, retain=True)

    def _tell(self) -> None:
        """Publish every bulletin that this connection has not seen: a new one, or all after a broker lost its state."""
        for session in self._sessions:
            if not (session.tells and session.mqtt.is_open):
                continue
            with self._engine.connect().execution_options(reads_only=True) as connection:
                found = to_publish(connection, self._ring, session.published)
            for topic, version, message in found:
                if session.mqtt.publish(topic, message, retain=True):
                    session.published[topic] = version
