"""What may be opened for what: the ground that `about` names must run, and a record must be tied to it.

- A case that a second officer has signed, suspected or confirmed, and not over: the records of its index person and of
  its contacts. For tracing where the case lies; for care where that person's own station is.
- A case that is over: whoever somebody still has an open task for, who must be told that it is over; for care alone.
- A request R-...: the records of whoever asks, once they are identified (central.rights.tied), by an officer of the
  area in which it was opened.
- A declaration D-... or a gate's arrivals V-...: those records and no other (central.desks.tied).
- order:ID while the order runs: declarations, and of them only those that were made under it.
- Whatever else: nothing. A ground that does not exist and one that is over are refused alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.proposals import areas_around
from central.access.roles import Purpose, areas_of_place
from central.declaring import orders
from central.keys import Keyring
from central.statements import run
from central.vault.port import RecordId
from wire.records import Declaration, SealedDeclaration
from wire.refusal import Refused

Areas = frozenset[str]
ANYWHERE: Areas = frozenset()
_DECLARATIONS = (Declaration.KIND, SealedDeclaration.KIND)
_STANDING = ("waiting", "suspected", "confirmed")
_OF_CASE = (Purpose.TRACING, Purpose.CARE)


class Tie(NamedTuple):
    """Why a record may be opened: whose it is (person.id, where one is known) and where one must hold the right."""

    person: int | None
    areas: Areas


@dataclass(frozen=True, slots=True)
class Ground:
    """What runs. `areas`: where one must hold the right to ask at all; `order`: only declarations made under it."""

    kind: str
    about: str
    areas: Areas
    order: str = ""
    persons: dict[int, Areas] = field(default_factory=dict)  # of a case: person.id -> where they are looked after


def ground_of(
    connection: Connection, ring: Keyring, purpose: Purpose, about: str, now_ms: int, *, number: bool = False
) -> Ground:
    """The ground, which runs. `number`: a number is to be looked for, and nothing opened.

    Raises Refused: not_running, also where there is no such thing; not_allowed for a purpose that is none of its own.
    """
    if about.startswith("R-"):
        return _request(connection, purpose, about, number)
    if about.startswith(("D-", "V-")):
        return _desk(connection, purpose, about)
    if about.startswith("order:"):
        return _order(connection, ring, purpose, about, now_ms)
    return _case(connection, purpose, about, now_ms, number)


def ties(connection: Connection, ground: Ground, purpose: Purpose, records: Sequence[RecordId]) -> dict[RecordId, Tie]:
    """The records among `records` that are tied to the ground."""
    if ground.kind == "case":
        return _ties_of_case(connection, ground, records)
    if ground.kind == "request":
        from central.rights.tied import may_open

        return _with_person(connection, map(RecordId._make, may_open(connection, ground.about, records)), ground.areas)
    if ground.kind == "desk":
        from central.desks.tied import tied

        found = tied(connection, purpose, ground.about)
        allowed = found.records if found else frozenset()
        return _with_person(connection, [one for one in records if one in allowed], ground.areas)
    return _ties_of_order(connection, records)


def _case(connection: Connection, purpose: Purpose, about: str, now_ms: int, number: bool) -> Ground:
    if purpose not in _OF_CASE:
        raise Refused("not_allowed", "purpose")
    sql = "SELECT person, state, ward, province, signed_by, ends_ms, closed_ms FROM case_file WHERE id = ?"
    row = run(connection, sql, (about,)).first()
    if row is None:
        raise Refused("not_running")
    person, state, ward, province, signed_by, ends_ms, closed_ms = row
    areas = areas_of_place("", ward, province)
    stands = state in _STANDING and closed_ms is None and (ends_ms is None or ends_ms > now_ms)
    if number and stands:
        return Ground("case", about, areas)
    runs = stands and signed_by is not None and state != "waiting"
    persons = _contacts(connection, about) if runs else {}
    if runs and person is not None:
        persons[int(person)] = areas
    if purpose == Purpose.CARE and signed_by is not None:
        _add_tasks(connection, about, persons, over=not runs)
    if not runs and not persons:
        raise Refused("not_running")
    if purpose == Purpose.CARE:
        return Ground("case", about, ANYWHERE, persons=persons)
    return Ground("case", about, areas, persons=dict.fromkeys(persons, areas))


def _contacts(connection: Connection, case: str) -> dict[int, Areas]:
    sql = "SELECT person, ward, province FROM contact WHERE case_id = ? AND state <> 'withdrawn'"
    rows = run(connection, sql, (case,))
    return {int(person): areas_of_place("", ward, province) for person, ward, province in rows}


def _add_tasks(connection: Connection, case: str, persons: dict[int, Areas], *, over: bool) -> None:
    """Who has a task for somebody looks after them, too; of a case that is over that is all there is."""
    sql = (
        "SELECT coalesce(t.person, c.person), t.ward, t.province FROM task t LEFT JOIN contact c ON c.id = t.contact"
        " WHERE t.about = ? AND t.done_ms IS NULL"
    )
    for person, ward, province in run(connection, sql, (case,)):
        if person in persons or (over and person is not None):
            persons[person] = persons.get(person, frozenset()) | areas_of_place("", ward, province)


def _request(connection: Connection, purpose: Purpose, about: str, number: bool) -> Ground:
    if purpose != Purpose.DATA_SUBJECT:
        raise Refused("not_allowed", "purpose")
    sql = "SELECT identified_ms, area FROM rights_request WHERE id = ? AND closed_ms IS NULL"
    row = run(connection, sql, (about,)).first()
    if row is None or (row[0] is None and not number):
        raise Refused("not_running")
    return Ground("request", about, areas_around(connection, row[1]))


def _desk(connection: Connection, purpose: Purpose, about: str) -> Ground:
    from central.desks.tied import tied

    if purpose not in (Purpose.DECLARATION, Purpose.BORDER_HEALTH):
        raise Refused("not_allowed", "purpose")
    found = tied(connection, purpose, about)
    if found is None:
        raise Refused("not_running")
    return Ground("desk", about, found.areas)


def _order(connection: Connection, ring: Keyring, purpose: Purpose, about: str, now_ms: int) -> Ground:
    if purpose != Purpose.DECLARATION:
        raise Refused("not_allowed", "purpose")
    name = about.removeprefix("order:")
    if not any(order.id == name and order.runs(now_ms) for order in orders(connection, ring)):
        raise Refused("not_running")
    return Ground("order", about, ANYWHERE, order=name)


def _ties_of_case(connection: Connection, ground: Ground, records: Sequence[RecordId]) -> dict[RecordId, Tie]:
    found: dict[RecordId, Tie] = {}
    for record, numbers in _persons_of(connection, records).items():
        for person in numbers:
            if person in ground.persons:
                found[record] = Tie(person, ground.persons[person])
    return found


def _ties_of_order(connection: Connection, records: Sequence[RecordId]) -> dict[RecordId, Tie]:
    """Declarations, each where its place lies; under which order they were made only the opened record says."""
    persons = _persons_of(connection, records)
    sql = (
        "SELECT d.stream, d.seq, d.venue, p.ward, p.province FROM declared d LEFT JOIN place p ON p.id = d.venue"
        f" WHERE d.kind IN (?, ?) AND (d.stream, d.seq) IN {_values(records)}"
    )
    rows = run(connection, sql, (*_DECLARATIONS, *_flat(records))).all() if records else []
    return {
        RecordId(stream, seq): Tie(
            next(iter(persons.get(RecordId(stream, seq), ())), None), areas_of_place(venue, ward or "", province or "")
        )
        for stream, seq, venue, ward, province in rows
    }


def _with_person(connection: Connection, records: Iterable[RecordId], areas: Areas) -> dict[RecordId, Tie]:
    wanted = list(records)
    persons = _persons_of(connection, wanted)
    return {one: Tie(next(iter(persons.get(one, ())), None), areas) for one in wanted}


def _persons_of(connection: Connection, records: Sequence[RecordId]) -> dict[RecordId, tuple[int, ...]]:
    """Whose a record is: its person today, and the number that its code had before any link."""
    if not records:
        return {}
    of = "SELECT r.stream, r.seq, i.person, i.first_person FROM {} r JOIN identity i ON i.pseudonym = r.person"
    where = f" WHERE (r.stream, r.seq) IN {_values(records)}"
    sql = " UNION ALL ".join(of.format(table) + where for table in ("visit", "declared"))
    rows = run(connection, sql, (*_flat(records), *_flat(records)))
    return {RecordId(stream, seq): (person, first) for stream, seq, person, first in rows}


def _values(records: Sequence[RecordId]) -> str:
    return f"(VALUES {', '.join(['(?, ?)'] * len(records))})"


def _flat(records: Sequence[RecordId]) -> list[int]:
    return [number for record in records for number in record]
