"""AES and HKDF as the published Bluetooth protocols use them: to derive identifiers, never to keep anything secret.

One call for many blocks: setting a key up costs as much as some hundred blocks.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BLOCK_BYTES = 16


def encrypt_blocks(key: bytes, blocks: bytes) -> bytes:
    """AES in ECB mode (NIST SP 800-38A): each 16 bytes of `blocks` on their own.

    `key`: 16, 24 or 32 bytes. Raises ValueError for another length of either.
    """
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(blocks) + encryptor.finalize()


def counter_stream(key: bytes, counter: bytes, data: bytes) -> bytes:
    """AES in CTR mode: `data` encrypted or decrypted, any length; `counter` is the first block, 16 bytes, counted up
    as one big-endian number. Raises ValueError for another length of it or of the key (16, 24, 32)."""
    return Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor().update(data)


def hkdf_sha256(key: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 without salt; `length` 1..8160."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)
