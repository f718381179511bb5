"""Our signed poster: which place (and which of its gates) a visitor stands at. Any phone's camera can open it.

Text: `HTTPS://<HOST>/GPV1/<BASE32>`, or bare `GPV1:<BASE32>`, where BASE32 (RFC 4648, without padding) holds a
COSE_Sign1 of purpose "venue" over CBOR [place id, name, gate or null, expiry in unix seconds or null].

- Everything is in capitals, so that a QR code takes it in its alphanumeric mode (a third smaller than bytes); hosts do
  not mind. Base32 because a keyboard-mode scanner carries it whatever the keyboard's layout or Caps Lock.
- The host proves nothing and is not looked at: the signature does, offline.
- The signature is checked before the contents are looked at. Base32 must be canonical.
- `normal_form` is the place id. A gate never lets anybody in on a place's code.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.dates import LAST_SECOND, iso_second, standing
from credentials.links import Link
from credentials.trust import content_of, open_signed
from credentials.types import Credential, judged
from wire import cbor
from wire.crypto import SigningKey, sign1
from wire.refusal import Refused

PURPOSE = "venue"
_MAX_PAYLOAD_BYTES = 1024
_PLACE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")
_PATH = re.compile(r"/GPV1/([^/]*)/?", re.IGNORECASE)
_BARE = re.compile(r"GPV1:(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Venue:
    """What a poster says: `place_id` 1 to 64 of `A-Za-z0-9._-`, `name` 1 to 120 characters, `gate` 1 to 40 or None.

    `expires`: unix seconds or None. Raises Refused("bad_schema") for anything else.
    """

    place_id: str
    name: str
    gate: str | None = None
    expires: int | None = None

    def __post_init__(self) -> None:
        gate_fits = self.gate is None or (len(self.gate) <= 40 and _PRINTABLE.fullmatch(self.gate))
        name_fits = len(self.name) <= 120 and _PRINTABLE.fullmatch(self.name)
        time_fits = self.expires is None or 0 <= self.expires <= LAST_SECOND
        if not (_PLACE_ID.fullmatch(self.place_id) and name_fits and gate_fits and time_fits):
            raise Refused("bad_schema", "place id, name, gate or expiry out of range")


def encode_venue(venue: Venue, issuer: SigningKey, host: str | None = None) -> str:
    """The poster's text: a link to `host`, or the bare form without one. Raises Refused for a host that is none."""
    payload = cbor.dumps([venue.place_id, venue.name, venue.gate, venue.expires])
    code = base64.b32encode(sign1(payload, issuer, PURPOSE)).decode("ascii").rstrip("=")
    if host is None:
        return f"GPV1:{code}"
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", host):
        raise Refused("bad_schema", "a host name expected")
    return f"HTTPS://{host.upper()}/GPV1/{code}"


def code_in(text: str, link: Link | None) -> str | None:
    """The Base32 part of a text or link that is meant as our poster, None for any other."""
    found = _BARE.fullmatch(text) if link is None else _PATH.fullmatch(link.path)
    return None if found is None else found[1]


def read(code: str, now: datetime | None, issuers: Mapping[bytes, bytes]) -> Credential:
    """The poster of a Base32 `code`; the clock `now` is None while it is unset."""
    try:
        venue = _venue_in(open_signed(_from_base32(code), issuers, PURPOSE))
    except Refused as refused:
        return Credential("venue-qr", "invalid", refused.reason)
    reason = standing(venue.expires, now)
    kept = {
        "place_id": venue.place_id,
        "name": venue.name,
        "gate": venue.gate,
        "expires": None if venue.expires is None else iso_second(venue.expires),
        "system": "gatepost",
    }
    return judged("venue-qr", reason, venue.place_id, kept)


def _venue_in(payload: bytes) -> Venue:
    match content_of(payload, _MAX_PAYLOAD_BYTES):
        case [str(place_id), str(name), None | str() as gate, None | int() as expires] if not isinstance(expires, bool):
            return Venue(place_id, name, gate, expires)
    raise Refused("bad_schema", "[place id, name, gate, expiry] expected")


def _from_base32(code: str) -> bytes:
    upper = code.upper() if code.isascii() else ""
    try:
        data = base64.b32decode(upper + "=" * (-len(upper) % 8))
    except binascii.Error as error:
        raise Refused("bad_schema", "not Base32") from error
    if base64.b32encode(data).decode("ascii").rstrip("=") != upper:
        raise Refused("bad_schema", "Base32 that is not canonical")
    return data
