"""The points by which the image test knows the kiosk's pages are those pages' own: a new style breaks this first."""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import Gate, see
from tests.image.scenes.screen import ENGLISH, GATE, GATE_IN_ENGLISH, STARTING, shows

BOOT_PAGE = Path(__file__).parents[2] / "systemd/root/usr/lib/gatepost/screen/starting.html"


def looks(page: Page) -> list[bool]:
    """Which of the three it is taken for: starting, the gate, the gate in English."""
    image = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    return [shows(image, points) for points in (STARTING, GATE, GATE_IN_ENGLISH)]


def test_the_gates_page_is_known_and_so_is_its_answer_to_a_tap(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url, "wide")
    see(page, "[data-language=en]")
    assert looks(page) == [False, True, False]
    page.touchscreen.tap(*ENGLISH)
    expect(page.locator("nav [data-language=en]")).to_have_attribute("aria-pressed", "true")
    assert looks(page) == [False, False, True]


def test_the_starting_page_is_not_taken_for_the_gate(open_page: OpenPage) -> None:
    page = open_page(f"data:text/html;base64,{b64encode(BOOT_PAGE.read_bytes()).decode()}", "wide")
    assert looks(page) == [True, False, False]
