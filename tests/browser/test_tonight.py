"""The page of the night in a real browser: by keyboard alone, three touches to an outcome, on a phone, on paper."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.serving import make_server

from central.authority.reaching import on_its_way, reached
from central.authority.tasks import assign_rest
from central.statements import run
from central.web.entering import COOKIE
from tests.browser.axe import violations
from tests.integration.central.authority.world import Night, app_of, make_night
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.officers import signed_in

SIZES = {"panel": (800, 480), "desk": (1280, 800), "tall": (720, 1280), "phone": (390, 844)}
SMALL = (
    "[...document.querySelectorAll('main a, main button, main select, main summary, main input')]"
    ".filter(e => e.type != 'hidden' && e.type != 'radio' && e.checkVisibility())"
    ".filter(e => e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 90))"
)
WIDER = "document.documentElement.scrollWidth - window.innerWidth"
OpenConsole = Callable[..., Page]


class Console:
    """The pages of one night on a real socket, and an officer who is signed in."""

    def __init__(self, folder: Path) -> None:
        self.centre: Centre = make_centre(f"sqlite:///{folder}/central.db", folder)
        self.night: Night = make_night(self.centre, 14)
        first, second, late, nobody = self.night.contacts[:4]
        with self.centre.engine.begin() as connection:
            on_its_way(connection, first, "gate,sms")
            reached(connection, second, "gate", NOW_MS - 60_000)
            assign_rest(connection, self.night.case, NOW_MS)
            run(connection, "UPDATE task SET due_ms = ? WHERE contact = ?", (NOW_MS - 1, late))
            run(connection, "DELETE FROM task WHERE contact = ?", (nobody,))
        app = app_of(self.centre)
        client = signed_in(app, self.centre.engine, "case_officer", "province-79", login="lan", now_ms=NOW_MS)
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        self.secret = cookie.value
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self.centre.engine.dispose()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with closing(Console(tmp_path_factory.mktemp("night"))) as made:
        yield made


@contextmanager
def signed(browser: Browser, console: Console, size: str = "desk", *, axe: bool = False) -> Iterator[Page]:
    """A page of the officer; nothing on it may fail."""
    width, height = SIZES[size]
    context = browser.new_context(viewport=ViewportSize(width=width, height=height), locale="vi-VN", bypass_csp=axe)
    context.add_cookies([{"name": COOKIE, "value": console.secret, "url": console.url}])
    page = context.new_page()
    page.set_default_timeout(8000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_read_and_touched(browser: Browser, console: Console, size: str) -> None:
    case, contact = console.night.case, console.night.contacts[2]
    with signed(browser, console, size, axe=True) as page:
        for path in (
            "/tonight",
            "/cases",
            "/cases/new",
            "/cases/outbreak",
            f"/cases/{case}",
            f"/contacts/{contact}",
            f"/cases/{case}/persons/1",
        ):
            for language in ("vi", "en"):
                page.goto(f"{console.url}{path}?lang={language}")
                if language == "vi" and size in ("desk", "phone"):
                    assert violations(page) == [], path
                assert page.evaluate(WIDER) <= 0, (path, language)
                assert page.evaluate(SMALL) == [], (path, language)


def test_the_two_heroes_stand_above_the_fold(browser: Browser, console: Console) -> None:
    """On the smallest panel: how many have nothing, and how long it has been."""
    with signed(browser, console, "panel") as page:
        page.goto(f"{console.url}/tonight?lang=vi")
        heroes = page.locator(".heroes .first")
        assert heroes.nth(0).inner_text().split("\n")[0].strip() == "1"
        assert heroes.nth(1).inner_text().split("\n")[0].strip() == "01:00"
        for i in range(2):
            box = heroes.nth(i).bounding_box()
            assert box is not None and box["y"] + box["height"] <= 480


def test_from_the_list_to_the_outcome_by_keyboard_alone(browser: Browser, console: Console) -> None:
    """j to the first, Tab to its button, Enter; then Tab to the outcome, Enter. Nothing else is needed."""
    with signed(browser, console) as page:
        page.goto(f"{console.url}/tonight?lang=vi&show=late")
        page.keyboard.press("j")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert f"/contacts/{console.night.contacts[2]}" in page.url
        for _ in range(12):
            if page.evaluate("document.activeElement.value") == "reached":
                break
            page.locator("main").press("Tab") if page.evaluate("document.activeElement == document.body") else (
                page.keyboard.press("Tab")
            )
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "Đã ghi" in page.locator(".notice").inner_text()
    state = console.centre.rows(f"SELECT state, reached_by FROM contact WHERE id = {console.night.contacts[2]}")
    assert state == [("reached", "call")]


def test_it_works_without_its_script(browser: Browser, console: Console) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    context.add_cookies([{"name": COOKIE, "value": console.secret, "url": console.url}])
    page = context.new_page()
    page.goto(f"{console.url}/tonight?lang=en")
    page.get_by_role("button", name="Take", exact=False).first.click()
    assert "/contacts/" in page.url
    page.get_by_role("button", name="No answer").click()
    assert "comes back in an hour" in page.locator(".notice").inner_text()
    context.close()


def test_the_list_prints_on_a4_without_buttons(browser: Browser, console: Console) -> None:
    with signed(browser, console) as page:
        page.goto(f"{console.url}/tonight?lang=vi")
        page.emulate_media(media="print")
        assert page.locator(".night button").first.is_hidden()
        assert page.locator(".bar").is_hidden()
        assert page.locator(".night thead").is_visible()
        assert len(page.pdf(format="A4", prefer_css_page_size=True)) > 5000
