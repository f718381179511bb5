"""Taking batches: verify, dedupe, store, open, COMMIT, and only then answer with a signed receipt.

- A receipt means that the raw bytes are durable: it is signed from what the transaction wrote, after its commit.
- Every batch of an active device is answered with the current receipt, a duplicate too: receipts get lost as well.
- Same (device, epoch, seq) and same bytes: a duplicate, nothing happens. Other bytes: a cloned card; both are kept, the
  first stays in force, the device is alarmed.
- A record that cannot be read is kept, rejected with its reason, and counts as through. A broken chain is alarmed and
  stored all the same: a visit is worth more than its place in a chain.
- A revoked or unknown signer's message goes to quarantine and gets no answer.
- Whatever bytes come, `take` returns; each refusal is counted by its reason. Only a database that fails raises.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from central.alarms import count_refusal, raise_alarm
from central.database import insert_rows
from central.events import apply_events, correct_late
from central.opening import Place, digest_of, open_records
from central.quarantine import keep_apart
from central.registry import Device, device_by_kid, generation_of
from central.schema import conflict, raw_record, visit, wrapped_key
from central.spans import add_span
from central.statements import run
from central.streams import Stream, TraceKeys, load_stream, next_receipt, stored_key
from wire import topics
from wire.batch import CHAIN_START, MAX_BATCH_BYTES, Batch, decode_batch
from wire.crypto import ContentKey, SealingKey, SigningKey, kid_of_message
from wire.envelope import WrappedKeys
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
    """Takes batches with the three keys that ingest may hold: it opens trace parts, never a vault part."""

    def __init__(self, ingest: SealingKey, receipt: SigningKey, pepper: bytes) -> None:
        self._trace_keys = TraceKeys(ingest)
        self._receipt = receipt
        self._pepper = pepper

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
            device, batch = _verified(connection, message)
        except Refused as refusal:
            count_refusal(connection, refusal.reason, now_ms)
            return Outcome(refused=refusal.reason)
        except _Apart as apart:
            keep_apart(connection, apart.kid, apart.device, apart.reason, message, now_ms)
            return Outcome(apart.device, apart.reason)
        if batch.device != device.id:
            return _refuse(connection, "foreign_batch", device.id, "names another device than its key", now_ms)
        if topic_device not in (None, device.id):
            return _refuse(connection, "topic_mismatch", str(topic_device), "published another device's batch", now_ms)
        return self._store(connection, device, batch, now_ms, taken)

    def _store(self, connection: Connection, device: Device, batch: Batch, now_ms: int, taken: Taken) -> Outcome:
        def stream_of(epoch: bytes) -> Stream:
            name = (device.id, epoch)
            if name not in taken.streams:
                taken.streams[name] = load_stream(connection, device.id, epoch, now_ms)
            return taken.streams[name]

        stream = stream_of(batch.epoch)
        fresh, duplicates, conflicts = _sort_out(connection, stream, batch, now_ms)
        self._check_chain(connection, stream, batch, now_ms)
        _keep_keys(connection, stream, batch.keys)
        place = Place(stream.id, device.id, batch.epoch, device.venue, device.gate)
        own = {keys.key_id: keys for keys in batch.keys}
        opened: dict[int, ContentKey | str] = {}

        def key_of(key_id: int) -> ContentKey | str:
            if key_id not in opened:
                opened[key_id] = self._key(connection, stream, own.get(key_id), key_id)
            return opened[key_id]

        rows = open_records(fresh, place, key_of, self._pepper, now_ms)
        insert_rows(connection, raw_record, rows.raw)
        insert_rows(connection, visit, correct_late(connection, stream, rows.visits))
        add_span(connection, stream.id, batch.first_seq, batch.last_seq)
        if rows.events:
            apply_events(connection, stream, rows.events, stream_of, now_ms)
        stream.opened_through = max(stream.opened_through, rows.opened_through)
        stream.rejected += rows.rejected
        return Outcome(device.id, None, len(fresh), duplicates, conflicts, rows.kept, rows.rejected)

    def _key(
        self, connection: Connection, stream: Stream, wrapped: WrappedKeys | None, key_id: int
    ) -> ContentKey | str:
        wrapped = wrapped or stored_key(connection, stream, key_id)
        return "no_key" if wrapped is None else self._trace_keys.of(stream.device, stream.epoch, wrapped)

    def _check_chain(self, connection: Connection, stream: Stream, batch: Batch, now_ms: int) -> None:
        marks = {batch.first_seq - 1: batch.h_before, batch.last_seq: batch.h_after}
        sql = "SELECT seq, h FROM chain_mark WHERE stream = ? AND seq IN (?, ?)"
        known = {seq: bytes(h) for seq, h in run(connection, sql, (stream.id, *marks))}
        known[0] = CHAIN_START
        if not batch.chain_holds() or any(known.get(seq, h) != h for seq, h in marks.items()):
            raise_alarm(connection, "chain_broken", stream.device, f"{batch.first_seq}..{batch.last_seq}", now_ms)
            return
        for seq in marks.keys() - known.keys():
            sql = "INSERT INTO chain_mark (stream, seq, h) VALUES (?, ?, ?)"
            run(connection, sql, (stream.id, seq, marks[seq]))


class _Apart(Exception):
    """The signer may not deliver: for the quarantine."""

    def __init__(self, kid: bytes, device: str | None, reason: str) -> None:
        super().__init__(reason)
        self.kid, self.device, self.reason = kid, device, reason


def _verified(connection: Connection, message: bytes) -> tuple[Device, Batch]:
    if len(message) > MAX_BATCH_BYTES:
        raise Refused("too_large", "signed bytes")
    kid = kid_of_message(message)
    device = device_by_kid(connection, kid)
    if device is None:
        raise _Apart(kid, None, "unknown_device")
    batch = decode_batch(message, {kid: device.public})
    if device.state != "active":
        raise _Apart(kid, device.id, "revoked_device")
    return device, batch


def _sort_out(
    connection: Connection, stream: Stream, batch: Batch, now_ms: int
) -> tuple[list[tuple[int, bytes, bytes]], int, int]:
    """((seq, sealed, digest) of records that are new here, number of duplicates, number of conflicts)."""
    sql = "SELECT seq, digest FROM raw_record WHERE stream = ? AND seq BETWEEN ? AND ?"
    rows = run(connection, sql, (stream.id, batch.first_seq, batch.last_seq))
    known = {seq: bytes(digest) for seq, digest in rows}
    found = [(seq, sealed, digest_of(sealed)) for seq, sealed in enumerate(batch.records, batch.first_seq)]
    if not known:
        return found, 0, 0
    other = [item for item in found if known.get(item[0], item[2]) != item[2]]
    if other:
        rows_apart = [(stream.id, seq, digest, sealed, now_ms) for seq, sealed, digest in other]
        insert_rows(connection, conflict, rows_apart, if_absent=True)
        detail = f"{len(other)} records from {other[0][0]} on in epoch {stream.epoch.hex()}"
        raise_alarm(connection, "cloned_card", stream.device, detail, now_ms)
    fresh = [item for item in found if item[0] not in known]
    return fresh, len(found) - len(fresh) - len(other), len(other)


def _keep_keys(connection: Connection, stream: Stream, keys: Sequence[WrappedKeys]) -> None:
    rows = [
        (
            stream.id,
            k.key_id,
            digest_of(k.trace_wrapped + k.vault_wrapped),
            k.suite,
            k.trace_to,
            k.trace_wrapped,
            k.vault_to,
            k.vault_wrapped,
        )
        for k in keys
    ]
    insert_rows(connection, wrapped_key, rows, if_absent=True)


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
