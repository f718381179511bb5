"""PURE. The Merkle tree of RFC 6962, section 2.1, over the audit log's row hashes.

    MTH({})   = SHA-256()                      leaf      = SHA-256(0x00 || row hash)
    MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))   with k the largest power of two below n

A head says how many rows lie under which root. An inclusion proof shows that a row lies under a head; a consistency
proof shows that an older head is the beginning of a newer one: nothing was changed, taken out or put in between.
"""

import hashlib
import struct
from collections.abc import Sequence

EMPTY = hashlib.sha256().digest()


def leaf_of(row_hash: bytes) -> bytes:
    """What stands in the tree for a row."""
    return hashlib.sha256(b"\0" + row_hash).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """MTH of leaves: one pass, the stack holds one root for each bit of the count."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, leaf
        while stack and stack[-1][0] == size:
            node = _node(stack.pop()[1], node)
            size *= 2
        stack.append((size, node))
    if not stack:
        return EMPTY
    node = stack.pop()[1]
    while stack:
        node = _node(stack.pop()[1], node)
    return node


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, D[n]), section 2.1.1. Raises IndexError for an index beyond the leaves."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root_of(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root_of(leaves[:k])]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf at `index` to the root of `size` leaves (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = _node(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = _node(node, step)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """PROOF(old, D[n]), section 2.1.2. Raises IndexError unless 0 < old <= the number of leaves."""
    if not 0 < old <= len(leaves):
        raise IndexError(old)
    return _subproof(leaves, old, True)


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `size` begins with the tree of `old` leaves (RFC 9162, section 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = _node(step, before), _node(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = _node(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def head_bytes(size: int, at_ms: int, root: bytes) -> bytes:
    """What the centre signs: TreeHeadSignature of RFC 6962, section 3.5 (version 0, type 1 tree_hash)."""
    return struct.pack(">BBQQ", 0, 1, at_ms, size) + root


def _subproof(leaves: Sequence[bytes], old: int, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = _split(len(leaves))
    if old <= k:
        return [*_subproof(leaves[:k], old, whole), root_of(leaves[k:])]
    return [*_subproof(leaves[k:], old - k, False), root_of(leaves[:k])]


def _split(n: int) -> int:
    return 1 << (n - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
