"""The health-insurance card (BHYT), old cards with a 15-character code and new ones with 10 digits.

Text: 15 fields between `|`: card code, name and address as hex of UTF-8, birth `dd/mm/yyyy`, sex 1 or 2, place of
first care `PP - NNN`, valid from, valid to (`-` for open), six fields of uncertain meaning, a check of 16 hex and 4
digits, and `$`. Unsigned for us: how the check is computed is not public.

- *Layout*: five fields or more, and either a `$` at the end or a card code in front with a hex name or a slashed date
  behind it. So a card that was cut short is called a broken card.
- *Form* (else bad_schema): 15 fields or more, the last one `$`; card code 2 letters and 13 digits, or 10 digits; name
  hex of UTF-8 and not empty; address hex of UTF-8 or empty; birth a date or a year alone; sex 1 or 2; place; dates.
- Fields 9 to 14 are neither judged nor kept: their meaning is inferred only.
- *Plausibility*: impossible_birth_date, impossible_valid_from, impossible_valid_to, birth_in_future, damaged_text.
- A lapsed insurance is no warning: the card still says whose it is, and only that is asked at a gate.
- Pure ASCII, so that it survives keyboard-mode scanners; letters may come in either case.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from credentials.dates import calendar_day, is_after, iso
from credentials.letters import is_replaced_name
from credentials.types import Credential, broken

FIELDS = 15
_CODE = re.compile(r"(?:[A-Z]{2}[0-9]{3})?[0-9]{10}")
_HEX = re.compile(r"[0-9A-Fa-f]{6,}")
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")
_PLACE = re.compile(r"([0-9]{2}) ?- ?([0-9A-Z]{3,5})")
_SEX = {"1": "male", "2": "female"}


def has_layout(fields: Sequence[str]) -> bool:
    """Whether the `|` fields of a text are meant as an insurance card."""
    if len(fields) < 5:
        return False
    has_code = _CODE.fullmatch(fields[0].upper()) is not None
    return fields[-1] == "$" or (has_code and bool(_HEX.fullmatch(fields[1]) or _DAY.fullmatch(fields[2])))


def read(fields: Sequence[str], now: datetime | None) -> Credential:
    """The card of `fields` (split at `|`, spaces around each removed)."""
    if len(fields) < FIELDS or fields[-1] != "$":
        return broken("bhyt")
    code, place = fields[0].upper(), _PLACE.fullmatch(fields[5].upper())
    name, address = _text_of_hex(fields[1]), _text_of_hex(fields[4])
    sex = _SEX.get(fields[3])
    days_well_formed = _is_birth(fields[2]) and _DAY.fullmatch(fields[6]) and _is_open_or_day(fields[7])
    if not (_CODE.fullmatch(code) and name and address is not None and sex and place and days_well_formed):
        return broken("bhyt")

    birth, valid_from, valid_to = _day_of(fields[2]), _day_of(fields[6]), _day_of(fields[7])
    impossible = {
        "impossible_birth_date": birth is None and len(fields[2]) > len("yyyy"),
        "impossible_valid_from": valid_from is None,
        "impossible_valid_to": valid_to is None and _DAY.fullmatch(fields[7]) is not None,
        "birth_in_future": is_after(birth, now),
        "damaged_text": is_replaced_name(name) or "\ufffd" in address,
    }
    kept = {
        "number": code,
        "name": name,
        "birth_date": fields[2] if _YEAR.fullmatch(fields[2]) else iso(birth),
        "sex": sex,
        "address": address or None,
        "first_care_place": f"{place[1]} - {place[2]}",
        "valid_from": iso(valid_from),
        "valid_to": iso(valid_to),
    }
    return Credential("bhyt", "valid", "ok", tuple(w for w, is_so in impossible.items() if is_so), code[-10:], kept)


def _text_of_hex(digits: str) -> str | None:
    """The text of hex digits of UTF-8, spaces tidied; None for anything else. bytes.fromhex alone allows spaces."""
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", digits):
        return None
    try:
        return " ".join(unicodedata.normalize("NFC", bytes.fromhex(digits).decode("utf-8")).split())
    except UnicodeDecodeError:
        return None


def _is_birth(text: str) -> bool:
    """A day, or a year alone: elderly people without a recorded birthday have it so."""
    return bool(_DAY.fullmatch(text) or _YEAR.fullmatch(text))


def _is_open_or_day(text: str) -> bool:
    return text in ("-", "") or _DAY.fullmatch(text) is not None


def _day_of(text: str) -> date | None:
    groups = _DAY.fullmatch(text)
    return None if groups is None else calendar_day(groups[3], groups[2], groups[1])
