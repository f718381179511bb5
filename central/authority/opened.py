"""What the opener gives of people for a call: shown in that answer, kept nowhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from central.access.roles import Purpose
from central.people.records import owners, records_of
from central.vault.port import OpenedRecord, RecordId
from central.web.console import Desk

_AT_ONCE = 500
# Where a name, a telephone, an address and a year of birth stand: fields of a visit, linkIds of our forms.
_NAMES = ("name", "full_name")
_PHONES = ("phone",)
_ADDRESSES = ("address", "contact_address", "stay_address")
_BIRTHS = ("birth_date", "birth_year")
_WANTED = (*_NAMES, *_PHONES, *_ADDRESSES, *_BIRTHS, "language")  # symptoms are nobody's business in a call


@dataclass(frozen=True, slots=True)
class Person:
    """What was found, without doubles; empty where nothing of the kind was ever asked."""

    names: tuple[str, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)
    births: tuple[str, ...] = field(default=(), repr=False)
    languages: tuple[str, ...] = ()


def open_persons(desk: Desk, about: str, persons: Iterable[int]) -> dict[int, Person]:
    """person.id -> what their newest records say, for care in the case `about`. Raises what the opener refuses."""
    with desk.read() as connection:
        records = {person: records_of(connection, person) for person in persons}
    whose = owners(records)
    found: dict[int, list[OpenedRecord]] = {person: [] for person in records}
    every: list[RecordId] = list(whose)
    asking = desk.asking(Purpose.CARE, about)
    for start in range(0, len(every), _AT_ONCE):
        for one in desk.vault.open(asking, every[start : start + _AT_ONCE], only=_WANTED):
            found[whose[one.record]].append(one)
    return {person: _person(several) for person, several in found.items()}


def _person(records: Sequence[OpenedRecord]) -> Person:
    return Person(
        _values(records, _NAMES),
        _values(records, _PHONES),
        _values(records, _ADDRESSES),
        _values(records, _BIRTHS),
        _values(records, ("language",)),
    )


def _values(records: Sequence[OpenedRecord], names: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for record in records:
        for name in names:
            said = (*_plain(record.fields, name), *record.answers.get(name, ()))
            for value in (*record.corrected(name), *said):
                if value not in ("", None):
                    found[str(value)] = None
    return tuple(found)


def _plain(fields: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    return (fields[name],) if name in fields else ()
