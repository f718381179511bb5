"""A database in a folder, with a clock that the test moves, and the centre's side made from wire alone."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store import outbox, receipts, salvage
from store.db import Store, open_store
from store.epochs import ordinal_of, place_of
from store.recorder import Recipients, Recorder, Written
from tests.parts.devices import CASE, INGEST
from wire.batch import CHAIN_START, Batch, decode_batch, encode_batch, link
from wire.crypto import SigningKey
from wire.envelope import ClockQuality, Stamp, open_trace, parse, unwrap_trace
from wire.receipt import MARK_BYTES, Mark, Receipt
from wire.records import Direction, IdentityKind, Record, Signal, Source, Visit

DEVICE = "t-gate-1"
KEY = SigningKey(b"\3" * 32)
RECIPIENTS = Recipients(INGEST.public, CASE.public)
DAY_MS = 86_400_000
START_MS = 1_790_000_000_000


def make_visit(i: int, **more: Any) -> Visit:
    """Visit number i of an invented person."""
    return Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, f"099{i:09d}", (1,), 0, Source.CAMERA, **more)


@dataclass
class Desk:
    """A folder with its database; `now_ms` and `clock` are what its records are stamped with."""

    folder: Path
    now_ms: int = START_MS
    clock: ClockQuality = ClockQuality.SYNCED
    stores: list[Store] = field(default_factory=list)

    def stamp(self) -> Stamp:
        """One ms later with each call."""
        self.now_ms += 1
        return Stamp(self.now_ms, self.clock, b"boot 001", self.now_ms - START_MS + 1_000)

    def open(self) -> Store:
        """Another connection."""
        store = open_store(self.folder, now_ms=lambda: self.now_ms)
        self.stores.append(store)
        return store

    def start(self) -> tuple[Store, salvage.Moved | None]:
        """As the kiosk does at start."""
        store, moved = salvage.open_or_move_aside(
            self.folder, now_ms=lambda: self.now_ms, random_bytes=os.urandom, wait=lambda _: None
        )
        self.stores.append(store)
        return store, moved

    def recorder(self, store: Store) -> Recorder:
        """A writing process."""
        return Recorder(store, DEVICE, RECIPIENTS, self.stamp)

    def close(self) -> None:
        """Close every connection; a test may have closed some."""
        while self.stores:
            with suppress(sqlite3.Error):
                self.stores.pop().close()


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    """A desk whose connections are closed at the end."""
    desk = Desk(folder)
    try:
        yield desk
    finally:
        desk.close()


def write(recorder: Recorder, count: int, first: int = 1) -> list[Written]:
    """Record that many visits."""
    return [recorder.record(make_visit(i), visitor=bytes(16)) for i in range(first, first + count)]


def receive(
    store: Store, epoch: bytes, through: int, n: int, *, generation: int = 1, now_ms: int = START_MS
) -> receipts.Applied:
    """Apply a receipt of a centre that holds this card's own records, if it has any under that number."""
    receipt = Receipt(DEVICE, epoch, generation, n, through, marks=own_marks(store, epoch, through))
    return receipts.apply_receipt(store, receipt, b"signed", now_ms)


def own_marks(store: Store, epoch: bytes, through: int) -> tuple[Mark, ...]:
    """The mark of 1..through on this card's own chain; none where no row lies there."""
    place = place_of(ordinal_of(store, epoch), through)
    row = store.execute("SELECT h_before, sealed FROM outbox WHERE place = ?", (place,)).fetchone()
    return () if row is None else (Mark(1, through, link(*row)[:MARK_BYTES]),)


def send_all(store: Store, epoch: bytes, after: int = 0) -> dict[int, Record]:
    """Everything that waits, as a centre reads it from signed batches: seq -> record, each opened and in its chain."""
    received: dict[int, Record] = {}
    while (piece := outbox.pending(store, epoch, after, 50, 60_000)) is not None:
        keys = outbox.wrapped_keys(store, epoch, piece.key_ids)
        cut = Batch(DEVICE, epoch, piece.first_seq, piece.h_before, keys, piece.sealed, piece.h_after)
        read = decode_batch(encode_batch(cut, KEY), {KEY.kid: KEY.public})
        assert read.chain_holds()
        opened = {wrapped.key_id: unwrap_trace(wrapped, DEVICE, epoch, INGEST) for wrapped in read.keys}
        for seq, sealed in enumerate(map(parse, read.records), read.first_seq):
            assert sealed.envelope.seq == seq
            received[seq] = open_trace(sealed, DEVICE, epoch, opened[sealed.key_id])
        after = read.last_seq
    return received


def check_chain(store: Store, epoch: bytes) -> int:
    """The number of rows of an epoch, after checking that they are gapless and chained from their beginning."""
    rows = store.execute(
        "SELECT seq, h_before, sealed FROM outbox JOIN epoch USING (ordinal) WHERE epoch = ? ORDER BY place", (epoch,)
    ).fetchall()
    head = CHAIN_START
    for number, (seq, h_before, sealed) in enumerate(rows, 1):
        assert (seq, h_before) == (number, head)
        head = link(head, sealed)
    return len(rows)
