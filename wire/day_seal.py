"""The seal of a day: what the radio heard in a UTC day lies under one key, and is gone when that key is destroyed.

A block is sealed with ChaCha20-Poly1305 (no AES instructions before the Pi 5) as nonce 12 | ciphertext | tag 16. Its
associated data name the day and the place, so that no block can stand in for another. The nonce is random: a counter
could come back after a power cut, and of the 1,500 blocks of a day two get the same one with a chance of 2**-75.
"""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from wire.refusal import Refused

KEY_BYTES = 32
NONCE_BYTES = 12
NAME_BYTES = 16


class DaySeal:
    """The key of `day` (Unix ms // 86,400,000). Raises ValueError for a key that is not of 32 bytes."""

    def __init__(self, day: int, key: bytes) -> None:
        self._day = day.to_bytes(4, "big")
        self._key = key
        self._aead = ChaCha20Poly1305(key)

    def seal(self, nonce: bytes, plain: bytes, what: str, place: int) -> bytes:
        """len(plain) + 28 bytes. `nonce` is 12 random bytes; `what` names the table, `place` the row."""
        return nonce + self._aead.encrypt(nonce, plain, self._associated(what, place))

    def open(self, sealed: bytes, what: str, place: int) -> bytes:
        """The plain bytes again. Raises Refused("cannot_open")."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._associated(what, place))
        except (InvalidTag, ValueError) as error:
            raise Refused("cannot_open", what) from error

    def name(self, *parts: bytes) -> bytes:
        """16 bytes by which these parts are found again on this day, and by nobody once its key is gone."""
        framed = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
        return hmac.digest(self._key, framed, "sha256")[:NAME_BYTES]

    def _associated(self, what: str, place: int) -> bytes:
        return b"gatepost/1 " + what.encode() + b"\0" + self._day + place.to_bytes(8, "big")
