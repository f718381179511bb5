"""The officers' pages of zones and desks in a real browser: readable at every size, and quick to get through."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from central.desks.jobs import early_warning, late_facts, new_declarations
from central.jobs import Bench
from central.web.app import Site, make_app
from central.web.entering import COOKIE
from central.zoning.jobs import propose_due
from tests.browser.axe import violations
from tests.integration.central.desks.world import GATE, PROVINCE, busy
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.officers import signed_in
from tests.parts.vault import running_opener

SIZES = {"panel": (800, 480), "wide": (1280, 800), "tall": (720, 1280), "phone": (390, 844)}
PAGES = {
    "zones": ("head", "/zones"),
    "zone": ("head", "/zones/1"),
    "zone-new": ("case_officer", f"/zones/new?kind=province&area={PROVINCE}"),
    "declarations": ("station", "/declarations"),
    "declaration": ("station", "/declarations/1"),
    "warnings": ("station", "/warnings"),
    "arrivals": ("border", "/arrivals"),
    "ride": ("border", f"/arrivals/vehicle?gate={GATE}&vehicle=VN300&day=20717&near=20"),
    "arrival": ("border", "/arrivals/20"),
}


class Desks:
    """A centre with a busy night, its pages on a port, and the sessions of four officers."""

    def __init__(self, centre: Centre, url: str, cookies: dict[str, str]) -> None:
        self.centre, self.url, self.cookies = centre, url, cookies

    def page(self, browser: Browser, role: str, size: str = "wide") -> Page:
        """A browser window in which that officer is signed in."""
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", bypass_csp=True)
        context.add_cookies([{"name": COOKIE, "value": self.cookies[role], "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder: Path = tmp_path_factory.mktemp("desks")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    busy(centre)
    with running_opener(centre) as vault:
        app = make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS, vault))
        roles = ("head", "case_officer", "station", "border")
        clients = {role: signed_in(app, centre.engine, role, now_ms=NOW_MS) for role in roles}
        _work(centre, clients)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        cookies = {role: _cookie(client) for role, client in clients.items()}
        yield Desks(centre, f"http://127.0.0.1:{server.server_port}", cookies)
        server.shutdown()
        thread.join()
    centre.engine.dispose()


def _work(centre: Centre, clients: dict[str, FlaskClient]) -> None:
    """The jobs run; one zone is decided, the flight is taken in and one traveller seen."""
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)
    propose_due(bench)
    assert clients["head"].post("/zones/2/decide", data={"words": "QĐ 12/THỬ"}).status_code == 303
    assert clients["border"].post("/arrivals/take", data={"gate": GATE}).status_code == 303
    assert clients["border"].post("/arrivals/21/seen").status_code == 303
    new_declarations(bench)
    late_facts(bench)
    early_warning(bench)


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_at_every_size(desks: Desks, browser: Browser, name: str) -> None:
    role, path = PAGES[name]
    page = desks.page(browser, role)
    for language in ("vi", "en"):
        answer = page.goto(f"{desks.url}{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer is not None and answer.status == 200
        assert violations(page, whole=language == "vi") == []
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert beyond <= 0, f"{name} is {beyond} px wider than {size} in {language}"
    page.context.close()


@pytest.mark.parametrize("name", ["declarations", "declaration", "zones", "arrival"])
def test_what_is_pressed_is_large_enough_on_a_phone(desks: Desks, browser: Browser, name: str) -> None:
    role, path = PAGES[name]
    page = desks.page(browser, role, "phone")
    page.goto(desks.url + path)
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .button, main td a, main select, main input')]"
        ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 48).map(one => one.outerHTML)"
    )
    assert small == []
    page.context.close()


def test_three_clicks_close_a_declaration(desks: Desks, browser: Browser) -> None:
    page = desks.page(browser, "station", "phone")
    page.goto(f"{desks.url}/declarations?lang=en")
    before = desks.centre.one("SELECT count(*) FROM triage WHERE closed_ms IS NOT NULL")
    page.locator("tbody tr", has_text="The gate said stop").locator("a").first.click()
    page.get_by_role("button", name="Open the answers").click()
    assert page.get_by_text("How do you feel today", exact=False).count() or page.get_by_text("Well").count()
    page.get_by_role("button", name="Well, nothing more needed").click()
    page.get_by_text("Closed. On to the next.").wait_for()
    assert desks.centre.one("SELECT count(*) FROM triage WHERE closed_ms IS NOT NULL") == before + 1
    page.context.close()


def test_a_zone_is_decided_with_two_clicks_and_its_reasons_are_there(desks: Desks, browser: Browser) -> None:
    page = desks.page(browser, "head")
    page.goto(f"{desks.url}/zones?lang=en")
    page.get_by_role("link", name="Look and decide").first.click()
    assert page.get_by_role("heading", name="The smallest that is enough").count() == 1
    page.get_by_role("button", name="Decide:").click()
    page.get_by_text("Decided. The kiosks have it within seconds.").wait_for()
    page.context.close()
