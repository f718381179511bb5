"""A record in its seals: plain envelope, trace part for ingest, vault part for a case.

    sealed record = CBOR [envelope, key id, counter, trace sealed, vault sealed | null]
    envelope      = [seq, kind, schema, at ms, clock quality, boot id (8 bytes), monotonic ms]

- Associated data of both parts are the exact bytes of CBOR [device, epoch, key id, envelope]: a record cannot be moved
  to another device, epoch or place in the sequence.
- The counter is the nonce's low 4 bytes. It lives beside the key in RAM and is never taken back: after a rolled-back
  transaction the same seq comes again, the same nonce never does.
- Inside a seal: 1 byte of framing (bit 0 zstd, bit 1 padded), then the CBOR array. Parts over 200 bytes are
  compressed, declarations padded to a multiple of 32 bytes.
"""

import hashlib
from enum import IntEnum
from types import NoneType
from typing import Any, NamedTuple

import zstandard

from wire import cbor
from wire.crypto import SUITE_X25519_CHACHA, ContentKey, SealingKey, wrap_key
from wire.records import MAX_PART_BYTES, Record, from_parts, to_parts
from wire.refusal import Refused

MAX_RECORD_BYTES = 2 * MAX_PART_BYTES
COMPRESS_OVER_BYTES = 200
PAD_TO_BYTES = 32
MAX_COUNTER = 4096  # records under one content key

_PLAIN, _ZSTD, _PADDED = 0, 1, 2
# seq, kind, schema, at ms, clock, monotonic ms, key id, counter: low <= n < high. SQLite's integers end at 2**63.
_BOUNDS = ((1, 1 << 62), (1, 1 << 16), (1, 1 << 16), (0, 1 << 53), (0, 3), (0, 1 << 53), (0, 1 << 63), (0, 1 << 32))


class ClockQuality(IntEnum):
    """How well the device knew the time: set from outside, carried on by itself, or not at all."""

    SYNCED = 0
    HOLDOVER = 1
    UNSET = 2


_CLOCKS = tuple(ClockQuality)


class Stamp(NamedTuple):
    """When, as far as the device knows. `at_ms` is Unix time in ms, `mono_ms` counts from boot `boot` (8 bytes)."""

    at_ms: int
    clock: ClockQuality
    boot: bytes
    mono_ms: int


class Envelope(NamedTuple):
    """The plain head of a record: enough to order, date and account for it without opening anything."""

    seq: int
    kind: int
    schema: int
    stamp: Stamp

    def items(self) -> list[Any]:
        """The CBOR array of this envelope."""
        s = self.stamp
        return [self.seq, self.kind, self.schema, s.at_ms, int(s.clock), s.boot, s.mono_ms]


class WrappedKeys(NamedTuple):
    """A pair of content keys, each wrapped to its recipient (8-byte kid): what the card keeps of them."""

    key_id: int
    suite: int
    trace_to: bytes
    trace_wrapped: bytes
    vault_to: bytes
    vault_wrapped: bytes

    def items(self) -> list[Any]:
        """The CBOR array of these wrapped keys."""
        return [self.key_id, self.suite, self.trace_to, self.trace_wrapped, self.vault_to, self.vault_wrapped]


class KeyPair(NamedTuple):
    """The content keys of one writing process, as RAM holds them."""

    key_id: int
    trace: ContentKey
    vault: ContentKey


class Sealed(NamedTuple):
    """A sealed record taken apart but not opened."""

    envelope: Envelope
    key_id: int
    counter: int
    trace: bytes
    vault: bytes | None


def record_id(device: str, epoch: bytes, seq: int) -> bytes:
    """16 bytes that name a record everywhere; never sent, always derived."""
    return hashlib.sha256(cbor.dumps([device, epoch, seq])).digest()[:16]


def make_keys(
    device: str, epoch: bytes, key_id: int, secrets: tuple[bytes, bytes], trace_to: bytes, vault_to: bytes
) -> tuple[KeyPair, WrappedKeys]:
    """A new pair from two 32-byte secrets, and its wrapped form for the public keys `trace_to` and `vault_to`."""
    info = _key_info(device, epoch, key_id)
    wrapped = WrappedKeys(
        key_id,
        SUITE_X25519_CHACHA,
        _kid(trace_to),
        wrap_key(secrets[0], trace_to, info),
        _kid(vault_to),
        wrap_key(secrets[1], vault_to, info),
    )
    return KeyPair(key_id, ContentKey(secrets[0]), ContentKey(secrets[1])), wrapped


def unwrap_trace(wrapped: WrappedKeys, device: str, epoch: bytes, key: SealingKey) -> ContentKey:
    """The trace content key, for whoever holds the ingest key. Raises Refused: unknown_suite, cannot_open."""
    _check_suite(wrapped)
    return ContentKey(key.unwrap(wrapped.trace_wrapped, _key_info(device, epoch, wrapped.key_id)))


def unwrap_vault(wrapped: WrappedKeys, device: str, epoch: bytes, key: SealingKey) -> ContentKey:
    """The vault content key, for whoever holds the case key. Raises Refused: unknown_suite, cannot_open."""
    _check_suite(wrapped)
    return ContentKey(key.unwrap(wrapped.vault_wrapped, _key_info(device, epoch, wrapped.key_id)))


def seal(record: Record, seq: int, stamp: Stamp, device: str, epoch: bytes, keys: KeyPair, counter: int) -> bytes:
    """The sealed bytes of a record. `counter` must be fresh for this key pair, whatever became of earlier tries."""
    envelope = [seq, record.KIND, record.SCHEMA, stamp.at_ms, int(stamp.clock), stamp.boot, stamp.mono_ms]
    associated = cbor.dumps([device, epoch, keys.key_id, envelope])
    trace_part, vault_part = to_parts(record)
    trace = keys.trace.seal(counter, _frame(trace_part, record.PADDED), associated)
    vault = None if vault_part is None else keys.vault.seal(counter, _frame(vault_part, record.PADDED), associated)
    return cbor.dumps([envelope, keys.key_id, counter, trace, vault])


def parse(data: bytes) -> Sealed:
    """Take a sealed record apart. Raises Refused: too_large, malformed, bad_record."""
    match cbor.loads(data, MAX_RECORD_BYTES):
        case [[seq, kind, schema, at_ms, clock, boot, mono_ms], key_id, counter, trace, vault]:
            pass
        case _:
            raise Refused("bad_record", "not a sealed record")
    numbers = (seq, kind, schema, at_ms, clock, mono_ms, key_id, counter)
    if not all(type(n) is int and low <= n < high for n, (low, high) in zip(numbers, _BOUNDS, strict=True)):
        raise Refused("bad_record", "a number out of bounds")
    if (
        type(boot) is not bytes
        or len(boot) != 8
        or type(trace) is not bytes
        or not isinstance(vault, (bytes, NoneType))
    ):
        raise Refused("bad_record", "bytes expected")
    envelope = Envelope(seq, kind, schema, Stamp(at_ms, _CLOCKS[clock], boot, mono_ms))
    return Sealed(envelope, key_id, counter, trace, vault)


def open_trace(sealed: Sealed, device: str, epoch: bytes, key: ContentKey) -> Record:
    """The record without its vault fields. Raises Refused: cannot_open, bad_record, unknown_kind, newer_schema."""
    return from_parts(sealed.envelope.kind, sealed.envelope.schema, _opened(sealed, sealed.trace, device, epoch, key))


def open_whole(sealed: Sealed, device: str, epoch: bytes, trace: ContentKey, vault: ContentKey) -> Record:
    """The whole record, for the opener process. Raises Refused as open_trace does."""
    vault_part = None if sealed.vault is None else _opened(sealed, sealed.vault, device, epoch, vault)
    trace_part = _opened(sealed, sealed.trace, device, epoch, trace)
    return from_parts(sealed.envelope.kind, sealed.envelope.schema, trace_part, vault_part)


def _opened(sealed: Sealed, part: bytes, device: str, epoch: bytes, key: ContentKey) -> Any:
    associated = cbor.dumps([device, epoch, sealed.key_id, sealed.envelope.items()])
    return _unframe(key.open(sealed.counter, part, associated))


def _frame(items: list[Any], padded: bool) -> bytes:
    body = cbor.dumps(items)
    framing = _PLAIN
    if len(body) > COMPRESS_OVER_BYTES:
        body, framing = zstandard.compress(body), _ZSTD
    if not padded:
        return bytes([framing]) + body
    head = bytes([_PADDED | framing]) + len(body).to_bytes(2, "big")
    return head + body + bytes(-(len(head) + len(body)) % PAD_TO_BYTES)


def _unframe(plain: bytes) -> Any:
    framing, body = plain[:1], plain[1:]
    if framing in (b"\x02", b"\x03"):
        body = body[2 : 2 + int.from_bytes(body[:2], "big")]
    elif framing not in (b"\x00", b"\x01"):
        raise Refused("bad_record", "framing")
    if framing in (b"\x01", b"\x03"):
        body = inflate(body, MAX_PART_BYTES)
    return cbor.loads(body, MAX_PART_BYTES)


def inflate(data: bytes, limit: int) -> bytes:
    """zstd-decompress at most `limit` bytes. Raises Refused: too_large, malformed."""
    try:
        # A frame may claim any content size and make the library allocate it: believe only claims within the limit.
        if not 0 <= zstandard.frame_content_size(data) <= limit:
            raise Refused("too_large", "zstd content size")
        return zstandard.ZstdDecompressor(max_window_size=1 << 23).decompress(data, max_output_size=limit)
    except zstandard.ZstdError as error:
        raise Refused("malformed", "zstd") from error


def _key_info(device: str, epoch: bytes, key_id: int) -> bytes:
    return cbor.dumps(["gatepost/1 key", device, epoch, key_id])


def _kid(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:8]


def _check_suite(wrapped: WrappedKeys) -> None:
    if wrapped.suite != SUITE_X25519_CHACHA:
        raise Refused("unknown_suite", str(wrapped.suite))
