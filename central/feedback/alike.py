"""PURE. Whether two texts say the same, without keeping either: equal ones by a digest, nearly equal ones by a sketch.

The sketch is the keyed minima of the words' shingles (Broder 1997, "On the resemblance and containment of documents"):
the share of equal places estimates how much two texts have in common. Keyed, so that no text is guessed from it.
"""

import hashlib
import re
import unicodedata

_PLACES, _BYTES = 16, 4
_SHINGLE = 3  # words
_ENOUGH = 12  # of 16 equal: about three quarters in common
_FEW_WORDS = 8  # a short text is the same only when it is equal
_MOST_WORDS = 400


def plain(text: str) -> str:
    """Small letters without marks, single gaps: how a text is compared."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join(re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c))))


def sketch_of(text: str, key: bytes) -> bytes:
    """64 bytes; empty for a text of a few words."""
    words = plain(text).split()[:_MOST_WORDS]
    if len(words) < _FEW_WORDS:
        return b""
    hashes = [
        hashlib.blake2b(" ".join(words[i : i + _SHINGLE]).encode(), digest_size=_PLACES * _BYTES, key=key).digest()
        for i in range(len(words) - _SHINGLE + 1)
    ]
    return b"".join(min(one[p : p + _BYTES] for one in hashes) for p in range(0, _PLACES * _BYTES, _BYTES))


def nearly(one: bytes, other: bytes) -> bool:
    """Whether two sketches are of texts that say the same; never for an empty one."""
    if not one or len(one) != len(other):
        return False
    return sum(one[p : p + _BYTES] == other[p : p + _BYTES] for p in range(0, len(one), _BYTES)) >= _ENOUGH
