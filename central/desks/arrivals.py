"""The arrivals desk in the database: taking declarations in, finding somebody, seen, released.

Whoever calls checks the right and writes the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.desks.entry import Entered, entered, is_entry
from central.desks.said import BY_LIGHT, DECLARATION, day_of
from central.desks.seats import arrival_rule
from central.desks.symptoms import count_symptoms
from central.desks.tied import TAKEN_IN_DAYS, about_of
from central.people.persons import persons_of
from central.statements import run
from central.vault.port import Asking, OpenedRecord, RecordId, Vault
from wire.records import IdentityKind
from wire.refusal import Refused

AT_ONCE = 100  # records that one press of the button opens
LEFT = ("released", "moved", "hospital", "left_country", "mistake")
_ARRIVAL = (
    "id, stream, seq, person, passport, venue, ward, province, carrier, vehicle, seat, day, quarantine, stay_ward,"
    " stay_province, rule, release_day, made_ms, made_by, seen_ms, seen_by, left_ms, left_how"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One person who entered. Days are counted from 1970-01-01."""

    id: int
    stream: int
    seq: int
    person: int | None
    passport: bytes | None
    venue: str
    ward: str
    province: str
    carrier: str
    vehicle: str
    seat: str
    day: int
    quarantine: str
    stay_ward: str
    stay_province: str
    rule: str
    release_day: int | None
    made_ms: int
    made_by: str
    seen_ms: int | None
    seen_by: str | None
    left_ms: int | None
    left_how: str | None

    @property
    def record(self) -> RecordId:
        """The entry declaration."""
        return RecordId(self.stream, self.seq)

    @property
    def about(self) -> str:
        """How the log and the opener call it."""
        return about_of(self.record)

    @property
    def areas(self) -> frozenset[str]:
        """Where a right must be held: at the gate."""
        return areas_of_place(self.venue, self.ward, self.province)


class Gate(NamedTuple):
    """A point of entry: declarations that nobody has taken in, arrivals of the last days, not seen yet."""

    venue: str
    name: str
    ward: str
    province: str
    waiting: int
    arrived: int
    unseen: int

    @property
    def areas(self) -> frozenset[str]:
        """Every area it lies in."""
        return areas_of_place(self.venue, self.ward, self.province)


class Ride(NamedTuple):
    """A flight or another vehicle of one day."""

    vehicle: str
    carrier: str
    day: int
    people: int
    unseen: int


def gates(connection: Connection, now_ms: int) -> list[Gate]:
    """The points of entry, by name."""
    since = day_of(now_ms) - TAKEN_IN_DAYS
    sql = (
        "SELECT p.id, p.name, p.ward, p.province,"
        " (SELECT count(*) FROM declared d WHERE d.venue = p.id AND d.day > ? AND d.kind IN (?, ?) AND NOT EXISTS"
        " (SELECT 1 FROM opened_once o WHERE o.stream = d.stream AND o.seq = d.seq)),"
        " (SELECT count(*) FROM arrival a WHERE a.venue = p.id AND a.day > ?),"
        " (SELECT count(*) FROM arrival a WHERE a.venue = p.id AND a.day > ? AND a.seen_ms IS NULL"
        " AND a.left_ms IS NULL)"
        " FROM place p WHERE p.kind = 'border' AND p.closed_ms IS NULL ORDER BY p.name LIMIT 100"
    )
    return [Gate(*row) for row in run(connection, sql, (since, DECLARATION, BY_LIGHT, since, since))]


def rides(connection: Connection, venue: str, since_day: int) -> list[Ride]:
    """The vehicles that came through a gate, the latest first."""
    sql = (
        "SELECT vehicle, min(carrier), day, count(*),"
        " sum(CASE WHEN seen_ms IS NULL AND left_ms IS NULL THEN 1 ELSE 0 END)"
        " FROM arrival WHERE venue = ? AND day >= ? GROUP BY vehicle, day ORDER BY day DESC, vehicle LIMIT 100"
    )
    return [Ride(*row) for row in run(connection, sql, (venue, since_day))]


def on_board(connection: Connection, vehicle: str, day: int, venue: str) -> list[Arrival]:
    """Who came by it through this gate, by seat."""
    sql = f"SELECT {_ARRIVAL} FROM arrival WHERE vehicle = ? AND day = ? AND venue = ? ORDER BY seat, id LIMIT 1000"
    return [Arrival(*row) for row in run(connection, sql, (vehicle, day, venue))]


def arrival_of(connection: Connection, number: int) -> Arrival:
    """Raises Refused("arrival_unknown")."""
    row = run(connection, f"SELECT {_ARRIVAL} FROM arrival WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("arrival_unknown", str(number))
    return Arrival(*row)


def by_passport(connection: Connection, pseudonym: bytes) -> list[Arrival]:
    """The arrivals of a passport, the latest first."""
    sql = f"SELECT {_ARRIVAL} FROM arrival WHERE passport = ? ORDER BY day DESC, id DESC LIMIT 20"
    return [Arrival(*row) for row in run(connection, sql, (pseudonym,))]


def waiting_at(connection: Connection, venue: str, now_ms: int) -> list[RecordId]:
    """Declarations of a gate that nobody has taken in, the oldest first, at most AT_ONCE."""
    sql = (
        "SELECT d.stream, d.seq FROM declared d WHERE d.venue = ? AND d.day > ? AND d.kind IN (?, ?) AND NOT EXISTS"
        " (SELECT 1 FROM opened_once o WHERE o.stream = d.stream AND o.seq = d.seq) ORDER BY d.at_ms LIMIT ?"
    )
    values = (venue, day_of(now_ms) - TAKEN_IN_DAYS, DECLARATION, BY_LIGHT, AT_ONCE)
    return [RecordId(*row) for row in run(connection, sql, values)]


class Taken(NamedTuple):
    """What one opened declaration leaves."""

    record: RecordId
    what: Entered | None  # None: it is no entry declaration
    passport: bytes | None
    symptoms: tuple[str, ...]


def read_taken(opened: Sequence[OpenedRecord], days: dict[RecordId, int], vault: Vault, asking: Asking) -> list[Taken]:
    """Outside any transaction, since the opener writes a log of its own. The numbers are forgotten here.

    Where the opener's hourly limit is reached, the rest is left for the next time.
    """
    found = []
    for one in opened:
        signs = tuple(str(value) for value in one.answers.get("symptoms", ()))
        if not is_entry(str(one.fields.get("form", "")), one.answers):
            found.append(Taken(one.record, None, None, signs))
            continue
        what = entered(one.answers, days.get(one.record, 0), arrival_rule())
        number = passport_number(what.passport)
        try:
            passport = vault.pseudonym(asking, IdentityKind.PASSPORT, number) if number else None
        except Refused as refusal:
            if refusal.reason != "too_fast":
                raise
            break
        found.append(Taken(one.record, what._replace(passport=""), passport, signs))
    return found


def passport_number(text: str) -> str:
    """PURE. A number as it stands in the passport's machine-readable lines; "" for what cannot be one."""
    plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    return plain if 5 <= len(plain) <= 20 else ""


def keep_taken(connection: Connection, venue: str, taken: Sequence[Taken], officer: str, now_ms: int) -> int:
    """Make the arrivals, count the signs of illness once; how many arrivals are new."""
    sql = "SELECT ward, province FROM place WHERE id = ?"
    ward, province = run(connection, sql, (venue,)).first() or ("", "")
    made = 0
    for one in taken:
        first = count_symptoms(connection, one.record, province, one.symptoms)
        if first and one.what is not None:
            made += _add(connection, one, (venue, ward, province), officer, now_ms)
    return made


def see(connection: Connection, arrival: Arrival, officer: str, now_ms: int) -> None:
    """An officer has seen the person."""
    sql = "UPDATE arrival SET seen_ms = ?, seen_by = ? WHERE id = ? AND seen_ms IS NULL"
    run(connection, sql, (now_ms, officer, arrival.id))


def leave(connection: Connection, arrival: Arrival, how: str, now_ms: int) -> None:
    """The end of the quarantine or of the desk's work. Raises Refused: bad_outcome, too_early, arrival_closed."""
    if how not in LEFT:
        raise Refused("bad_outcome", how[:16])
    if how == "released" and arrival.release_day is not None and day_of(now_ms) < arrival.release_day:
        raise Refused("too_early", str(arrival.id))
    sql = "UPDATE arrival SET left_ms = ?, left_how = ? WHERE id = ? AND left_ms IS NULL"
    if run(connection, sql, (now_ms, how, arrival.id)).rowcount != 1:
        raise Refused("arrival_closed", str(arrival.id))
    done = "UPDATE triage SET closed_ms = ?, outcome = 'not_needed' WHERE kind = 'overdue' AND stream = ? AND seq = ?"
    run(connection, f"{done} AND closed_ms IS NULL", (now_ms, *arrival.record))


def days_of(connection: Connection, records: Sequence[RecordId]) -> dict[RecordId, int]:
    """The day on which each was declared."""
    found = {}
    for record in records:
        day = run(connection, "SELECT day FROM declared WHERE stream = ? AND seq = ?", record).scalar()
        found[record] = int(day or 0)
    return found


def _add(connection: Connection, one: Taken, gate: tuple[str, str, str], officer: str, now_ms: int) -> int:
    assert one.what is not None
    sql = "SELECT person, identity_kind FROM declared WHERE stream = ? AND seq = ?"
    shown, kind = run(connection, sql, one.record).first() or (None, 0)
    codes = [(one.passport, int(IdentityKind.PASSPORT))] if one.passport else []
    codes += [(bytes(shown), int(kind))] if shown is not None else []
    people = persons_of(connection, codes, now_ms) if codes else {}
    person = people[codes[-1][0]] if codes else None  # the code that was shown leads; a typed number may be mistyped
    w = one.what
    sql = (
        "INSERT INTO arrival (stream, seq, person, passport, venue, ward, province, carrier, vehicle, seat, day,"
        " quarantine, stay_ward, stay_province, rule, release_day, made_ms, made_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream, seq) DO NOTHING"
    )
    ride = (w.carrier, w.vehicle, w.seat, w.day, w.quarantine, w.stay_ward, w.stay_province)
    values = (*one.record, person, one.passport, *gate, *ride, arrival_rule().name, w.release_day, now_ms, officer)
    return run(connection, sql, values).rowcount
