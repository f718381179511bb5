"""The audit log's tree heads: one a day, signed by log.key, kept with the proof that the head before is its beginning.

Whoever keeps a copy of /transparency/log.json can show later that the log was rewritten, even by somebody who holds the
database and the key: two signed heads that do not fit each other.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.access.own_keys import log_key
from central.access.tree import consistency_proof, head_bytes, includes, inclusion_proof, is_consistent, leaf_of, root_of
from central.keys import Keyring
from central.statements import run
from wire.crypto import verify_raw
from wire.refusal import Refused

_DAY_MS = 86_400_000
_VIET_NAM_MS = 7 * 3_600_000


@dataclass(frozen=True, slots=True)
class Head:
    """`proof` leads from the head before to this one; () for the first."""

    size: int
    at_ms: int
    root: bytes
    signature: bytes
    proof: tuple[bytes, ...]

    def signed_by(self, key: bytes) -> bool:
        """Whether log.key's public half signed it."""
        return verify_raw(key, self.signature, head_bytes(self.size, self.at_ms, self.root))


def leaves_of(connection: Connection, size: int | None = None) -> list[bytes]:
    """The leaves of the first `size` rows, or of all."""
    sql = "SELECT hash FROM audit WHERE number <= ? ORDER BY number"
    return [leaf_of(bytes(row[0])) for row in run(connection, sql, (2**62 if size is None else size,))]


def publish_head(connection: Connection, ring: Keyring, now_ms: int) -> Head | None:
    """Sign the log as it stands; None when nothing was added since the last head."""
    leaves, last = leaves_of(connection), newest_head(connection)
    if len(leaves) <= (0 if last is None else last.size):
        return None
    root = root_of(leaves)
    proof = () if last is None else tuple(consistency_proof(leaves, last.size))
    signature = log_key(ring).sign_raw(head_bytes(len(leaves), now_ms, root))
    head = Head(len(leaves), now_ms, root, signature, proof)
    sql = "INSERT INTO tree_head (size, at_ms, root, signature, proof) VALUES (?, ?, ?, ?, ?)"
    run(connection, sql, (head.size, now_ms, root, signature, json.dumps([one.hex() for one in proof])))
    return head


def is_due(connection: Connection, now_ms: int) -> bool:
    """Whether today, in Viet Nam, has no head yet."""
    last = newest_head(connection)
    return last is None or _day(last.at_ms) < _day(now_ms)


def newest_head(connection: Connection) -> Head | None:
    """The last one; None while there is none."""
    return next(iter(newest_heads(connection, 1)), None)


def newest_heads(connection: Connection, most: int) -> list[Head]:
    """The newest heads, newest first."""
    sql = "SELECT size, at_ms, root, signature, proof FROM tree_head ORDER BY size DESC LIMIT ?"
    return [
        Head(row[0], row[1], bytes(row[2]), bytes(row[3]), tuple(map(bytes.fromhex, json.loads(row[4]))))
        for row in run(connection, sql, (most,))
    ]


def as_document(heads: Sequence[Head], key: bytes) -> dict[str, Any]:
    """What is published: heads oldest first, bytes as hex."""
    return {"hash": "SHA-256", "tree": "RFC 6962", "key": key.hex(), "heads": [_plain(one) for one in reversed(heads)]}


def read_document(document: Any) -> tuple[bytes, list[Head]]:
    """(key, heads oldest first) of what was published. Raises Refused("malformed")."""
    try:
        heads = [
            Head(
                int(one["size"]),
                int(one["at_ms"]),
                bytes.fromhex(one["root"]),
                bytes.fromhex(one["signature"]),
                tuple(map(bytes.fromhex, one["proof"])),
            )
            for one in document["heads"]
        ]
        return bytes.fromhex(document["key"]), heads
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("malformed", "not a list of tree heads") from error


def prove(connection: Connection, ring: Keyring, number: int) -> dict[str, Any]:
    """That row `number` lies under the newest head: all a stranger needs to check it. Raises Refused("not_under_a_head")."""
    head = newest_head(connection)
    if head is None or not 1 <= number <= head.size:
        raise Refused("not_under_a_head", "a head is signed each day: wait for the next one")
    leaves = leaves_of(connection, head.size)
    row = run(connection, "SELECT hash FROM audit WHERE number = ?", (number,)).one()
    return {
        "number": number,
        "row_hash": bytes(row[0]).hex(),
        "proof": [one.hex() for one in inclusion_proof(leaves, number - 1)],
        "key": log_key(ring).public.hex(),
        "head": _plain(head),
    }


def check_proof(proof: Any, key: bytes | None = None) -> str:
    """ "" when the proof holds under the centre's key (the proof's own without one), else what is wrong with it."""
    try:
        own, (head,) = read_document({"key": proof["key"], "heads": [proof["head"]]})
        leaf, index = leaf_of(bytes.fromhex(proof["row_hash"])), int(proof["number"]) - 1
        path = [bytes.fromhex(one) for one in proof["proof"]]
    except (KeyError, TypeError, ValueError):
        return "malformed"
    if not head.signed_by(key or own):
        return "bad_signature"
    return "" if includes(leaf, index, head.size, path, head.root) else "not_included"


def check_heads(key: bytes, heads: Sequence[Head]) -> str:
    """ "" when these heads, oldest first, are signed and each begins with the one before; else what is wrong."""
    for head in heads:
        if not head.signed_by(key):
            return f"bad_signature at {head.size}"
    for old, new in zip(heads, heads[1:], strict=False):
        if not is_consistent(old.size, old.root, new.size, new.root, new.proof):
            return f"forked between {old.size} and {new.size}"
    return ""


def _plain(head: Head) -> dict[str, Any]:
    return {
        "size": head.size,
        "at_ms": head.at_ms,
        "root": head.root.hex(),
        "signature": head.signature.hex(),
        "proof": [one.hex() for one in head.proof],
    }


def _day(ms: int) -> int:
    return (ms + _VIET_NAM_MS) // _DAY_MS
