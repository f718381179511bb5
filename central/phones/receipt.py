"""PURE. The code on a receipt: the first 60 bits of a record's id in three groups of four, as the kiosks write it."""

from wire.refusal import Refused

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_ALIKE = str.maketrans("OIL", "011")  # what people read for a nought and a one
_LETTERS = 12
BITS = 5 * _LETTERS


def bits_of(record: bytes) -> int:
    """The 60 bits of a record's id (16 bytes)."""
    return int.from_bytes(record[:8], "big") >> 64 - BITS


def written(record: bytes) -> str:
    """Such as "K7QF-2M9D-44TX"."""
    number = bits_of(record)
    letters = [_ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, _LETTERS, 4))


def read_code(text: str) -> int:
    """The 60 bits of a code as people type it. Raises Refused("bad_code")."""
    letters = [letter for letter in text.upper().translate(_ALIKE) if letter not in "- ."]
    if len(letters) != _LETTERS or any(letter not in _ALPHABET for letter in letters):
        raise Refused("bad_code", "twelve letters and figures expected")
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    return number
