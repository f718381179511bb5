"""The common anti-epidemic personal QR (Decision 1405/QĐ-BTTTT of 11 September 2021, version 1.1).

Text: `number|NAME|YYYY-MM-DD|type|QID|EXT`. Type 0: declared by the person, 1: by somebody else. QID: the name that the
national QR platform gave the person. EXT, separated by `<`: [declarer's QID `<`] sex (0 unknown, 1 male, 2 female)
`<` BHYT number (`00` for none) `<` phone, then parts that we neither know nor keep. Unsigned for us, and static.

- *Layout*: five to seven fields whose third is a date with the year first, or holds digits while the last holds a `<`.
- *Form* (else bad_schema): six fields; number 6 to 20 letters, digits or stars; a name; type 0 or 1; QID empty or up
  to 64 letters, digits and `._:*-`; EXT empty or with a sex where one belongs.
- By default number and birthday are partly starred. It is not stated whether only on the screen, so both are read. **A
  starred number is never an identity**: half a town shares its last six digits. The QID is, else a whole number.
- *Plausibility*: impossible_birth_date, birth_in_future, sex_against_number, birth_year_against_number, damaged_text,
  and no_identity where neither QID nor whole number is there. A number is compared only in type 0: in type 1 it may be
  the paper of the one who declared.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from credentials.citizen_number import contradictions, is_citizen_number
from credentials.dates import calendar_day, is_after
from credentials.letters import is_replaced_name
from credentials.types import Credential, broken

FIELDS = 6
_BIRTH = re.compile(r"([0-9]{4})-([0-9]{2}|\*\*)-([0-9]{2}|\*\*)")
_YEAR_FIRST = re.compile(r"[0-9*]{4}[-/.][0-9*]{1,2}[-/.][0-9*]{1,2}")
_DIGITS = re.compile(r"[0-9]{2}")
_NUMBER = re.compile(r"[A-Z0-9*]{6,20}")
_QID = re.compile(r"[A-Za-z0-9._:*-]{0,64}")
_BHYT = re.compile(r"(?:[A-Z]{2}[0-9*]{3})?[0-9*]{10}")
_PHONE = re.compile(r"\+?[0-9*]{8,15}")
_SEX = {"0": "unknown", "1": "male", "2": "female", "": None}


def has_layout(fields: Sequence[str]) -> bool:
    """Whether the `|` fields of a text are meant as a personal QR."""
    if not FIELDS - 1 <= len(fields) <= FIELDS + 1:
        return False
    return bool(_YEAR_FIRST.fullmatch(fields[2]) or ("<" in fields[-1] and _DIGITS.search(fields[2])))


def read(fields: Sequence[str], now: datetime | None) -> Credential:
    """The personal QR of `fields` (NFC, split at `|`, spaces around each removed)."""
    if len(fields) != FIELDS:
        return broken("personal-qr")
    number, birth_text, declared_by, qid = fields[0].upper(), fields[2], fields[3], fields[4]
    name, birth_groups = " ".join(fields[1].upper().split()), _BIRTH.fullmatch(birth_text)
    extra = _read_extra(fields[5].split("<"), on_behalf=declared_by == "1")
    well_formed = _NUMBER.fullmatch(number) and name and declared_by in ("0", "1") and _QID.fullmatch(qid)
    if not (well_formed and birth_groups) or extra is None:
        return broken("personal-qr")

    birth = _birth_of(birth_groups)
    identity = next((key for key in (qid, number) if key and "*" not in key), None)
    comparable = declared_by == "0" and is_citizen_number(number)
    warnings = (
        *(("impossible_birth_date",) if birth is None else ()),
        *(("birth_in_future",) if birth and is_after(date(*_earliest(birth)), now) else ()),
        *(contradictions(number, sex=extra["sex"], birth_year=int(birth_groups[1])) if comparable else ()),
        *(("damaged_text",) if is_replaced_name(name.replace("*", "")) else ()),
        *(("no_identity",) if identity is None else ()),
    )
    kept = {
        "number": number,
        "name": name,
        "birth_date": birth,
        "qid": qid or None,
        "declared_by": "other" if declared_by == "1" else "self",
        **extra,
    }
    return Credential("personal-qr", "valid", "ok", warnings, identity, kept)


def _birth_of(groups: re.Match[str]) -> str | None:
    """ISO 8601 as far as it is not starred (YYYY, YYYY-MM or a day); None for a day that no calendar has."""
    year, month, day = groups.groups()
    known_month = "01" if month == "**" else month
    known_day = "01" if day == "**" else day
    if calendar_day(year, known_month, known_day) is None:
        return None
    if month == "**":
        return year
    return f"{year}-{month}" if day == "**" else f"{year}-{month}-{day}"


def _earliest(birth: str) -> tuple[int, int, int]:
    year, month, day = (*birth.split("-"), "1", "1")[:3]
    return int(year), int(month), int(day)


def _read_extra(parts: Sequence[str], *, on_behalf: bool) -> dict[str, str | None] | None:
    """The known parts of EXT; None where no sex is in its place.

    Type 0 has no declarer in the one published example; an empty or a filled one is taken too. What has not the form
    of a BHYT number or a phone is left out: the annex that would define it is not public.
    """
    has_declarer = on_behalf or (len(parts) > 1 and parts[1] in ("0", "1", "2") and parts[0] not in ("0", "1", "2"))
    declarer, rest = (parts[0], parts[1:]) if has_declarer else ("", parts)
    sex, insurance, phone = (*rest, "", "", "")[:3]
    if sex not in _SEX or _QID.fullmatch(declarer) is None:
        return None
    return {
        "sex": _SEX[sex],
        "declarer_qid": declarer or None,
        "health_insurance_number": insurance.upper() if _BHYT.fullmatch(insurance.upper()) else None,
        "phone": phone if _PHONE.fullmatch(phone) else None,
    }
