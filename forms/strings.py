"""Which characters may stand in a text: what a person wrote, and nothing that rewrites the page around it.

Refused: control characters but tab and line ends (Unicode C0, C1), lone surrogates, noncharacters, and the marks that
turn the direction of the text after them (U+202A to U+202E, U+2066 to U+2069: Unicode technical report 36 shows what
they can hide). Emoji, joiners and the plain direction marks U+200E and U+200F pass: languages need them.
"""

import re

_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_NOT_IN_URL = re.compile(r'[\s<>"{}|\\^`]')
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+", re.ASCII)
_LINE_END = re.compile("[\n\r]")
_LAST_OF_A_PLANE = 0xFFFE


def bad_character(text: str) -> str | None:
    """The first character that no text may hold, such as "U+202E"; None when all may stand."""
    found = _BAD.search(text)
    if found is not None:
        return f"U+{ord(found.group()):04X}"
    if text.isascii():
        return None
    return next((f"U+{ord(c):04X}" for c in text if c > "\uffff" and ord(c) & 0xFFFE == _LAST_OF_A_PLANE), None)


def is_url(text: str) -> bool:
    """Whether a text can be a uri of FHIR: no character that RFC 3987 leaves out, and a urn:uuid or urn:oid is one."""
    if _NOT_IN_URL.search(text):
        return False
    if text.startswith("urn:uuid:"):
        return _UUID.fullmatch(text) is not None
    return not text.startswith("urn:oid:") or _OID.fullmatch(text) is not None


def has_lines(text: str) -> bool:
    """Whether it goes over more than one line."""
    return _LINE_END.search(text) is not None
