"""Whose signature counts, and which passes no longer do.

The list is JSON: `{"pass": [{"kid", "key"}], "venue-qr": [{"kid", "key"}], "revoked": [pass id]}`. `key` is a raw
Ed25519 public key (32 bytes), `kid` its name (the first 8 bytes of its SHA-256) and may be left out; bytes are hex or
base64, plain or URL-safe. Sections for other kinds are passed over: they belong to a newer kiosk.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from wire import cbor
from wire.crypto import kid_of, verify1
from wire.refusal import Refused

MAX_CHARACTERS = 8_000_000  # 100,000 revoked passes fit in half of it
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
# What wire.crypto says, in the words of a credential; everything else is bytes in a wrong form.
_REASONS = {"unknown_key": "unknown_issuer", "bad_signature": "bad_signature"}


@dataclass(frozen=True, slots=True)
class Trust:
    """Issuers by kind (kid -> raw public key) and the ids (16 bytes) of revoked passes."""

    passes: Mapping[bytes, bytes] = field(default_factory=dict)
    venues: Mapping[bytes, bytes] = field(default_factory=dict)
    revoked_passes: frozenset[bytes] = frozenset()
    NONE: ClassVar[Self]


Trust.NONE = Trust()


def load_trust(json_text: str) -> Trust:
    """The issuers of a JSON text. Raises Refused: too_large, malformed (`detail` names the place), kid_mismatch."""
    if len(json_text) > MAX_CHARACTERS:
        raise Refused("too_large", f"{len(json_text)} characters, {MAX_CHARACTERS} allowed")
    try:
        listed = json.loads(json_text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Refused("malformed", "not JSON") from error
    if not isinstance(listed, dict):
        raise Refused("malformed", "a JSON object expected")
    revoked = _list_in(listed, "revoked")
    return Trust(
        passes=_issuers(listed, "pass"),
        venues=_issuers(listed, "venue-qr"),
        revoked_passes=frozenset(_bytes_of(entry, 16, f"revoked[{n}]") for n, entry in enumerate(revoked)),
    )


def open_signed(message: bytes, issuers: Mapping[bytes, bytes], purpose: str) -> bytes:
    """The payload of a COSE_Sign1 by one of `issuers`. Raises Refused: unknown_issuer, bad_signature, bad_schema."""
    try:
        return verify1(message, issuers, purpose)[1]
    except Refused as refused:
        raise Refused(_REASONS.get(refused.reason, "bad_schema"), refused.detail) from refused


def content_of(data: bytes, limit: int) -> Any:
    """The CBOR item of at most `limit` bytes that one of our own codes holds. Raises Refused("bad_schema")."""
    try:
        return cbor.loads(data, limit)
    except Refused as refused:
        raise Refused("bad_schema", refused.detail) from refused


def _issuers(listed: dict[str, Any], section: str) -> dict[bytes, bytes]:
    issuers = {}
    for n, entry in enumerate(_list_in(listed, section)):
        where = f"{section}[{n}]"
        if not isinstance(entry, dict):
            raise Refused("malformed", f'{where}: {{"kid", "key"}} expected')
        key = _bytes_of(entry.get("key"), 32, f"{where}.key")
        kid = kid_of(key)
        # A list whose kid names another key was put together wrongly: better no list than one that half works.
        if entry.get("kid") is not None and _bytes_of(entry["kid"], 8, f"{where}.kid") != kid:
            raise Refused("kid_mismatch", f"{where}: the kid of this key is {kid.hex()}")
        issuers[kid] = key
    return issuers


def _list_in(listed: dict[str, Any], section: str) -> list[Any]:
    entries = listed.get(section, [])
    if not isinstance(entries, list):
        raise Refused("malformed", f"{section}: a list expected")
    return entries


def _bytes_of(text: object, length: int, where: str) -> bytes:
    """`length` bytes of hex or base64. The length tells the two apart: hex is longer."""
    expected = Refused("malformed", f"{where}: {length} bytes in hex or base64 expected")
    if not isinstance(text, str):
        raise expected
    if len(text) == 2 * length and _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        unpadded = text.rstrip("=").replace("-", "+").replace("_", "/")
        data = base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise expected from error
    if len(data) != length:
        raise expected
    return data
