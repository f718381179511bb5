"""The agent's hands on the database: look, cut a batch, apply a receipt; and let go while the file is moved aside."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import store.bulletins
import store.outbox
import store.receipts
from store.db import Leaving, Store, StoreError
from store.outbox import Backlog
from store.receipts import Applied
from sync_agent.events import EpochSeen, Send
from wire.batch import Batch, BatchWriter
from wire.crypto import SigningKey
from wire.envelope import WrappedKeys
from wire.receipt import Receipt, check_order, decode_receipt
from wire.refusal import Refused
from wire.root import Root

FLUSH_MS = 250
_MOST_KEYS = 16  # wrapped keys held in RAM: neighbouring batches need the same ones


@dataclass(frozen=True, slots=True)
class Cut:
    """A signed batch, ready to go: records first..last."""

    first: int
    last: int
    message: bytes


class Outbox:
    """One thread's view. `open_store` may be called again and again: the file can be moved aside at any time.

    While it is away every method raises StoreError. `fingerprint` (16 bytes) is that of the first root.
    """

    def __init__(
        self, open_store: Callable[[], Store], device: str, key: SigningKey, fingerprint: bytes | None = None
    ) -> None:
        self._open = open_store
        self._fingerprint = fingerprint
        self._root: Root | None = None
        self._device = device
        self._writer = BatchWriter(key)
        self._store: Store | None = None
        self._version = -1
        self._last_seq: dict[bytes, int] = {}
        self._held: dict[bytes, tuple[Receipt, bytes]] = {}  # as far as believed, not yet committed
        self._flushed_ms = -FLUSH_MS
        self._keys: dict[tuple[bytes, frozenset[int]], tuple[WrappedKeys, ...]] = {}

    @property
    def store(self) -> Store:
        """The open store. Raises StoreError (Leaving) while it cannot be opened."""
        if self._store is None:
            self._store = self._open()
            self._version = -1
        return self._store

    def changed(self) -> bool:
        """Whether another process committed since the last call. Lets go of the file when it is to be moved aside."""
        try:
            version = self.store.data_version()
        except Leaving:
            self.close()
            raise
        changed, self._version = version != self._version, version
        return changed

    def epochs(self) -> tuple[EpochSeen, ...]:
        """What `agent` wants to know of every epoch that is current or has waiting records."""
        seen = []
        for e in store.outbox.epochs(self.store):
            self._last_seq[e.epoch] = e.last_seq
            held = self._held.get(e.epoch)
            if held is None:
                seen.append(EpochSeen(e.epoch, e.last_seq, e.through_seq, e.generation, e.n))
            else:
                seen.append(EpochSeen(e.epoch, e.last_seq, held[0].through_seq, *held[0].order))
        return tuple(seen)

    def cut(self, send: Send) -> Cut | None:
        """The signed batch that `send` asks for; None when there are no such records. Raises Refused("too_large")."""
        found = store.outbox.pending(self.store, send.epoch, send.after_seq, send.limit, send.max_bytes)
        if found is None:
            return None
        keys = self._wrapped(send.epoch, found.key_ids)
        batch = Batch(self._device, send.epoch, found.first_seq, found.h_before, keys, found.sealed, found.h_after)
        return Cut(batch.first_seq, batch.last_seq, self._writer.encode(batch))

    def apply(self, message: bytes, now_ms: int, mono_ms: int) -> tuple[Receipt, Applied]:
        """Verify a receipt and go by it; what is returned says what counts from now on.

        A commit costs as much as 30 batches of signing. So while a long outbox drains, receipts that say nothing but
        "further" are committed at most every 250 ms, the newest for all; a crash in between only means that a few
        batches are sent twice. Raises Refused: see decode_receipt and apply_receipt, foreign, no_root.
        """
        root = self.root()
        if root is None:
            raise Refused("no_root", "not enrolled")
        receipt = decode_receipt(message, root.keys("receipt"))
        if receipt.device != self._device:
            raise Refused("foreign", "another device's receipt")
        held = self._held.get(receipt.epoch)
        last = store.receipts.last_receipt(self.store, receipt.epoch) if held is None else held[0]
        check_order(last, receipt)
        if last is not None and last.generation == receipt.generation and not receipt.rejected:
            belief = store.receipts.believe(self.store, receipt, last, self._last_seq.get(receipt.epoch, 0))
            if belief.new_epoch is None and not self._flush_due(mono_ms):
                believed = _as_believed(receipt, belief.through_seq)
                self._held[receipt.epoch] = (believed, message)
                return believed, Applied(0, None, 0, None, belief.through_seq)
        self._held.pop(receipt.epoch, None)
        self._flushed_ms = mono_ms
        applied = store.receipts.apply_receipt(self.store, receipt, message, now_ms, held and held[0])
        return _as_believed(receipt, applied.through_seq), applied

    def flush(self, now_ms: int, mono_ms: int, *, at_once: bool = False) -> None:
        """Commit the receipts that `apply` held back, when it is time."""
        if not self._held or not (at_once or self._flush_due(mono_ms)):
            return
        held, self._held, self._flushed_ms = self._held, {}, mono_ms
        for believed, message in held.values():
            with suppress(Refused):  # stale: another process applied a newer one from a stick
                store.receipts.keep_belief(self.store, believed, message, now_ms)

    def _flush_due(self, mono_ms: int) -> bool:
        return mono_ms - self._flushed_ms >= FLUSH_MS

    def root(self) -> Root | None:
        """The newest root, walked up from the pinned one; None before enrolment. Held in RAM until `renew_root`."""
        if self._root is None:
            self._root = store.bulletins.root(self.store, self._fingerprint)
        return self._root

    def renew_root(self) -> None:
        """Read the root anew at its next use: a newer one was kept."""
        self._root = None

    def backlog(self) -> Backlog:
        """How much waits."""
        return store.outbox.backlog(self.store)

    def close(self) -> None:
        """Let go of the file. May be repeated; the next use opens it again."""
        opened, self._store = self._store, None
        self._keys.clear()
        self._held.clear()
        if opened is not None:
            opened.close()

    def _wrapped(self, epoch: bytes, key_ids: frozenset[int]) -> tuple[WrappedKeys, ...]:
        keys = self._keys.get((epoch, key_ids))
        if keys is None:
            keys = store.outbox.wrapped_keys(self.store, epoch, key_ids)
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[epoch, key_ids] = keys
        return keys


def _as_believed(receipt: Receipt, through_seq: int) -> Receipt:
    """What the agent goes by. A receipt that was not believed to its end lists the gaps of another card's chain."""
    missing = receipt.missing if through_seq == receipt.through_seq else ()
    return replace(receipt, through_seq=through_seq, missing=missing, marks=())


__all__ = ["Applied", "Backlog", "Cut", "Outbox", "StoreError"]
