"""A run of sealed records that travels as one signed message, by MQTT or on a USB stick.

    batch = COSE_Sign1(device key, purpose "batch", zstd(CBOR
            [1, device, epoch, first seq, h before, [wrapped keys its records need], [records], h after]))

- Verified before it is inflated, inflated with a hard limit, complete in itself: the same bytes may come in any order,
  any number of times.
- Its records are consecutive: the i-th has seq = first seq + i, so that even an unreadable one has a number to be
  rejected by.
- h(n) = SHA-256(h(n-1), sealed record n), h(0) = 32 zero bytes for each epoch: any cut of the chain verifies.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import zstandard

from wire import cbor
from wire.crypto import SigningKey, sign1, verify1
from wire.envelope import WrappedKeys, inflate
from wire.refusal import Refused

VERSION = 1
MAX_RECORDS = 200
MAX_BATCH_BYTES = 64 * 1024
MAX_INFLATED_BYTES = 256 * 1024
CHAIN_START = bytes(32)
PURPOSE = "batch"
_LEVEL = -1  # seals do not shrink, envelopes do: as small as level 3, in half the time


@dataclass(frozen=True, slots=True)
class Batch:
    """What a verified batch says. `records` are sealed bytes; `h_before` and `h_after` are 32 bytes each."""

    device: str
    epoch: bytes
    first_seq: int
    h_before: bytes
    keys: tuple[WrappedKeys, ...]
    records: tuple[bytes, ...]
    h_after: bytes

    @property
    def last_seq(self) -> int:
        """The seq of the last record."""
        return self.first_seq + len(self.records) - 1

    def chain_holds(self) -> bool:
        """Whether folding the records into h_before gives h_after."""
        return fold(self.h_before, self.records) == self.h_after


def link(h_before: bytes, sealed: bytes) -> bytes:
    """The chain hash after one more record."""
    return hashlib.sha256(h_before + sealed).digest()


def fold(h_before: bytes, records: Iterable[bytes]) -> bytes:
    """The chain hash after several more records."""
    h = h_before
    for sealed in records:
        h = link(h, sealed)
    return h


class BatchWriter:
    """Encodes one batch after the other, for one thread: setting zstd up anew would cost as much as half its work."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self._zstd = zstandard.ZstdCompressor(level=_LEVEL)

    def encode(self, batch: Batch) -> bytes:
        """The signed bytes. Raises Refused("too_large") when they would pass a limit: send fewer records."""
        keys = [wrapped.items() for wrapped in batch.keys]
        head = [VERSION, batch.device, batch.epoch, batch.first_seq, batch.h_before]
        body = cbor.dumps([*head, keys, list(batch.records), batch.h_after])
        if len(batch.records) > MAX_RECORDS or len(body) > MAX_INFLATED_BYTES:
            raise Refused("too_large", "records")
        message = sign1(self._zstd.compress(body), self._key, PURPOSE)
        if len(message) > MAX_BATCH_BYTES:
            raise Refused("too_large", "signed bytes")
        return message


def encode_batch(batch: Batch, key: SigningKey) -> bytes:
    """A single batch, as BatchWriter.encode."""
    return BatchWriter(key).encode(batch)


def decode_batch(message: bytes, devices: Mapping[bytes, bytes]) -> Batch:
    """The batch inside a signed message; `devices` maps kid to the device's public key.

    Raises Refused: too_large, malformed, unknown_key, bad_signature, newer_version, bad_batch.
    """
    if len(message) > MAX_BATCH_BYTES:
        raise Refused("too_large", "signed bytes")
    _, payload = verify1(message, devices, PURPOSE)
    return _read(cbor.loads(inflate(payload, MAX_INFLATED_BYTES), MAX_INFLATED_BYTES))


def _read(body: object) -> Batch:
    match body:
        case [int(version), *_] if version > VERSION:
            raise Refused("newer_version", str(version))
        case [
            int(version),
            str(device),
            bytes(epoch),
            int(first_seq),
            bytes(h_before),
            list(keys),
            list(records),
            bytes(h_after),
        ] if (
            cbor.whole(version, first_seq)
            and version == VERSION
            and 0 < len(device) <= 64
            and len(epoch) == 8
            and 0 < first_seq < 1 << 62
            and len(h_before) == len(h_after) == 32
            and len(keys) <= MAX_RECORDS
            and 0 < len(records) <= MAX_RECORDS
            and all(type(item) is bytes for item in records)
        ):
            wrapped = _read_keys(keys)
            return Batch(device, epoch, first_seq, h_before, wrapped, tuple(records), h_after)
    raise Refused("bad_batch", "its fields")


def _read_keys(items: Sequence[object]) -> tuple[WrappedKeys, ...]:
    keys = []
    for item in items:
        match item:
            case [int(key_id), int(suite), bytes(trace_to), bytes(trace), bytes(vault_to), bytes(vault)] if (
                cbor.whole(key_id, suite)
                and 0 <= key_id < 1 << 63
                and len(trace_to) == len(vault_to) == 8
                and max(len(trace), len(vault)) <= 2048
            ):
                keys.append(WrappedKeys(key_id, suite, trace_to, trace, vault_to, vault))
            case _:
                raise Refused("bad_batch", "wrapped keys")
    return tuple(keys)
