"""PURE. Opening HPKE where the private key lies elsewhere: the key schedule of RFC 9180, base mode, on X25519.

A hardware module, or whoever holds the key, gives the one Diffie-Hellman result; all else is hashing. Sections 4
(LabeledExtract, LabeledExpand), 4.1 (ExtractAndExpand, Decap), 5.1 (KeySchedule); numbers of section 7.
"""

import hmac
from enum import IntEnum
from typing import NamedTuple

MODE_BASE = b"\0"
KEM_X25519_SHA256 = 0x0020
KDF_SHA256 = 0x0001
ENCAPSULATED_BYTES = 32  # Nenc of DHKEM(X25519, HKDF-SHA256)
_HASH_BYTES = 32
_NONCE_BYTES = 12


class Aead(IntEnum):
    """Numbers of section 7.3."""

    AES_128_GCM = 1
    CHACHA20_POLY1305 = 3


_KEY_BYTES = {Aead.AES_128_GCM: 16, Aead.CHACHA20_POLY1305: 32}


class AeadKey(NamedTuple):
    """What the first and only message was sealed with."""

    key: bytes
    nonce: bytes


def key_schedule(agreed: bytes, encapsulated: bytes, public: bytes, info: bytes, aead: Aead) -> AeadKey:
    """The key and the first nonce. `agreed` is X25519(private, encapsulated), `public` the recipient's: 32 bytes."""
    kem = b"KEM" + KEM_X25519_SHA256.to_bytes(2, "big")
    eae_prk = _extract(kem, b"", b"eae_prk", agreed)
    shared = _expand(kem, eae_prk, b"shared_secret", encapsulated + public, _HASH_BYTES)
    suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (KEM_X25519_SHA256, KDF_SHA256, aead))
    context = MODE_BASE + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    secret = _extract(suite, shared, b"secret", b"")
    return AeadKey(
        _expand(suite, secret, b"key", context, _KEY_BYTES[aead]),
        _expand(suite, secret, b"base_nonce", context, _NONCE_BYTES),
    )


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + material, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869) of at most one block: no key here is longer than a hash."""
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\1", "sha256")[:length]
