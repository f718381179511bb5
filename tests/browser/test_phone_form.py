"""The form on a visitor's own phone, in a real browser behind the real proxy: begun by the code, read and touched with
one thumb, finished, gone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.axe import violations
from tests.browser.screens import see
from tests.browser.test_form_looks import faults as faults_on_screen
from tests.needs import need
from tests.parts.form_desk import library_form, make_offer
from tests.parts.guards import NGINX
from tests.parts.phones import PhoneSite
from tests.screens.form_walk import SPOKEN, _answer, _questions, do, on
from tests.screens.phone_walk import walk_phone

SMALL: ViewportSize = {"width": 360, "height": 740}
THUMB = {"target": 48, "contrast": 7.0}
OpenPhone = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoneSite]:
    need(NGINX.exists(), "nginx")
    site = PhoneSite(tmp_path_factory.mktemp("phones"), SPOKEN, "127.0.0.1")
    site.desk.orders = (*site.desk.orders, make_offer(library_form("entry"), "entry", True))
    yield site
    site.close()


@contextmanager
def open_phone(browser: Browser, link: str, size: ViewportSize = SMALL, *, axe: bool = False) -> Iterator[Page]:
    """A phone at `link`. Its browser takes the test's certificate; nothing else is relaxed, but for axe, which writes
    styles of its own into the page.
    """
    context = browser.new_context(
        viewport=size,
        ignore_https_errors=True,
        bypass_csp=axe,
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(8000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(link)
    yield page
    context.close()
    assert complaints == []


def faults(page: Page) -> list[str]:
    """What the ruler finds, screenful by screenful."""
    found = faults_on_screen(page, THUMB)
    wide, size = page.evaluate("document.documentElement.scrollWidth"), page.viewport_size
    return found + ([f"scrolls sideways: {wide}"] if size is None or wide > size["width"] else [])


@pytest.mark.parametrize("language", ["vi", "km"])
def test_a_form_is_read_touched_and_finished_on_a_small_phone(site: PhoneSite, browser: Browser, language: str) -> None:
    before, found = len(site.desk.filled), dict[str, list[str]]()
    with open_phone(browser, f"{site.proxy.url}/form/", axe=True) as page:

        def look(name: str) -> None:
            wrong = faults(page) + violations(page, whole=language == "vi")
            if wrong:
                found[name] = wrong

        walk_phone(page, site, language, look)
    assert found == {}
    (filled,) = site.desk.filled[before:]
    assert (filled.by_phone, filled.language) == (True, language)


@pytest.mark.parametrize("language", ["vi", "km"])
def test_dates_and_long_lists_fit_a_small_phone(site: PhoneSite, browser: Browser, language: str) -> None:
    found, seen = dict[str, list[str]](), set[str]()
    with open_phone(browser, site.invite("entry", language), axe=True) as page:
        do(page, "agree")
        while page.get_attribute("#page", "data-page") == "question" and len(seen) < 5:
            widget = page.get_attribute("#page", "data-widget") or ""
            wrong = [] if widget in seen else faults(page) + violations(page, whole=False)
            if wrong:
                found[widget] = wrong
            seen.add(widget)
            if widget == "date":
                break
            _answer(page)
    assert found == {}
    assert {"date", "list"} <= seen


@pytest.mark.parametrize("sight", ["lies", "large letters"])
def test_a_phone_that_lies_and_large_letters_reach_every_button(site: PhoneSite, browser: Browser, sight: str) -> None:
    found: dict[str, list[str]] = {}
    size: ViewportSize = {"width": 640, "height": 340} if sight == "lies" else SMALL
    with open_phone(browser, site.invite("order-domestic", "vi"), size) as page:
        if sight == "large letters":
            page.click("[data-tool=bigger]")

        def look(name: str) -> None:
            if wrong := faults(page):
                found[name] = wrong

        look("notice")
        do(page, "agree")
        _questions(page, look, "domestic")
        do(page, "send")
        look("receipt")
    assert found == {}


def test_the_link_works_once_and_a_phone_that_comes_back_is_told_where_to_go(site: PhoneSite, browser: Browser) -> None:
    link = site.invite("order-domestic", "vi")
    with open_phone(browser, link) as page:
        page.reload()
        do(page, "agree")
        on(page, "question")
        begun = page.url
        assert begun != link
        page.reload()
        on(page, "question")
        page.goto(link)
        on(page, "scan")
        page.goto(begun)
        on(page, "question")


def test_the_phones_own_keyboard_types_and_nothing_is_left_on_the_phone(site: PhoneSite, browser: Browser) -> None:
    with open_phone(browser, site.invite("order-domestic", "vi")) as page:
        do(page, "agree")
        page.tap("#answer")
        assert page.get_attribute("#answer", "inputmode") == "text"
        assert page.locator("gp-keyboard[open]").count() == 0
        page.keyboard.type("Nguyễn Văn Thử")
        page.keyboard.press("Enter")
        see(page, "#answer[inputmode=decimal]")
        kept = "[document.cookie, localStorage.length, sessionStorage.length]"
        assert page.evaluate(kept) == ["", 0, 0]
        page.click("[data-tool=leave]")
        page.click("#leave [data-tool=leave-surely]")
        on(page, "gone")
        page.go_back()
        assert "Thử" not in page.content()
