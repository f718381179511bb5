"""The guards are told when tags cannot be tapped, and nothing of what a visitor reads alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.screens import ASK, held, see
from tests.browser.test_guard_page import LANGUAGES, NGINX, PHONE, enter, faults_of
from tests.needs import need
from tests.parts.guards import BUSY_DAY, GuardSite

SEE_DESK = replace(ASK, reasons=("see_desk",), private=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[GuardSite]:
    need(NGINX.exists(), "nginx")
    site = GuardSite(tmp_path, LANGUAGES, door_rate="100r/s")
    yield site
    site.close()


def open_page(browser: Browser, site: GuardSite, language: str) -> Page:
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, ignore_https_errors=True
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{site.url}/?language={language}")
    enter(page)
    see(page, "body[data-link=heard]")
    return page


@pytest.mark.parametrize("language", ["vi", "km"])
def test_the_line_comes_and_goes_with_the_radio_and_leaves_room_for_the_signal(
    browser: Browser, site: GuardSite, language: str
) -> None:
    site.desk.now = replace(BUSY_DAY, paper=True, tags_down=True)
    page = open_page(browser, site, language)
    see(page, "#paper-strip:not([hidden])")
    assert page.is_hidden("#tags-strip"), "on paper nobody asks for codes"
    site.desk.now = replace(BUSY_DAY, tags_down=True)
    see(page, "#tags-strip:not([hidden])")
    site.feed.publish(held(SEE_DESK))
    see(page, "body[data-signal=ASK]")
    assert faults_of(page) == []
    site.desk.now = BUSY_DAY
    page.wait_for_selector("#tags-strip", state="hidden")
    page.context.close()


def test_while_a_visitor_reads_alone_the_page_keeps_the_answer(browser: Browser, site: GuardSite) -> None:
    page = open_page(browser, site, "vi")
    site.feed.publish(held(SEE_DESK))
    see(page, "body[data-signal=ASK]")
    before = page.inner_text("#signal")
    number = site.feed.publish(held(replace(SEE_DESK, page="private", private=False)))
    see(page, f"body[data-view='{number}']")
    assert page.inner_text("#signal") == before
    page.context.close()
