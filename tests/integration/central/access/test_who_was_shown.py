"""Every page that shows persons: each of them stands in the log as looked at, and is told, also from a list."""

import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import template_rendered
from flask.testing import FlaskClient

from central.access import looks
from central.access.roles import Officer
from central.statements import run
from central.web.console import Page, all_pages
from tests.integration.central.authority.world import app_of, make_night, person
from tests.integration.central.conftest import Template
from tests.parts.centre import NOW_MS, Centre, open_migrated
from tests.parts.officers import signed_in

DAY_MS = 86_400_000
DAY = NOW_MS // DAY_MS
# How each page is reached in the world below. A new page of persons has to be named here, or among those after it.
PATHS = {
    "authority_tonight": "/tonight",
    "authority_cases": "/cases",
    "authority_outbreak": "/cases/outbreak",
    "authority_case": "/cases/BN-2026-000001",
    "authority_codes": "/cases/BN-2026-000001/persons/1",
    "authority_contact": "/contacts/1",
    "alerts_one": "/alerts/1",
    "alerts_flags": "/alerts/flags",
    "desks_declarations": "/declarations",
    "desks_declaration": "/declarations/1",
    "desks_ride": f"/arrivals/vehicle?vehicle=VN-1&gate=v-cho-mau&day={DAY}",
    "desks_arrival": "/arrivals/1",
    "rights_request": "/requests/R-2026-000001",
}
# The opener names whoever it opens in a row of its own (tests/integration/central/vault).
OPENED = {"authority_names", "authority_name", "alerts_clearance", "desks_open", "desks_arrival_open"}
OPENED |= {"rights_data", "rights_letter"}
# They show the log: numbers that its rows hold. Who asked for one person's rows is told to that person.
LOG = {"access_audit", "access_audit_csv"}
ROLES_THAT_LOOK = ("case_officer", "border", "data_protection")
LOOKS = [page for page in all_pages() if page.looks]


@pytest.fixture(scope="module")
def centre(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One for all pages: the statements are the same on both databases."""
    of, folder = template("sqlite"), tmp_path_factory.mktemp("shown")
    keys = Path(shutil.copytree(of.keys, folder / "keys"))
    shutil.copy(of.keys.with_name("central.db"), folder)
    made = open_migrated(f"sqlite:///{folder}/central.db", keys)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def client(centre: Centre) -> FlaskClient:
    """An officer who may see everything, in a world where every page has somebody to show."""
    make_night(centre, 12)
    with centre.engine.begin() as connection:
        strangers = [person(connection, 500 + i) for i in range(6)]
        for i, one in enumerate(strangers):
            triage = (i + 1, "declaration", 1, i + 1, DAY, one, "v-cho-mau", "26740", "79", 1, "[]", "r", "", NOW_MS)
            run(connection, _TRIAGE, (*triage, NOW_MS))
            run(connection, _ARRIVAL, (i + 1, 1, i + 1, one, "v-cho-mau", "26740", "79", f"1{i}A", DAY, NOW_MS))
            run(connection, _FLAG, (i + 1, one, NOW_MS, NOW_MS))
        run(connection, _RELEASE, (NOW_MS, NOW_MS + DAY_MS))
        run(connection, _REQUEST, (NOW_MS, NOW_MS, NOW_MS, strangers[0], NOW_MS))
    app = app_of(centre)
    made = signed_in(app, centre.engine, "", login="lan", now_ms=NOW_MS)
    with centre.engine.begin() as connection:
        for role in ROLES_THAT_LOOK:
            sql = "INSERT INTO account_grant (login, role, area, reason) VALUES ('lan', ?, 'all', 'thử')"
            run(connection, sql, (role,))
    return made


def test_each_page_of_persons_is_looked_at_here() -> None:
    assert {page.name for page in LOOKS} == set(PATHS) | OPENED | LOG


@pytest.mark.parametrize("page", [page for page in LOOKS if page.name in PATHS], ids=lambda page: page.name)
def test_whoever_a_page_shows_stands_in_its_row_of_the_log(centre: Centre, client: FlaskClient, page: Page) -> None:
    shown: set[int] = set()

    def keep(_: Any, template: Any, context: dict[str, Any], **__: Any) -> None:
        shown.update(persons_in(context))

    last = centre.one("SELECT COALESCE(max(number), 0) FROM audit")
    with template_rendered.connected_to(keep):
        answer = client.get(PATHS[page.name])
    assert answer.status_code == 200, answer.text
    noted = {one for (one,) in centre.rows(f"SELECT person FROM look_notice WHERE number > {last}")}
    assert shown <= noted
    assert shown
    assert centre.one(f"SELECT count(*) FROM audit WHERE number > {last}") == 1  # one row, however many it names


def test_a_list_waits_with_the_case_whose_people_are_not_told_yet(centre: Centre, client: FlaskClient) -> None:
    client.get("/tonight")
    client.get("/declarations")
    client.get("/cases/BN-2026-000001")
    later = NOW_MS + 20 * DAY_MS
    with centre.engine.begin() as connection:
        due = {one.person for one in looks.due_notices(connection, later)}
        contacts = {row[0] for row in run(connection, "SELECT person FROM contact")}
        assert len(contacts) == 12 and contacts < due
        looks.put_off(connection, Officer("t", "t"), "head", "BN-2026-000001", "Đang tìm nguồn lây", 30, NOW_MS)
        assert {one.person for one in looks.due_notices(connection, later)} == due - contacts - {1}  # the case itself
        assert len({one.person for one in looks.due_notices(connection, NOW_MS + 31 * DAY_MS)}) == len(due)


def persons_in(value: Any, depth: int = 6) -> Iterator[int]:
    """Every person.id in what a template is given: attributes and keys of the name `person`."""
    if depth == 0 or isinstance(value, str | bytes | int | float | None):
        return
    if isinstance(value, dict):
        pairs = list(value.items())
    elif hasattr(value, "_fields"):
        pairs = [(name, getattr(value, name)) for name in value._fields]
    elif is_dataclass(value) and not isinstance(value, type):
        pairs = [(one.name, getattr(value, one.name)) for one in fields(value)]
    elif isinstance(value, list | tuple | set | frozenset):
        pairs = [("", one) for one in value]
    else:
        return
    for name, one in pairs:
        if name == "person" and isinstance(one, int):
            yield one
        elif name not in ("desk", "request", "session", "g", "config"):
            yield from persons_in(one, depth - 1)


_TRIAGE = (
    "INSERT INTO triage (id, kind, stream, seq, day, person, venue, ward, province, rank, why, rules, station, made_ms,"
    " due_ms, calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
)
_ARRIVAL = (
    "INSERT INTO arrival (id, stream, seq, person, venue, ward, province, carrier, vehicle, seat, day, quarantine,"
    " stay_ward, stay_province, rule, made_ms, made_by)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'plane', 'VN-1', ?, ?, '', '', '', 'r', ?, 'x')"
)
_FLAG = "INSERT INTO flag (id, kind, person, place, at_ms, gap_ms, found_ms) VALUES (?, 'closed', ?, 1, ?, 0, ?)"
_RELEASE = (
    "INSERT INTO release (id, case_id, state, template, limits, proposed_by, proposed_ms, held, until_ms, counts)"
    " VALUES (1, 'BN-2026-000001', 'proposed', 't', 'l', 'x', ?, '[]', ?, '{}')"
)
_REQUEST = (
    "INSERT INTO rights_request (id, kind, channel, area, language, processors, asked_ms, opened_by, answer_due_ms,"
    " due_ms, extended_why, person, identified_ms, identified_by, identified_how, reason)"
    " VALUES ('R-2026-000001', 'access', 'desk', 'province-79', 'vi', 0, ?, 'x', ?, ?, '', ?, ?, 'x', 'card', '')"
)
