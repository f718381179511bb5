"""A centre with a case that two officers have signed, and people who were near it: by pass, by phone, by nothing.

Everybody is invented. What is known of them came in as sealed records of a synthetic kiosk.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from central.access.accounts import create_account
from central.access.roles import Grant
from central.authority.cases import NewCase, case_of, open_case, sign_case
from central.authority.diseases import diseases
from central.authority.tracing import keep_contacts
from central.opening import Pseudonyms
from central.people.links import NewLink, link
from central.people.persons import persons_of
from central.places.places import Place, Station, describe_place, put_station
from central.statements import run
from central.tracing.model import Contact, Reason
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import SyntheticDevice
from wire.records import Direction, IdentityKind, Record, Signal, Source, Visit

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MARKET = Place(0, "v-cho-mau", "Chợ Mẫu", "market", "99001", "99")
STATION = Station("t-mau", "Trạm y tế Phường Mẫu", "99001", "99", "024 0000 0099")


@dataclass(frozen=True, slots=True)
class Person:
    """`phone` stands sealed in a visit; `passes` are ids that the gate saw."""

    number: str
    phone: str = ""
    passes: tuple[bytes, ...] = ()
    ward: str = "99001"


def pass_id(number: int) -> bytes:
    """A pass id of the tests: 16 bytes that look random enough."""
    return hashlib.sha256(b"pass of the tests %d" % number).digest()[:16]


BY_PASS = Person("099000000101", passes=(pass_id(1),))
BY_PHONE = Person("099000000102", phone="0900 000 102")
BY_BOTH = Person("099000000103", phone="+84 900 000 103", passes=(pass_id(3),))
BY_NOTHING = Person("099000000104")
FOUR = (BY_PASS, BY_PHONE, BY_BOTH, BY_NOTHING)


@dataclass(slots=True)
class World:
    """`contacts` are contact.id, `persons` person.id, both in the order of the people."""

    centre: Centre
    case: str
    place: int
    contacts: list[int]
    persons: list[int]


def visits_of(person: Person) -> list[Record]:
    """What a gate records of them: the card, and each pass."""
    card = _visit(IdentityKind.CCCD, person.number)
    shown = [_visit(IdentityKind.PASS, each.hex()) for each in person.passes]
    return [replace(card, name="NGUYỄN VĂN THỬ", phone=person.phone), *shown]


def make_world(
    centre: Centre, people: Sequence[Person] = FOUR, *, place: Place = MARKET, now_ms: int = NOW_MS
) -> World:
    """Places, officers, visits, a signed case and its contacts."""
    device = centre.device(f"t-gate-{place.id[-4:]}")
    records = [record for person in people for record in visits_of(person)]
    for number, record in enumerate(records):
        device.add(record, at_ms=now_ms - DAY_MS + number * 1000)
    centre.take(device.batch(1, len(records)), now_ms=now_ms)
    with centre.engine.begin() as connection:
        number = describe_place(connection, place, now_ms).number
        put_station(connection, STATION)
        for login, role in (("opener.a", "case_officer"), ("signer.b", "head")):
            if run(connection, "SELECT 1 FROM account WHERE login = ?", (login,)).first() is None:
                create_account(connection, login, "Cán bộ THỬ", None, [Grant(role, "all")], now_ms)
        new = NewCase(
            *(next(iter(diseases())), "laboratory", "XN-THU-1", "onset", now_ms - 2 * DAY_MS, now_ms - HOUR_MS),
            *(place.ward, place.province),
        )
        case = open_case(connection, new, "opener.a", now_ms)
        sign_case(connection, case_of(connection, case), "signer.b", now_ms)
        persons = [_person(connection, centre, person, now_ms) for person in people]
        reason = Reason("visit", number, 1, now_ms - DAY_MS - HOUR_MS, now_ms - DAY_MS)
        keep_contacts(connection, case, [Contact(one, 1, HOUR_MS, (reason,)) for one in persons], now_ms)
        rows = dict(run(connection, "SELECT person, id FROM contact WHERE case_id = ?", (case,)).all())
        for one, person in zip(persons, people, strict=True):
            run(connection, "UPDATE contact SET ward = ? WHERE id = ?", (person.ward, rows[one]))
    return World(centre, case, number, [rows[one] for one in persons], persons)


def see(device: SyntheticDevice, record: Record, at_ms: int) -> bytes:
    """One more record of a device, as a batch of its own."""
    return device.batch(device.add(record, at_ms=at_ms), 1)


def _visit(kind: IdentityKind, identity: str) -> Visit:
    return Visit(Direction.IN, Signal.ALLOW, kind, identity, (1,), source=Source.CAMERA)


def _person(connection: Connection, centre: Centre, person: Person, now_ms: int) -> int:
    """All codes of a person are linked, as the station knows them."""
    names = Pseudonyms(centre.ring.secret("pepper"))
    codes = [(IdentityKind.CCCD, person.number), *((IdentityKind.PASS, one.hex()) for one in person.passes)]
    seen = [(name, int(kind)) for kind, code in codes if (name := names.of(int(kind), code)) is not None]
    persons_of(connection, seen, now_ms)
    for name, _ in seen[1:]:
        link(connection, NewLink(seen[0][0], name, "station_knows", "opener.a", ""), now_ms)
    return persons_of(connection, seen, now_ms)[seen[0][0]]
