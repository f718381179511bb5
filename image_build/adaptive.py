"""PURE. How much of a new image a kiosk fetches that holds an older one: RAUC's adaptive method block-hash-index.

RAUC manual, "Adaptive Updates": the bundle carries one SHA-256 for each block of 4096 bytes; a block that the kiosk
has anywhere in one of its two slots is copied from there. What is left is read out of the bundle, a squashfs whose own
blocks are the smallest piece that can be fetched.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BLOCK = 4096
HASH = 32
PIECE = BLOCK  # -b of mksquashfs: with its default of 128 KiB a changed block would cost 31 others


@dataclass(frozen=True, slots=True)
class Fetch:
    """How many blocks there are, how many are not at hand, and how many pieces hold those."""

    blocks: int
    changed: int
    pieces: int

    @property
    def index_bytes(self) -> int:
        """Size of the table of hashes."""
        return self.blocks * HASH

    @property
    def bytes(self) -> int:
        """What is fetched at most."""
        return self.index_bytes + self.pieces * PIECE


def hashes(image: Iterable[bytes]) -> Iterator[bytes]:
    """SHA-256 of each block; `image` gives the blocks."""
    return (hashlib.sha256(block).digest() for block in image)


def fetch(new: Sequence[bytes], held: Iterable[bytes], piece: int = PIECE) -> Fetch:
    """What is fetched of the image with the block hashes `new` where those of `held` are at hand."""
    have = frozenset(held)
    changed = [number for number, digest in enumerate(new) if digest not in have]
    per_piece = piece // BLOCK
    return Fetch(len(new), len(changed), len({number // per_piece for number in changed}))
