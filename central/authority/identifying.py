"""PURE. From what an officer types or scans to codes: (kind, normal form) as gates send them.

- A scanned code is read as a gate reads it. A citizen card holds the old identity number (CMND) beside the new one:
  both are codes of one person, and gates that typed the old one sent it as a typed number.
- A typed number: 12 digits of a citizen card, an insurance card's, a passport as "USA 123456789", else as it stands.
"""

import re
import unicodedata
from typing import NamedTuple

from credentials import mrz
from credentials.citizen_number import is_citizen_number
from credentials.read import read
from credentials.trust import Trust
from credentials.types import Credential
from wire.records import IdentityKind
from wire.refusal import Refused

_KINDS = {
    "cccd": IdentityKind.CCCD,
    "bhyt": IdentityKind.BHYT,
    "personal-qr": IdentityKind.PERSONAL_QR,
    "passport": IdentityKind.PASSPORT,
}
_INSURANCE = re.compile(r"(?:[A-Z]{2}[0-9]{3})?([1-9][0-9]{9})")
_PASSPORT = re.compile(r"([A-Z]{3})[ :/-]+([A-Z0-9]{5,9})")
_PASS = re.compile(r"[0-9a-f]{32}")
_TYPED = re.compile(r"[0-9A-Z-]{5,20}")


class Code(NamedTuple):
    """One code of a person."""

    kind: IdentityKind
    number: str


def codes_in(text: str) -> list[Code]:
    """The codes of a person, the one that was meant first. Raises Refused("bad_number")."""
    if len(text) > 4096:
        raise Refused("bad_number")
    seen = read(text, now=None, trust=Trust.NONE)
    if isinstance(seen, Credential):
        if seen.kind not in _KINDS or seen.normal_form is None or seen.status != "valid":
            raise Refused("bad_number")
        found = [Code(_KINDS[seen.kind], seen.normal_form)]
        old = seen.fields.get("old_number")
        return [*found, Code(IdentityKind.TYPED, str(old))] if old else found
    return [_typed(text)]


def _typed(text: str) -> Code:
    clean = unicodedata.normalize("NFKC", text).strip()
    if _PASS.fullmatch(clean.lower()):
        return Code(IdentityKind.PASS, clean.lower())
    upper = clean.upper()
    passport = _PASSPORT.fullmatch(upper)
    if passport is not None:
        return Code(IdentityKind.PASSPORT, mrz.normal_form(passport[1], passport[2]))
    bare = re.sub(r"[\s_.]+", "", upper)
    if is_citizen_number(bare):
        return Code(IdentityKind.CCCD, bare)
    insurance = _INSURANCE.fullmatch(bare)
    if insurance is not None:  # ten digits from 0 are a telephone's number
        return Code(IdentityKind.BHYT, insurance[1])
    if _TYPED.fullmatch(bare) is None:
        raise Refused("bad_number")
    return Code(IdentityKind.TYPED, bare)
