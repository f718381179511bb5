"""PURE. From the answers of an entry declaration to what the arrivals desk keeps: the least that it can work with.

Kept: carrier, flight or vehicle, seat, day of entering, kind of quarantine place, ward of the stay. The number of the
passport becomes a pseudonym (whoever calls asks the opener); name, phone, address and health answers are not kept.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from central.desks.seats import ArrivalRule, seat_of, vehicle_of

ENTRY_FORM = "/form/entry|"  # of the form's `url|version`
_CARRIERS = ("plane", "ship", "train", "car", "other", "walk")  # of several: the one with the most people in it
_WARD, _PROVINCE = re.compile(r"[0-9]{5}"), re.compile(r"[0-9]{2}")  # official codes
_EPOCH = date(1970, 1, 1)


class Entered(NamedTuple):
    """What is kept of one arrival; `passport` is the number as typed, to be turned into a pseudonym at once."""

    carrier: str
    vehicle: str
    seat: str
    day: int
    quarantine: str
    stay_ward: str
    stay_province: str
    release_day: int | None
    passport: str

    def __repr__(self) -> str:
        return "Entered(...)"


def is_entry(form: str, answers: Mapping[str, Sequence[Any]]) -> bool:
    """Whether these are answers of an entry declaration, of any version of it."""
    return ENTRY_FORM in form or {"passport_number", "arrival_date"} <= answers.keys()


def entered(answers: Mapping[str, Sequence[Any]], declared_day: int, rule: ArrivalRule) -> Entered:
    """`declared_day` stands in for a day of entering that is missing or unreadable."""
    carriers = set(map(str, answers.get("vehicle", ())))
    carrier = next((one for one in _CARRIERS if one in carriers), "other")
    number = _first(answers, "flight_number" if carrier == "plane" else "vehicle_number")
    seat = seat_of(_first(answers, "seat"))
    day = _day(_first(answers, "arrival_date"), declared_day)
    due = True in answers.get("quarantine_due", ())
    return Entered(
        carrier,
        vehicle_of(number),
        "" if seat is None else str(seat),
        day,
        _quarantine(_first(answers, "quarantine_place")) if due else "",
        *_stay(answers),
        day + rule.quarantine_days if due else None,
        _first(answers, "passport_number"),
    )


def _first(answers: Mapping[str, Sequence[Any]], name: str) -> str:
    values = answers.get(name, ())
    return str(values[0]) if values else ""


def _day(text: str, otherwise: int) -> int:
    """A day far from the declaration's own is a slip of the pen."""
    try:
        day = (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        return otherwise
    return day if abs(day - otherwise) <= 60 else otherwise


def _quarantine(place: str) -> str:
    return place if place in ("concentrated", "elective") else "other"


def _stay(answers: Mapping[str, Sequence[Any]]) -> tuple[str, str]:
    """(ward, province) during quarantine; a ward that was typed in words is not kept."""
    ward, province = _first(answers, "contact_ward"), _first(answers, "contact_province")
    return (ward if _WARD.fullmatch(ward) else ""), (province if _PROVINCE.fullmatch(province) else "")
