"""record(x): the domain row and the sealed outbox row in ONE transaction, and the keys that make it safe.

- seq is allotted inside the transaction, from the last row that is really there: a rollback leaves no hole.
- Content keys live in RAM, one pair per writing process; a new pair at each start, each hour, each 4,096 records and
  each new epoch. Its wrapped form is committed in a transaction of its own before the first use.
- The nonce counter goes up with every attempt and never back: a rolled-back seq is sealed again under another nonce.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from store.db import Store
from wire.batch import link
from wire.envelope import MAX_COUNTER, KeyPair, Stamp, make_keys, seal
from wire.records import DeviceEvent, Record, Visit

KEY_LIFE_MS = 3_600_000
_EPOCH_TRIES = 3  # an epoch changes at most once per receipt; more than a few in a row is a defect


@dataclass(frozen=True, slots=True)
class Recipients:
    """Raw 32-byte X25519 public keys: whom the trace part and the vault part are sealed to."""

    ingest: bytes
    case: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record was committed."""

    epoch: bytes
    seq: int

    @property
    def ref(self) -> str:
        """`epoch hex:seq`, for logs and for matching a light with a record; holds nothing personal."""
        return f"{self.epoch.hex()}:{self.seq}"


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

    def record(self, record: Record, *, visitor: bytes | None = None) -> Written:
        """Seal `record` and commit it; a Visit also gets its readable row under the pseudonym `visitor` (16 bytes).

        When this returns, the record survives a power cut. Raises StoreError; then nothing was written.
        """
        for _ in range(_EPOCH_TRIES):
            self._renew_keys()
            with self._store.transaction():
                if self._current_epoch() == self._key_epoch:
                    return self._write(record, visitor)
        raise RuntimeError("the epoch changed under every attempt")

    def pay_owed_events(self) -> int:
        """Record the events that salvage and retention left behind; how many there were."""
        owed = self._store.execute("SELECT id, name, facts FROM owed_event ORDER BY id LIMIT 1000").fetchall()
        for row_id, name, facts in owed:
            self._renew_keys()
            with self._store.transaction():
                self._store.execute("DELETE FROM owed_event WHERE id = ?", (row_id,))
                if self._current_epoch() == self._key_epoch:
                    self._write(DeviceEvent(name, json.loads(facts)), None)
                else:
                    raise RuntimeError("the epoch changed while an owed event was written")
        return len(owed)

    def _write(self, record: Record, visitor: bytes | None) -> Written:
        store, epoch, keys = self._store, self._key_epoch, self._keys
        assert keys is not None
        last_seq, head = last_of(store, epoch)
        seq, stamp = last_seq + 1, self._stamp()
        counter, self._counter = self._counter, self._counter + 1
        sealed = seal(record, seq, stamp, self._device, epoch, keys, counter)
        store.execute(
            "INSERT INTO outbox (epoch, seq, kind, key_id, made_ms, h_before, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (epoch, seq, record.KIND, keys.key_id, stamp.at_ms, head, sealed),
        )
        if isinstance(record, Visit):
            store.execute(
                "INSERT INTO visit (epoch, seq, visitor, direction, signal, people, at_ms, boot, mono_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    epoch,
                    seq,
                    visitor,
                    int(record.direction),
                    int(record.signal),
                    1 + record.companions,
                    stamp.at_ms,
                    stamp.boot,
                    stamp.mono_ms,
                ),
            )
        return Written(epoch, seq)

    def _renew_keys(self) -> None:
        mono_ms = self._stamp().mono_ms
        fresh = mono_ms - self._key_born_ms < KEY_LIFE_MS and self._counter < MAX_COUNTER
        epoch = self._current_epoch()
        if self._keys is not None and fresh and epoch == self._key_epoch:
            return
        draw = self._store.random_bytes
        key_id = int.from_bytes(draw(8), "big") >> 1
        keys, wrapped = make_keys(
            self._device, epoch, key_id, (draw(32), draw(32)), self._recipients.ingest, self._recipients.case
        )
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO content_key"
                " (key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped, epoch, made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*wrapped, epoch, self._store.now_ms()),
            )
        self._keys, self._key_epoch, self._key_born_ms, self._counter = keys, epoch, mono_ms, 0

    def _current_epoch(self) -> bytes:
        return current_epoch(self._store)


def current_epoch(store: Store) -> bytes:
    """The 8 bytes of the epoch that new records belong to."""
    row = store.execute("SELECT epoch FROM epoch ORDER BY ordinal DESC LIMIT 1").fetchone()
    return bytes(row[0])


def last_of(store: Store, epoch: bytes) -> tuple[int, bytes]:
    """(last seq, chain hash after it) of an epoch: from its last row, or from what retention left."""
    row = store.execute(
        "SELECT seq, h_before, sealed FROM outbox WHERE epoch = ? ORDER BY seq DESC LIMIT 1", (epoch,)
    ).fetchone()
    if row is not None:
        return row[0], link(row[1], row[2])
    floor = store.execute("SELECT floor_seq, floor_head FROM epoch WHERE epoch = ?", (epoch,)).fetchone()
    return floor[0], floor[1]
