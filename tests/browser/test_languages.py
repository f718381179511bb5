"""Eight languages on one screen: chosen by a sheet in their own scripts, each with room for its sentences."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import IDLE, LONGEST, VIEWS, Gate, MovingPicture, free_port, held, resize, see
from tests.parts.waits import wait_for
from ui.app import Place, make_app, serve
from ui.screen import Feed

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
KIOSK = {"target": 60, "contrast": 7.0}
LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
NAMES = ["Tiếng Việt", "English", "中文", "한국어", "日本語", "ភាសាខ្មែរ", "ພາສາລາວ", "ภาษาไทย"]


@pytest.fixture
def gate() -> Iterator[Gate]:
    port = free_port()
    place = Place("Chợ Mẫu", "Cửa A", "in", "market", LANGUAGES, (f"127.0.0.1:{port}",))
    feed, presses, picture = Feed(IDLE), list[str](), MovingPicture()
    app = make_app(feed, place, presses.append, picture)
    gate = Gate(feed, presses, picture, serve(app, "127.0.0.1", port), place)
    yield gate
    gate.server.close()


def choose(page: Page, tag: str) -> None:
    page.click("#globe")
    page.click(f"[data-language={tag}]")
    see(page, f"html[lang={tag}]")


def test_every_language_stands_on_the_sheet_in_its_own_script(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    see(page, "body[data-page=idle]")
    page.click("#globe")
    assert page.locator("#languages [data-language]").all_inner_texts() == NAMES
    assert page.evaluate(LOOKS, KIOSK) == []
    page.click("[data-language=km]")
    expect(page.locator("#idle")).to_be_visible()
    expect(page.locator("#languages")).to_be_hidden()
    assert page.inner_text("#globe [data-text='screen.language']") == "ភាសាខ្មែរ"
    wait_for(lambda: gate.presses == ["language:km"], "the kiosk heard of it")
    page.click("#globe")
    page.click("#no-language")
    expect(page.locator("#idle")).to_be_visible()


def test_whoever_is_at_the_gate_comes_before_whoever_is_choosing(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    see(page, "body[data-page=idle]")
    page.click("#globe")
    gate.feed.publish(IDLE)
    expect(page.locator("#languages")).to_be_visible()
    gate.feed.publish(held(VIEWS["allow"]))
    expect(page.locator("#result")).to_be_visible()
    expect(page.locator("#languages")).to_be_hidden()
    gate.feed.publish(IDLE)
    expect(page.locator("#idle")).to_be_visible()


def test_every_sentence_fits_in_every_language(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url, reduced_motion=True)
    faults = {}
    for tag in LANGUAGES[2:]:
        for number, view in enumerate([*VIEWS.values(), *LONGEST]):
            gate.feed.publish(IDLE)
            see(page, "body[data-page=idle]")
            if page.get_attribute("html", "lang") != tag:
                choose(page, tag)
            gate.feed.publish(held(view))
            see(page, f"body[data-page={view.page}][data-signal='{view.signal or ''}']")
            for size in ("tall", "panel"):
                resize(page, size)
                found = page.evaluate(LOOKS, KIOSK)
                if found:
                    faults[tag, size, number, view.reasons] = found
    assert faults == {}
