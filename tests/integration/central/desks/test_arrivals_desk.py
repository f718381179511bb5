"""The arrivals desk through its pages: taken in, found by passport, seen, followed, released, and who sat near whom."""

import pytest

from central.access.roles import Purpose
from central.desks.arrivals import arrival_of, leave
from central.desks.jobs import late_facts, new_declarations
from central.desks.seats import seat_neighbours, unknown_seats
from central.desks.tied import tied
from central.jobs import Bench
from central.tracing.model import Index
from central.vault.client import OpenerClient
from forms.model import Coding
from tests.integration.central.desks.conftest import app_of
from tests.integration.central.desks.world import (
    ENTRY,
    GATE,
    MARKET,
    OTHER_WARD,
    declaration,
    deliver,
    entry_answers,
    kiosk,
)
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.records import IdentityKind

DAY_MS = 86_400_000
WELL = {"today": Coding("urn:gatepost:daily", "healthy")}
SEATS = {"T0000001": "12A", "T0000002": "13 c", "T0000003": "10F", "T0000004": "20D", "T0000005": "0"}


def _land(centre: Centre) -> None:
    """Five people of one flight at the airport; the first showed the passport, the others a card."""
    device = kiosk(centre, GATE, "t-san-bay")
    stay = {"contact_province": Coding("urn:gatepost:province", "79")}
    for i, (passport, seat) in enumerate(SEATS.items()):
        number, kind = (passport, IdentityKind.PASSPORT) if i == 0 else (f"09900000010{i}", IdentityKind.CCCD)
        device.add(declaration(number, entry_answers(passport, seat, "vn 0300", **stay), ENTRY, kind=int(kind)))
    device.add(declaration("099000000150", WELL))
    deliver(centre, device)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_flight_is_taken_in_found_and_looked_at(province: Centre, opener: OpenerClient) -> None:
    _land(province)
    border = signed_in(app_of(province, opener), province.engine, "border", f"venue-{GATE}", now_ms=NOW_MS)
    assert "<b>6</b>" in border.get("/arrivals").text
    assert border.post("/arrivals/take", data={"gate": GATE}).status_code == 303
    rows = province.rows("SELECT vehicle, seat, carrier, quarantine, stay_province FROM arrival ORDER BY id")
    assert rows == [("VN300", seat, "plane", "other", "79") for seat in ("12A", "13C", "10F", "20D", "")]
    assert "<b>0</b>" in border.get("/arrivals").text
    page = border.get("/arrivals").text
    assert "VN300" in page and "T0000001" not in page
    found = border.post("/arrivals/find", data={"gate": GATE, "passport": "t000 0002"})
    assert found.headers["Location"] == "/arrivals/2"
    shown = border.get("/arrivals/2").text
    assert "13C" in shown and "NGUYỄN" not in shown and "0900000123" not in shown
    assert "NGUYỄN VĂN THỬ" in border.post("/arrivals/2/open").text
    assert border.post("/arrivals/2/seen").status_code == 303
    assert province.one("SELECT count(*) FROM arrival WHERE seen_ms IS NOT NULL") == 1
    log = repr(province.rows("SELECT about, detail FROM audit"))
    assert "T0000002" not in log and "passport" not in log.replace("passport_looked_for", "")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_those_within_two_rows_are_contact_candidates(province: Centre, opener: OpenerClient) -> None:
    _land(province)
    border = signed_in(app_of(province, opener), province.engine, "border", now_ms=NOW_MS)
    border.post("/arrivals/take", data={"gate": GATE})
    people = [who for (who,) in province.rows("SELECT person FROM arrival ORDER BY id")]
    number = province.one(f"SELECT number FROM place WHERE id = '{GATE}'")
    with province.engine.connect() as connection:
        index = Index(people[0], NOW_MS - DAY_MS, NOW_MS)
        found = seat_neighbours(connection, index)
        assert [who for who, _ in found] == sorted([people[1], people[2]])
        assert {(r.kind, r.place, r.other) for _, r in found} == {("seat", number, people[0])}
        assert all(NOW_MS - DAY_MS <= r.start_ms < r.end_ms <= NOW_MS for _, r in found)
        assert unknown_seats(connection, index) == 1
        assert seat_neighbours(connection, Index(people[0], NOW_MS - 9 * DAY_MS, NOW_MS - 5 * DAY_MS)) == []
        assert seat_neighbours(connection, Index(people[4], NOW_MS - DAY_MS, NOW_MS)) == []
    day = province.one("SELECT min(day) FROM arrival")
    ride = border.get(f"/arrivals/vehicle?gate={GATE}&vehicle=VN300&day={day}&near=1&lang=en").text
    assert "Near seat 12A: 2 people" in ride
    assert "1 people named no seat" in ride


def test_a_missing_daily_report_comes_to_the_desk_once_and_a_declaration_ends_the_lack(
    province: Centre, opener: OpenerClient
) -> None:
    _land(province)
    border = signed_in(app_of(province, opener), province.engine, "border", now_ms=NOW_MS)
    border.post("/arrivals/take", data={"gate": GATE})
    two_days = NOW_MS + 2 * DAY_MS
    device = kiosk(province, MARKET, "t-cho-9")
    device.add(declaration("099000000101", WELL), at_ms=NOW_MS + DAY_MS)
    deliver(province, device, now_ms=two_days)
    for _ in range(2):
        late_facts(Bench(province.engine, province.ring, lambda: two_days))
    rows = province.rows("SELECT kind, why, person FROM triage ORDER BY id")
    reported = province.one("SELECT person FROM arrival WHERE id = 2")
    assert len(rows) == 4 and {row[:2] for row in rows} == {("overdue", '["overdue"]')}
    assert reported not in {row[2] for row in rows}


def test_nobody_is_released_before_the_day(province: Centre, opener: OpenerClient) -> None:
    _land(province)
    border = signed_in(app_of(province, opener), province.engine, "border", now_ms=NOW_MS)
    border.post("/arrivals/take", data={"gate": GATE})
    assert border.post("/arrivals/1/leave", data={"how": "released"}).status_code >= 400
    assert province.one("SELECT count(*) FROM arrival WHERE left_ms IS NOT NULL") == 0
    assert border.post("/arrivals/1/leave", data={"how": "hospital"}).status_code == 303
    with province.engine.begin() as connection:
        leave(connection, arrival_of(connection, 2), "released", NOW_MS + 14 * DAY_MS)
    rows = province.rows("SELECT left_how, release_day - day FROM arrival WHERE id < 3 ORDER BY id")
    assert rows == [("hospital", 14), ("released", 14)]


def test_another_gates_officer_is_refused(province: Centre, opener: OpenerClient) -> None:
    _land(province)
    app = app_of(province, opener)
    signed_in(app, province.engine, "border", now_ms=NOW_MS).post("/arrivals/take", data={"gate": GATE})
    other = signed_in(app, province.engine, "border", "venue-v-khac", now_ms=NOW_MS)
    day = province.one("SELECT min(day) FROM arrival")
    assert other.get("/arrivals/1").status_code == 403
    assert other.post("/arrivals/1/open").status_code == 403
    assert other.post("/arrivals/1/seen").status_code == 403
    assert other.post("/arrivals/take", data={"gate": GATE}).status_code == 403
    assert other.get(f"/arrivals/vehicle?gate={GATE}&vehicle=VN300&day={day}").status_code == 403
    assert other.post("/arrivals/find", data={"gate": GATE, "passport": "T0000001"}).status_code >= 400
    assert GATE not in other.get("/arrivals").text


def test_a_market_is_no_gate_of_the_border(province: Centre) -> None:
    device = kiosk(province, MARKET, "t-cho-1")
    device.add(declaration("099000000001", WELL))
    deliver(province, device)
    new_declarations(Bench(province.engine, province.ring, lambda: NOW_MS))
    with province.engine.connect() as connection:
        stream, seq = connection.exec_driver_sql("SELECT stream, seq FROM declared").one()
        assert tied(connection, Purpose.BORDER_HEALTH, f"V-{MARKET}") is None
        assert tied(connection, Purpose.BORDER_HEALTH, f"D-{stream}-{seq}") is None
        gate = tied(connection, Purpose.BORDER_HEALTH, f"V-{GATE}")
        assert gate is not None and gate.records == frozenset() and f"ward-{OTHER_WARD}" in gate.areas
        for about in ("D-1", "V-", "D-1-x", "V-../x", "BN-1", ""):
            assert tied(connection, Purpose.BORDER_HEALTH, about) is None
