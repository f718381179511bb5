"""The technician's page on a gate at work: shut without the button, shut without the PIN, and what it shows inside."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.screens import SIZES
from tests.parts.lone_gate import LoneGate, lone_gate

PIN = "274951"
LOOKS = {**SIZES, "phone": (390, 844)}


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneGate]:
    with lone_gate(tmp_path_factory.mktemp("technician")) as gate:
        yield gate


def enter(page: Page) -> None:
    for digit in PIN:
        page.click(f"[data-digit='{digit}']")
    page.click("[type=submit]")
    page.wait_for_selector("#inside:not([hidden])")


def test_the_button_brings_the_page_the_pin_opens_it_and_done_gives_the_screen_back(
    gate: LoneGate, open_page: OpenPage
) -> None:
    page = open_page(f"{gate.url}/")
    page.wait_for_selector("body[data-page]")
    gate.press()
    page.wait_for_url("**/technician")
    enter(page)
    expect(page.locator("#list li")).not_to_have_count(0, timeout=40_000)
    assert page.locator("#list li.fail, #list li.warn").count() >= 1  # not enrolled
    page.click("[data-tab=lens]")
    expect(page.locator("#code-says")).to_contain_text("cccd", ignore_case=True, timeout=10_000)
    assert float(page.inner_text("#sharp")) > 12
    assert "Trần" not in page.content() and "099099000001" not in page.content()
    page.click("[data-tab=report]")
    page.wait_for_function("() => document.getElementById('report-path').getAttribute('d')", timeout=40_000)
    assert "t-gate-9" in page.inner_text("#report-text")
    page.click("nav .back")
    page.wait_for_url(f"{gate.url}/")


def test_nobody_can_tell_what_is_wrong_with_the_page_from_what_it_looks_like(gate: LoneGate, browser: Browser) -> None:
    """Every tab at every size: nothing sticks out, and axe finds nothing."""
    gate.press()
    context = browser.new_context(bypass_csp=True, has_touch=True, locale="vi-VN")
    try:
        page = context.new_page()
        page.goto(f"{gate.url}/technician")
        enter(page)
        expect(page.locator("#list li")).not_to_have_count(0, timeout=40_000)
        for width, height in LOOKS.values():
            page.set_viewport_size({"width": width, "height": height})
            for tab in ("rows", "lens", "parts", "report"):
                page.click(f"[data-tab={tab}]")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (tab, width)
            assert violations(page) == []
    finally:
        context.close()
