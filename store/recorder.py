"""record(x): the domain row and the sealed outbox row in ONE transaction, and the keys that make it safe.

- seq is allotted inside the transaction, behind the last row that is really there: a rollback leaves no hole.
- Content keys live in RAM, one pair per writing process; a new pair at each start, each hour, each 4,096 records, each
  new epoch and after each failed commit. The wrapped form is committed in its own transaction before the first use.
- The nonce counter goes up with every attempt and never back: a rolled-back seq is sealed again under another nonce.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from store.db import Store, StoreError
from store.declared import write_declared
from store.epochs import Tail, current_epoch, place_of, tail_of_current
from store.light import LightTaken, write_taken
from wire.batch import link
from wire.envelope import MAX_COUNTER, ClockQuality, KeyPair, Stamp, make_keys, seal
from wire.records import Declaration, DeviceEvent, Record, Visit

KEY_LIFE_MS = 3_600_000
OWED_AT_ONCE = 1000
_EPOCH_TRIES = 3  # an epoch changes at most once per receipt; more than a few in a row is a defect


@dataclass(frozen=True, slots=True)
class Recipients:
    """Raw 32-byte X25519 public keys: whom the trace part and the vault part are sealed to."""

    ingest: bytes
    case: bytes


class Written(NamedTuple):
    """Where a record was committed."""

    epoch: bytes
    seq: int

    @property
    def ref(self) -> str:
        """`epoch hex:seq`, for logs and for matching a light with a record; holds nothing personal."""
        return f"{self.epoch.hex()}:{self.seq}"


class Entry(NamedTuple):
    """A record to commit; `visitor` is the pseudonym (16 bytes) that the readable row of a visit or declaration gets.

    `well`: of a declaration, that it names neither symptoms nor an exposure. `light`: what one by light is known by.
    """

    record: Record
    visitor: bytes | None = None
    well: bool = False
    light: LightTaken | None = None


class Recorder:
    """The writing end of one process. Not thread-safe: it belongs to the thread of its Store."""

    def __init__(self, store: Store, device: str, recipients: Recipients, stamp: Callable[[], Stamp]) -> None:
        self._store = store
        self._device = device
        self._recipients = recipients
        self._stamp = stamp
        self._keys: KeyPair | None = None
        self._key_epoch = b""
        self._key_born_ms = 0
        self._counter = 0
        self._tail: Tail | None = None

    def record(self, record: Record, *, visitor: bytes | None = None) -> Written:
        """As record_all, for one."""
        return self._commit([Entry(record, visitor)], None)[0]

    def record_all(self, entries: Sequence[Entry]) -> list[Written]:
        """Seal these records (at most 100) and commit them together: all or none.

        When this returns they survive a power cut. Raises StoreError; then nothing was written.
        """
        return self._commit(entries, None)

    def pay_owed_events(self) -> int:
        """Record the events that salvage and retention left behind; how many there were."""
        owed = self._store.execute(f"SELECT id, name, facts FROM owed_event ORDER BY id LIMIT {OWED_AT_ONCE}")
        rows = owed.fetchall()
        for row_id, name, facts in rows:
            self._commit([Entry(DeviceEvent(name, json.loads(facts)))], row_id)
        return len(rows)

    def _commit(self, entries: Sequence[Entry], pays: int | None) -> list[Written]:
        """One transaction: the records, and the owed event (its id) that they pay."""
        stamp = self._stamp()
        try:
            for _ in range(_EPOCH_TRIES):
                keys = self._fresh_keys(stamp, len(entries))
                written = self._try(entries, stamp, keys, pays)
                if written is not None:
                    return written
                self._keys = None  # another process has drawn a new epoch
        except StoreError:
            # Who knows which of its rows are still there: the next try begins with a new look and new keys.
            self._keys = self._tail = None
            raise
        raise RuntimeError("the epoch changed under every attempt")

    def _try(self, entries: Sequence[Entry], stamp: Stamp, keys: KeyPair, pays: int | None) -> list[Written] | None:
        """The transaction; None, and nothing written, when the keys are of an epoch that is over."""
        written = []
        with self._store.transaction() as db:
            tail = self._tail_now()
            if tail.epoch != self._key_epoch:
                return None
            for record, visitor, well, light in entries:
                tail = self._append(record, stamp, keys, tail)
                if isinstance(record, Visit):
                    _write_visit(db, tail.last_place, record, stamp, visitor)
                elif isinstance(record, Declaration) and visitor is not None:
                    write_declared(db, tail.last_place, visitor, record.form, well, stamp)
                elif light is not None:
                    write_taken(db, tail.last_place, light)
                written.append(Written(tail.epoch, tail.last_seq))
            if pays is not None:
                db.execute("DELETE FROM owed_event WHERE id = ?", (pays,))
        self._tail = tail
        return written

    def _tail_now(self) -> Tail:
        """The tail inside the caller's transaction: the remembered one, unless another process wrote since."""
        tail = self._tail
        newest = self._store.execute(_NEWEST).fetchone()
        return tail if tail is not None and newest == (tail.ordinal, tail.last_place) else tail_of_current(self._store)

    def _append(self, record: Record, stamp: Stamp, keys: KeyPair, tail: Tail) -> Tail:
        """Insert the sealed row behind `tail`; the new tail."""
        seq = tail.last_seq + 1
        counter, self._counter = self._counter, self._counter + 1
        sealed = seal(record, seq, stamp, self._device, tail.epoch, keys, counter)
        place = place_of(tail.ordinal, seq)
        made_ms = 0 if stamp.clock is ClockQuality.UNSET else stamp.at_ms
        self._store.execute(
            "INSERT INTO outbox (place, kind, key_id, made_ms, h_before, sealed) VALUES (?, ?, ?, ?, ?, ?)",
            (place, record.KIND, keys.key_id, made_ms, tail.head, sealed),
        )
        return Tail(tail.ordinal, tail.epoch, seq, link(tail.head, sealed), place)

    def _fresh_keys(self, stamp: Stamp, records: int) -> KeyPair:
        young = 0 <= stamp.mono_ms - self._key_born_ms < KEY_LIFE_MS
        if self._keys is not None and young and self._counter + records <= MAX_COUNTER:
            return self._keys
        epoch, draw = current_epoch(self._store), self._store.random_bytes
        key_id = int.from_bytes(draw(8), "big") >> 1
        keys, wrapped = make_keys(
            self._device, epoch, key_id, (draw(32), draw(32)), self._recipients.ingest, self._recipients.case
        )
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO content_key"
                " (key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped, epoch, made_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*wrapped, epoch, self._store.now_ms()),
            )
        self._keys, self._key_epoch, self._key_born_ms, self._counter = keys, epoch, stamp.mono_ms, 0
        return keys


def _write_visit(db: sqlite3.Connection, place: int, visit: Visit, stamp: Stamp, visitor: bytes | None) -> None:
    db.execute(
        "INSERT INTO visit (place, visitor, direction, signal, people, at_ms, boot, mono_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(place, visitor, visit.direction, visit.signal, 1 + visit.companions),
            *(stamp.at_ms, stamp.boot, stamp.mono_ms),
        ),
    )


_NEWEST = "SELECT (SELECT max(ordinal) FROM epoch), (SELECT max(place) FROM outbox)"
