"""The citizen card (CCCD with chip, 2021) and the identity card of 2024 (Căn cước).

Text: `number|old number|name|birth DDMMYYYY|sex|address|issued DDMMYYYY`, on cards of 2024 with four more fields
(Circular 16/2024/TT-BCA: cancelled number, parents; their order is not published). Unsigned: anybody can print one.

- *Layout*: four fields or more, of which two signs of a citizen card are found: a long number in front, a sex word, a
  date. So a card with a field too few or a digit lost is called a broken card and not an unknown code.
- *Form* (else bad_schema): seven fields or more; number 12 digits; old number 9 digits or empty; a name; both dates
  eight digits; sex a word that is or was `Nam` or `Nữ`.
- *Plausibility* (warnings): impossible_birth_date, impossible_issue_date, birth_in_future, issued_before_birth,
  sex_against_number, birth_year_against_number, missing_address, damaged_text.
- An issue date ahead of the kiosk's clock is no warning: a kiosk without battery wakes up in the past.
- Fields after the seventh are never kept: parents' names are nobody's business at a gate.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from credentials.citizen_number import contradictions, is_citizen_number
from credentials.dates import calendar_day, is_after, iso
from credentials.letters import is_damaged_address, is_damaged_name
from credentials.types import Credential, broken

FIELDS = 7
_LONG_NUMBER = re.compile(r"[0-9]{9}[0-9A-Za-z]{2,5}|[0-9]{9,16}")
_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_DAY_LIKE = re.compile(r"[0-9]{6,8}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_OLD_NUMBER = re.compile(r"(?:[0-9]{9})?")
_SEX = {"nam": "male", "nữ": "female"}
# What is left of "Nữ" when its letter with marks was dropped, stripped or turned into signs: N, Nu, N?, Ná»¯.
_DAMAGED_FEMALE = re.compile(r"n(?:u|\W{0,4}|á\W{2,4})", re.IGNORECASE)


def has_layout(fields: Sequence[str]) -> bool:
    """Whether the `|` fields of a text are meant as a citizen card."""
    signs = (
        _LONG_NUMBER.fullmatch(fields[0]) is not None,
        any(field.casefold() in _SEX for field in fields),
        any(_DAY_LIKE.fullmatch(field) for field in fields[1:]),
    )
    return len(fields) >= 4 and sum(signs) >= 2


def read(fields: Sequence[str], now: datetime | None) -> Credential:
    """The card of `fields` (NFC, split at `|`, spaces around each removed)."""
    if len(fields) < FIELDS:
        return broken("cccd")
    number, old_number, name, birth_text, sex_text, address, issue_text = fields[:FIELDS]
    birth_groups, issue_groups = _DAY.fullmatch(birth_text), _DAY.fullmatch(issue_text)
    sex = _SEX.get(sex_text.casefold())
    sex_damaged = sex is None and _DAMAGED_FEMALE.fullmatch(sex_text) is not None
    well_formed = is_citizen_number(number) and _OLD_NUMBER.fullmatch(old_number) and name and (sex or sex_damaged)
    if not (well_formed and birth_groups and issue_groups):
        return broken("cccd")

    birth, issued = _day_of(birth_groups), _day_of(issue_groups)
    name = " ".join(name.split())
    warnings = (
        *_day_warnings(birth, issued, now),
        *contradictions(number, sex=sex, birth_year=int(birth_groups[3])),
        *(() if address else ("missing_address",)),
        *(("damaged_text",) if sex_damaged or is_damaged_name(name) or is_damaged_address(address) else ()),
    )
    kept = {
        "number": number,
        "old_number": old_number or None,
        "name": name,
        "birth_date": iso(birth),
        "sex": sex,
        "address": " ".join(address.split()) or None,
        "issue_date": iso(issued),
    }
    return Credential("cccd", "valid", "ok", warnings, number, kept)


def _day_of(groups: re.Match[str]) -> date | None:
    day, month, year = groups.groups()
    return calendar_day(year, month, day)


def _day_warnings(birth: date | None, issued: date | None, now: datetime | None) -> tuple[str, ...]:
    found = {
        "impossible_birth_date": birth is None,
        "impossible_issue_date": issued is None,
        "birth_in_future": is_after(birth, now),
        "issued_before_birth": birth is not None and issued is not None and issued < birth,
    }
    return tuple(name for name, is_so in found.items() if is_so)
