"""Every use of cryptography, in one file. COSE (RFC 9052), HPKE (RFC 9180), Ed25519, ChaCha20-Poly1305.

- A signature always binds its purpose (external_aad "gatepost/1 <purpose>"), so that a receipt can never pass for a
  batch. The key is found by `kid` = first 8 bytes of SHA-256(public key); the algorithm is fixed, never chosen by the
  message.
- A content key is used for one writing process for at most an hour or 4,096 records and is stored only wrapped: nothing
  on the card can open what the card has sealed.
- A nonce is a counter that its owner never takes back; see `ContentKey`.
- ChaCha20 and not AES: the 64-bit Raspberry Pi boards before the Pi 5 have no AES instructions.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wire import cbor
from wire.hpke import ENCAPSULATED_BYTES, Aead, key_schedule
from wire.refusal import Refused

MAX_SIGNED_BYTES = 1 << 20
SUITE_X25519_CHACHA = 1  # of all that kiosks seal; a hybrid post-quantum KEM would be 2
SUITE_X25519_AES = 3  # of what phones seal: browsers have AES-GCM and no ChaCha20 (Web Cryptography API)

_COSE_SIGN1, _COSE_SIGN = 18, 98
_ALG, _KID, _EDDSA = 1, 4, -8
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_PHONE_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)


def kid_of(public: bytes) -> bytes:
    """The 8-byte name of a raw 32-byte public key."""
    return hashlib.sha256(public).digest()[:8]


class SigningKey:
    """An Ed25519 private key made from its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = kid_of(self.public)

    def sign_raw(self, message: bytes) -> bytes:
        """64 bytes, without any framing."""
        return self._key.sign(message)


def signing_key(seed: bytes) -> SigningKey:
    """The signing key of a 32-byte seed."""
    return SigningKey(seed)


def verify_raw(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` was made by the owner of `public` (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign1(payload: bytes, key: SigningKey, purpose: str) -> bytes:
    """A tagged COSE_Sign1 over `payload`, with the key's name in the protected header (RFC 9052, section 4.2)."""
    protected = _protected(key.kid)
    signature = key.sign_raw(cbor.dumps(["Signature1", protected, _aad(purpose), payload]))
    return cbor.put_tag(cbor.dumps([protected, {}, payload, signature]), _COSE_SIGN1)


def verify1(message: bytes, keys: Mapping[bytes, bytes], purpose: str) -> tuple[bytes, bytes]:
    """(kid, payload) of a COSE_Sign1 whose signer is among `keys` (kid -> public key).

    Raises Refused: too_large, malformed, unknown_key, bad_signature.
    """
    protected, payload, signature = _open_sign1(message)
    kid = _kid_in(protected)
    public = keys.get(kid)
    if public is None:
        raise Refused("unknown_key", kid.hex())
    if not verify_raw(public, signature, cbor.dumps(["Signature1", protected, _aad(purpose), payload])):
        raise Refused("bad_signature", kid.hex())
    return kid, payload


def kid_of_message(message: bytes) -> bytes:
    """The key name that a COSE_Sign1 claims, unverified. Raises Refused: too_large, malformed."""
    return _kid_in(_open_sign1(message)[0])


def sign_many(payload: bytes, keys: Sequence[SigningKey], purpose: str) -> bytes:
    """A tagged COSE_Sign: one payload, several signers (RFC 9052, section 4.1)."""
    signatures = []
    for key in keys:
        protected = _protected(key.kid)
        to_sign = cbor.dumps(["Signature", b"", protected, _aad(purpose), payload])
        signatures.append([protected, {}, key.sign_raw(to_sign)])
    return cbor.put_tag(cbor.dumps([b"", {}, payload, signatures]), _COSE_SIGN)


def verify_many(message: bytes, purpose: str, keys: Mapping[bytes, bytes]) -> tuple[frozenset[bytes], bytes]:
    """(kids among `keys` whose signature holds, payload). The caller counts them against its threshold.

    Raises Refused: too_large, malformed.
    """
    body = cbor.loads(cbor.split_tag(message, _COSE_SIGN), MAX_SIGNED_BYTES)
    match body:
        case [b"", dict(), bytes(payload), list(signatures)] if len(signatures) <= 16:
            pass
        case _:
            raise Refused("malformed", "COSE_Sign expected")
    good = set()
    for entry in signatures:
        match entry:
            case [bytes(protected), dict(), bytes(signature)]:
                kid = _kid_in(protected)
                to_check = cbor.dumps(["Signature", b"", protected, _aad(purpose), payload])
                if kid in keys and verify_raw(keys[kid], signature, to_check):
                    good.add(kid)
            case _:
                raise Refused("malformed", "COSE_Signature expected")
    return frozenset(good), payload


class SealingKey:
    """An X25519 private key that opens wrapped content keys: the ingest key or the case key."""

    def __init__(self, private: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = kid_of(self.public)

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """The 32-byte content key inside 80 wrapped bytes. Raises Refused("cannot_open")."""
        try:
            return _HPKE.decrypt(wrapped, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise Refused("cannot_open", "wrapped key") from error

    def open_from_phone(self, sealed: bytes, info: bytes) -> bytes:
        """What `seal_on_phone` sealed to this key under the same `info`. Raises Refused("cannot_open")."""
        try:
            return _PHONE_HPKE.decrypt(sealed, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise Refused("cannot_open", "sealed on a phone") from error


class AgreedKey(SealingKey):
    """A sealing key whose private half stays where it is: `agree` gives X25519(private, peer's 32 bytes), or raises
    ValueError. It opens the same bytes as SealingKey."""

    def __init__(self, public: bytes, agree: Callable[[bytes], bytes]) -> None:
        self.public, self.kid, self._agree = public, kid_of(public), agree

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """The 32-byte content key inside 80 wrapped bytes. Raises Refused("cannot_open")."""
        return self._open(wrapped, info, Aead.CHACHA20_POLY1305, "wrapped key")

    def open_from_phone(self, sealed: bytes, info: bytes) -> bytes:
        """What `seal_on_phone` sealed to this key under the same `info`. Raises Refused("cannot_open")."""
        return self._open(sealed, info, Aead.AES_128_GCM, "sealed on a phone")

    def _open(self, sealed: bytes, info: bytes, aead: Aead, what: str) -> bytes:
        encapsulated, body = sealed[:ENCAPSULATED_BYTES], sealed[ENCAPSULATED_BYTES:]
        try:
            made = key_schedule(self._agree(encapsulated), encapsulated, self.public, info, aead)
            cipher = ChaCha20Poly1305(made.key) if aead is Aead.CHACHA20_POLY1305 else AESGCM(made.key)
            return cipher.decrypt(made.nonce, body, b"")
        except (InvalidTag, ValueError) as error:
            raise Refused("cannot_open", what) from error


def agree_x25519(private: bytes, peer: bytes) -> bytes:
    """The 32 bytes that both owners come to (RFC 7748, section 6.1). Raises ValueError for a point of small order."""
    return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(peer))


def seal_on_phone(plain: bytes, recipient_public: bytes, info: bytes) -> bytes:
    """len(plain) + 48 bytes: HPKE base mode of suite SUITE_X25519_AES, encapsulated key first."""
    return _PHONE_HPKE.encrypt(plain, X25519PublicKey.from_public_bytes(recipient_public), info=info)


def wrap_key(content_key: bytes, recipient_public: bytes, info: bytes) -> bytes:
    """32 bytes -> 80 bytes: HPKE base mode to `recipient_public` (32 bytes, X25519)."""
    return _HPKE.encrypt(content_key, X25519PublicKey.from_public_bytes(recipient_public), info=info)


class ContentKey:
    """ChaCha20-Poly1305 under one 32-byte key; the nonce is a counter whose low 4 bytes travel in the record."""

    def __init__(self, key: bytes) -> None:
        self._aead = ChaCha20Poly1305(key)

    def seal(self, counter: int, plain: bytes, associated: bytes) -> bytes:
        """len(plain) + 16 bytes. The caller must never use `counter` (below 2**32) twice with this key."""
        return self._aead.encrypt(counter.to_bytes(12, "big"), plain, associated)

    def open(self, counter: int, sealed: bytes, associated: bytes) -> bytes:
        """The plain bytes. Raises Refused("cannot_open")."""
        try:
            return self._aead.decrypt(counter.to_bytes(12, "big"), sealed, associated)
        except (InvalidTag, ValueError, OverflowError) as error:
            raise Refused("cannot_open", "sealed part") from error


def visitor_pseudonym(day_key: bytes, kind: str, normal_form: str) -> bytes:
    """16 bytes that stand for an identity for one day: HMAC-SHA256(day key, kind 0x00 normal form).

    Identity numbers can be guessed through, so the key must live in RAM only (architecture, section 5).
    """
    return hmac.digest(day_key, kind.encode() + b"\0" + normal_form.encode(), "sha256")[:16]


def _open_sign1(message: bytes) -> tuple[bytes, bytes, bytes]:
    match cbor.loads(cbor.split_tag(message, _COSE_SIGN1), MAX_SIGNED_BYTES):
        case [bytes(protected), {**rest}, bytes(payload), bytes(signature)] if not rest and len(signature) == 64:
            return protected, payload, signature
    raise Refused("malformed", "COSE_Sign1 expected")


def _protected(kid: bytes) -> bytes:
    return cbor.dumps({_ALG: _EDDSA, _KID: kid})


def _kid_in(protected: bytes) -> bytes:
    match cbor.loads(protected, 64):
        case {1: -8, 4: bytes(kid), **rest} if not rest and len(kid) == 8:
            return kid
    raise Refused("malformed", "EdDSA and an 8-byte kid expected")


def _aad(purpose: str) -> bytes:
    return b"gatepost/1 " + purpose.encode()
