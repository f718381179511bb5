"""The offer of a pass on the visitor's screen: one touch, a code that the gate can read, and never in the way."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page

from kiosk.devices.decoder_zxing import ZxingDecoder
from tests.browser.conftest import OpenPage
from tests.browser.screens import ALLOW, IDLE, MovingPicture, free_port, held, see
from tests.browser.test_every_screen_can_be_read import KIOSK, LOOKS
from tests.parts.form_desk import PASS as PASS_TEXT
from tests.parts.live_gate import SPOKEN, LiveGate, live_gate
from tests.parts.waits import wait_for
from tests.unit.kiosk.site import CARD, OTHER
from ui.app import make_app, serve
from ui.place import Place
from ui.screen import Feed, View

OFFER = replace(ALLOW, offer=True)
PASS = View("pass", at="06:42", stays_ms=20_000, lamps="idle", code=PASS_TEXT)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveGate]:
    with live_gate(tmp_path) as gate:
        yield gate


def check_in(live: LiveGate, page: Page, card: str = CARD) -> None:
    see(page, "body[data-page=idle]")
    live.see(card)
    see(page, "body[data-signal=ALLOW] #offer")
    live.time.pass_ms(600)


def read_off(page: Page) -> str:
    """What the gate's decoder reads off the screen."""
    picture = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    decoder = ZxingDecoder()
    found = [symbol.text for symbol in decoder.decode(np.asarray(picture, dtype=np.uint8))]
    decoder.close()
    assert len(found) == 1
    return found[0]


def test_one_touch_after_the_check_in_and_the_pass_on_the_screen_checks_the_same_visitor_out(
    live: LiveGate, open_page: OpenPage
) -> None:
    page = open_page(live.url)
    check_in(live, page)
    page.tap("#offer")
    see(page, "body[data-page=pass]")
    text = read_off(page)
    assert [(outcome.pass_text, language) for outcome, language in live.printed] == [(text, "vi")]
    page.tap("#pass [data-press=cancel]")
    see(page, "body[data-page=idle]")
    assert page.get_attribute("#pass-path", "d") == "", "the next visitor's camera finds nothing on the page"
    live.time.pass_ms(3_600_000)
    live.see(text)
    see(page, "body[data-signal=ALLOW]")
    assert (live.view().direction, live.view().occupancy) == ("out", 0)


def test_the_next_scan_takes_the_screen_from_the_pass_at_once(live: LiveGate, open_page: OpenPage) -> None:
    page = open_page(live.url)
    check_in(live, page)
    page.tap("#offer")
    see(page, "body[data-page=pass]")
    live.see(OTHER)
    see(page, "body[data-signal=ALLOW] #offer")
    assert page.is_hidden("#pass") and page.get_attribute("#pass-path", "d") == ""


def test_a_finger_that_comes_down_on_the_next_visitors_page_gets_nobodys_pass(
    live: LiveGate, open_page: OpenPage
) -> None:
    page = open_page(live.url)
    check_in(live, page)
    shown, _ = live.kiosk.feed.latest()
    live.see(OTHER)
    wait_for(lambda: live.kiosk.feed.latest()[0] > shown, "the next visitor's answer")
    with page.expect_response("**/pass"):
        page.tap("#offer")  # at the place where the first one's button was
    assert live.view().page == "result"
    assert live.printed == []


class NoPasses:
    """A desk for pages that nobody touches."""

    def give(self, view: int) -> str:
        return ""


@pytest.fixture(scope="module")
def shown() -> Iterator[tuple[Feed, str]]:
    """A screen in all languages, and the feed that it follows."""
    feed, port = Feed(IDLE), free_port()
    place = Place("Chợ Mẫu", "Cửa A", "both", "market", SPOKEN, (f"127.0.0.1:{port}",))
    server = serve(make_app(feed, place, lambda _: None, MovingPicture(), passes=NoPasses()), "127.0.0.1", port)
    yield feed, server.url
    server.close()


@pytest.mark.parametrize("size", ["panel", "tall"])
def test_offer_and_pass_fit_in_every_language(shown: tuple[Feed, str], open_page: OpenPage, size: str) -> None:
    feed, url = shown
    page = open_page(url, size, reduced_motion=True)
    faults = {}
    for language in SPOKEN:
        feed.publish(IDLE)
        see(page, "body[data-page=idle]")
        page.click("#globe")
        page.click(f"#languages [data-language={language}]")
        for view in (held(OFFER), held(PASS)):
            feed.publish(view)
            see(page, f"html[lang={language}] body[data-page={view.page}]")
            faults[language, view.page] = page.evaluate(LOOKS, KIOSK)
        assert read_off(page) == PASS_TEXT
    assert {where: found for where, found in faults.items() if found} == {}
