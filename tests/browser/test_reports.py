"""The report, the difficulties and the rules desk in a real browser: readable at every size, pressed with a thumb."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from central.ruling.proposals import propose
from central.web.app import Site, make_app
from central.web.entering import COOKIE
from tests.browser.axe import violations
from tests.integration.central.desks.world import MARKET, PROVINCE
from tests.integration.central.reports.world import busy_day
from tests.parts.centre import NOW_MS, make_centre
from tests.parts.officers import signed_in
from tests.unit.central.orders import rule_set

SIZES = {"panel": (800, 480), "wide": (1280, 800), "tall": (720, 1280), "phone": (390, 844)}
PAGES = {
    "report": ("reporter", f"/report?province={PROVINCE}"),
    "country": ("reporter", "/report"),
    "difficulties": ("reporter", "/difficulties"),
    "mine": ("venue_owner", "/difficulties/mine"),
    "rules": ("head", "/rules"),
    "proposal": ("head", "/rules/1"),
    "rules-new": ("rule_author", "/rules/new"),
}
HOSPITALS = {"===": [{"var": "venue.kind"}, "market"]}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """(address, session of each role) of a centre after a busy day."""
    folder: Path = tmp_path_factory.mktemp("reports")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    busy_day(centre)
    with centre.engine.begin() as connection:
        text = rule_set(when=HOSPITALS, messages={"vi": "Mời đến bàn hướng dẫn.", "en": "Please go to the desk."})
        propose(connection, centre.ring, text, "all", "rule-author.thu", "Theo lệnh thử", NOW_MS)
    app = make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS))
    areas = {"reporter": "all", "head": "all", "rule_author": "all", "venue_owner": f"venue-{MARKET}"}
    cookies = {}
    for role, area in areas.items():
        cookie = signed_in(app, centre.engine, role, area, now_ms=NOW_MS).get_cookie(COOKIE)
        assert cookie is not None
        cookies[role] = cookie.value
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", cookies
    server.shutdown()
    thread.join()
    centre.engine.dispose()


def open_as(browser: Browser, desks: tuple[str, dict[str, str]], role: str, size: str = "wide") -> Page:
    """A window in which an officer of that role is signed in."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", bypass_csp=True)
    context.add_cookies([{"name": COOKIE, "value": desks[1][role], "url": desks[0]}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_at_every_size(
    desks: tuple[str, dict[str, str]], browser: Browser, name: str
) -> None:
    role, path = PAGES[name]
    page = open_as(browser, desks, role)
    for language in ("vi", "en"):
        answer = page.goto(f"{desks[0]}{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer is not None and answer.status == 200
        assert violations(page, whole=language == "vi") == []
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert beyond <= 0, f"{name} is {beyond} px wider than {size} in {language}"
            small = page.evaluate(
                "[...document.querySelectorAll('main button, main a, main select, main input, main summary')]"
                ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 48).map(one => one.outerHTML)"
            )
            assert small == [], f"{name} at {size}"
    page.context.close()


def test_an_answer_takes_two_steps(desks: tuple[str, dict[str, str]], browser: Browser) -> None:
    page = open_as(browser, desks, "reporter", "phone")
    page.goto(f"{desks[0]}/difficulties?lang=en")
    page.get_by_label("Answer K-2").fill("Bảo vệ chỉ cách quét trong tuần này.")
    page.get_by_role("button", name="Send K-2").click()
    page.get_by_text("the place can read it now").wait_for()
    page.context.close()


def test_a_second_person_reads_and_publishes(desks: tuple[str, dict[str, str]], browser: Browser) -> None:
    page = open_as(browser, desks, "head")
    page.goto(f"{desks[0]}/rules?lang=en")
    page.get_by_role("link", name="Look and decide").click()
    assert page.get_by_text("Please go to the desk.").first.is_visible()
    page.get_by_role("button", name="Publish to the gates").click()
    page.get_by_text("the kiosks follow it within seconds").wait_for()
    page.context.close()
