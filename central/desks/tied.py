"""Which records may be opened for the desks: the opener asks here, before it opens anything.

about                   purpose          records
D-<stream>-<seq>        declaration      that one, while an item of the declaration desk is open for it
D-<stream>-<seq>        border_health    that one, where it was made at a gate of the border
V-<venue>               border_health    the declarations of the last days at that gate, to take them in
V-<venue>               border_health    none, for the pseudonym of a passport's number
"""

import re
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.access.roles import Purpose, areas_of_place
from central.desks.said import BY_LIGHT, DECLARATION
from central.statements import run
from central.vault.port import RecordId

_RECORD = re.compile(r"D-([0-9]{1,18})-([0-9]{1,18})")
_VENUE = re.compile(r"V-([A-Za-z0-9_-]{1,64})")
TAKEN_IN_DAYS = 7  # a gate's declarations are taken in while their travellers may still be on the way
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Tied:
    """What may be opened, and where the officer needs the right to open names: in one of `areas`."""

    records: frozenset[RecordId]
    areas: frozenset[str]


def about_of(record: RecordId) -> str:
    """How a declaration is called in the log and towards the opener."""
    return f"D-{record.stream}-{record.seq}"


def record_of(about: str) -> RecordId | None:
    """The record that `about` names; None for anything else."""
    found = _RECORD.fullmatch(about)
    return None if found is None else RecordId(int(found[1]), int(found[2]))


def tied(connection: Connection, purpose: Purpose, about: str) -> Tied | None:
    """What `about` reaches for this purpose; None where nothing runs by that name."""
    record, venue = record_of(about), _VENUE.fullmatch(about)
    if record is not None and purpose is Purpose.DECLARATION:
        return _of_item(connection, record)
    if record is not None and purpose is Purpose.BORDER_HEALTH:
        return _of_gate(connection, record)
    if venue is not None and purpose is Purpose.BORDER_HEALTH:
        return _at_gate(connection, venue[1])
    return None


def _of_item(connection: Connection, record: RecordId) -> Tied | None:
    sql = "SELECT venue, ward, province FROM triage WHERE stream = ? AND seq = ? AND closed_ms IS NULL"
    areas = [areas_of_place(*row) for row in run(connection, sql, record)]
    return Tied(frozenset({record}), frozenset().union(*areas)) if areas else None


def _of_gate(connection: Connection, record: RecordId) -> Tied | None:
    sql = (
        "SELECT p.id, p.ward, p.province FROM declared d JOIN place p ON p.id = d.venue"
        " WHERE d.stream = ? AND d.seq = ? AND d.kind IN (?, ?) AND p.kind = 'border'"
    )
    row = run(connection, sql, (*record, DECLARATION, BY_LIGHT)).first()
    return None if row is None else Tied(frozenset({record}), areas_of_place(*row))


def _at_gate(connection: Connection, venue: str) -> Tied | None:
    sql = "SELECT id, ward, province FROM place WHERE id = ? AND kind = 'border' AND closed_ms IS NULL"
    place = run(connection, sql, (venue,)).first()
    if place is None:
        return None
    last = run(connection, "SELECT max(day) FROM declared WHERE venue = ?", (venue,)).scalar() or 0
    sql = "SELECT stream, seq FROM declared WHERE venue = ? AND day > ? AND kind IN (?, ?) ORDER BY day DESC LIMIT ?"
    rows = run(connection, sql, (venue, last - TAKEN_IN_DAYS, DECLARATION, BY_LIGHT, _MOST))
    return Tied(frozenset(RecordId(*row) for row in rows), areas_of_place(*place))
