"""Whether two codes may be one person: sealed fields compared inside the opener, and only the answer comes out.

A name alone says nothing: many people share one. A telephone number with a birth year or a name is worth a look, and an
officer decides (central.people.links).
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from central.statements import run
from central.vault.port import Alike, OpenedRecord, RecordId
from central.vault.reading import Reader

_NEWEST = 3  # records of a person that are opened: names and phones change rarely
_AT_ONCE = 400
_FIELDS = {"phone": ("phone",), "name": ("name", "full_name"), "birth": ("birth_date", "birth_year")}


def alike(reader: Reader, persons: Sequence[int]) -> list[Alike]:
    """Pairs that share a phone and a birth year, or a phone and a name; each pair once, smaller person first."""
    said: dict[int, dict[str, set[str]]] = {}
    for person, record in _newest(reader, persons):
        mine = said.setdefault(person, {field: set() for field in _FIELDS})
        for field, values in _values(record).items():
            mine[field] |= values
    by_phone: dict[str, list[int]] = {}
    for person in sorted(said):
        for phone in said[person]["phone"]:
            by_phone.setdefault(phone, []).append(person)
    pairs = {(one, other) for owners in by_phone.values() for one in owners for other in owners if one < other}
    found = []
    for one, other in sorted(pairs):
        same = tuple(field for field in _FIELDS if said[one][field] & said[other][field])
        if len(same) > 1:
            found.append(Alike(one, other, same))
    return found


def _newest(reader: Reader, persons: Sequence[int]) -> Iterable[tuple[int, OpenedRecord]]:
    """(person, record) of the newest records of each."""
    times: dict[int, list[tuple[int, RecordId]]] = {}
    for start in range(0, len(persons), _AT_ONCE):
        some = persons[start : start + _AT_ONCE]
        for table in ("visit", "declared"):
            sql = (
                f"SELECT i.person, r.at_ms, r.stream, r.seq FROM identity i JOIN {table} r ON r.person = i.pseudonym"
                f" WHERE i.person IN ({', '.join('?' * len(some))})"
            )
            for person, at_ms, stream, seq in run(reader.connection, sql, some):
                times.setdefault(int(person), []).append((at_ms, RecordId(stream, seq)))
    owners = {record: person for person, found in times.items() for _, record in sorted(found, reverse=True)[:_NEWEST]}
    records = list(owners)
    for start in range(0, len(records), _AT_ONCE):
        for opened in reader.open(records[start : start + _AT_ONCE]):
            yield owners[opened.record], opened


def _values(record: OpenedRecord) -> dict[str, set[str]]:
    given: dict[str, set[str]] = {}
    for field, names in _FIELDS.items():
        texts = [str(value) for name in names for value in _all(record, name)]
        given[field] = {plain for text in texts if (plain := _normal(field, text))}
    return given


def _all(record: OpenedRecord, name: str) -> Iterable[object]:
    fields: Mapping[str, object] = record.fields
    return [*([fields[name]] if fields.get(name) else []), *record.answers.get(name, ())]


def _normal(field: str, text: str) -> str:
    """A phone by its last nine digits (+84 and 0 mean one), a birth by its year, a name without case and accents."""
    if field == "phone":
        digits = "".join(character for character in text if character.isdigit())
        return digits[-9:] if len(digits) >= 9 else ""
    if field == "birth":
        return text[:4]
    folded = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(character for character in folded if not unicodedata.combining(character)).split())
