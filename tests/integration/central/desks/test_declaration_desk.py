"""The declaration desk through its pages: from a sealed record to a closed item, in three clicks."""

import re

import pytest
from flask.testing import FlaskClient

from central.access.roles import Purpose
from central.desks.jobs import late_facts, new_declarations
from central.desks.tied import tied
from central.jobs import Bench
from central.vault.client import OpenerClient
from forms.model import Coding
from tests.integration.central.desks.conftest import app_of
from tests.integration.central.desks.world import (
    MARKET,
    OTHER_WARD,
    WARD,
    add_contact,
    case,
    declaration,
    deliver,
    kiosk,
    suspicion,
)
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.records import IdentityKind, Signal

UNWELL = {
    "today": Coding("urn:gatepost:daily", "unwell"),
    "symptoms": [Coding("urn:gatepost:symptom", "fever"), Coding("urn:gatepost:symptom", "cough")],
}
SECRET = re.compile(r"099000000007|NGUYỄN VĂN THỬ")


def _come_in(centre: Centre) -> None:
    """One well person, one who was asked to the desk, one stopped, and a citizen's report."""
    device = kiosk(centre, MARKET, "t-cho-1")
    device.add(declaration("099000000001", {"today": Coding("urn:gatepost:daily", "healthy")}))
    device.add(declaration("099000000007", UNWELL, signal=Signal.ASK))
    device.add(declaration("099000000003", UNWELL, signal=Signal.STOP))
    device.add(suspicion())
    deliver(centre, device)


def _triage(centre: Centre) -> None:
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)
    assert new_declarations(bench) is False
    late_facts(bench)


def test_the_trace_part_alone_is_kept_and_no_answer(province: Centre) -> None:
    _come_in(province)
    rows = province.rows("SELECT * FROM declared ORDER BY seq")
    assert len(rows) == 4
    assert not SECRET.search(repr(rows)) and "cough" not in repr(rows)
    assert [row[8] for row in rows] == [Signal.ALLOW, Signal.ASK, Signal.STOP, 0]


def test_what_was_delivered_twice_is_one_declaration(province: Centre) -> None:
    device = kiosk(province, MARKET, "t-cho-1")
    device.add(declaration("099000000007", UNWELL, signal=Signal.ASK))
    deliver(province, device)
    deliver(province, device)
    _triage(province)
    _triage(province)
    assert province.one("SELECT count(*) FROM declared") == province.one("SELECT count(*) FROM triage") == 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_the_queue_puts_the_stopped_and_the_reported_first(province: Centre) -> None:
    _come_in(province)
    _triage(province)
    rows = province.rows("SELECT why, rank, station, task IS NOT NULL FROM triage ORDER BY rank, why")
    assert [(why, rank) for why, rank, *_ in rows] == [
        ('["reported_case"]', 1),
        ('["stopped"]', 1),
        ('["health"]', 3),
    ]
    assert {row[2] for row in rows} == {"tyt-1"} and all(row[3] for row in rows)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_whoever_becomes_a_contact_later_is_put_on_the_desk(province: Centre) -> None:
    device = kiosk(province, MARKET, "t-cho-1")
    device.add(declaration("099000000001", {"today": Coding("urn:gatepost:daily", "healthy")}))
    deliver(province, device)
    _triage(province)
    assert province.one("SELECT count(*) FROM triage") == 0
    with province.engine.begin() as connection:
        case(connection, "000001", [MARKET])
        (pseudonym,) = connection.exec_driver_sql("SELECT person FROM declared").one()
        from central.people.persons import persons_of

        who = persons_of(connection, [(bytes(pseudonym), IdentityKind.CCCD)], NOW_MS)[bytes(pseudonym)]
        add_contact(connection, "BN-2026-000001", who, 1, NOW_MS)
    _triage(province)
    assert province.rows("SELECT why, rank FROM triage") == [('["exposed"]', 2)]


def test_three_clicks_from_the_list_to_a_closed_item(province: Centre, opener: OpenerClient) -> None:
    _come_in(province)
    _triage(province)
    app = app_of(province, opener)
    officer = signed_in(app, province.engine, "station", f"ward-{WARD}", now_ms=NOW_MS)
    listed = officer.get("/declarations?lang=vi").text
    assert "099000000" not in listed and "mời đến bàn hướng dẫn" in listed
    number = province.one("SELECT id FROM triage WHERE why = '[\"health\"]'")
    shown = officer.get(f"/declarations/{number}").text  # the first click
    assert "Khó" not in shown and "Ho<" not in shown
    opened = officer.post(f"/declarations/{number}/open").text  # the second
    assert "Sốt; Ho" in opened
    closed = officer.post(f"/declarations/{number}/close", data={"outcome": "to_care"})  # the third
    assert closed.status_code == 303
    (row,) = province.rows("SELECT outcome, officer FROM triage WHERE id = ?", number)
    assert row[0] == "to_care"
    assert province.rows("SELECT outcome FROM task WHERE id = (SELECT task FROM triage WHERE id = ?)", number) == [
        ("done",)
    ]
    actions = [action for (action,) in province.rows("SELECT action FROM audit ORDER BY number")]
    order = ["declarations_listed", "declaration_shown", "declaration_opened", "names_opened", "declaration_close"]
    assert [action for action in actions if action in order] == order
    assert not SECRET.search(repr(province.rows("SELECT about, detail FROM audit")))


def test_signs_of_illness_are_counted_once_and_without_anybody(province: Centre, opener: OpenerClient) -> None:
    _come_in(province)
    _triage(province)
    officer = signed_in(app_of(province, opener), province.engine, "station", now_ms=NOW_MS)
    number = province.one("SELECT id FROM triage WHERE why = '[\"health\"]'")
    for _ in range(2):
        assert officer.post(f"/declarations/{number}/open").status_code == 200
    counted = province.rows("SELECT province, symptoms, people FROM symptom_count ORDER BY symptoms")
    assert counted == [("79", "breathing", 1), ("79", "fever", 1)]


def test_another_wards_station_is_refused(province: Centre, opener: OpenerClient) -> None:
    _come_in(province)
    _triage(province)
    officer = signed_in(app_of(province, opener), province.engine, "station", f"ward-{OTHER_WARD}", now_ms=NOW_MS)
    number = province.one("SELECT min(id) FROM triage")
    assert officer.get(f"/declarations/{number}").status_code == 403
    assert officer.post(f"/declarations/{number}/open").status_code == 403
    assert officer.post(f"/declarations/{number}/close", data={"outcome": "well"}).status_code == 403
    assert f"/declarations/{number}" not in officer.get("/declarations").text


def test_a_closed_item_opens_no_answers(province: Centre, opener: OpenerClient) -> None:
    _come_in(province)
    _triage(province)
    officer = signed_in(app_of(province, opener), province.engine, "station", now_ms=NOW_MS)
    number, stream, seq = province.rows("SELECT id, stream, seq FROM triage WHERE rank = 3")[0]
    officer.post(f"/declarations/{number}/close", data={"outcome": "well"})
    assert officer.post(f"/declarations/{number}/open").status_code >= 400
    with province.engine.connect() as connection:
        assert tied(connection, Purpose.DECLARATION, f"D-{stream}-{seq}") is None
        assert tied(connection, Purpose.TRACING, f"D-{stream}-{seq}") is None


def test_nobody_answers_and_it_comes_back_a_bounded_number_of_times(province: Centre, opener: OpenerClient) -> None:
    _come_in(province)
    _triage(province)
    officer = signed_in(app_of(province, opener), province.engine, "station", now_ms=NOW_MS)
    number = province.one("SELECT id FROM triage WHERE rank = 3")
    for _ in range(2):
        officer.post(f"/declarations/{number}/call")
    assert province.rows("SELECT calls, outcome FROM triage WHERE id = ?", number) == [(2, None)]
    officer.post(f"/declarations/{number}/call")
    assert province.rows("SELECT outcome FROM triage WHERE id = ?", number) == [("unreachable",)]


def test_it_is_given_to_another_station_and_closed_from_that_ones_list(province: Centre, opener: OpenerClient) -> None:
    _come_in(province)
    _triage(province)
    officer = signed_in(app_of(province, opener), province.engine, "station", now_ms=NOW_MS)
    number = province.one("SELECT id FROM triage WHERE rank = 3")
    before = province.one("SELECT task FROM triage WHERE rank = 3")
    officer.post(f"/declarations/{number}/assign", data={"station": "tyt-79"})
    (row,) = province.rows("SELECT station, task FROM triage WHERE id = ?", number)
    assert row[0] == "tyt-79" and row[1] != before
    with province.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE task SET done_ms = 1, outcome = 'no_answer' WHERE id = ?", (row[1],))
    _triage(province)
    assert province.rows("SELECT outcome FROM triage WHERE id = ?", number) == [("unreachable",)]


@pytest.mark.parametrize("what", ["close", "assign", "burn"])
def test_a_bad_wish_is_answered_in_words(province: Centre, opener: OpenerClient, what: str) -> None:
    _come_in(province)
    _triage(province)
    officer: FlaskClient = signed_in(app_of(province, opener), province.engine, "station", now_ms=NOW_MS)
    number = province.one("SELECT min(id) FROM triage")
    answer = officer.post(f"/declarations/{number}/{what}", data={"outcome": "x", "station": "x"})
    assert 400 <= answer.status_code < 500 and "Traceback" not in answer.text
    assert officer.get("/declarations/999999").status_code in (400, 404, 409)
