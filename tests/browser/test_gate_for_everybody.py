"""The visitor's screen in each of its states: axe-core finds nothing that shuts anybody out."""

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import violations
from tests.browser.rounds import in_this_round
from tests.screens.gate_walk import gate_kiosk, walk_gate

TAGS = in_this_round("vi", "km")


@pytest.mark.parametrize("language", TAGS)
def test_no_state_of_the_gate_shuts_anybody_out(browser: Browser, language: str) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 480}, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(8000)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = violations(page)

    with gate_kiosk() as kiosk:
        walk_gate(page, kiosk, language, look)
    context.close()
    assert len(found) > 20
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
