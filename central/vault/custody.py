"""Who holds a case key: the port, the key as a file, and the ring of all case keys that an opener has.

- A case key never leaves its holder: it is asked to agree with a point, and that opens one content key.
- There may be several, one for each period: a record says by its kid to which it was sealed (wire.envelope).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from wire.crypto import AgreedKey, SealingKey, agree_x25519, kid_of
from wire.refusal import Refused

OFFLINE = "offline"
CURRENT = "case"


class CaseKey(Protocol):
    """One case key, wherever it lies. May be asked by several threads at once."""

    @property
    def public(self) -> bytes:
        """Its public half: 32 bytes, X25519."""

    def agree(self, peer: bytes) -> bytes:
        """X25519(private, peer): 32 bytes. Raises ValueError for bytes that are no point, OSError when it is away."""

    def destroy(self) -> str:
        """Destroy the private half where it lies, for good; in a few words what was done. Once is enough."""


class SeedKey:
    """A case key in this process's memory: from a file, or put together from shares."""

    def __init__(self, seed: bytes, file: Path | None = None) -> None:
        self._seed, self._file = seed, file
        self.public = SealingKey(seed).public

    def agree(self, peer: bytes) -> bytes:
        """As CaseKey says."""
        return agree_x25519(self._seed, peer)

    def destroy(self) -> str:
        """Forget it; its file is written over, then removed. Flash may keep old blocks: hence cards, not files."""
        self._seed = bytes(32)
        if self._file is None or not self._file.exists():
            return "forgotten in memory"
        with self._file.open("r+b") as file:
            file.write(b"0" * 64 + b"\n")
            file.flush()
        self._file.unlink()
        return f"file {self._file.name} written over and removed"


class Custody:
    """Every case key that is at hand, by its kid (8 bytes)."""

    def __init__(self, keys: Iterable[CaseKey] = ()) -> None:
        self._keys: dict[bytes, CaseKey] = {}
        for key in keys:
            self.hold(key)

    def hold(self, key: CaseKey) -> bytes:
        """Take a key in; its kid."""
        kid = kid_of(key.public)
        self._keys[kid] = key
        return kid

    def forget(self, kids: Iterable[bytes]) -> int:
        """Let go of keys; how many were there."""
        return sum(self._keys.pop(kid, None) is not None for kid in list(kids))

    @property
    def kids(self) -> frozenset[bytes]:
        """Which keys are at hand."""
        return frozenset(self._keys)

    def sealing(self, kid: bytes) -> SealingKey:
        """The key that opens what was sealed to `kid`. Raises Refused("cannot_open") where nobody holds it here."""
        key = self._keys.get(kid)
        if key is None:
            raise Refused("cannot_open", f"case key {kid.hex()} is not held here")
        return AgreedKey(key.public, key.agree)


def file_keys(folder: Path) -> list[CaseKey]:
    """The case keys in `folder`: case.key of today, case-KID.key of periods before. None where they are in a safe."""
    found = [folder / f"{CURRENT}.key", *sorted(folder.glob(f"{CURRENT}-*.key"))]
    return [SeedKey(bytes.fromhex(path.read_text()), path) for path in found if path.exists()]
