"""Every page of the officers' menu that no other test walks: axe-core finds nothing, nothing is wider than a phone.

A new page of any package is in it by itself.
"""

from pathlib import Path

from playwright.sync_api import Browser

from central.access.roles import Grant, roles
from central.web.console import FLEET, all_pages
from tests.browser.axe import violations
from tests.browser.officers_page import SIZES, running_office

ELSEWHERE = {  # walked with their own data by test_console, test_desks, test_reports and test_tonight
    *("/tonight", "/cases", "/zones", "/declarations", "/warnings", "/arrivals", "/report", "/difficulties"),
    *("/difficulties/mine", "/rules", "/rules/new", "/audit", "/looks", "/accounts"),
}


def test_every_page_of_the_menu_is_clean_and_fits_a_phone(tmp_path: Path, browser: Browser) -> None:
    found: dict[str, list[str]] = {}
    with running_office(tmp_path) as office:
        secret = office.officer("tat.ca", "NGUYỄN THỊ THỬ", *(Grant(role, "all") for role in roles().names()))
        page = office.page(browser, secret, "phone", bypass_csp=True)
        for one in (*FLEET, *all_pages()):
            if not one.menu or one.rule in ELSEWHERE:
                continue
            answer = page.goto(f"{office.url}{one.rule}?lang=vi")
            assert answer is not None and answer.status == 200, one.rule
            said = violations(page)
            wide = page.evaluate("document.documentElement.scrollWidth") - SIZES["phone"][0]
            said += [f"{wide} px wider than the screen"] if wide > 0 else []
            said += [] if page.locator("h1").count() == 1 else ["not one heading of the page"]
            page.emulate_media(color_scheme="dark")
            said += [f"at night: {one}" for one in violations(page)]
            page.emulate_media(color_scheme="light")
            found |= {one.rule: said} if said else {}
        page.context.close()
    assert found == {}
