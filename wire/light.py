"""Declaration by light: what a phone without a network seals to the authority and shows to a kiosk without one.

    core   = [1, suite, kid of the case key, form, order id, order version, created minute]
    sealed = HPKE (X25519, HKDF-SHA256, AES-128-GCM) of the padded content; info = CBOR ["gatepost/1 light", *core]
    blob   = CBOR [*core, sealed, outcome token or null]
    id     = SHA-256(CBOR [*core, sealed])[:16]
    token  = COSE_Sign1, purpose "light-outcome", by a root key of role "pass", over CBOR [id, signal, expires s]

- The kiosk sees which form and order it is and keeps the blob as it came; only the opener of a case reads the content.
- The core is bound to the seal by `info`: a declaration moved to another order does not open.
- The token names the whole declaration by its hash: nobody's green can be put on another one. The centre signs it when
  the phone last had a network. A token that is not proven, expired or met with an unset clock says nothing at all.
- Whoever films the frames can show them again: until the token expires, and not twice to one kiosk (kiosk.light).
- The content is padded to PAD bytes, so that its length says little of the answers.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wire import cbor
from wire.crypto import SUITE_X25519_AES, SealingKey, SigningKey, kid_of, seal_on_phone, sign1, verify1
from wire.records import IdentityKind, Signal
from wire.refusal import Refused

VERSION = 1
MAX_BLOB_BYTES = 14_000  # what a sealed declaration of wire.records takes
MAX_TOKEN_BYTES = 512
PAD = 64
PURPOSE = "light-outcome"
ROLE = "pass"
_NUMBER_END = 1 << 53
_SAYABLE = (Signal.ALLOW, Signal.ASK, Signal.STOP)
_MARK = b"\x80"  # ends the content; zeros follow it


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """What only the authority reads. Raises Refused("bad_record") for a value out of bounds.

    `authored` is ISO 8601 with offset, `consent` a hash of 32 bytes, `answers` as forms.packed makes them.
    """

    language: str
    authored: str
    consent: bytes
    answers: bytes
    identity_kind: IdentityKind
    identity: str

    def __post_init__(self) -> None:
        texts = (self.language, 16), (self.authored, 32), (self.identity, 64)
        if any(type(text) is not str or len(text) > longest for text, longest in texts):
            raise Refused("bad_record", "language, authored or identity")
        if len(self.consent) != 32 or len(self.answers) > 12_000:
            raise Refused("bad_record", "consent or answers")


@dataclass(frozen=True, slots=True)
class Core:
    """What the kiosk may know: for which order the declaration is, and to whose key it is sealed (kid, 8 bytes)."""

    key_id: bytes
    form: str
    order: str
    order_version: int
    created_min: int

    def fields(self) -> list[Any]:
        """As it stands in front of the blob."""
        head = [VERSION, SUITE_X25519_AES, self.key_id]
        return [*head, self.form, self.order, self.order_version, self.created_min]


@dataclass(frozen=True, slots=True, repr=False)
class LightDeclaration:
    """A declaration as it came by light, its structure checked. `id` (16 bytes) names it, `blob` is to be kept."""

    core: Core
    sealed: bytes
    token: bytes | None
    blob: bytes = field(init=False)
    id: bytes = field(init=False)

    def __post_init__(self) -> None:
        fields = [*self.core.fields(), self.sealed]
        object.__setattr__(self, "blob", cbor.dumps([*fields, self.token]))
        object.__setattr__(self, "id", hashlib.sha256(cbor.dumps(fields)).digest()[:16])


def seal_declaration(content: Content, core: Core, case_public: bytes) -> LightDeclaration:
    """What the phone does. Raises Refused("foreign") where `core` names another key, Refused("too_large")."""
    if core.key_id != kid_of(case_public):
        raise Refused("foreign", "the core names another key")
    plain = cbor.dumps(
        [
            content.language,
            content.authored,
            content.consent,
            content.answers,
            int(content.identity_kind),
            content.identity,
        ]
    )
    padded = plain + _MARK + bytes(-(len(plain) + 1) % PAD)
    declaration = LightDeclaration(core, seal_on_phone(padded, case_public, _info(core)), None)
    if len(declaration.blob) > MAX_BLOB_BYTES - MAX_TOKEN_BYTES:
        raise Refused("too_large", "declaration by light")
    return declaration


def read_declaration(blob: bytes) -> LightDeclaration:
    """What the kiosk does. Raises Refused: too_large, malformed, newer_version, unknown_suite."""
    fields = cbor.loads(blob, MAX_BLOB_BYTES)
    if not isinstance(fields, list) or not fields or not cbor.whole(fields[0]):
        raise Refused("malformed", "declaration by light")
    if fields[0] != VERSION:
        raise Refused("newer_version", str(fields[0]))
    match fields:
        case [
            _,
            int(suite),
            bytes(key_id),
            str(form),
            str(order),
            int(order_version),
            int(created),
            bytes(sealed),
            None | bytes() as token,
        ] if (
            cbor.whole(suite, order_version, created)
            and len(key_id) == 8
            and 0 < len(form) <= 200
            and len(order) <= 80
            and 0 <= order_version < _NUMBER_END
            and 0 <= created < _NUMBER_END
            and len(sealed) >= 48 + PAD
            and len(token or b"") <= MAX_TOKEN_BYTES
        ):
            if suite != SUITE_X25519_AES:
                raise Refused("unknown_suite", str(suite))
            return LightDeclaration(Core(key_id, form, order, order_version, created), sealed, token)
    raise Refused("malformed", "declaration by light")


def open_declaration(declaration: LightDeclaration, key: SealingKey) -> Content:
    """What the opener at the centre does. Raises Refused: cannot_open, malformed, bad_record."""
    padded = key.open_from_phone(declaration.sealed, _info(declaration.core))
    plain, mark, zeros = padded.rpartition(_MARK)
    if not mark or zeros.strip(b"\0"):
        raise Refused("malformed", "padding")
    match cbor.loads(plain, MAX_BLOB_BYTES):
        case [str(language), str(authored), bytes(consent), bytes(answers), int(kind), str(identity)] if cbor.whole(
            kind
        ) and kind in set(IdentityKind):
            return Content(language, authored, consent, answers, IdentityKind(kind), identity)
    raise Refused("malformed", "content of a declaration by light")


def sign_outcome(declaration: LightDeclaration, signal: Signal, expires_s: int, issuer: SigningKey) -> LightDeclaration:
    """The same declaration with the centre's word on it; `expires_s` in Unix seconds."""
    token = sign1(cbor.dumps([declaration.id, int(signal), expires_s]), issuer, PURPOSE)
    return LightDeclaration(declaration.core, declaration.sealed, token)


def read_outcome(declaration: LightDeclaration, keys: Mapping[bytes, bytes], now_s: int | None) -> Signal | None:
    """The centre's word in a declaration, proven by one of `keys` (kid -> public); None where there is none.

    Raises Refused where there is one that proves nothing: malformed, unknown_key, bad_signature, foreign (for another
    declaration), expired, clock_unset (`now_s` is None).
    """
    if declaration.token is None:
        return None
    _, payload = verify1(declaration.token, keys, PURPOSE)
    match cbor.loads(payload, MAX_TOKEN_BYTES):
        case [bytes(about), int(signal), int(expires)] if cbor.whole(signal, expires) and signal in _SAYABLE:
            if about != declaration.id:
                raise Refused("foreign", "outcome of another declaration")
            if now_s is None:
                raise Refused("clock_unset", "outcome")
            if expires <= now_s:
                raise Refused("expired", "outcome")
            return Signal(signal)
    raise Refused("malformed", "outcome")


def _info(core: Core) -> bytes:
    return cbor.dumps(["gatepost/1 light", *core.fields()])
