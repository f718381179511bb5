"""Deletion certificates: what was destroyed, when, by which limits, signed by the centre and chained to the one before.

    certificate = COSE_Sign1(deletion key, purpose "deletion", CBOR map)
      {"version": 1, "centre": fingerprint of the first root, "number": n, "at": ms, "about": "limits" | request,
       "limits": version, "counts": [[kind, destroyed, held, first ms | null, last ms | null], ...],
       "list": SHA-256 chain over the keys of the rows, "records": [[device, epoch, first seq, last seq], ...],
       "kiosks": [[device, answered ms | null, own limit ends ms], ...], "before": SHA-256(certificate n - 1)}

The list's hash is SHA-256(hash before, CBOR key) for each row, beginning with 32 zero bytes. Nothing in a certificate
names a person: a record is named by its device and number.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from central.files import write_private
from central.keys import Keyring
from central.statements import run
from wire import cbor
from wire.crypto import SigningKey, kid_of, sign1, verify1
from wire.refusal import Refused

PURPOSE = "deletion"
MAX_BYTES = 1 << 20
BEFORE_FIRST = b"\0" * 32


def signer(ring: Keyring) -> SigningKey:
    """The key "deletion"; made at its first use where a centre is older than it."""
    path = ring.folder / f"{PURPOSE}.key"
    if not path.exists():
        write_private(path, os.urandom(32).hex().encode() + b"\n")
    return ring.signing(PURPOSE)


def public_keys(ring: Keyring) -> dict[bytes, bytes]:
    """kid -> public key of whoever may sign: as the root names them, and this centre's own where it does not yet."""
    named = ring.root().keys(PURPOSE)
    if named or not (ring.folder / f"{PURPOSE}.key").exists():
        return named
    own = signer(ring).public
    return {kid_of(own): own}


def keep(connection: Connection, ring: Keyring, about: str, facts: Mapping[str, Any], now_ms: int) -> int:
    """Sign and store the next certificate; its number."""
    last = run(connection, "SELECT number, message FROM deletion_certificate ORDER BY number DESC LIMIT 1").first()
    number = 1 if last is None else last[0] + 1
    body = {
        "version": 1,
        "centre": ring.fingerprint(),
        "number": number,
        "at": now_ms,
        "about": about,
        **facts,
        "before": BEFORE_FIRST if last is None else hashlib.sha256(bytes(last[1])).digest(),
    }
    message = sign1(cbor.dumps(body), signer(ring), PURPOSE)
    sql = "INSERT INTO deletion_certificate (number, at_ms, about, message) VALUES (?, ?, ?, ?)"
    run(connection, sql, (number, now_ms, about, message))
    return number


def read(message: bytes, keys: Mapping[bytes, bytes]) -> dict[str, Any]:
    """What a certificate says, if its signature holds.

    Raises Refused: too_large, malformed, unknown_key, bad_signature, bad_certificate.
    """
    if len(message) > MAX_BYTES:
        raise Refused("too_large", "certificate")
    _, payload = verify1(message, keys, PURPOSE)
    body = cbor.loads(payload, MAX_BYTES)
    match body:
        case {"version": 1, "number": int(), "at": int(), "about": str(), "counts": list(), "before": bytes()}:
            return dict(body)
    raise Refused("bad_certificate", "its fields")


def check_chain(messages: Iterable[bytes], keys: Mapping[bytes, bytes]) -> int:
    """How many certificates follow each other from the first one on. Raises Refused: as `read`, and broken_chain."""
    before, count = BEFORE_FIRST, 0
    for message in messages:
        body = read(message, keys)
        count += 1
        if body["number"] != count or body["before"] != before:
            raise Refused("broken_chain", str(count))
        before = hashlib.sha256(message).digest()
    return count


def add_to_list(list_hash: bytes, keys: Iterable[tuple[Any, ...]]) -> bytes:
    """The list's hash after these rows: (table, key...)."""
    for key in keys:
        list_hash = hashlib.sha256(list_hash + cbor.dumps([_plain(part) for part in key])).digest()
    return list_hash


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """A certificate's values for JSON: bytes as hex."""
    return {key: _readable(value) for key, value in body.items()}


def _plain(part: Any) -> Any:
    return bytes(part) if isinstance(part, (memoryview, bytearray)) else part


def _readable(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return [_readable(part) for part in value] if isinstance(value, list) else value
