"""Keys of this package in the key folder: log.key signs tree heads, factors.key seals one-time-code secrets."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from central.files import write_private
from central.keys import Keyring
from wire.crypto import SigningKey
from wire.refusal import Refused


def log_key(ring: Keyring) -> SigningKey:
    """Ed25519, of the audit log's tree heads."""
    return SigningKey(_own(ring, "log"))


def seal_secret(ring: Keyring, login: str, secret: bytes) -> bytes:
    """ChaCha20-Poly1305 (RFC 8439) for the account: 12 bytes nonce, then the sealed bytes."""
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(_own(ring, "factors")).encrypt(nonce, secret, login.encode())


def open_secret(ring: Keyring, login: str, sealed: bytes) -> bytes:
    """What `seal_secret` sealed for this account. Raises Refused("cannot_open")."""
    try:
        return ChaCha20Poly1305(_own(ring, "factors")).decrypt(sealed[:12], sealed[12:], login.encode())
    except InvalidTag as error:
        raise Refused("cannot_open") from error


def secret_for(ring: Keyring, challenge: bytes) -> str:
    """The one-time-code secret that a step offers, 160 bits in base32: the page may be loaded again, and who reads the
    step in the database does not learn it."""
    digest = hmac.new(_own(ring, "factors"), b"gatepost one-time " + challenge, hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def _own(ring: Keyring, name: str) -> bytes:
    """The key; a folder that is older than this release gets it now."""
    path = ring.folder / f"{name}.key"
    if not path.exists():
        write_private(path, os.urandom(32).hex().encode() + b"\n")
    return ring.secret(name)
