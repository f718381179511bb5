"""What the kiosk's screen says of its place: its poster for a phone without a code, and how to say how it was here."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from credentials.venue_qr import Venue, encode_venue
from forms.model import LANGUAGES
from kiosk.asides import Asides
from kiosk.asking import Answer
from kiosk.touches import WordSaid
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.screens import ALLOW, ALLOW_OUT, IDLE, SIZES, MovingPicture, free_port, held, resize, see
from tests.parts.form_desk import MemoryDesk
from tests.parts.light_screens import texts_on
from ui.app import Place, make_app, serve
from ui.form.desk import Extras, Filled, Outcome
from ui.screen import Feed
from ui.words import Words
from wire.crypto import SigningKey
from wire.records import Feedback, Record, Signal

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
POSTER = encode_venue(
    Venue("cho-mau-0001", "Chợ Mẫu Phường Thử", "Cửa A", 1_830_000_000),
    SigningKey(b"v" * 32),
    "trung-tam.example",
)


class Screen(MemoryDesk):
    """A gate's screen that takes words about its place; `said` are their records."""

    def __init__(self, port: int) -> None:
        super().__init__(())
        self.said: list[Record] = []
        self.feed = Feed(IDLE)
        self.asides = Asides(self, Words(LANGUAGES).labels("form.aside."), "market", lambda: 0)
        place = Place(
            "Chợ Mẫu", "Cửa A", "both", "market", tuple(LANGUAGES), (f"127.0.0.1:{port}",), poster=POSTER, inside=False
        )
        extras = Extras(aside=self.asides.offer)
        app = make_app(self.feed, place, lambda name: None, MovingPicture(), self, extras)
        self.server = serve(app, "127.0.0.1", port)

    def submit(self, filled: Filled) -> Outcome:
        return self.asides.take_word(filled)

    def ask(self, make: object) -> Answer:
        said = make(None, 1)  # type: ignore[operator]
        assert isinstance(said, WordSaid)
        self.said.append(said.record)
        return Answer(Signal.ALLOW, (said.taken,), ("0011223344556677:1",))


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    made = Screen(free_port())
    yield made
    made.server.close()


def speak(page: Page, tag: str) -> None:
    page.click("#globe")
    page.click(f"#languages [data-language={tag}]")


def test_the_poster_on_the_resting_screen_is_read_from_every_size_and_fits_in_every_language(
    screen: Screen, open_page: OpenPage
) -> None:
    screen.feed.publish(IDLE)
    page = open_page(screen.server.url)
    for size in SIZES:
        resize(page, size)
        see(page, "#poster")
        assert texts_on(page.screenshot()) == [POSTER], size
        for tag in ("vi", "km", "lo", "ja"):
            speak(page, tag)
            see(page, "#poster")
            assert page.evaluate(LOOKS, {"target": 60, "contrast": 4.5}) == [], (size, tag)
    assert violations(page) == []
    assert page.text_content("#idle-next") == ""  # this place does not tell how many are inside


def test_whoever_leaves_may_say_how_it_was_here_and_whoever_comes_in_is_not_asked(
    screen: Screen, open_page: OpenPage
) -> None:
    page = open_page(screen.server.url)
    screen.feed.publish(held(ALLOW))
    see(page, "#word")
    assert page.is_hidden("#say")
    screen.feed.publish(replace(held(ALLOW_OUT), occupancy=None))
    see(page, "#say")
    assert violations(page) == []
    page.click("#say")
    see(page, "#agree")
    page.click("#agree")
    page.click("[data-act=agree]")
    for question in ("Bình thường", "Khẩu trang"):
        see(page, "[data-page=question]")
        page.get_by_role("button", name=question).click()
    see(page, "[data-page=review]")
    page.click("[data-act=send]")
    see(page, "[data-page=receipt]")
    page.click("[data-act=wipe]")
    see(page, "#word")
    assert screen.said == [Feedback("masks", 3)]
