"""PURE. A statement of a phone about its pass: what is asked, signed by the key that the pass names.

    {"pass": base64 of the pass's signed part, "at_ms": Unix ms, "body": JSON text, "signature": base64, 64 bytes}

The signature (Ed25519) is over the UTF-8 bytes of "gatepost/1 phone", the address asked, the time in decimal and the
body text as it stands, each but the last followed by a line feed: any browser makes them, and nobody has to agree on
how JSON is written.

- The first reason that holds is given: bad_request, bad_pass (not ours, or a printed one, which has no key),
  bad_signature, pass_expired, clock (more than five minutes off). Whether a pass was revoked the database knows.
- A statement for one address is none for another, nor is one at another time.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from credentials.pass_qr import Pass, open_pass
from wire.crypto import verify_raw
from wire.refusal import Refused

WINDOW_MS = 300_000
MOST_BYTES = 65_536
_LABEL = "gatepost/1 phone"
_MOST_PASS_BYTES = 512
_FIELDS = {"pass", "at_ms", "body", "signature"}


class Statement(NamedTuple):
    """What was said: the pass that was shown, and the object of the body's text."""

    shown: Pass
    signature: bytes
    at_ms: int
    body: dict[str, Any]

    @property
    def pass_id(self) -> bytes:
        """16 bytes."""
        return self.shown.pass_id


def signed_bytes(path: str, at_ms: int, body: str) -> bytes:
    """What the holder signs."""
    return "\n".join((_LABEL, path, str(at_ms), body)).encode()


def read_statement(path: str, data: Any, issuers: Mapping[bytes, bytes], now_ms: int) -> Statement:
    """The statement of a request's JSON. Raises Refused, see above."""
    if type(data) is not dict or set(data) != _FIELDS:
        raise Refused("bad_request", "pass, at_ms, body and signature expected")
    at_ms, body = data["at_ms"], data["body"]
    if type(at_ms) is not int or not 0 <= at_ms < 1 << 53 or type(body) is not str:
        raise Refused("bad_request", "at_ms or body")
    signature = from_base64(data["signature"], 64)
    shown = read_pass(data["pass"], issuers)
    try:
        message = signed_bytes(path, at_ms, body)
    except UnicodeEncodeError as error:
        raise Refused("bad_request", "body") from error
    if shown.holder is None:
        raise Refused("bad_pass", "a printed pass says nothing")
    if len(signature) != 64 or not verify_raw(shown.holder, signature, message):
        raise Refused("bad_signature", "not by the holder of this pass")
    if shown.expires * 1000 <= now_ms:
        raise Refused("pass_expired")
    if abs(at_ms - now_ms) > WINDOW_MS:
        raise Refused("clock", "at_ms")
    return Statement(shown, signature, at_ms, read_object(body))


def read_pass(text: Any, issuers: Mapping[bytes, bytes]) -> Pass:
    """A pass of ours from base64, whatever its date. Raises Refused: bad_request, bad_pass."""
    signed = from_base64(text, _MOST_PASS_BYTES)
    try:
        return open_pass(signed, issuers)
    except Refused as refused:
        raise Refused("bad_pass", refused.reason) from refused


def read_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object; no NaN, nothing nested without end. Raises Refused("bad_request")."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_request", "not JSON") from error
    if type(found) is not dict:
        raise Refused("bad_request", "an object expected")
    return found


def from_base64(text: Any, most: int) -> bytes:
    """Bytes of standard base64 with its padding. Raises Refused("bad_request")."""
    if type(text) is not str or not text.isascii() or len(text) > 4 * (-(-most // 3)):
        raise Refused("bad_request", "base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Refused("bad_request", "base64") from error


def to_base64(data: bytes) -> str:
    """Standard base64 with its padding."""
    return base64.b64encode(data).decode("ascii")


def _no_constant(name: str) -> Any:
    raise ValueError(name)
