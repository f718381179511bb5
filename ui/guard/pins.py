"""PINs of guards: what may be one, and the digest that is kept of it.

- 6 to 12 digits. Not one digit over and over, not a run up or down, not the same half twice: they are tried first.
- scrypt (RFC 7914) with N 2^14, r 8, p 1: 16 MB and some 50 ms a try on a desk, three times that on a small board.
  Six digits fall to whoever holds the card and computes for a day; against the page they stand by the counted tries.
"""

import hashlib
import hmac
from itertools import pairwise

SHORTEST, LONGEST = 6, 12
SALT_BYTES = 16
ONE_TIME_DIGITS = 8
_N, _R, _P = 1 << 14, 8, 1
_MEMORY = 64 << 20  # OpenSSL refuses what needs more than 32 MB unless told


def digest_of(pin: str, salt: bytes) -> bytes:
    """32 bytes. Any text is taken, so that a wrong one costs as long as a right one."""
    return hashlib.scrypt(pin.encode("utf-8", "replace"), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)


def fits(pin: str, salt: bytes, digest: bytes) -> bool:
    """Whether `digest` is of this PIN; the comparison tells nothing by its time."""
    return hmac.compare_digest(digest_of(pin, salt), digest)


def objection(pin: str) -> str | None:
    """Why this cannot be a PIN: "pin_digits", "pin_short", "pin_long" or "pin_easy"; None when it can."""
    if not (pin.isascii() and pin.isdigit()):
        return "pin_digits"
    if len(pin) < SHORTEST:
        return "pin_short"
    if len(pin) > LONGEST:
        return "pin_long"
    steps = {(ord(b) - ord(a)) % 10 for a, b in pairwise(pin)}
    half = len(pin) // 2
    return "pin_easy" if steps in ({0}, {1}, {9}) or pin[:half] == pin[half:] else None


def one_time(random: bytes) -> str:
    """A one-time PIN of 8 digits from at least 8 random bytes (2^64 / 10^8: no digit is favoured to be noticed)."""
    pin = f"{int.from_bytes(random[:8], 'big') % 10**ONE_TIME_DIGITS:08d}"
    return pin if objection(pin) is None else one_time(hashlib.sha256(random).digest())
