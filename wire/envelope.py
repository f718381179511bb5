"""A record in its seals: plain envelope, trace part for ingest, vault part for a case.

    sealed record = CBOR [envelope, key id, counter, trace sealed, vault sealed | null]
    envelope      = [seq, kind, schema, at ms, clock quality, boot id (8 bytes), monotonic ms]

- Associated data of both parts are the exact bytes of CBOR [device, epoch, key id, envelope]: a record cannot be moved
  to another device, epoch or place in the sequence.
- The counter is the nonce's low 4 bytes. It lives beside the key in RAM and is never taken back: after a rolled-back
  transaction the same seq comes again, the same nonce never does.
- Inside a seal: 1 byte of framing (0 plain, 1 zstd), the CBOR array, 0x80, and zeros up to a multiple that the record's
  class names (ISO/IEC 7816-4 padding): so that length tells no reason and no answer. Over 200 bytes are compressed.
"""

import hashlib
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

import zstandard

from wire import cbor
from wire.crypto import SUITE_X25519_CHACHA, ContentKey, SealingKey, kid_of, wrap_key
from wire.layout import to_parts
from wire.records import MAX_PART_BYTES, Record, from_parts
from wire.refusal import Refused

MAX_RECORD_BYTES = 2 * MAX_PART_BYTES
COMPRESS_OVER_BYTES = 200
MAX_COUNTER = 4096  # records under one content key

_PLAIN, _ZSTD = b"\0", b"\1"
_PAD_MARK = b"\x80"
_SQLITE_END = 1 << 63  # what the key id of a wrapped key must stay below to lie in any database


class ClockQuality(IntEnum):
    """How well the device knew the time: set from outside, carried on by itself, or not at all."""

    SYNCED = 0
    HOLDOVER = 1
    UNSET = 2


_CLOCKS = tuple(ClockQuality)
_ARRAY_OF_4, _ARRAY_OF_5 = b"\x84", b"\x85"
_BYTES_OR_NONE = (bytes, type(None))


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


def pass_of(record: bytes) -> bytes:
    """The id of the pass (16 bytes) that a gate gives for the check-in of that record. The centre derives it too, and
    knows whose check-out by that pass is without being told."""
    return hashlib.sha256(b"gatepost/1 pass" + record).digest()[:16]


def make_keys(
    device: str, epoch: bytes, key_id: int, secrets: tuple[bytes, bytes], trace_to: bytes, vault_to: bytes
) -> tuple[KeyPair, WrappedKeys]:
    """A new pair from two 32-byte secrets, and its wrapped form for the public keys `trace_to` and `vault_to`."""
    info = _key_info(device, epoch, key_id)
    wrapped = WrappedKeys(
        key_id,
        SUITE_X25519_CHACHA,
        kid_of(trace_to),
        wrap_key(secrets[0], trace_to, info),
        kid_of(vault_to),
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
    """The sealed bytes of a record. `counter` must be fresh for this key pair, whatever became of earlier tries.

    Raises Refused("too_large") for a record that could not travel.
    """
    envelope = cbor.dumps([seq, record.KIND, record.SCHEMA, stamp.at_ms, stamp.clock, stamp.boot, stamp.mono_ms])
    before, key = _before_envelope(device, epoch, keys.key_id)
    associated = before + envelope
    trace_part, vault_part = to_parts(record)
    trace = keys.trace.seal(counter, _frame(trace_part, record.TRACE_PAD), associated)
    vault = None if vault_part is None else keys.vault.seal(counter, _frame(vault_part, record.VAULT_PAD), associated)
    # The array's items one after the other, as CBOR writes them: the envelope need not be encoded twice.
    sealed = _ARRAY_OF_5 + envelope + key + cbor.dumps([counter, trace, vault])[1:]
    if len(sealed) > MAX_RECORD_BYTES:
        raise Refused("too_large", "record")
    return sealed


def parse(data: bytes) -> Sealed:
    """Take a sealed record apart. Raises Refused: too_large, malformed, bad_record."""
    whole = cbor.loads(data, MAX_RECORD_BYTES)
    if type(whole) is not list or len(whole) != 5 or type(whole[0]) is not list or len(whole[0]) != 7:
        raise Refused("bad_record", "not a sealed record")
    (seq, kind, schema, at_ms, clock, boot, mono_ms), key_id, counter, trace, vault = whole
    if not (
        cbor.whole(seq, kind, schema, at_ms, clock, mono_ms, key_id, counter)
        and 0 < seq < 1 << 62
        and 0 < kind < 1 << 16
        and 0 < schema < 1 << 16
        and 0 <= at_ms < 1 << 53
        and 0 <= clock < len(_CLOCKS)
        and 0 <= mono_ms < 1 << 53
        and 0 <= key_id < _SQLITE_END
        and 0 <= counter < 1 << 32
    ):
        raise Refused("bad_record", "a number out of bounds")
    if type(boot) is not bytes or len(boot) != 8 or type(trace) is not bytes or type(vault) not in _BYTES_OR_NONE:
        raise Refused("bad_record", "bytes expected")
    return Sealed(
        Envelope(seq, kind, schema, Stamp(at_ms, _CLOCKS[clock], boot, mono_ms)), key_id, counter, trace, vault
    )


def open_trace(sealed: Sealed, device: str, epoch: bytes, key: ContentKey) -> Record:
    """The record without its vault fields. Raises Refused: cannot_open, bad_record, unknown_kind, newer_schema."""
    return from_parts(sealed.envelope.kind, sealed.envelope.schema, _opened(sealed, sealed.trace, device, epoch, key))


def open_whole(sealed: Sealed, device: str, epoch: bytes, trace: ContentKey, vault: ContentKey) -> Record:
    """The whole record, for the opener process. Raises Refused as open_trace does."""
    vault_part = None if sealed.vault is None else _opened(sealed, sealed.vault, device, epoch, vault)
    trace_part = _opened(sealed, sealed.trace, device, epoch, trace)
    return from_parts(sealed.envelope.kind, sealed.envelope.schema, trace_part, vault_part)


def _opened(sealed: Sealed, part: bytes, device: str, epoch: bytes, key: ContentKey) -> Any:
    associated = _before_envelope(device, epoch, sealed.key_id)[0] + cbor.dumps(sealed.envelope.items())
    return _unframe(key.open(sealed.counter, part, associated))


@lru_cache(maxsize=256)
def _before_envelope(device: str, epoch: bytes, key_id: int) -> tuple[bytes, bytes]:
    """The associated data, CBOR [device, epoch, key id, envelope], up to the envelope; and the key id alone.

    The same for all records of a key: encoded once.
    """
    key = cbor.dumps(key_id)
    return _ARRAY_OF_4 + cbor.dumps(device) + cbor.dumps(epoch) + key, key


def _frame(items: list[Any] | tuple[Any, ...], pad_to: int) -> bytes:
    body = cbor.dumps(items)
    if len(body) > MAX_PART_BYTES:
        raise Refused("too_large", "part")
    framed = _ZSTD + zstandard.compress(body) if len(body) > COMPRESS_OVER_BYTES else _PLAIN + body
    framed += _PAD_MARK
    return framed + bytes(-len(framed) % pad_to)


def _unframe(plain: bytes) -> Any:
    framing, body = plain[:1], plain[1:].rstrip(b"\0")
    if not body.endswith(_PAD_MARK) or framing not in (_PLAIN, _ZSTD):
        raise Refused("bad_record", "framing")
    body = body[:-1]
    return cbor.loads(inflate(body, MAX_PART_BYTES) if framing == _ZSTD else body, MAX_PART_BYTES)


def inflate(data: bytes, limit: int) -> bytes:
    """zstd-decompress at most `limit` bytes. Raises Refused: too_large, malformed."""
    try:
        # A frame may claim any content size and make the library allocate it: believe only claims within the limit.
        if not 0 <= zstandard.frame_content_size(data) <= limit:
            raise Refused("too_large", "zstd content size")
        inflater = zstandard.ZstdDecompressor(max_window_size=1 << 23)
        return inflater.decompress(data, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Refused("malformed", "zstd") from error


def _key_info(device: str, epoch: bytes, key_id: int) -> bytes:
    return cbor.dumps(["gatepost/1 key", device, epoch, key_id])


def _check_suite(wrapped: WrappedKeys) -> None:
    if wrapped.suite != SUITE_X25519_CHACHA:
        raise Refused("unknown_suite", str(wrapped.suite))
