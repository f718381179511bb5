"""The Merkle tree: the vectors of RFC 6962's reference implementation, and every proof of small trees."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.access import tree

# Leaves and roots of the reference implementation of RFC 6962 (certificate-transparency, merkle tree test data).
INPUTS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [tree.leaf_of(one) for one in INPUTS]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert tree.root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_log_has_the_hash_of_nothing() -> None:
    assert tree.root_of([]) == hashlib.sha256(b"").digest()


def test_each_leaf_is_proved_in_each_small_tree_and_nowhere_else() -> None:
    for size in range(1, 18):
        leaves = [tree.leaf_of(bytes([i])) for i in range(size)]
        root = tree.root_of(leaves)
        for index in range(size):
            proof = tree.inclusion_proof(leaves, index)
            assert tree.includes(leaves[index], index, size, proof, root)
            assert not tree.includes(leaves[index], (index + 1) % size, size, proof, root) or size == 1
            assert not tree.includes(tree.leaf_of(b"other"), index, size, proof, root)
            assert not tree.includes(leaves[index], index, size, [*proof, root], root)
            assert not proof or not tree.includes(leaves[index], index, size, proof[:-1], root)


def test_each_small_tree_begins_with_each_smaller_one() -> None:
    leaves = [tree.leaf_of(bytes([i])) for i in range(17)]
    for size in range(1, 18):
        root = tree.root_of(leaves[:size])
        for old in range(1, size + 1):
            proof = tree.consistency_proof(leaves[:size], old)
            before = tree.root_of(leaves[:old])
            assert tree.is_consistent(old, before, size, root, proof)
            assert not tree.is_consistent(old, tree.root_of(leaves[1 : old + 1]), size, root, proof)
            assert old == size or not tree.is_consistent(old, before, size, tree.EMPTY, proof)
            assert not tree.is_consistent(old, before, size, root, [*proof, root])


@given(st.integers(2, 70), st.data())
def test_a_fork_is_never_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = [tree.leaf_of(i.to_bytes(2, "big")) for i in range(size)]
    fork = [tree.leaf_of(b"changed") if i == changed else leaf for i, leaf in enumerate(leaves)]
    proof = tree.consistency_proof(fork, old)
    assert not tree.is_consistent(old, tree.root_of(leaves[:old]), size, tree.root_of(fork), proof)


def test_proofs_for_what_is_not_there_cannot_be_made() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError):
            tree.inclusion_proof(LEAVES, index)
    for old in (0, 9):
        with pytest.raises(IndexError):
            tree.consistency_proof(LEAVES, old)


def test_what_is_signed_is_the_structure_of_the_rfc() -> None:
    # RFC 6962, section 3.5: version v1 (0), signature_type tree_hash (1), timestamp, tree_size, sha256_root_hash.
    assert tree.head_bytes(2, 1, b"r" * 32) == bytes([0, 1]) + (1).to_bytes(8) + (2).to_bytes(8) + b"r" * 32
