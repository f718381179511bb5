"""The machine readable zone of passports and cards: the lines of `<` at the foot, as an OCR-B reader sends them.

Sizes (ICAO Doc 9303, 8th edition): passports TD3, 2 x 44 (part 4); cards TD1, 3 x 30 (part 5) and TD2, 2 x 36 (part 6).
Visas (V) identify no holder by themselves and are not read. Unsigned: anybody can print one.

- *Lines* come joined by \\r, \\n or spaces, or by nothing. A line of another length is a broken document, no guess.
- *Check digits* (part 3, section 4.9: weights 7, 3, 1) decide: number, birth, expiry, personal number, composite. One
  that does not agree makes the whole document bad_schema.
- *Misread signs*: where only a digit or only a letter may stand, O/0, I/1, B/8, S/5 and Z/2 are exchanged; the check
  digits must agree afterwards. Where both may stand (numbers, optional data) nothing is touched.
- *Names* stay as printed, in the transliteration of the issuer: surname, two fillers, given names.
- *Century*: a birth is never later than now; with an unset clock, never later than the expiry. So somebody of a hundred
  years reads as a small child. An expiry from 80 on is of the last century, but for 991231: a card without end.
- Whether a document has run out is the border's question, not the gate's: `expiry_date` says it, no warning does.
- *The citizen card's back* (IDVNM) holds the twelve-digit number: it is read as the kind `cccd`, so that back and front
  of one card are one person.
- *Nationality* is given as the forms take it (ISO 3166 alpha-2), None where the code names no country.
- The optional data of other documents are never kept: they often hold another number of the same person.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

from credentials.citizen_number import contradictions, is_citizen_number
from credentials.dates import calendar_day, iso
from credentials.states import country_of
from credentials.types import Credential, broken

# What may stand at each place of each line: A letter or filler, N digit or filler, X any of both.
_TD3 = ("A" * 44, "X" * 9 + "N" + "A" * 3 + "N" * 7 + "A" + "N" * 7 + "X" * 14 + "NN")
_TD2 = ("A" * 36, "X" * 9 + "N" + "A" * 3 + "N" * 7 + "A" + "N" * 7 + "X" * 7 + "N")
_TD1 = ("A" * 5 + "X" * 9 + "N" + "X" * 15, "N" * 7 + "A" + "N" * 7 + "A" * 3 + "X" * 11 + "N", "A" * 30)
_CITIZEN_CARD = ("A" * 5 + "N" * 22 + "AAN", *_TD1[1:])
_SIZES = {tuple(map(len, masks)): masks for masks in (_TD3, _TD2, _TD1)}
_CUTS = {sum(lengths): lengths for lengths in _SIZES}
_ALLOWED = {"A": re.compile("[A-Z<]"), "N": re.compile("[0-9<]"), "X": re.compile("[A-Z0-9<]")}
_MISREAD = {"N": str.maketrans("OIBSZ", "01852"), "A": str.maketrans("01852", "OIBSZ"), "X": {}}

# Optical readers take fillers for quotation marks. No other text that a visitor can show is made of these signs alone.
_FILLERS = str.maketrans({"«": "<<", "‹": "<", "\uff1c": "<"})
_ZONE = re.compile(r"[PACI1][A-Z0-9<]{59,99}")
_NO_END = "991231"
_SEX = {"M": "male", "F": "female"}


class _Zone(NamedTuple):
    """The fields of a zone, fillers kept; `proofs` are (data, check digit) pairs."""

    code: str
    issuer: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    names: str
    optional: str
    proofs: tuple[tuple[str, str], ...]


def lines_in(text: str) -> tuple[str, ...] | None:
    """The lines of `text` (NFC, stripped) when it is meant as a zone, whole or broken; else None."""
    pieces = text.translate(_FILLERS).upper().split()
    joined = "".join(pieces)
    if _ZONE.fullmatch(joined) is None or "<<" not in joined:
        return None
    if tuple(map(len, pieces)) in _SIZES:
        return tuple(pieces)
    lengths: tuple[int, ...] = _CUTS.get(len(joined), ())
    ends = tuple(accumulate(lengths))
    return tuple(joined[end - length : end] for length, end in zip(lengths, ends, strict=True))


def read(lines: Sequence[str], now: datetime | None) -> Credential:
    """The document of `lines_in`. `now` is None while the clock proves nothing. Never raises."""
    zone = _zone_of(lines)
    if zone is None or not all(check_digit(data) == digit for data, digit in zone.proofs):
        return broken("passport")
    born, impossible = _birth(zone.birth, zone.expiry, now)
    surname, given = _names_of(zone.names)
    if not surname:
        return broken("passport")
    person = {
        "name": f"{surname} {given}".strip(),
        "birth_date": born,
        "sex": _SEX.get(zone.sex),
        "expiry_date": iso(_expiry(zone.expiry)),
    }
    warnings = ("impossible_birth_date",) if impossible else ()
    citizen = _citizen_number(zone)
    if citizen is not None:
        return _citizen_card(citizen, person, warnings)
    return _travel_document(zone, {"surname": surname, "given_names": given or None, **person}, warnings)


def _citizen_card(number: str, person: Mapping[str, str | None], warnings: tuple[str, ...]) -> Credential:
    """The fields of a citizen card's front, of which its back lacks some."""
    born = person["birth_date"]
    doubts = contradictions(number, sex=person["sex"], birth_year=None if born is None else int(born[:4]))
    missing = {"old_number": None, "address": None, "issue_date": None}
    return Credential("cccd", "valid", "ok", warnings + doubts, number, {"number": number, **missing, **person})


def _travel_document(zone: _Zone, person: Mapping[str, str | None], warnings: tuple[str, ...]) -> Credential:
    number, issuer = zone.number.rstrip("<"), zone.issuer.rstrip("<")
    if not (number and issuer) or "<" in number:
        return broken("passport")
    fields = {
        "document": zone.code.rstrip("<"),
        "number": number,
        "issuer": issuer,
        "nationality": country_of(zone.nationality.rstrip("<")),
        **person,
    }
    return Credential("passport", "valid", "ok", warnings, normal_form(issuer, number), fields)


def normal_form(issuer: str, number: str) -> str:
    """The identity of a document: numbers repeat from country to country. `issuer` is the code of three letters."""
    return f"{issuer}-{number}"


def check_digit(data: str) -> str:
    """The check digit of digits, letters (A = 10 ... Z = 35) and fillers (0): Doc 9303 part 3, section 4.9."""
    total = sum((0 if sign == "<" else int(sign, 36)) * (7, 3, 1)[place % 3] for place, sign in enumerate(data))
    return str(total % 10)


def _zone_of(lines: Sequence[str]) -> _Zone | None:
    """The fields of lines whose every sign may stand where it does, None otherwise."""
    masks = _SIZES.get(tuple(map(len, lines)))
    if masks is None:
        return None
    whole = None
    if masks is _TD1 and _set_right(lines[0][:5], "AAAAA") == "IDVNM":
        whole = _all_set_right(lines, _CITIZEN_CARD)
    whole = whole or _all_set_right(lines, masks)
    if whole is None:
        return None
    zone = _card(*whole) if masks is _TD1 else _booklet(*whole)
    return zone if zone.code[0] in ("P" if masks is _TD3 else "PACI") else None


def _all_set_right(lines: Sequence[str], masks: Sequence[str]) -> list[str] | None:
    right = [_set_right(line, mask) for line, mask in zip(lines, masks, strict=True)]
    whole = [line for line in right if line is not None]
    return whole if len(whole) == len(lines) else None


def _set_right(line: str, mask: str) -> str | None:
    """The line with misread signs exchanged; None where a sign still cannot stand where it does."""
    right = "".join(sign.translate(_MISREAD[kind]) for sign, kind in zip(line, mask, strict=True))
    return right if all(_ALLOWED[kind].match(sign) for sign, kind in zip(right, mask, strict=True)) else None


def _booklet(upper: str, lower: str) -> _Zone:
    """TD3 and TD2. In TD3 the optional data have a check digit of their own, which may be a filler when they are empty;
    only in TD2 can a long number go on in them."""
    is_td3 = len(lower) == 44
    number, proof, _ = _number_in(lower[:10], "" if is_td3 else lower[28:-1])
    proofs = [proof, (lower[13:19], lower[19]), (lower[21:27], lower[27])]
    if is_td3 and lower[28:43] != "<" * 15:
        proofs.append((lower[28:42], lower[42]))
    proofs.append((lower[:10] + lower[13:20] + lower[21:-1], lower[-1]))
    ends = lower[13:19], lower[20], lower[21:27]
    return _Zone(upper[:2], upper[2:5], number, lower[10:13], *ends, upper[5:], lower[28:-1], tuple(proofs))


def _card(upper: str, middle: str, lower: str) -> _Zone:
    """TD1."""
    number, proof, optional = _number_in(upper[5:15], upper[15:])
    composite = upper[5:] + middle[:7] + middle[8:15] + middle[18:29]
    proofs = (proof, (middle[:6], middle[6]), (middle[8:14], middle[14]), (composite, middle[29]))
    return _Zone(
        upper[:2], upper[2:5], number, middle[15:18], middle[:6], middle[7], middle[8:14], lower, optional, proofs
    )


def _number_in(field: str, optional: str) -> tuple[str, tuple[str, str], str]:
    """(number, its proof, what is left of the optional data) of nine signs and their check digit.

    A filler in place of the check digit says that the number goes on in the optional data, up to the next filler, the
    check digit last (part 5, section 4.2.2, note j).
    """
    if field[9] != "<" or len(optional) < 2:
        return field[:9], (field[:9], field[9]), optional
    rest, _, left = optional.partition("<")
    number = field[:9] + rest[:-1]
    return number, (number, rest[-1:]), left


def _names_of(field: str) -> tuple[str, str]:
    """(surname, given names); given names may be missing."""
    surname, _, given = field.rstrip("<").partition("<<")
    return " ".join(surname.split("<")).strip(), " ".join(given.replace("<", " ").split())


def _birth(field: str, expiry: str, now: datetime | None) -> tuple[str | None, bool]:
    """(ISO date, year and month, year, or None where not known; whether no calendar has the day)."""
    year, month, day = field[:2], field[2:4], field[4:]
    if not year.isdigit():
        return None, year != "<<"
    latest = now if now is not None else _expiry(expiry)
    first = "".join(part if part.isdigit() else "01" for part in (year, month, day))
    born = _day_of(first, 20)
    century = 19 if latest is not None and born is not None and born.toordinal() > latest.toordinal() + 1 else 20
    born = _day_of(first, century)
    if born is None:
        return None, True
    known = 10 if day.isdigit() and month.isdigit() else 7 if month.isdigit() else 4
    return born.isoformat()[:known], False


def _expiry(field: str) -> date | None:
    return _day_of(field, 19 if "80" <= field[:2] <= "99" and field != _NO_END else 20)


def _day_of(field: str, century: int) -> date | None:
    if not field.isdigit():
        return None
    return calendar_day(f"{century}{field[:2]}", field[2:4], field[4:])


def _citizen_number(zone: _Zone) -> str | None:
    """The twelve digits on the back of a Vietnamese citizen card, whose last nine are its document number.

    The layout is as public programs read it: number, `<<`, check digit of the number; no specification is published.
    """
    citizen, rest = zone.optional[:12], zone.optional[12:]
    fits = zone.code + zone.issuer == "IDVNM" and is_citizen_number(citizen) and citizen.endswith(zone.number)
    return citizen if fits and rest == "<<" + check_digit(citizen) else None
