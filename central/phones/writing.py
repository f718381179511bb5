"""The public pages as a device at the edge: what a phone says is sealed, chained and signed as any gate's record.

- The process holds its own signing key and two public keys: it cannot open what it has written a moment ago.
- An epoch is one run of one process: eight random bytes, its numbers from 1 on. When a commit fails nobody can say
  whether it went through: a new epoch begins, so that no number is ever given twice.
- While ingest is away what waits grows to MOST_WAITING batches and no further: then phones are told to keep theirs.
- What is written is one batch in `handed_in`, committed before the phone is told. Ingest takes it from there.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from central.statements import run
from wire.batch import CHAIN_START, Batch, BatchWriter, fold
from wire.crypto import SigningKey
from wire.envelope import MAX_COUNTER, ClockQuality, KeyPair, Stamp, WrappedKeys, make_keys, record_id, seal
from wire.records import PUBLIC_PAGES, Record
from wire.refusal import Refused

MOST_WAITING = 100_000  # batches of a few hundred bytes: an afternoon of a whole city's check-ins
_KEY_LIVES_MS = 3_600_000
_COUNT_EACH_MS = 1_000


class Said(NamedTuple):
    """A record, and when it was: Unix ms, and whether this centre's clock says so or the phone's."""

    record: Record
    at_ms: int
    clock: ClockQuality = ClockQuality.SYNCED


@dataclass(slots=True)
class _Epoch:
    """What RAM alone knows of one run: where its numbers, its chain and its content key stand."""

    id: bytes
    boot: bytes
    began_ms: int
    seq: int = 0
    chain: bytes = CHAIN_START
    keys: tuple[KeyPair, WrappedKeys] | None = None
    key_ms: int = 0
    counter: int = 0


class Writer:
    """Writes for all threads of one process, one after the other. `recipients`: the root's, "ingest" and "case"."""

    def __init__(
        self,
        engine: Engine,
        key: SigningKey,
        recipients: Mapping[str, bytes],
        now_ms: Callable[[], int],
        random: Callable[[int], bytes] = os.urandom,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._most_waiting = most_waiting
        self._engine, self._recipients, self._now_ms, self._random = engine, recipients, now_ms, random
        self._batches = BatchWriter(key)
        self._one = threading.Lock()
        self._epoch = self._new_epoch()
        self._counted_ms, self._full = -_COUNT_EACH_MS, False

    def write(self, said: Sequence[Said], also: Callable[[Connection, list[bytes]], None] | None = None) -> list[bytes]:
        """The ids of the records (16 bytes each), once they are durable; at most 200 at once.

        `also` is called in the same transaction with the ids, for rows that must stand or fall with the records; when
        it raises, nothing was written. Raises Refused("busy") while too much waits for ingest.
        """
        with self._one:
            self._check_room()
            batch = self._batch(said)
            ids = [record_id(PUBLIC_PAGES, batch.epoch, batch.first_seq + index) for index in range(len(said))]
            try:
                with self._engine.begin() as connection:
                    sql = "INSERT INTO handed_in (message, made_ms) VALUES (?, ?)"
                    run(connection, sql, (self._batches.encode(batch), self._now_ms()))
                    if also is not None:
                        also(connection, ids)
            except BaseException:
                self._epoch = self._new_epoch()
                raise
            self._epoch.seq, self._epoch.chain = batch.last_seq, batch.h_after
            return ids

    def _check_room(self) -> None:
        now_ms = self._now_ms()
        if abs(now_ms - self._counted_ms) >= _COUNT_EACH_MS:
            self._counted_ms = now_ms
            with self._engine.connect().execution_options(reads_only=True) as connection:
                sql = "SELECT 1 FROM handed_in ORDER BY id LIMIT 1 OFFSET ?"
                self._full = run(connection, sql, (self._most_waiting,)).first() is not None
        if self._full:
            raise Refused("busy", "ingest is away")

    def _batch(self, said: Sequence[Said]) -> Batch:
        now, keys, sealed = self._epoch, dict[int, WrappedKeys](), list[bytes]()
        for seq, one in enumerate(said, now.seq + 1):
            pair, wrapped = self._fresh_keys()
            keys[pair.key_id] = wrapped
            stamp = Stamp(one.at_ms, one.clock, now.boot, max(0, self._now_ms() - now.began_ms))
            sealed.append(seal(one.record, seq, stamp, PUBLIC_PAGES, now.id, pair, now.counter))
            now.counter += 1
        after = fold(now.chain, sealed)
        return Batch(PUBLIC_PAGES, now.id, now.seq + 1, now.chain, tuple(keys.values()), tuple(sealed), after)

    def _fresh_keys(self) -> tuple[KeyPair, WrappedKeys]:
        now = self._epoch
        old = self._now_ms() - now.key_ms >= _KEY_LIVES_MS or now.counter >= MAX_COUNTER
        if now.keys is None or old:
            number = 1 if now.keys is None else now.keys[0].key_id + 1
            secrets = self._random(32), self._random(32)
            to = self._recipients["ingest"], self._recipients["case"]
            now.keys = make_keys(PUBLIC_PAGES, now.id, number, secrets, *to)
            now.key_ms, now.counter = self._now_ms(), 0
        return now.keys

    def _new_epoch(self) -> _Epoch:
        return _Epoch(self._random(8), self._random(8), self._now_ms())
