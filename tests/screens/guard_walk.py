"""The guards' page behind its proxy: the door, every signal, every sheet, for the eyes."""

from dataclasses import replace

from playwright.sync_api import Page

from tests.browser.screens import VIEWS, held, see
from tests.parts.guards import BUSY_DAY, NAME, PIN, GuardSite
from tests.screens.form_walk import Look

SHEETS = ("allow", "keep-out", "paper", "menu")


def walk_guard(page: Page, site: GuardSite, language: str, look: Look) -> None:
    """From the door to the last sheet, in one language."""
    site.desk.now = BUSY_DAY
    page.goto(f"{site.url}/?language={language}")
    look("door")
    page.fill("#name", NAME)
    page.fill("#pin", PIN)
    page.click("button[type=submit]")
    see(page, "body[data-link=heard]")
    for name, view in VIEWS.items():
        site.feed.publish(held(view))
        signal = "ASK" if view.page == "choose" else view.signal or "IDLE"
        see(page, f"body[data-signal={signal}]")
        look(name)
    for sheet in SHEETS:
        page.click("#more" if sheet == "menu" else f"nav [data-sheet={sheet}]")
        look(f"sheet-{sheet}")
        if sheet == "paper":
            page.click("#enter-slip")
            look("sheet-slip")
            page.click("#slip [data-close]")
        if page.query_selector(f"#{sheet}[open]"):
            page.click(f"#{sheet} [data-close]")
    site.desk.now = replace(BUSY_DAY, paper=True, help=NAME, slips=(1, 2))
    see(page, "#help:not([hidden])")
    look("help-and-paper")
    site.stop_kiosk()
    see(page, "body[data-link=lost]")
    look("lost")
    site.start_kiosk()
