"""Draws docs/pictures/ from the real pages. Needs Chromium, and `make demo` for the bench.

    .venv/bin/python -m tests.unit.docs.draw_pictures                          the visitor's screens
    .venv/bin/python -m tests.unit.docs.draw_pictures http://127.0.0.1:8070/   and the bench page of a running demo

Colours are reduced to a palette: pictures in a repository are kept small.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.screens import ALLOW, ASK, FAULT, IDLE, SIZES, held, open_gate

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
GAP = 16
GROUND = (201, 211, 216)  # the hairline colour of the pages
COLOURS = 128
WIDTH = 1200
SETTLE_MS = 700  # fonts and the first live picture
VISITOR_MS = 2500  # one visitor after the other, each answered


def main(argv: Sequence[str]) -> None:
    """Draw the pictures; without an address those of the bench stay as they are."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGS)
        save("screens.png", side_by_side(list(screens(browser))))
        if argv:
            save("bench.png", bench(browser, argv[0]))
            save("radio.png", radio(browser, argv[0]))
        browser.close()


def screens(browser: Browser) -> Iterator[Image.Image]:
    """The visitor's screen: at rest, letting in, asking a person to help, out of order."""
    gate = open_gate()
    with page_of(browser, gate.url, SIZES["panel"]) as page:
        for view in (IDLE, ALLOW, ASK, FAULT):
            gate.feed.publish(held(view))
            page.wait_for_selector(f"body[data-page={view.page}]")
            yield shot(page)
    gate.server.close()


def bench(browser: Browser, url: str) -> Image.Image:
    """A tilted, creased code before the camera, a green lamp, and visits that wait because the cable is cut."""
    with page_of(browser, url, SIZES["wide"]) as page:
        page.click("[data-language=en]")
        for sample in (1, 5, 3):
            hold_up(page, sample)
        page.get_by_role("button", name="Cut cable").click()
        for name, value in (("tilt", "12"), ("crease", "3")):
            page.fill(f"input[name={name}]", value)
        for sample in (2, 5, 4):
            hold_up(page, sample)
        picture = shot(page)
        page.get_by_role("button", name="Mend cable").click()
        page.wait_for_timeout(SETTLE_MS)
    return picture


def radio(browser: Browser, url: str) -> Image.Image:
    """A market full of phones, and a tag held to the gate: the left half of the bench page."""
    with page_of(browser, url, SIZES["wide"]) as page:
        page.click("[data-language=en]")
        page.get_by_text("Bluetooth", exact=True).first.click()
        page.locator("input[type=range]:visible").first.fill("300")
        page.wait_for_timeout(40_000)  # the plot tells of two minutes
        page.locator("[data-tag]:visible").first.click()
        page.wait_for_timeout(1_200)
        return shot(page)


def hold_up(page: Page, sample: int) -> None:
    page.wait_for_timeout(VISITOR_MS)
    page.click(f"#samples li:nth-child({sample}) button")
    page.wait_for_timeout(SETTLE_MS)
    page.get_by_role("button", name="Hold up").first.click()


@contextmanager
def page_of(browser: Browser, url: str, size: tuple[int, int]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN", has_touch=True)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def shot(page: Page) -> Image.Image:
    page.wait_for_timeout(SETTLE_MS)
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Two by two, with a gap."""
    width, height = pictures[0].size
    sheet = Image.new("RGB", (2 * width + 3 * GAP, 2 * height + 3 * GAP), GROUND)
    for index, picture in enumerate(pictures):
        sheet.paste(picture, (GAP + index % 2 * (width + GAP), GAP + index // 2 * (height + GAP)))
    return sheet


def save(name: str, picture: Image.Image) -> None:
    size = (WIDTH, round(picture.height * WIDTH / picture.width))
    small = picture.resize(size, Image.Resampling.LANCZOS).quantize(COLOURS, dither=Image.Dither.NONE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    small.save(PICTURES / name, "PNG", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
