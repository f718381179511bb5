"""PURE. What in a text seems to be about a person, and whether a released text is the sender's own with parts struck.

A help for the moderator, who decides: it finds numbers of telephones and papers, e-mail addresses, and names that
follow a form of address or stand in capitals. What it does not find may still name somebody.
"""

import re

STRUCK = "[…]"
_UPPER = "A-ZĐÀ-ÖØ-ÞĂĨŨƠƯẠ-Ỹ"
_KINDS = (
    ("number", re.compile(r"(?<!\w)\+?\d(?:[ .\-]?\d){7,13}(?!\w)")),  # phone 9 to 11 digits, CCCD 12, health card
    ("number", re.compile(r"(?<!\w)[A-Z]{1,2}\d{6,13}(?!\w)")),  # passport, health insurance card
    ("email", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    (
        "name",
        re.compile(
            rf"(?<!\w)(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Tt]hầy|Mrs?\.?|Ms\.?|Dr\.?)"
            rf"(?: [{_UPPER}]\w{{0,15}}){{1,4}}"
        ),
    ),
    ("name", re.compile(rf"(?<!\w)[{_UPPER}]{{2,10}}(?: [{_UPPER}]{{1,10}}){{1,4}}(?!\w)")),
)


def personal_parts(text: str) -> list[tuple[int, int, str]]:
    """(start, end, kind number | email | name) of what seems personal, in order, without overlaps."""
    found = [(m.start(), m.end(), kind) for kind, pattern in _KINDS for m in pattern.finditer(text)]
    parts: list[tuple[int, int, str]] = []
    for part in sorted(found):
        if not parts or part[0] >= parts[-1][1]:
            parts.append(part)
    return parts


def strike(text: str) -> str:
    """The text with what seems personal struck."""
    pieces, at = [], 0
    for start, end, _ in personal_parts(text):
        pieces += [text[at:start], STRUCK]
        at = end
    return "".join([*pieces, text[at:]])


def only_struck(original: str, released: str) -> bool:
    """Whether `released` is `original` with parts replaced by "[…]" and nothing else: no word is put into a mouth."""
    pieces = tidy(released).split(STRUCK)
    text = tidy(original)
    if len(pieces) == 1:
        return pieces[0].strip() == text.strip()
    first, *middle, last = (piece.strip() for piece in pieces)
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in middle:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - len(last) >= at and text.endswith(last)


def tidy(text: str) -> str:
    """One kind of line end, and the three dots as one sign: what a browser changes is no change."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("[...]", STRUCK).strip()
