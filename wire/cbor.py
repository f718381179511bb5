"""Canonical CBOR (RFC 8949, section 4.2) with every limit that hostile bytes would like to pass.

- Encoding is deterministic, so that a hash or a signature over it can be rebuilt.
- Decoding takes canonical bytes only: what would not encode to the same bytes again (trailing bytes, long forms,
  unsorted maps) is refused, and so are tags, indefinite lengths, duplicate keys and nesting deeper than 16.
- A COSE message begins with one tag; `split_tag` takes it off before decoding.
"""

from typing import Any, NoReturn

import cbor2

from wire.refusal import Refused

MAX_DEPTH = 16
_ONLY_INT = {int}


def dumps(value: Any) -> bytes:
    """Encode in canonical form. Arrays, maps, integers, bytes, text, bool, None and floats only."""
    return cbor2.dumps(value, canonical=True)


def loads(data: bytes, limit: int) -> Any:
    """Decode exactly one canonical item of at most `limit` bytes.

    Raises Refused("too_large") or Refused("malformed"); never anything else, whatever the bytes.
    """
    if len(data) > limit:
        raise Refused("too_large", f"{len(data)} bytes, {limit} allowed")
    try:
        value = cbor2.loads(
            data,
            tag_hook=_refuse_tag,
            semantic_decoders=_TAGS,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        canonical = cbor2.dumps(value, canonical=True)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise Refused("malformed", type(error).__name__) from error
    if canonical != data:
        raise Refused("malformed", "not canonical")
    return value


def whole(*numbers: object) -> bool:
    """Whether all are integers; a CBOR true or 1.0 is none, though Python would let it pass for 1."""
    return set(map(type, numbers)) == _ONLY_INT


def split_tag(data: bytes, tag: int) -> bytes:
    """The bytes behind CBOR tag `tag` (below 256). Raises Refused("malformed") where it is absent."""
    head = _tag_head(tag)
    if not data.startswith(head):
        raise Refused("malformed", f"tag {tag} expected")
    return data[len(head) :]


def put_tag(data: bytes, tag: int) -> bytes:
    """`data` behind CBOR tag `tag` (below 256)."""
    return _tag_head(tag) + data


def _tag_head(tag: int) -> bytes:
    return bytes([0xC0 | tag]) if tag < 24 else bytes([0xD8, tag])


def _refuse_tag(*_: object) -> NoReturn:
    raise ValueError("a tag where none is allowed")


# The tags that cbor2 would otherwise turn into dates, big numbers, sets and shared references.
_TAGS = dict.fromkeys(
    (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799), _refuse_tag
)
