"""The frames in which a blob crosses from a phone's screen to a camera: any k different ones of a set give it back.

    text  = "GL1:" + Base45 of CBOR [set, number, k, length, CRC, chunk], in one QR code of version 10 or less
    set   = SHA-256(blob)[:8]       length = of the blob       CRC = CRC-32 of CBOR [set, number, k, length, chunk]
    chunk = ceil(length / k) bytes

- Frame i < k holds the i-th piece of the blob, the last one filled up with zeros. Every further frame holds the value
  at its number of the polynomial through those k points, byte by byte over GF(2^8) with the polynomial 0x11d (Reed and
  Solomon 1960, as in ISO/IEC 18004 Annex A): lost frames do not matter, only how many different ones were seen.
- The CRC finds a misread frame at once (the camera's picture is a moving one); the set's own hash finds a forged one.
- Only bounds are checked here; how many sets are kept, and how long, is the collector's (kiosk.light).
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from zlib import crc32

from wire import base45, cbor
from wire.light import MAX_BLOB_BYTES
from wire.refusal import Refused

PREFIX = "GL1:"
MAX_PIECES = 64
MAX_NUMBER = 255  # the field has 256 points
MAX_CHUNK_BYTES = 512
CHUNK_BYTES = 150  # 265 characters: a code of version 8 with error correction L; the largest piece needs 10
_MAX_FRAME_CHARS = 1024


class Frame(NamedTuple):
    """One frame whose CRC holds: the `number`-th of a set of which any `pieces` different ones are enough."""

    set_id: bytes
    number: int
    pieces: int
    length: int
    chunk: bytes


def make_frames(blob: bytes, chunk_bytes: int = CHUNK_BYTES) -> tuple[str, ...]:
    """The texts that the phone shows one after the other, again and again: every piece, and more than as many spares.

    The pieces of a long blob are larger than `chunk_bytes`. Raises Refused("too_large") over MAX_BLOB_BYTES.
    """
    if not 0 < len(blob) <= MAX_BLOB_BYTES:
        raise Refused("too_large", f"{len(blob)} bytes")
    pieces = min(MAX_PIECES, -(-len(blob) // chunk_bytes))
    size = -(-len(blob) // pieces)
    points = {i: blob[i * size : (i + 1) * size].ljust(size, b"\0") for i in range(pieces)}
    set_id = _set_of(blob)
    chunks = [points[i] if i < pieces else _value_at(points, i) for i in range(2 * pieces + 3)]
    return tuple(write_frame(Frame(set_id, i, pieces, len(blob), chunk)) for i, chunk in enumerate(chunks))


def write_frame(frame: Frame) -> str:
    """The text of one frame."""
    set_id, number, pieces, length, chunk = frame
    return PREFIX + base45.encode(cbor.dumps([set_id, number, pieces, length, _crc(frame), chunk]))


def has_prefix(text: str) -> bool:
    """Whether `text` is meant as a frame."""
    return text.startswith(PREFIX)


def read_frame(text: str) -> Frame:
    """The frame of a `text` that `has_prefix`. Raises Refused: too_large, malformed."""
    if len(text) > _MAX_FRAME_CHARS:
        raise Refused("too_large", "frame")
    match cbor.loads(base45.decode(text[len(PREFIX) :]), _MAX_FRAME_CHARS):
        case [bytes(set_id), int(number), int(pieces), int(length), int(crc), bytes(chunk)] if (
            cbor.whole(number, pieces, length, crc)
            and len(set_id) == 8
            and 0 <= number <= MAX_NUMBER
            and 1 <= pieces <= MAX_PIECES
            and pieces <= length <= MAX_BLOB_BYTES
            and len(chunk) == -(-length // pieces) <= MAX_CHUNK_BYTES
        ):
            frame = Frame(set_id, number, pieces, length, chunk)
            if crc == _crc(frame):
                return frame
            raise Refused("malformed", "CRC of a frame")
    raise Refused("malformed", "frame")


def join_chunks(set_id: bytes, length: int, pieces: int, chunks: Mapping[int, bytes]) -> bytes:
    """The blob of a set of which `pieces` different frames are there (number -> chunk).

    Raises Refused("mixed") where they are not all of one blob.
    """
    points = dict(list(chunks.items())[:pieces])
    found = [points[i] if i in points else _value_at(points, i) for i in range(pieces)]
    whole = b"".join(found)
    blob = whole[:length]
    if _set_of(blob) != set_id or whole[length:].strip(b"\0"):
        raise Refused("mixed", "frames of more than one blob")
    return blob


def _set_of(blob: bytes) -> bytes:
    return hashlib.sha256(blob).digest()[:8]


def _crc(frame: Frame) -> int:
    return crc32(cbor.dumps(list(frame)))


def _value_at(points: Mapping[int, bytes], x: int) -> bytes:
    """The polynomial through `points` at x (Lagrange); in GF(2^8) plus and minus are XOR."""
    total = 0
    for xi, chunk in points.items():
        above = below = 0  # logarithms of the products
        for xm in points:
            if xm != xi:
                above += _LOG[x ^ xm]
                below += _LOG[xi ^ xm]
        factor = _EXP[(above - below) % 255]
        total ^= int.from_bytes(chunk.translate(_times(factor)), "big")
    return total.to_bytes(len(chunk), "big")


@cache
def _times(factor: int) -> bytes:
    """The table of y -> factor * y, for a factor that is not 0; 256 of them at most."""
    return bytes([0] + [_EXP[(_LOG[factor] + _LOG[y]) % 255] for y in range(1, 256)])


def _powers() -> tuple[int, ...]:
    """2 to the power of 0..254 in GF(2^8) modulo 0x11d: every element but 0 once."""
    powers = [1]
    while len(powers) < 255:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0x11D if doubled > 0xFF else doubled)
    return tuple(powers)


_EXP = _powers()
_LOG = {value: exponent for exponent, value in enumerate(_EXP)}
