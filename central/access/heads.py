"""The audit log's tree heads: one a day, signed by log.key, kept with the proof that the head before is its beginning.

Whoever keeps a copy of /transparency/log.json can show later that the log was rewritten, even by somebody who holds the
database and the key: two signed heads that do not fit each other.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy.engine import Connection

from central.access import tree
from central.access.own_keys import log_key
from central.keys import Keyring
from central.statements import run
from wire.crypto import verify_raw
from wire.refusal import Refused

_DAY_MS = 86_400_000
_VIET_NAM_MS = 7 * 3_600_000


@dataclass(frozen=True, slots=True)
class Head:
    """`proof` leads from the head before to this one; () for the first. `key` is the public half of log.key."""

    size: int
    at_ms: int
    root: bytes
    signature: bytes
    key: bytes
    proof: tuple[bytes, ...]

    def signed_by(self, keys: Collection[bytes]) -> bool:
        """Whether its key is one of `keys` (any, where there are none) and signed it."""
        signed = tree.head_bytes(self.size, self.at_ms, self.root)
        return (not keys or self.key in keys) and verify_raw(self.key, self.signature, signed)


def leaves_of(connection: Connection, size: int | None = None) -> list[bytes]:
    """The leaves of the first `size` rows, or of all."""
    sql = "SELECT hash FROM audit WHERE number <= ? ORDER BY number"
    return [tree.leaf_of(bytes(row[0])) for row in run(connection, sql, (2**62 if size is None else size,))]


def publish_head(connection: Connection, ring: Keyring, now_ms: int) -> Head | None:
    """Sign the log as it stands; None when nothing was added since the last head."""
    leaves, last = leaves_of(connection), newest_head(connection)
    if len(leaves) <= (0 if last is None else last.size):
        return None
    root = tree.root_of(leaves)
    proof = () if last is None else tuple(tree.consistency_proof(leaves, last.size))
    key = log_key(ring)
    signature = key.sign_raw(tree.head_bytes(len(leaves), now_ms, root))
    head = Head(len(leaves), now_ms, root, signature, key.public, proof)
    sql = "INSERT INTO tree_head (size, at_ms, root, signature, signer, proof) VALUES (?, ?, ?, ?, ?, ?)"
    run(connection, sql, (head.size, now_ms, root, signature, key.public, json.dumps([one.hex() for one in proof])))
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
    sql = "SELECT size, at_ms, root, signature, signer, proof FROM tree_head ORDER BY size DESC LIMIT ?"
    return [
        Head(size, at_ms, bytes(root), bytes(signature), bytes(key), tuple(map(bytes.fromhex, json.loads(proof))))
        for size, at_ms, root, signature, key, proof in run(connection, sql, (most,))
    ]


def as_document(heads: Sequence[Head]) -> dict[str, Any]:
    """What is published, of heads newest first: oldest first, bytes as hex."""
    return {"hash": "SHA-256", "tree": "RFC 6962", "heads": [_plain(one) for one in reversed(heads)]}


def read_document(document: Any) -> list[Head]:
    """The heads, oldest first, of what was published. Raises Refused("malformed")."""
    try:
        return [
            Head(
                int(one["size"]),
                int(one["at_ms"]),
                bytes.fromhex(one["root"]),
                bytes.fromhex(one["signature"]),
                bytes.fromhex(one["key"]),
                tuple(map(bytes.fromhex, one["proof"])),
            )
            for one in document["heads"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("malformed", "not a list of tree heads") from error


def prove(connection: Connection, number: int) -> dict[str, Any]:
    """That row `number` lies under the newest head, for a stranger to check. Raises Refused("not_under_a_head")."""
    head = newest_head(connection)
    if head is None or not 1 <= number <= head.size:
        raise Refused("not_under_a_head", "a head is signed each day: wait for the next one")
    leaves = leaves_of(connection, head.size)
    row = run(connection, "SELECT hash FROM audit WHERE number = ?", (number,)).one()
    return {
        "number": number,
        "row_hash": bytes(row[0]).hex(),
        "proof": [one.hex() for one in tree.inclusion_proof(leaves, number - 1)],
        "head": _plain(head),
    }


def check_proof(proof: Any, keys: Collection[bytes] = ()) -> str:
    """ "" when the proof holds under one of the centre's keys (the proof's own without any), else what is wrong."""
    try:
        (head,) = read_document({"heads": [proof["head"]]})
        leaf, index = tree.leaf_of(bytes.fromhex(proof["row_hash"])), int(proof["number"]) - 1
        path = [bytes.fromhex(one) for one in proof["proof"]]
    except (KeyError, TypeError, ValueError):
        return "malformed"
    if not head.signed_by(keys):
        return "bad_signature"
    return "" if tree.includes(leaf, index, head.size, path, head.root) else "not_included"


def check_heads(heads: Sequence[Head], keys: Collection[bytes] = ()) -> str:
    """ "" when these heads, oldest first, are signed and each begins with the one before; else what is wrong."""
    for head in heads:
        if not head.signed_by(keys):
            return f"bad_signature at {head.size}"
    for old, new in pairwise(heads):
        if not tree.is_consistent(old.size, old.root, new.size, new.root, new.proof):
            return f"forked between {old.size} and {new.size}"
    return ""


def _plain(head: Head) -> dict[str, Any]:
    return {
        "size": head.size,
        "at_ms": head.at_ms,
        "root": head.root.hex(),
        "signature": head.signature.hex(),
        "key": head.key.hex(),
        "proof": [one.hex() for one in head.proof],
    }


def _day(ms: int) -> int:
    return (ms + _VIET_NAM_MS) // _DAY_MS
