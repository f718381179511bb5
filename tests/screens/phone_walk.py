"""A walk through the form on a visitor's own phone that stops at every kind of page."""

from playwright.sync_api import Page

from tests.parts.phones import PhoneSite
from tests.screens.form_walk import Look, _questions, do, on


def walk_phone(page: Page, site: PhoneSite, language: str, look: Look) -> None:
    """From a link that is dead, by way of everything that can come between, to the good-bye."""
    page.goto(f"{site.proxy.url}/form/{'A' * 22}/")
    on(page, "scan")
    look("scan")
    page.goto(site.invite("order-domestic", language))
    on(page, "notice")
    look("notice")
    page.click("[data-tool=languages]")
    look("languages")
    page.click("#languages [data-tool=close]")
    do(page, "refuse")
    look("refusing")
    do(page, "back")
    do(page, "agree")
    _questions(page, look, "domestic")
    page.click("[data-tool=leave]")
    look("leave")
    page.click("#leave .primary")
    site.desk.failing = "store_failed"
    do(page, "send")
    look("failed")
    site.desk.failing = ""
    do(page, "back")
    do(page, "send")
    look("receipt")
    page.click("#page [data-act=wipe]")
    on(page, "gone")
    look("gone")
