"""From a case to its contacts: central.tracing says who, here it becomes rows that officers work on.

- Tracing again changes what was found (hop, overlap, reasons), never what was done (label, state, tasks).
- Whoever is found no more is withdrawn, unless somebody has worked on them: then they stay, marked by `found_ms`.
- A merged case's window counts for the case that it was merged into.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.authority.cases import CaseFile
from central.authority.diseases import disease_of
from central.authority.events import tell
from central.desks.seats import seat_neighbours
from central.places.places import Place, places_by_number
from central.statements import run
from central.tracing.contacts import contacts_of
from central.tracing.model import Contact, Index, Reason
from wire.refusal import Refused


class Traced(NamedTuple):
    """How many contacts were added, stayed, and were withdrawn."""

    added: int
    kept: int
    withdrawn: int


def trace_case(connection: Connection, case: CaseFile, officer: str, now_ms: int) -> Traced:
    """List the contacts of a case. Raises Refused: not_running, no_identity, no_rule."""
    if not case.runs:
        raise Refused("not_running", case.id)
    indexes = _indexes(connection, case)
    if not indexes:
        raise Refused("no_identity", case.id)
    rule = disease_of(case.disease).contact_rule(now_ms)
    seats = [near for index in indexes for near in seat_neighbours(connection, index)]
    found = with_seats(contacts_of(connection, indexes, rule), seats, {index.person for index in indexes})
    traced = keep_contacts(connection, case.id, found, now_ms)
    sql = "UPDATE case_file SET traced_ms = ?, stale_ms = NULL WHERE id = ?"
    run(connection, sql, (now_ms, case.id))
    tell(connection, case.id, officer, "traced", {**traced._asdict(), "rule": rule.name}, now_ms)
    return traced


def with_seats(found: Sequence[Contact], seats: Sequence[tuple[int, Reason]], known: set[int]) -> list[Contact]:
    """PURE. Whoever sat near a case is a contact of the first hop, too; `known` are the cases themselves."""
    every = {one.person: one for one in found}
    for person, reason in seats:
        if person in known:
            continue
        one = every.get(person)
        reasons = (reason,) if one is None or one.hop > 1 else (*one.reasons, reason)
        longest = max(reason.end_ms - reason.start_ms for reason in reasons)
        every[person] = Contact(person, 1, longest, reasons)
    return list(every.values())


def keep_contacts(connection: Connection, case: str, found: Sequence[Contact], now_ms: int) -> Traced:
    """Bring the rows of a case to what was found."""
    sql = "SELECT person, id, state FROM contact WHERE case_id = ?"
    held = {int(person): (int(contact), str(state)) for person, contact, state in run(connection, sql, (case,))}
    places = places_by_number(connection, (one.reasons[0].place for one in found if one.reasons))
    new = []
    for one in found:
        if one.person in held:
            _update(connection, held[one.person][0], one, now_ms)
        else:
            new.append(_row(case, one, places, now_ms))
    _insert(connection, new)
    gone = sorted(held.keys() - {one.person for one in found})
    withdrawn = sum(_withdraw(connection, held[person][0], now_ms) for person in gone)
    return Traced(len(new), len(found) - len(new), withdrawn)


def _indexes(connection: Connection, case: CaseFile) -> list[Index]:
    sql = "SELECT person, from_ms, to_ms FROM case_file WHERE (id = ? OR merged_into = ?) AND person IS NOT NULL"
    return [Index(int(person), from_ms, to_ms) for person, from_ms, to_ms in run(connection, sql, (case.id, case.id))]


def _row(case: str, one: Contact, places: dict[int, Place], now_ms: int) -> tuple[Any, ...]:
    place = places.get(one.reasons[0].place) if one.reasons else None
    ward, province = ("", "") if place is None else (place.ward, place.province)
    return (case, one.person, one.hop, one.overlap_ms, _reasons(one), _last(one), ward, province, now_ms)


def _insert(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    sql = (
        "INSERT INTO contact (case_id, person, hop, overlap_ms, reasons, last_ms, ward, province, found_ms, label,"
        f" definition, state, channel) VALUES ({', '.join([mark] * 9)}, '', '', 'listed', '')"
    )
    if rows:
        connection.exec_driver_sql(sql, rows)


def _update(connection: Connection, contact: int, one: Contact, now_ms: int) -> None:
    sql = (
        "UPDATE contact SET hop = ?, overlap_ms = ?, reasons = ?, last_ms = ?, found_ms = ?,"
        " state = CASE WHEN state = 'withdrawn' THEN 'listed' ELSE state END WHERE id = ?"
    )
    run(connection, sql, (one.hop, one.overlap_ms, _reasons(one), _last(one), now_ms, contact))


def _withdraw(connection: Connection, contact: int, now_ms: int) -> int:
    """1 if nobody had worked on them and they are withdrawn now."""
    sql = (
        "UPDATE contact SET state = 'withdrawn' WHERE id = ? AND state = 'listed' AND label = '' AND NOT EXISTS"
        " (SELECT 1 FROM task t WHERE t.contact = contact.id AND (t.officer IS NOT NULL OR t.done_ms IS NOT NULL))"
    )
    if run(connection, sql, (contact,)).rowcount != 1:
        return 0
    sql = "UPDATE task SET done_ms = ?, outcome = 'not_needed' WHERE contact = ? AND done_ms IS NULL"
    run(connection, sql, (now_ms, contact))
    return 1


def _reasons(one: Contact) -> str:
    return json.dumps([list(reason) for reason in sorted(one.reasons, key=lambda reason: reason.start_ms)])


def _last(one: Contact) -> int:
    return max((reason.end_ms for reason in one.reasons), default=0)
