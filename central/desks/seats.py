"""Who sat near whom in a plane, a train or a bus: contact candidates of a case, by a named rule.

- Two people are neighbours where vehicle and day are the same and their rows differ by at most the rule's number: the
  two-row rule of contact tracing on aircraft (Hertzberg and Weiss, Annals of Global Health 2016, discuss how much it
  finds and misses). All seats of those rows count, on both sides of an aisle.
- A seat is a row with a letter (12A) or a plain number (15), of which so many make a row.
- Whoever did not know their seat is nobody's neighbour; `unknown_seats` says how many those are.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.desks.said import DAY_MS, day_of, start_of
from central.statements import run
from central.tracing.model import Index, Reason

_SEAT = re.compile(r"0*([0-9]{1,3})([A-Z]?)|([A-Z])0*([0-9]{1,3})")
_FLIGHT = re.compile(r"([A-Z0-9]{2}[A-Z]?)0*([0-9]{1,4})([A-Z]?)")


class Seat(NamedTuple):
    """Row from 1, and the letter; of a plain number `row` is that number and `letter` is ""."""

    row: int
    letter: str

    def __str__(self) -> str:
        return f"{self.row}{self.letter}"


@dataclass(frozen=True, slots=True)
class ArrivalRule:
    """The rule of the arrivals desk. `name` is id|version."""

    name: str
    quarantine_days: int
    grace_hours: int
    seat_rows: int
    seats_in_a_row: int


@cache
def arrival_rule() -> ArrivalRule:
    """The rule of this package."""
    document = json.loads(files(__package__).joinpath("rules/arrivals.json").read_text(encoding="utf-8"))
    numbers = (document[name] for name in ("quarantine_days", "grace_hours", "seat_rows", "seats_in_a_row"))
    return ArrivalRule(f"{document['id']}|{document['version']}", *map(int, numbers))


def seat_of(text: str) -> Seat | None:
    """PURE. The seat that somebody wrote: 12A, 12 A, 12-a, A12, 015; None for 0, nothing, or something else."""
    found = _SEAT.fullmatch(re.sub(r"[\s.\-/]", "", text.upper()))
    if found is None:
        return None
    row = int(found[1] or found[4])
    return Seat(row, found[2] or found[3] or "") if row else None


def vehicle_of(text: str) -> str:
    """PURE. A flight or vehicle number in normal form: VN 0300 and vn300 are VN300; 29B-123.45 is 29B12345."""
    plain = re.sub(r"[^A-Z0-9Đ]", "", text.upper())[:20]
    flight = _FLIGHT.fullmatch(plain)
    return f"{flight[1]}{int(flight[2])}{flight[3]}" if flight is not None and not flight[1].isdigit() else plain


def near(one: Seat, other: Seat, rule: ArrivalRule) -> bool:
    """PURE. Whether two seats of one vehicle are within the rule's rows.

    A numbered and a lettered seat belong to different seat plans and are never near.
    """
    if bool(one.letter) != bool(other.letter):
        return False
    rows = [seat.row if seat.letter else -(-seat.row // rule.seats_in_a_row) for seat in (one, other)]
    return abs(rows[0] - rows[1]) <= rule.seat_rows


def seat_neighbours(connection: Connection, index: Index, rule: ArrivalRule | None = None) -> list[tuple[int, Reason]]:
    """(person.id, reason) of everybody who sat near the index person on a day of [from_ms, to_ms).

    The reason's time is the day of entering, clipped to the window; its place is the gate.
    """
    rule = rule or arrival_rule()
    found = []
    for vehicle, day, seat, place in _rides(connection, index):
        sql = (
            "SELECT person, seat FROM arrival WHERE vehicle = ? AND day = ? AND seat <> '' AND person IS NOT NULL"
            " AND person <> ? AND (left_how IS NULL OR left_how <> 'mistake') ORDER BY person"
        )
        start, end = max(index.from_ms, start_of(day)), min(index.to_ms, start_of(day) + DAY_MS)
        for person, text in run(connection, sql, (vehicle, day, index.person)).all():
            other = seat_of(text)
            if other is not None and near(seat, other, rule):
                found.append((int(person), Reason("seat", place, index.person, start, end)))
    return found


def unknown_seats(connection: Connection, index: Index) -> int:
    """How many came by the same vehicles on the same days and named no seat."""
    sql = "SELECT count(*) FROM arrival WHERE vehicle = ? AND day = ? AND seat = ''"
    rides = {(vehicle, day) for vehicle, day, _, _ in _rides(connection, index)}
    return sum(int(run(connection, sql, ride).scalar_one()) for ride in rides)


def neighbours_on_board(seats: Iterable[tuple[int, str]], chosen: int, rule: ArrivalRule) -> frozenset[int]:
    """PURE. Of (arrival id, seat) on one vehicle: the arrivals that sat near `chosen`."""
    known = {number: seat for number, text in seats if (seat := seat_of(text)) is not None}
    if chosen not in known:
        return frozenset()
    return frozenset(n for n, seat in known.items() if n != chosen and near(known[chosen], seat, rule))


def _rides(connection: Connection, index: Index) -> list[tuple[str, int, Seat, int]]:
    sql = (
        "SELECT a.vehicle, a.day, a.seat, COALESCE(p.number, 0) FROM arrival a LEFT JOIN place p ON p.id = a.venue"
        " WHERE a.person = ? AND a.vehicle <> '' AND a.seat <> '' AND a.day BETWEEN ? AND ?"
    )
    rows = run(connection, sql, (index.person, day_of(index.from_ms), day_of(index.to_ms - 1))).all()
    return [(v, int(day), seat, int(place)) for v, day, text, place in rows if (seat := seat_of(text)) is not None]
