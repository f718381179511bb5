"""The agent's hands on the database: look, cut a batch, apply a receipt; and let go while the file is moved aside."""

from collections.abc import Callable
from dataclasses import dataclass

import store.bulletins
import store.outbox
from store.db import Leaving, Store, StoreError
from store.outbox import Applied, Backlog
from sync_agent.events import EpochSeen, Send
from wire.batch import Batch, encode_batch
from wire.crypto import SigningKey
from wire.envelope import WrappedKeys
from wire.receipt import Receipt, decode_receipt
from wire.refusal import Refused
from wire.root import Root

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
        self._key = key
        self._store: Store | None = None
        self._version = -1
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
        return tuple(
            EpochSeen(e.epoch, e.last_seq, e.through_seq, e.generation, e.n) for e in store.outbox.epochs(self.store)
        )

    def cut(self, send: Send) -> Cut | None:
        """The signed batch that `send` asks for; None when there are no such records. Raises Refused("too_large")."""
        found = store.outbox.pending(self.store, send.epoch, send.after_seq, send.limit, send.max_bytes)
        if found is None:
            return None
        keys = self._wrapped(send.epoch, found.key_ids)
        batch = Batch(self._device, send.epoch, found.first_seq, found.h_before, keys, found.sealed, found.h_after)
        return Cut(batch.first_seq, batch.last_seq, encode_batch(batch, self._key))

    def apply(self, message: bytes, now_ms: int) -> tuple[Receipt, Applied]:
        """Verify a receipt and go by it. Raises Refused: see decode_receipt and apply_receipt, foreign, no_root."""
        root = self.root()
        if root is None:
            raise Refused("no_root", "not enrolled")
        receipt = decode_receipt(message, root.keys("receipt"))
        if receipt.device != self._device:
            raise Refused("foreign", "another device's receipt")
        return receipt, store.outbox.apply_receipt(self.store, receipt, message, now_ms)

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
        held, self._store = self._store, None
        self._keys.clear()
        if held is not None:
            held.close()

    def _wrapped(self, epoch: bytes, key_ids: frozenset[int]) -> tuple[WrappedKeys, ...]:
        keys = self._keys.get((epoch, key_ids))
        if keys is None:
            keys = store.outbox.wrapped_keys(self.store, epoch, key_ids)
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[epoch, key_ids] = keys
        return keys


__all__ = ["Applied", "Backlog", "Cut", "Outbox", "StoreError"]
