"""A kiosk's database with real sealed rows, and a centre made of wire alone, for tests of the agent's shell.

kiosk = Kiosk(tmp_path); kiosk.record(300)
centre = Centre(kiosk.device, kiosk.key.public); kiosk.pin(centre)
receipt = centre.take(message)          # signed, or None for what it refuses
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from store import bulletins
from store.db import Store, open_store
from store.recorder import Recipients, Recorder
from sync_agent.outbox import Outbox
from tests.parts.devices import CASE, INGEST, START_MS, make_visit
from wire.batch import CHAIN_START, decode_batch, fold
from wire.bulletin import KINDS
from wire.crypto import SigningKey, kid_of, signing_key
from wire.envelope import ClockQuality, Stamp
from wire.receipt import MAX_RANGES, Mark, Receipt, encode_receipt
from wire.refusal import Refused
from wire.root import Root, encode_root, fingerprint_of

DEVICE = "t-gate-1"


def key_of(name: str) -> SigningKey:
    """A key that exists only in tests."""
    return signing_key(hashlib.sha256(name.encode()).digest())


ROOT_KEY, RECEIPT_KEY, BULLETIN_KEY = key_of("root"), key_of("receipt"), key_of("bulletin")


def make_root(version: int = 1, **roles: SigningKey) -> Root:
    """A root whose roles are played by the test keys unless named."""
    receipt = roles.get("receipt", RECEIPT_KEY)
    by_role = {"receipt": (receipt.public,)} | {
        f"bulletin:{kind}": (roles.get("bulletin", BULLETIN_KEY).public,) for kind in KINDS
    }
    recipients = {"ingest": INGEST.public, "case": CASE.public}
    return Root(version, START_MS, START_MS + 10**12, (ROOT_KEY.public,), 1, by_role, recipients)


class Kiosk:
    """The kiosk's end: the process that writes records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.device = DEVICE
        self.key = key_of("device")
        self.fingerprint = fingerprint_of(make_root())
        self.store = self.open()
        self._count = 0
        self._boot = bytes(8)
        recipients = Recipients(INGEST.public, CASE.public)
        self._recorder = Recorder(self.store, DEVICE, recipients, self._stamp)
        bulletins.keep_root(self.store, encode_root(make_root(), [ROOT_KEY]), make_root())

    def open(self) -> Store:
        """Another connection to the same database."""
        return open_store(self.folder, now_ms=lambda: START_MS)

    def record(self, count: int, *, full: bool = False) -> None:
        """Commit visits, one by one, as the gate does."""
        for _ in range(count):
            self._count += 1
            self._recorder.record(make_visit(self._count, full=full))

    def record_at_once(self, count: int, *, full: bool = False) -> None:
        """Commit visits in a few transactions: the same rows, without the waits for the disk."""
        self.store.execute("PRAGMA synchronous=OFF")
        self.record(count, full=full)
        self.store.execute("PRAGMA synchronous=FULL")

    def outbox(self, open_store: Callable[[], Store] | None = None) -> Outbox:
        """The agent's hands on the database."""
        return Outbox(open_store or self.open, DEVICE, self.key, self.fingerprint)

    def _stamp(self) -> Stamp:
        return Stamp(START_MS + self._count, ClockQuality.SYNCED, self._boot, self._count)


class Centre:
    """What the centre promises: dedupe, account, answer each batch with the current receipt."""

    def __init__(self, device: str, public: bytes) -> None:
        self.device = device
        self._registry = {kid_of(public): public}
        self.generation = 1
        self.rows: dict[bytes, dict[int, bytes]] = {}
        self.batches = self.duplicates = 0
        self._n = 0
        self._answers: list[Mark] = []

    def take(self, message: bytes) -> bytes | None:
        """The signed receipt for a batch; None for bytes it refuses."""
        try:
            batch = decode_batch(message, self._registry)
        except Refused:
            return None
        self.batches += 1
        rows = self.rows.setdefault(batch.epoch, {})
        for seq, sealed in enumerate(batch.records, batch.first_seq):
            self.duplicates += seq in rows
            assert rows.setdefault(seq, sealed) == sealed
        self._answers = [Mark(batch.first_seq, batch.last_seq, batch.h_after)]
        return encode_receipt(self.receipt(batch.epoch), RECEIPT_KEY)

    def receipt(self, epoch: bytes) -> Receipt:
        """The next receipt of an epoch."""
        self._n += 1
        rows, through = self.rows.get(epoch, {}), 0
        while through + 1 in rows:
            through += 1
        missing, at = [], through + 1
        for seq in sorted(s for s in rows if s > through):
            if seq > at:
                missing.append((at, seq - 1))
            at = seq + 1
        marks, self._answers = self._answers, []
        if through:
            marks.append(Mark(1, through, fold(CHAIN_START, (rows[seq] for seq in range(1, through + 1)))))
        numbers = (self.generation, self._n, through)
        return Receipt(self.device, epoch, *numbers, tuple(missing[:MAX_RANGES]), marks=tuple(marks))

    def restore(self, epoch: bytes, through: int) -> bytes:
        """Come back from a copy that had seen `through`; the receipt that says so."""
        self.rows[epoch] = {s: sealed for s, sealed in self.rows[epoch].items() if s <= through}
        self.generation += 1
        return encode_receipt(self.receipt(epoch), RECEIPT_KEY)

    @property
    def count(self) -> int:
        """How many different records are here."""
        return sum(len(rows) for rows in self.rows.values())
