"""A small province for the tests of zones and desks: places, stations, cases with their stays, declarations.

Everything a kiosk would send is sealed by a synthetic device and taken by the real ingest. People are plainly invented.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from central.desks.said import DAY_MS, VIET_NAM_MS
from central.library import Library
from central.people.persons import persons_of
from central.places.places import Place, Station, describe_place, put_station
from central.registry import Device, add_device
from central.statements import run
from central.tracing.model import size_of
from forms.model import Coding, Value
from forms.packed import pack
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import SyntheticDevice
from wire.records import Declaration, Feedback, IdentityKind, Signal

PROVINCE, WARD, OTHER_WARD = "79", "26740", "26743"
MARKET, SCHOOL, FAR, GATE = "v-cho-thu", "v-truong-thu", "v-cho-xa", "v-cua-khau"
ENTRY, DAILY = "https://gatepost.example/form/entry|1", "https://gatepost.example/form/daily|1"
HOUR_MS = 3_600_000
TODAY = (NOW_MS + VIET_NAM_MS) // DAY_MS


def build_places(connection: Connection) -> None:
    """Two places in one ward, one in another, an airport; a station for the ward and one for the province."""
    for venue, name, kind, ward in (
        (MARKET, "Chợ Thử", "market", WARD),
        (SCHOOL, "Trường Thử", "school", WARD),
        (FAR, "Chợ Xa Thử", "market", OTHER_WARD),
        (GATE, "Sân bay Thử", "border", OTHER_WARD),
    ):
        describe_place(connection, Place(0, venue, name, kind, ward, PROVINCE), NOW_MS)
    put_station(connection, Station("tyt-1", "Trạm y tế Phường Thử", WARD, PROVINCE, "0900000001"))
    put_station(connection, Station("tyt-79", "Trung tâm y tế Tỉnh Thử", "", PROVINCE, "0900000079"))


def person(connection: Connection, name: str) -> int:
    """A person without a visit; the same name is the same one."""
    code = f"{name:>16}".encode()[-16:]
    return persons_of(connection, [(code, 1)], NOW_MS)[code]


def stay(connection: Connection, who: int, venue: str, in_ms: int, hours: float = 1) -> None:
    """Somebody was at a place."""
    long_ms = int(hours * HOUR_MS)
    sql = (
        "INSERT INTO stay (person, in_ms, place, out_ms, size, assumed) SELECT CAST(? AS BIGINT), CAST(? AS BIGINT),"
        " number, CAST(? AS BIGINT), CAST(? AS BIGINT), 0 FROM place WHERE id = ?"
    )
    run(connection, sql, (who, in_ms, in_ms + long_ms, size_of(long_ms), venue))


def case(connection: Connection, number: str, venues: Sequence[str], days_ago: float = 1, contacts: int = 0) -> int:
    """A confirmed case that was at these venues some days ago; `contacts` met it at the first."""
    who, at = person(connection, f"ca-{number}"), NOW_MS - int(days_ago * DAY_MS)
    sql = (
        "INSERT INTO case_file (id, person, disease, state, evidence, reference, rule, from_ms, to_ms, ward, province,"
        " opened_by, opened_ms, signed_by, signed_ms) VALUES (?, ?, 'thu', 'confirmed', 'laboratory', 'XN-THU', 'r|1',"
        " ?, ?, ?, ?, 'mo', ?, 'ky', ?)"
    )
    window = (NOW_MS - 10 * DAY_MS, NOW_MS)
    run(connection, sql, (f"BN-2026-{number}", who, *window, WARD, PROVINCE, NOW_MS - HOUR_MS, NOW_MS - HOUR_MS))
    for venue in venues:
        stay(connection, who, venue, at)
    if venues:
        place = run(connection, "SELECT number FROM place WHERE id = ?", (venues[0],)).scalar_one()
        for i in range(contacts):
            other = person(connection, f"{number}-{i}")
            stay(connection, other, venues[0], at)
            add_contact(connection, f"BN-2026-{number}", other, int(place), at)
    return who


def add_contact(connection: Connection, number: str, who: int, place: int, at_ms: int) -> None:
    """Somebody met the case at a place."""
    reasons = json.dumps([["visit", place, 0, at_ms, at_ms + HOUR_MS, False]])
    sql = (
        "INSERT INTO contact (case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, ward, province,"
        " state)        VALUES (?, ?, 1, ?, ?, ?, '', '', ?, ?, 'listed')"
    )
    run(connection, sql, (number, who, HOUR_MS, reasons, at_ms + HOUR_MS, WARD, PROVINCE))


def kiosk(centre: Centre, venue: str, name: str) -> SyntheticDevice:
    """A registered device that stands at a venue."""
    recipients = centre.ring.root().recipients
    device = SyntheticDevice(name, ingest=recipients["ingest"], case=recipients["case"])
    row = Device(device.device, venue, "g-1", device.public, device.kid, "active", NOW_MS, "0a")
    with centre.engine.begin() as connection:
        add_device(connection, row)
    return device


def deliver(centre: Centre, device: SyntheticDevice, now_ms: int = NOW_MS) -> None:
    """Everything the device has recorded."""
    for first in range(1, len(device.sealed) + 1, 200):
        count = min(200, len(device.sealed) + 1 - first)
        (outcome,) = centre.take(device.batch(first, count), now_ms=now_ms)
        assert (outcome.refused, outcome.rejected, outcome.kept) == (None, 0, 0)


def declaration(
    number: str, answers: dict[str, Any], form: str = DAILY, signal: Signal = Signal.ALLOW, kind: int = 1, **fields: Any
) -> Declaration:
    """A declaration by somebody who showed a code, its answers packed as a kiosk packs them."""
    reasons = {Signal.ALLOW: (4,), Signal.ASK: (31,), Signal.STOP: (39,)}[signal]
    packed = pack(Library().form(form), {(name, ()): _values(value) for name, value in answers.items()})
    said: dict[str, Any] = {"authored": "2026-09-21T20:00:00+07:00", "language": "vi", **fields}
    return Declaration(IdentityKind(kind), number, signal, reasons, form=form, answers=packed, **said)


def suspicion() -> Feedback:
    """A citizen reports a suspected case."""
    return Feedback("suspected_case", 0, words="Nhà bên THỬ có người sốt.")


def entry_answers(passport: str, seat: str, flight: str = "VN300", **more: Any) -> dict[str, Any]:
    """The answers of an entry declaration."""
    day = "2026-09-21"
    return {
        "full_name": "NGUYỄN VĂN THỬ",
        "birth_year": 1990,
        "sex": Coding("urn:gatepost:sex", "male"),
        "nationality": Coding("urn:iso:std:iso:3166", "VN"),
        "passport_number": passport,
        "gate_kind": Coding("urn:gatepost:gate-kind", "airport"),
        "vehicle": [Coding("urn:gatepost:vehicle", "plane")],
        "flight_number": flight,
        "seat": seat,
        "departure_date": day,
        "arrival_date": day,
        "symptoms": [Coding("urn:gatepost:symptom", "none")],
        "phone": "0900000123",
        "quarantine_due": True,
        **more,
    }


def _values(value: Any) -> tuple[Value, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def busy(centre: Centre) -> None:
    """A night with something on every desk: an outbreak at the market, a flight, thirty days of declarations."""
    with centre.engine.begin() as connection:
        build_places(connection)
        for i in range(7):
            where = [MARKET, SCHOOL] if i % 3 == 0 else [MARKET]
            case(connection, f"00001{i}", where, days_ago=1 + i % 4, contacts=12 if i == 0 else 0)
        case(connection, "000020", [FAR], days_ago=3, contacts=4)
        for i in range(60):
            stay(connection, person(connection, f"khach-{i}"), (SCHOOL, FAR)[i % 2], NOW_MS - DAY_MS + i)
    market, gate = kiosk(centre, MARKET, "t-cho-1"), kiosk(centre, GATE, "t-san-bay")
    healthy = {"today": Coding("urn:gatepost:daily", "healthy")}
    unwell = {
        "today": Coding("urn:gatepost:daily", "unwell"),
        "symptoms": [Coding("urn:gatepost:symptom", "fever"), Coding("urn:gatepost:symptom", "cough")],
    }
    for day in range(20, -1, -1):
        for i in range(26 if day == 1 else 5 + day % 3):
            at = NOW_MS - day * DAY_MS - i * 60_000
            market.add(declaration(f"0990{day:04d}{i:04d}", unwell, signal=Signal.ASK), at_ms=at)
    market.add(declaration("099000009001", healthy, signal=Signal.STOP), at_ms=NOW_MS - HOUR_MS)
    market.add(suspicion(), at_ms=NOW_MS - HOUR_MS)
    stay_at: dict[str, Any] = {"contact_province": Coding("urn:gatepost:province", PROVINCE)}
    for row in range(8, 20):
        for letter in "ABCDEF"[:: 1 + row % 2]:
            answers = entry_answers(f"T{row:03d}{ord(letter):04d}", f"{row}{letter}", **stay_at)
            gate.add(declaration(f"T{row:03d}{ord(letter):04d}", answers, ENTRY, kind=6), at_ms=NOW_MS - HOUR_MS)
    gate.add(declaration("T9990001", entry_answers("T9990001", "0", **stay_at), ENTRY, kind=6), at_ms=NOW_MS - HOUR_MS)
    deliver(centre, market)
    deliver(centre, gate)
