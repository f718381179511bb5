"""An order whose form has not arrived: the visitor's screen says so in every language, and fits."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.screens import ASK, IDLE, MovingPicture, free_port, held, see
from tests.browser.test_every_screen_can_be_read import KIOSK, LOOKS
from tests.parts.live_gate import SPOKEN
from ui.app import make_app, serve
from ui.place import Place
from ui.screen import Feed

ON_PAPER = replace(ASK, reasons=("form_missing",), formless=("thu-1", "daily 7"))


@pytest.fixture(scope="module")
def shown() -> Iterator[tuple[Feed, str]]:
    """A screen in all languages, and the feed that it follows."""
    feed, port = Feed(IDLE), free_port()
    place = Place("Chợ Mẫu", "Cửa A", "both", "market", SPOKEN, (f"127.0.0.1:{port}",))
    server = serve(make_app(feed, place, lambda _: None, MovingPicture()), "127.0.0.1", port)
    yield feed, server.url
    server.close()


@pytest.mark.parametrize("size", ["panel", "tall"])
def test_the_way_to_paper_fits_in_every_language(shown: tuple[Feed, str], open_page: OpenPage, size: str) -> None:
    feed, url = shown
    page = open_page(url, size, reduced_motion=True)
    faults = {}
    for language in SPOKEN:
        feed.publish(IDLE)
        see(page, "body[data-page=idle]")
        page.click("#globe")
        page.click(f"#languages [data-language={language}]")
        feed.publish(held(ON_PAPER))
        see(page, f"html[lang={language}] body[data-signal=ASK]")
        faults[language] = page.evaluate(LOOKS, KIOSK)
        assert "thu-1" not in page.inner_text("body"), "an order's id helps no visitor"
    assert {where: found for where, found in faults.items() if found} == {}
