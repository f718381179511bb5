"""A device made of wire alone: it seals, chains and signs as a kiosk does, without a kiosk.

    device = SyntheticDevice("t-gate-1")
    message = device.batch(1, 200)            # signed bytes with the records 1..200; equal calls give equal bytes
    device.public, device.epoch, device.kid

Its people are invented and plainly so (province code 099). The same arguments always give the same visits; wrapped keys
differ from run to run, since HPKE draws its own randomness.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from wire import topics
from wire.batch import CHAIN_START, Batch, encode_batch, link
from wire.crypto import SealingKey, SigningKey
from wire.envelope import MAX_COUNTER, ClockQuality, KeyPair, Stamp, WrappedKeys, make_keys, seal
from wire.records import Direction, IdentityKind, Record, Signal, Source, Visit

START_MS = 1_790_000_000_000  # some day in 2026

# The keys of a centre that exists only in tests.
INGEST_SECRET = hashlib.sha256(b"test ingest key").digest()
INGEST = SealingKey(INGEST_SECRET)
CASE = SealingKey(hashlib.sha256(b"test case key").digest())


def make_visit(i: int, *, full: bool = False) -> Visit:
    """Visit number i: every person comes in and later out; `full` adds name, birth date and address."""
    rest: dict[str, Any] = (
        {"name": "Trần Văn Thử", "birth_date": "1970-01-01", "address": f"Số {i % 97}, Phố Giả Định"} if full else {}
    )
    return Visit(
        direction=Direction.IN if i % 2 else Direction.OUT,
        signal=Signal.ALLOW,
        identity_kind=IdentityKind.CCCD,
        identity=f"099{(i + 1) // 2:09d}",
        reasons=(1 if i % 2 else 2,),
        source=Source.CAMERA,
        **rest,
    )


class SyntheticDevice:
    """Records 1, 2, 3 ... of one device and one epoch, made when first asked for."""

    def __init__(
        self,
        device_id: str = "t-gate-1",
        *,
        ingest: bytes = INGEST.public,
        case: bytes = CASE.public,
        seed: int = 1,
        epoch: bytes | None = None,
        full: bool = False,
        start_ms: int = START_MS,
    ) -> None:
        self.device = device_id
        self.key = SigningKey(hashlib.sha256(f"device {device_id} {seed}".encode()).digest())
        self.public, self.kid = self.key.public, self.key.kid
        self.epoch = epoch or hashlib.sha256(f"epoch {device_id} {seed}".encode()).digest()[:8]
        self.boot = hashlib.sha256(f"boot {device_id} {seed}".encode()).digest()[:8]
        self.topic = topics.up(device_id)
        self._recipients = (ingest, case)
        self._full = full
        self._start_ms = start_ms
        self.sealed: list[bytes] = []
        self.chain: list[bytes] = [CHAIN_START]  # chain[n] is h(n)
        self._keys: list[tuple[KeyPair, WrappedKeys]] = []
        self._key_of: list[int] = []  # which key sealed which record

    def visit(self, i: int) -> Visit:
        """The visit that record i carries unless something else was added there."""
        return make_visit(i, full=self._full)

    def add(self, record: Record, *, at_ms: int | None = None, clock: ClockQuality = ClockQuality.SYNCED) -> int:
        """Seal `record` as the next one and return its seq."""
        seq, counter = len(self.sealed) + 1, len(self.sealed) % MAX_COUNTER
        if counter == 0:
            self._new_key()
        stamp = Stamp(self._start_ms + seq * 1000 if at_ms is None else at_ms, clock, self.boot, seq * 1000)
        pair = self._keys[-1][0]
        return self.add_raw(seal(record, seq, stamp, self.device, self.epoch, pair, counter))

    def add_raw(self, sealed: bytes) -> int:
        """Put any bytes in as the next record (a poison one, say) and return its seq."""
        if not self._keys:
            self._new_key()
        self.sealed.append(sealed)
        self.chain.append(link(self.chain[-1], sealed))
        self._key_of.append(len(self._keys) - 1)
        return len(self.sealed)

    def cut(self, first: int, count: int) -> Batch:
        """The unsigned batch of the records first .. first + count - 1."""
        while len(self.sealed) < first + count - 1:
            self.add(self.visit(len(self.sealed) + 1))
        last = first + count - 1
        needed = sorted(set(self._key_of[first - 1 : last]))
        keys = tuple(self._keys[i][1] for i in needed)
        return Batch(
            self.device,
            self.epoch,
            first,
            self.chain[first - 1],
            keys,
            tuple(self.sealed[first - 1 : last]),
            self.chain[last],
        )

    def batch(self, first: int, count: int) -> bytes:
        """The signed bytes of the records first .. first + count - 1 (at most 200)."""
        return encode_batch(self.cut(first, count), self.key)

    def batches(self, total: int, size: int = 200) -> Sequence[bytes]:
        """Signed batches that together hold the records 1 .. total."""
        return [self.batch(first, min(size, total - first + 1)) for first in range(1, total + 1, size)]

    def _new_key(self) -> None:
        number = len(self._keys) + 1
        secrets = tuple(hashlib.sha256(f"{part} {self.device} {number}".encode()).digest() for part in ("t", "v"))
        pair, wrapped = make_keys(self.device, self.epoch, number, (secrets[0], secrets[1]), *self._recipients)
        self._keys.append((pair, wrapped))
