"""Our own pass: issued at the centre, checked offline. `GP1:` + Base45 (architecture, section 5; docs/protocol.md).

- *Signed part*: COSE_Sign1 of purpose "pass" over CBOR [id 16 bytes, expiry unix s, companions 0..9, outcome int or
  null, holder's public key 32 bytes or null], and behind them, of a pass for a shift alone, [from, until] in minutes
  of the local day (Viet Nam, UTC+7). One that ends before it begins goes over midnight.
- *Declared*: a pass of somebody who has declared several forms has, as its last field, a list of 1 to 4
  [mark -2^31 to -1, until unix s], see wire.declared. A gate that is older says bad_schema, and a person looks.
- *Printed*: the signed part alone, with no holder key. Whoever has a photograph of it has the pass.
- *Rotating*: CBOR [signed part, slot, signature]; slot = unix s // 30, signed by the holder's key over
  "gatepost/1 slot", the id and the slot (8 bytes, big endian). Accepted one slot early or late, since phones' clocks
  differ: a photograph is worth 90 seconds at most. The signed part alone of such a pass is `not_fresh`.
- The first reason that holds is given, in this order: bad_schema, unknown_issuer, bad_signature, revoked, not_fresh (a
  holder's key but no slot), bad_signature (of the slot), clock_unset, expired, not_fresh (another slot), not_now.
- With the clock unset nothing in date can be proven: `clock_unset`, whatever else is right.
- Outside its shift a pass is `not_now`, with SHIFT_GRACE_MIN before and after: people come early and leave late.
- `normal_form` is the id in hex, known as soon as the issuer's signature holds: a refusal can name its pass.
- Base45 has no small letters, so that small ones may stand for capitals. It has the space, but no code ends with one
  (the last character stands for 65535 // 2025 = 32 at most, `W`), so that outer spaces can be cut off safely.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from credentials.dates import LAST_SECOND, iso_second, standing
from credentials.trust import Trust, content_of, open_signed
from credentials.types import Credential, Fields, broken, judged
from wire import base45, cbor
from wire.crypto import SigningKey, sign1, verify_raw
from wire.declared import MOST, Declared, as_text
from wire.refusal import Refused

PREFIX = "GP1:"
PURPOSE = "pass"
SLOT_S = 30
_SLOT_TOLERANCE = 1
SHIFT_GRACE_MIN = 60
_DAY_MIN = 1440
_VIET_NAM = timezone(timedelta(hours=7))
_MAX_BYTES = 1024
_ARRAY_OF_3 = b"\x83"  # a rotating pass; a printed one begins with the COSE tag


@dataclass(frozen=True, slots=True)
class Pass:
    """What the centre signs; `shift`: (from, until) in minutes of the local day. Raises Refused("bad_schema") for a
    value out of range."""

    pass_id: bytes
    expires: int
    companions: int = 0
    outcome: int | None = None
    holder: bytes | None = None
    shift: tuple[int, int] | None = None
    declared: Declared = ()

    def __post_init__(self) -> None:
        in_range = 0 <= self.expires <= LAST_SECOND and 0 <= self.companions <= 9
        outcome_fits = self.outcome is None or -(2**31) <= self.outcome < 2**31
        shift = self.shift or (0, 1)
        shift_fits = all(0 <= minute < _DAY_MIN for minute in shift) and shift[0] != shift[1]
        whole = len(self.pass_id) == 16 and len(self.holder or bytes(32)) == 32
        marks_fit = len(self.declared) <= MOST and all(
            -(2**31) <= mark < 0 <= until_s <= LAST_SECOND for mark, until_s in self.declared
        )
        if not (whole and in_range and outcome_fits and shift_fits and marks_fit):
            raise Refused("bad_schema", "pass id, expiry, companions, outcome, holder, shift or declared out of range")


@dataclass(frozen=True, slots=True)
class _Slot:
    number: int
    signature: bytes


def sign_pass(content: Pass, issuer: SigningKey) -> bytes:
    """The signed part of a pass, as the holder's phone keeps it."""
    fields: list[object] = [content.pass_id, content.expires, content.companions, content.outcome, content.holder]
    if content.shift is not None:
        fields.append(list(content.shift))  # left out where there is none: an older gate reads five fields and no more
    if content.declared:
        fields.append([list(one) for one in content.declared])
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
        return _in_time(content, now)
    if slot is None:
        return "not_fresh"
    if not verify_raw(content.holder, slot.signature, _slot_message(content.pass_id, slot.number)):
        return "bad_signature"
    reason = standing(content.expires, now)
    if reason == "ok" and now is not None and abs(int(now.timestamp()) // SLOT_S - slot.number) > _SLOT_TOLERANCE:
        return "not_fresh"
    return _in_time(content, now) if reason == "ok" else reason


def _in_time(content: Pass, now: datetime | None) -> str:
    """ok | expired | clock_unset | not_now."""
    reason = standing(content.expires, now)
    if reason != "ok" or content.shift is None or now is None:
        return reason
    local = now.astimezone(_VIET_NAM)
    begins, ends = content.shift
    long = (ends - begins) % _DAY_MIN + 2 * SHIFT_GRACE_MIN
    since = (local.hour * 60 + local.minute - begins + SHIFT_GRACE_MIN) % _DAY_MIN
    return "ok" if since < long else "not_now"


def _kept(content: Pass) -> Fields:
    shift = {} if content.shift is None else {"shift": "-".join(f"{m // 60:02d}:{m % 60:02d}" for m in content.shift)}
    declared = {"declared": as_text(content.declared)} if content.declared else {}
    return {
        "id": content.pass_id.hex(),
        "expires": iso_second(content.expires),
        "companions": content.companions,
        "outcome": content.outcome,
        "form": "printed" if content.holder is None else "rotating",
        **shift,
        **declared,
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
    fields = content_of(payload, _MAX_BYTES)
    declared: Declared = ()
    shift: tuple[int, int] | None = None
    match fields:
        case [*first, [[_, _], *_] as listed] if len(first) >= 5 and all(map(_is_pair, listed)):
            fields, declared = first, tuple((mark, until_s) for mark, until_s in listed)
    match fields:
        case [*first, [int(begins), int(ends)] as pair] if len(first) == 5 and _is_pair(pair):
            fields, shift = first, (begins, ends)
    match fields:
        case [bytes(pass_id), int(expires), int(companions), None | int() as outcome, None | bytes() as holder]:
            if not any(isinstance(number, bool) for number in (expires, companions, outcome)):
                return Pass(pass_id, expires, companions, outcome, holder, shift, declared)
    raise Refused("bad_schema", "[id, expiry, companions, outcome, holder, shift?, declared?] expected")


def _is_pair(value: object) -> bool:
    """Two whole numbers; true and false are none."""
    return isinstance(value, list) and [type(one) for one in value] == [int, int]


def _slot_message(pass_id: bytes, slot: int) -> bytes:
    return b"gatepost/1 slot" + pass_id + slot.to_bytes(8, "big")
