"""ECDSA on P-256, as health authorities signed their key files. What we sign ourselves is Ed25519 (wire.crypto)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import InvalidVersion, load_pem_x509_certificate

from wire.refusal import Refused

MAX_PEM_BYTES = 64 * 1024
_SHA256 = ec.ECDSA(hashes.SHA256())


class P256Key:
    """A public key on P-256."""

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        self._key = key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (ASN.1 SEQUENCE of r and s, X9.62) over the SHA-256 of `message` is this key's."""
        try:
            self._key.verify(signature, message, _SHA256)
        except InvalidSignature:
            return False
        return True


def read_p256_pem(pem: bytes) -> P256Key:
    """The key of a PEM file: a public key (SubjectPublicKeyInfo) or a certificate, whose dates are not looked at.

    Raises Refused: bad_key (no such PEM, or a key of another kind).
    """
    if len(pem) > MAX_PEM_BYTES:
        raise Refused("bad_key", "PEM too large")
    try:
        is_certificate = b"-----BEGIN CERTIFICATE-----" in pem
        key = load_pem_x509_certificate(pem).public_key() if is_certificate else load_pem_public_key(pem)
    except (ValueError, InvalidVersion, UnsupportedAlgorithm):
        raise Refused("bad_key", "no public key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused("bad_key", "an elliptic curve key on P-256 expected")
    return P256Key(key)
