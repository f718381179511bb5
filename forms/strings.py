"""Which characters may stand in a text: what a person wrote, and nothing that rewrites the page around it.

Refused: control characters but tab and line ends (Unicode C0, C1), lone surrogates, noncharacters, and the marks that
turn the direction of the text after them (U+202A to U+202E, U+2066 to U+2069: Unicode technical report 36 shows what
they can hide). Emoji, joiners and the plain direction marks U+200E and U+200F pass: languages need them.
"""

import re

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_BAD = re.compile(f"[{_CONTROLS}{_NO_CHARACTERS}]")
_NOT_IN_URL = re.compile(r'[\s<>"{}|\\^`]')
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+", re.ASCII)
_LINE_END = re.compile("[\n\r]")


def bad_character(text: str) -> str | None:
    """The first character that no text may hold, such as "U+202E"; None when all may stand."""
    found = _BAD.search(text)
    return None if found is None else f"U+{ord(found.group()):04X}"


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
