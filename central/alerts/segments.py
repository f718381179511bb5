"""PURE. Short messages: how a text is cut and written (3GPP TS 23.038, the alphabets; TS 23.040, 9.2.3.24.1, parts).

- Every letter in the 7-bit alphabet: 160 in one message, 153 in each part of several; letters of the extension table
  count two and are not cut in half.
- Else UCS-2: 70 in one, 67 in each part. A letter outside the basic plane counts two, and is not cut either; nor is a
  mark from the letter that it stands on.
"""

import unicodedata

_ESCAPE = "\x1b"
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ" + _ESCAPE + "ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_CODES = {letter: bytes([code]) for code, letter in enumerate(_BASIC) if letter != _ESCAPE}
_EXTENSION = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
_CODES |= {letter: bytes([27, code]) for letter, code in _EXTENSION.items()}
MOST_PARTS = 8  # longer is no short message


def is_plain(text: str) -> bool:
    """Whether the 7-bit alphabet has every letter."""
    return all(letter in _CODES for letter in text)


def segments(text: str) -> int:
    """How many messages the text takes; 0 for an empty one."""
    return len(split(text))


def split(text: str) -> list[bytes]:
    """The parts as a short-message centre wants them: one septet a byte, or UTF-16 in network order."""
    plain = is_plain(text)
    alone, each = (160, 153) if plain else (140, 134)
    written = [_CODES[letter] for letter in text] if plain else [c.encode("utf-16-be") for c in _clusters(text)]
    if not written:
        return []
    if sum(map(len, written)) <= alone:
        return [b"".join(written)]
    parts = [b""]
    for piece in written:
        if len(parts[-1]) + len(piece) > each:
            parts.append(b"")
        parts[-1] += piece
    return parts


def joined(reference: int, parts: list[bytes]) -> list[bytes]:
    """The parts of a long message with their heads: information element 0, an 8-bit reference."""
    if len(parts) == 1:
        return parts
    return [bytes((5, 0, 3, reference % 256, len(parts), n)) + part for n, part in enumerate(parts, 1)]


def _clusters(text: str) -> list[str]:
    """Letters with the marks on them; a run of marks longer than a part is cut all the same."""
    found: list[str] = []
    for letter in text:
        if found and unicodedata.category(letter).startswith("M") and len(found[-1]) < 16:
            found[-1] += letter
        else:
            found.append(letter)
    return found
