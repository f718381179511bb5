"""Every address of the centre, by every role: who may come is said by roles.toml alone, and nothing is forgotten."""

from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import FloatConverter, IntegerConverter, Map, Rule

from central.access import accounts, proposals
from central.access.roles import Grant, Purpose, Right, load_roles
from central.web import entering
from central.web.console import FLEET, Desk, Page, add_pages, all_pages, all_words, open_pages
from central.web.entering import COOKIE
from tests.integration.central.access.conftest import Console
from tests.parts.centre import NOW_MS
from tests.parts.officers import session_of, signed_in

ROLES = load_roles()
PAGES = all_pages()
OPERATORS = {"visits", "health", "health_json", "state_json"}
MACHINES = {"static", "enrol", "sign_out"}


@pytest.fixture(scope="module")
def officers(console: Console) -> dict[str, FlaskClient]:
    """One officer of each role, and one without any."""
    app, engine = console.app, console.centre.engine
    logins = {role: f"t.{role}".replace("_", "-") for role in ROLES.names()}
    made = {role: signed_in(app, engine, role, login=login, now_ms=NOW_MS) for role, login in logins.items()}
    return {**made, "": signed_in(app, engine, "", login="t.nothing", now_ms=NOW_MS)}


def test_each_address_is_a_page_or_known_to_ask_for_itself(console: Console) -> None:
    listed = {page.name for page in (*PAGES, *open_pages())} | OPERATORS | MACHINES
    unknown = {rule.endpoint for rule in console.app.url_map.iter_rules()} - listed
    assert {name for name in unknown if not name.startswith(("api_", "fhir_"))} == set()


def test_names_and_addresses_of_pages_are_unique() -> None:
    names = [page.name for page in (*PAGES, *open_pages(), *FLEET)]
    assert len(names) == len(set(names))
    words = all_words()
    assert [page.menu for page in PAGES if page.menu and page.menu not in words] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_lets_in_exactly_the_roles_that_hold_its_right(
    console: Console, officers: dict[str, FlaskClient], page: Page
) -> None:
    for role, client in officers.items():
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        holds = page.needs is None or page.needs in ROLES.rights_of(role)
        assert _enters(console, page, cookie.value) == holds, role


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_address_is_refused_over_the_wire_without_its_role(
    console: Console, officers: dict[str, FlaskClient], page: Page
) -> None:
    path = _path(console.app.url_map, page)
    for method in page.methods:
        stranger = console.app.test_client().open(path, method=method)
        assert stranger.status_code == 303 and "/sign-in" in stranger.headers["Location"], method
        if page.needs is not None:
            assert officers[""].open(path, method=method).status_code == 403, method


@pytest.mark.parametrize("page", [page for page in PAGES if page.needs in ROLES.rules.strong], ids=lambda p: p.name)
def test_a_dangerous_page_asks_for_the_second_factor(console: Console, officers: object, page: Page) -> None:
    role = next(role for role in ROLES.names() if page.needs in ROLES.rights_of(role))
    weak = session_of(console.app, console.centre.engine, f"t.{role}".replace("_", "-"), now_ms=NOW_MS, strong=False)
    for method in page.methods:
        answer = weak.open(_path(console.app.url_map, page), method=method)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/me?why=second")


def test_a_weak_session_may_nothing_dangerous(console: Console, officers: object) -> None:
    with console.app.test_request_context("/", headers={"Cookie": f"{COOKIE}={_weak(console, 'head')}"}):
        desk = entering.enter(console.site, Page("/", "t", lambda _: "", None))
    assert not desk.strong
    assert [right for right in ROLES.rules.strong if desk.may(right)] == []
    assert desk.may(Right.CASES_READ)


@pytest.mark.parametrize("fault", ["closed", "signed_out", "idle", "long_ago", "grant_ended", "grant_taken_back"])
def test_who_is_out_is_out_at_once(console: Console, fault: str) -> None:
    app, engine, login = console.app, console.centre.engine, f"out.{fault}".replace("_", "-")
    client = signed_in(app, engine, "auditor", login=login, now_ms=NOW_MS)
    assert client.get("/audit").status_code == 200
    with engine.begin() as connection:
        if fault == "closed":
            proposals.close_account(connection, login)
        elif fault == "signed_out":
            accounts.end_sessions(connection, login)
        elif fault == "grant_ended":
            connection.exec_driver_sql("UPDATE account_grant SET ends_ms = ? WHERE login = ?", (NOW_MS, login))
        elif fault == "grant_taken_back":
            proposals.take_back(connection, login, Grant("auditor", "all"))
    console.clock.ms += {"idle": accounts.IDLE_MS, "long_ago": accounts.SESSION_MS}.get(fault, 0)
    status = client.get("/audit").status_code
    console.clock.ms = NOW_MS
    assert status == (403 if fault.startswith("grant") else 303)


def test_another_area_is_refused(console: Console) -> None:
    client = signed_in(console.app, console.centre.engine, "station", "ward-26740", login="t.ward", now_ms=NOW_MS)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    with console.app.test_request_context("/", headers={"Cookie": f"{COOKIE}={cookie.value}"}):
        desk = entering.enter(console.site, Page("/", "t", lambda _: "", None))
        desk.require(Right.CONTACTS_READ, {"all", "province-79", "ward-26740"})
        for elsewhere in ({"all", "province-79", "ward-26741"}, {"province-79"}, {"venue-v-cho-mau"}):
            with pytest.raises(HTTPException) as refused:
                desk.require(Right.CONTACTS_READ, elsewhere)
            assert refused.value.code == 403


def test_a_page_of_persons_that_notes_no_look_is_not_shown(console: Console) -> None:
    def remembers(desk: Desk) -> str:
        with desk.write() as connection:
            desk.note(connection, "looked", Purpose.TRACING, "t-1", persons=[1, 2])
        return "NGUYỄN VĂN THỬ"

    pages = [
        Page("/forgets", "t_forgets", lambda _: "NGUYỄN VĂN THỬ", None, looks=True),
        Page("/remembers", "t_remembers", remembers, None, looks=True),
    ]
    app = Flask("tests")
    add_pages(app, console.site, partial(entering.enter, console.site), pages, [])
    client = signed_in(app, console.centre.engine, "auditor", login="t.looker", now_ms=NOW_MS)
    assert "NGUYỄN" in client.get("/remembers").text
    answer = client.get("/forgets")
    assert answer.status_code == 500
    assert "NGUYỄN" not in answer.text


def test_a_venue_owner_reaches_the_places_own_desk_and_nothing_of_anybody(officers: dict[str, FlaskClient]) -> None:
    held = {Right.COUNTS_READ, Right.VENUE_MANAGE, Right.VENUE_CHECK}
    assert ROLES.rights_of("venue_owner") == held
    persons = [page for page in PAGES if page.looks]
    assert persons
    assert [page.name for page in persons if page.needs is None or page.needs in held] == []
    assert ROLES.rules.glass.keys().isdisjoint({"venue_owner"})
    assert all("venue_owner" not in one.by for one in ROLES.rules.glass.values())


def _enters(console: Console, page: Page, secret: str) -> bool:
    with console.app.test_request_context("/", headers={"Cookie": f"{COOKIE}={secret}"}):
        try:
            entering.enter(console.site, page)
        except HTTPException as refused:
            assert refused.code == 403, refused
            return False
        return True


def _path(urls: Map, page: Page) -> str:
    rule = next(rule for rule in urls.iter_rules() if rule.endpoint == page.name)
    adapter = urls.bind("localhost")
    return adapter.build(page.name, {name: _part(rule, name) for name in rule.arguments})


def _part(rule: Rule, name: str) -> object:
    kind = rule._converters[name]
    return 1 if isinstance(kind, IntegerConverter) else 1.5 if isinstance(kind, FloatConverter) else "x"


def _weak(console: Console, role: str) -> str:
    with console.centre.engine.begin() as connection:
        return accounts.begin_session(connection, f"t.{role}", NOW_MS, strong=False)
