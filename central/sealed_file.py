"""A file under a passphrase: for backups, which leave the house.

    "gatepost backup 1\\n", salt (16), then chunks: length (4, big endian, top bit set on the last), ChaCha20-Poly1305

- The key is scrypt(passphrase, salt, N = 2^17, r = 8, p = 1): 128 MiB and about half a second a guess.
- The nonce is the chunk's number; the associated data say whether it is the last, so that a cut file is refused, and so
  are chunks that were moved or left out.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from wire.refusal import Refused

MAGIC = b"gatepost backup 1\n"
_CHUNK = 1 << 20
_LAST = 1 << 31
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1, "maxmem": 256 << 20, "dklen": 32}


class SealedWriter:
    """A write-only binary stream; `close` writes the last chunk, without which the file is refused."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt = os.urandom(16)
        self._file, self._aead = file, _aead(passphrase, salt)
        self._buffer, self._number = bytearray(), 0
        file.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        """Take `data`; full chunks go out at once."""
        self._buffer += data
        while len(self._buffer) > _CHUNK:
            self._put(bytes(self._buffer[:_CHUNK]), 0)
            del self._buffer[:_CHUNK]
        return len(data)

    def close(self) -> None:
        """Write what is left as the last chunk."""
        self._put(bytes(self._buffer), _LAST)
        self._buffer.clear()

    def _put(self, plain: bytes, last: int) -> None:
        head = (len(plain) + 16 | last).to_bytes(4, "big")
        self._file.write(head + self._aead.encrypt(_nonce(self._number), plain, head))
        self._number += 1


class SealedReader:
    """A read-only binary stream. Raises Refused: malformed, cannot_open (a wrong passphrase or altered bytes), cut."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        if file.read(len(MAGIC)) != MAGIC:
            raise Refused("malformed", "not a Gatepost backup")
        self._chunks = _chunks(file, _aead(passphrase, file.read(16)))
        self._buffer = b""

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all that is left for -1; empty at the end."""
        while size < 0 or len(self._buffer) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._buffer += chunk
        cut = len(self._buffer) if size < 0 else size
        data, self._buffer = self._buffer[:cut], self._buffer[cut:]
        return data


def _chunks(file: BinaryIO, aead: ChaCha20Poly1305) -> Iterator[bytes]:
    number, last = 0, False
    while not last:
        head = file.read(4)
        size = int.from_bytes(head, "big")
        last = bool(size & _LAST)
        size &= _LAST - 1
        sealed = file.read(size) if 16 <= size <= _CHUNK + 16 else b""
        if len(head) < 4 or len(sealed) < size or not sealed:
            raise Refused("cut", "the file ends too early")
        try:
            yield aead.decrypt(_nonce(number), sealed, head)
        except InvalidTag as error:
            raise Refused("cannot_open", "wrong passphrase, or the file was altered") from error
        number += 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _aead(passphrase: str, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hashlib.scrypt(passphrase.encode(), salt=salt, **_SCRYPT))
