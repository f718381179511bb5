"""Our own pass: issued at the centre, checked offline. `GP1:` + Base45 (architecture, section 5; docs/protocol.md).

- *Signed part*: COSE_Sign1 of purpose "pass" over CBOR [id 16 bytes, expiry unix s, companions 0..9, outcome int or
  null, holder's public key 32 bytes or null].
- *Printed*: the signed part alone, with no holder key. Whoever has a photograph of it has the pass.
- *Rotating*: CBOR [signed part, slot, signature]; slot = unix s // 30, signed by the holder's key over
  "gatepost/1 slot", the id and the slot (8 bytes, big endian). Accepted one slot early or late, since phones' clocks
  differ: a photograph is worth 90 seconds at most. The signed part alone of such a pass is `not_fresh`.
- The first reason that holds is given, in this order: bad_schema, unknown_issuer, bad_signature, revoked, not_fresh (a
  holder's key but no slot), bad_signature (of the slot), clock_unset, expired, not_fresh (another slot).
- With the clock unset nothing in date can be proven: `clock_unset`, whatever else is right.
- `normal_form` is the id in hex, known as soon as the issuer's signature holds: a refusal can name its pass.
- Base45 has no small letters, so that small ones may stand for capitals. It has the space, but no code ends with one
  (the last character stands for 65535 // 2025 = 32 at most, `W`), so that outer spaces can be cut off safely.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.dates import LAST_SECOND, iso_second, standing
from credentials.trust import Trust, content_of, open_signed
from credentials.types import Credential, Fields, broken, judged
from wire import base45, cbor
from wire.crypto import SigningKey, sign1, verify_raw
from wire.refusal import Refused

PREFIX = "GP1:"
PURPOSE = "pass"
SLOT_S = 30
_SLOT_TOLERANCE = 1
_MAX_BYTES = 1024
_ARRAY_OF_3 = b"\x83"  # a rotating pass; a printed one begins with the COSE tag


@dataclass(frozen=True, slots=True)
class Pass:
    """What the centre signs. Raises Refused("bad_schema") for a value out of range."""

    pass_id: bytes
    expires: int
    companions: int = 0
    outcome: int | None = None
    holder: bytes | None = None

    def __post_init__(self) -> None:
        in_range = 0 <= self.expires <= LAST_SECOND and 0 <= self.companions <= 9
        outcome_fits = self.outcome is None or -(2**31) <= self.outcome < 2**31
        if len(self.pass_id) != 16 or not in_range or not outcome_fits or len(self.holder or bytes(32)) != 32:
            raise Refused("bad_schema", "pass id, expiry, companions, outcome or holder out of range")


@dataclass(frozen=True, slots=True)
class _Slot:
    number: int
    signature: bytes


def sign_pass(content: Pass, issuer: SigningKey) -> bytes:
    """The signed part of a pass, as the holder's phone keeps it."""
    fields = [content.pass_id, content.expires, content.companions, content.outcome, content.holder]
    return sign1(cbor.dumps(fields), issuer, PURPOSE)


def encode_pass(content: Pass, issuer: SigningKey) -> str:
    """The text of a printed pass. Raises Refused("bad_schema") where a holder's key would make it unusable."""
    if content.holder is not None:
        raise Refused("bad_schema", "a pass with a holder's key cannot be printed")
    return PREFIX + base45.encode(sign_pass(content, issuer))


def encode_rotating(signed: bytes, pass_id: bytes, holder: SigningKey, unix_s: int) -> str:
    """The text that the holder of the `signed` part shows at `unix_s`."""
    slot = unix_s // SLOT_S
    signature = holder.sign_raw(_slot_message(pass_id, slot))
    return PREFIX + base45.encode(cbor.dumps([signed, slot, signature]))


def open_pass(signed: bytes, issuers: Mapping[bytes, bytes]) -> Pass:
    """The pass of a signed part, whatever its date. Raises Refused: unknown_issuer, bad_signature, bad_schema."""
    return _pass_in(open_signed(signed, issuers, PURPOSE))


def has_prefix(text: str) -> bool:
    """Whether `text` is meant as our pass."""
    return text[: len(PREFIX)].upper() == PREFIX


def read(text: str, now: datetime | None, trust: Trust) -> Credential:
    """The pass of a `text` that `has_prefix`; the clock `now` is None while it is unset."""
    try:
        signed, slot = _unpack(text)
        content = open_pass(signed, trust.passes)
    except Refused as refused:
        return Credential("pass", "invalid", refused.reason)
    if slot is not None and content.holder is None:
        return broken("pass")
    reason = _reason(content, slot, now, trust.revoked_passes)
    return judged("pass", reason, content.pass_id.hex(), _kept(content))


def _reason(content: Pass, slot: _Slot | None, now: datetime | None, revoked: frozenset[bytes]) -> str:
    if content.pass_id in revoked:
        return "revoked"
    if content.holder is None:
        return standing(content.expires, now)
    if slot is None:
        return "not_fresh"
    if not verify_raw(content.holder, slot.signature, _slot_message(content.pass_id, slot.number)):
        return "bad_signature"
    reason = standing(content.expires, now)
    if reason == "ok" and now is not None and abs(int(now.timestamp()) // SLOT_S - slot.number) > _SLOT_TOLERANCE:
        return "not_fresh"
    return reason


def _kept(content: Pass) -> Fields:
    return {
        "id": content.pass_id.hex(),
        "expires": iso_second(content.expires),
        "companions": content.companions,
        "outcome": content.outcome,
        "form": "printed" if content.holder is None else "rotating",
    }


def _unpack(text: str) -> tuple[bytes, _Slot | None]:
    """The signed part and the slot that came with it. Raises Refused("bad_schema")."""
    if not text.isascii():  # upper() would turn some foreign letters into plain ones
        raise Refused("bad_schema", "not Base45")
    try:
        data = base45.decode(text[len(PREFIX) :].upper())
    except Refused as refused:
        raise Refused("bad_schema", refused.detail) from refused
    if not data.startswith(_ARRAY_OF_3):
        return data, None
    match content_of(data, _MAX_BYTES):
        case [bytes(signed), int(number), bytes(signature)] if 0 <= number <= LAST_SECOND and len(signature) == 64:
            return signed, _Slot(int(number), signature)
    raise Refused("bad_schema", "[signed part, slot, signature] expected")


def _pass_in(payload: bytes) -> Pass:
    match content_of(payload, _MAX_BYTES):
        case [bytes(pass_id), int(expires), int(companions), None | int() as outcome, None | bytes() as holder]:
            if not any(isinstance(number, bool) for number in (expires, companions, outcome)):
                return Pass(pass_id, expires, companions, outcome, holder)
    raise Refused("bad_schema", "[id, expiry, companions, outcome, holder] expected")


def _slot_message(pass_id: bytes, slot: int) -> bytes:
    return b"gatepost/1 slot" + pass_id + slot.to_bytes(8, "big")
