"""Taking batches: verify, dedupe, store, open, COMMIT, and only then answer with a signed receipt.

- A receipt means that the raw bytes are durable: it is signed from what the transaction wrote, after its commit.
- Every batch of an active device is answered with the current receipt, a duplicate too: receipts get lost as well.
- What is stored of a batch, and which alarms it raises, central.keeping says.
- A revoked or unknown signer's message goes to quarantine and gets no answer.
- Whatever bytes come, `take` returns; each refusal is counted by its reason. Only a database that fails raises.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from central.ahead import Ahead, Job
from central.alarms import count_refusal, raise_alarm
from central.announce import anything_to_tell, next_page
from central.keeping import keep_batch
from central.opening import Opened, Opener
from central.quarantine import keep_apart
from central.registry import Device, device_by_kid, generation_of
from central.streams import Stream, load_stream, next_receipt
from wire import topics
from wire.batch import MAX_BATCH_BYTES
from wire.crypto import SigningKey, kid_of_message
from wire.receipt import Receipt, encode_receipt
from wire.refusal import Refused


class Delivery(NamedTuple):
    """A message as it came; `topic_device` is whom the broker let publish it, None for one from a USB stick."""

    message: bytes
    topic_device: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: `refused` is a reason or None; the counts are of its records."""

    device: str | None = None
    refused: str | None = None
    new: int = 0
    duplicates: int = 0
    conflicts: int = 0
    kept: int = 0
    rejected: int = 0


class Answer(NamedTuple):
    """A receipt to publish, once the commit is done."""

    device: str
    message: bytes


@dataclass(slots=True)
class Taken:
    """The streams that one transaction has touched."""

    streams: dict[tuple[str, bytes], Stream] = field(default_factory=dict)


class Ingest:
    """Takes batches with the three keys that ingest may hold: it opens trace parts, never a vault part.

    With `start_ahead` a child process opens the group that was announced by `look_ahead`, while the one before it is
    committed. It is started when there is first something to look ahead to: a quiet centre needs none.
    """

    def __init__(self, opener: Opener, receipt: SigningKey, start_ahead: Callable[[], Ahead] | None = None) -> None:
        self._opener, self._receipt, self._start_ahead = opener, receipt, start_ahead
        self._ahead: Ahead | None = None
        self._ready: dict[Job, Opened | str] = {}

    def look_ahead(self, engine: Engine, deliveries: Sequence[Delivery]) -> None:
        """Have the messages opened that will be taken next, if there may be a child for it."""
        if self._ahead is None:
            if self._start_ahead is None:
                return
            self._ahead = self._start_ahead()
        if self._ahead.busy:
            return
        jobs = []
        with engine.connect().execution_options(reads_only=True) as connection:
            for delivery in deliveries:
                try:
                    jobs.append(_job(connection, delivery.message)[1])
                except (Refused, _Apart):
                    continue  # it will be refused again, and counted, when it is taken
        if jobs:
            self._ahead.start(jobs)

    def collect(self) -> None:
        """Wait for what was announced, before the next look ahead."""
        if self._ahead is not None:
            self._ready = self._ahead.results()

    def pseudonym_of(self, kind: int, identity: str) -> bytes | None:
        """By what name a person's visits stand here (16 bytes); None where there was no identity."""
        return self._opener.pseudonym_of(kind, identity)

    def open_from_phone(self, sealed: bytes, info: bytes) -> bytes:
        """As Opener.open_from_phone."""
        return self._opener.open_from_phone(sealed, info)

    def close(self) -> None:
        """End the child, if there is one."""
        if self._ahead is not None:
            self._ahead.close()

    def announce(self, engine: Engine, now_ms: int) -> list[Answer]:
        """After a restore, the next page of receipts that kiosks must hear; empty when all were told."""
        with engine.connect().execution_options(reads_only=True) as connection:
            if not anything_to_tell(connection):
                return []
        with engine.begin() as connection:
            receipts = next_page(connection, now_ms)
        return [Answer(r.device, encode_receipt(r, self._receipt)) for r in receipts]

    def take_all(
        self, engine: Engine, deliveries: Sequence[Delivery], now_ms: int
    ) -> tuple[list[Outcome], list[Answer]]:
        """Take several messages in one commit; (an outcome for each, one receipt for each stream they touched).

        A message that would spoil the common transaction is taken alone, and set apart if it still fails. Raises
        DBAPIError when the database itself fails: nothing was taken then, and nothing may be acknowledged.
        """
        try:
            return self._commit(engine, deliveries, now_ms)
        except Exception as error:
            if _is_database_failure(error):
                raise
            if len(deliveries) == 1:
                return [_set_apart(engine, deliveries[0], error, now_ms)], []
        outcomes: list[Outcome] = []
        answers: list[Answer] = []
        for delivery in deliveries:
            one, answer = self.take_all(engine, [delivery], now_ms)
            outcomes += one
            answers += answer
        return outcomes, answers

    def _commit(
        self, engine: Engine, deliveries: Sequence[Delivery], now_ms: int
    ) -> tuple[list[Outcome], list[Answer]]:
        taken = Taken()
        with engine.begin() as connection:
            outcomes = [self.take(connection, d.message, d.topic_device, now_ms, taken) for d in deliveries]
            generation = generation_of(connection)
            receipts: list[Receipt] = []
            for stream in taken.streams.values():
                receipts.append(next_receipt(connection, stream, generation, now_ms))
        return outcomes, [Answer(r.device, encode_receipt(r, self._receipt)) for r in receipts]

    def take(
        self, connection: Connection, message: bytes, topic_device: str | None, now_ms: int, taken: Taken
    ) -> Outcome:
        """Take one message inside the caller's transaction; its stream is noted in `taken`."""
        try:
            device, opened = self._verified(connection, message)
        except Refused as refusal:
            count_refusal(connection, refusal.reason, now_ms)
            return Outcome(refused=refusal.reason)
        except _Apart as apart:
            keep_apart(connection, apart.kid, apart.device, apart.reason, message, now_ms)
            return Outcome(apart.device, apart.reason)
        if opened.device != device.id:
            return _refuse(connection, "foreign_batch", device.id, "names another device than its key", now_ms)
        if topic_device not in (None, device.id):
            return _refuse(connection, "topic_mismatch", str(topic_device), "published another device's batch", now_ms)
        return self._store(connection, device, opened, now_ms, taken)

    def _verified(self, connection: Connection, message: bytes) -> tuple[Device, Opened]:
        device, job = _job(connection, message)
        # The job names the public key of this very moment: what was opened under another one is not found.
        opened = self._ready.get(job) or self._opener.open(*job)
        if isinstance(opened, str):
            raise Refused(opened)
        if device.state != "active":
            raise _Apart(device.kid, device.id, "revoked_device")
        return device, opened

    def _store(self, connection: Connection, device: Device, opened: Opened, now_ms: int, taken: Taken) -> Outcome:
        def stream_of(epoch: bytes) -> Stream:
            name = (device.id, epoch)
            if name not in taken.streams:
                taken.streams[name] = load_stream(connection, device.id, epoch, now_ms)
            return taken.streams[name]

        return Outcome(device.id, None, *keep_batch(connection, self._opener, device, opened, stream_of, now_ms))


class _Apart(Exception):
    """The signer may not deliver: for the quarantine."""

    def __init__(self, kid: bytes, device: str | None, reason: str) -> None:
        super().__init__(reason)
        self.kid, self.device, self.reason = kid, device, reason


def _job(connection: Connection, message: bytes) -> tuple[Device, Job]:
    if len(message) > MAX_BATCH_BYTES:
        raise Refused("too_large", "signed bytes")
    kid = kid_of_message(message)
    device = device_by_kid(connection, kid)
    if device is None:
        raise _Apart(kid, None, "unknown_device")
    return device, Job(message, kid, device.public)


def _refuse(connection: Connection, reason: str, device: str, detail: str, now_ms: int) -> Outcome:
    count_refusal(connection, reason, now_ms)
    raise_alarm(connection, reason, device, detail, now_ms)
    return Outcome(device, reason)


def _is_database_failure(error: Exception) -> bool:
    """A full disk or a lost connection is no fault of the message; a value that the schema refuses is."""
    return isinstance(error, DBAPIError) and not isinstance(error, (IntegrityError, DataError))


def _set_apart(engine: Engine, delivery: Delivery, error: Exception, now_ms: int) -> Outcome:
    """A message that this version cannot digest: kept whole for whoever mends the defect, answered by nothing."""
    with engine.begin() as connection:
        keep_apart(connection, b"\0" * 8, None, "ingest_defect", delivery.message, now_ms)
        raise_alarm(connection, "ingest_defect", delivery.topic_device or "", type(error).__name__, now_ms)
    return Outcome(None, "ingest_defect")


def receipt_topic(answer: Answer) -> str:
    """Where an answer is published."""
    return topics.receipt(answer.device)
