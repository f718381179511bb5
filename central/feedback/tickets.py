"""PURE. The paper slip of a form: who has one may send one word, and the code to follow it hangs on it.

    ticket = base64url(place's number, 8 | at ms, 8 | random, 12 | MAC, 16)
    code   = 12 letters of Crockford's base 32: 11 of MAC("code", ticket), 1 that checks them: a Reed-Solomon check over
             GF(32) = GF(2)[x]/(x^5+x^2+1), so that one wrong letter, or two that changed places, are always seen

- A form sent twice is one word: its ticket gives the same code, and the database takes a code once.
- A browser with script does some work for it: SHA-256(ticket ":" n) begins with WORK_BITS zero bits. Without script the
  form has to lie open for WAIT_MS, as long as anybody writes, and fewer pass from one network.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple

from wire.refusal import Refused

WORK_BITS = 16
WAIT_MS = 20_000
LIVES_MS = 4 * 3_600_000
PROOF_MS = 4 * 3_600_000
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011")
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive: powers of x differ up to 31 letters
_LENGTH = 12
_BODY, _MAC, _VOICE = 28, 16, 16

Mac = Callable[..., bytes]  # (what, *parts) -> 16 bytes


class Ticket(NamedTuple):
    """One that was read and is in time. `text` is how it travels."""

    text: str
    place: int
    at_ms: int


def new_ticket(place: int, now_ms: int, random: bytes, mac: Mac) -> str:
    """A ticket for one word about `place`; `random` is 12 bytes."""
    body = place.to_bytes(8, "big") + now_ms.to_bytes(8, "big") + random
    return _text(body + mac("ticket", body))


def read_ticket(text: str, place: int, now_ms: int, mac: Mac) -> Ticket:
    """Raises Refused("form_old") for one that is not ours, of another place or too old."""
    data = _bytes(text, _BODY + _MAC)
    body = data[:_BODY]
    ours = hmac.compare_digest(mac("ticket", body), data[_BODY:])
    at_ms = int.from_bytes(body[8:16], "big")
    if not ours or int.from_bytes(body[:8], "big") != place or not now_ms - LIVES_MS < at_ms <= now_ms:
        raise Refused("form_old")
    return Ticket(text, place, at_ms)


def is_worked(ticket: str, work: str) -> bool:
    """Whether `work` (a decimal number) is a solution."""
    if not (work.isascii() and work.isdigit() and len(work) <= 12):
        return False
    found = hashlib.sha256(f"{ticket}:{work}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - WORK_BITS) == 0


def code_of(ticket: str, mac: Mac) -> str:
    """The code of a ticket, without its strokes."""
    number = int.from_bytes(mac("code", ticket.encode())[:7], "big") >> 1
    letters = "".join(LETTERS[number >> 5 * place & 31] for place in range(_LENGTH - 1))
    return letters + LETTERS[_check(letters)]


def shown(code: str) -> str:
    """XXXX-XXXX-XXXX"""
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def read_code(text: str) -> str:
    """A code as people type it, without its strokes. Raises Refused("code_wrong") for one with a slip in it."""
    code = "".join(letter for letter in text[:64].upper().translate(_ALIKE) if letter not in "- .")
    if len(code) != _LENGTH or any(letter not in LETTERS for letter in code) or code[-1] != LETTERS[_check(code[:-1])]:
        raise Refused("code_wrong")
    return code


def new_proof(voice: bytes, place: int, now_ms: int, mac: Mac) -> str:
    """That a voice was at a place, good for PROOF_MS; it names nobody."""
    body = voice + place.to_bytes(8, "big") + (now_ms + PROOF_MS).to_bytes(8, "big")
    return _text(body + mac("proof", body))


def read_proof(text: str, place: int, now_ms: int, mac: Mac) -> bytes | None:
    """The voice of a proof; None where there is none. Raises Refused("form_old") for one that does not hold."""
    if not text:
        return None
    data = _bytes(text, _VOICE + 16 + _MAC)
    body = data[:-_MAC]
    ours = hmac.compare_digest(mac("proof", body), data[-_MAC:])
    for_place, ends_ms = int.from_bytes(body[_VOICE:-8], "big"), int.from_bytes(body[-8:], "big")
    if not ours or for_place != place or ends_ms <= now_ms:
        raise Refused("form_old")
    return body[:_VOICE]


def _check(letters: str) -> int:
    """The remainder of the letters as a polynomial, times x."""
    value = 0
    for letter in letters:
        value = _times_x(value ^ LETTERS.index(letter))
    return value


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD if doubled > 31 else doubled


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str, length: int) -> bytes:
    try:
        data = base64.b64decode(text[:200] + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("form_old") from error
    if len(data) != length:
        raise Refused("form_old")
    return data
