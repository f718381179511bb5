"""What one visitor reads alone: on the page that was touched and nowhere else, and gone with the visitor."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from credentials.pass_qr import Pass, encode_pass
from kiosk.alone_desk import KioskAloneDesk
from tests.browser.conftest import OpenPage
from tests.browser.screens import IDLE, SIZES, MovingPicture, free_port, held, resize, see
from tests.browser.test_every_screen_can_be_read import KIOSK, LOOKS
from tests.parts.live_gate import SPOKEN, LiveGate, live_gate
from tests.parts.waits import wait_for
from tests.screens.form_walk import FormKiosk
from tests.screens.gate_walk import MUCH, SEE_DESK, gate_kiosk
from tests.unit.kiosk.site import NOON, OTHER, PASS_KEY
from ui.app import Server, make_app, serve
from ui.guard.stream import view_for_guards
from ui.place import Place
from ui.words import Words

ID = b"e" * 16
EXPOSED = encode_pass(Pass(ID, NOON // 1000 + 86_400), PASS_KEY)
SECRET = ("cùng lúc với một người", "same time as somebody", "chẩn đoán", "diagnosis", "expos")


class Alone:
    """A gate at work that has heard the pass ID together with a case, a printer, and every byte of its feed."""

    def __init__(self, live: LiveGate) -> None:
        self.live, self.printed = live, list[list[str]]()
        live.kiosk.ledger.nearby.exposed = {ID: NOON + 12 * 86_400_000}
        port = free_port()
        place = Place("Chợ Mẫu", "Cửa A", "in", "market", SPOKEN, (f"127.0.0.1:{port}",))
        desk = KioskAloneDesk(live.kiosk.loop, self._print)
        loop = live.kiosk.loop
        app = make_app(live.kiosk.feed, place, loop.press, MovingPicture(), alone=desk)
        self.place = place
        self.server: Server = serve(app, "127.0.0.1", port)
        self.url = self.server.url

    def _print(self, lines: Sequence[str], language: str) -> bool:
        self.printed.append([language, *lines])
        return True

    def poll(self) -> str:
        with urlopen(f"{self.url}/poll", timeout=5) as answer:
            return str(answer.read().decode())

    def answer(self, page: Page, code: str = EXPOSED) -> None:
        """The gate has answered the code, half a second ago."""
        self.live.see(code)
        see(page, "body[data-page=result]")
        self.live.time.pass_ms(600)

    def read(self, page: Page) -> str:
        """What stands on the page after a touch."""
        self.answer(page)
        page.tap("#alone")
        see(page, "body[data-page=private] #private-said .line")
        return page.inner_text("#private")


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    with live_gate(tmp_path) as live:
        made = Alone(live)
        yield made
        made.server.close()


def holds_secrets(text: str) -> list[str]:
    return [words for words in SECRET if words in text]


def test_a_touch_shows_it_on_that_page_and_to_no_other_viewer(alone: Alone, open_page: OpenPage) -> None:
    page, mirror = open_page(alone.url), open_page(alone.url)
    heard: list[str] = []
    mirror.on("response", lambda answer: heard.append(answer.url))
    for one in (page, mirror):
        see(one, "body[data-page=idle]")
    said = alone.read(page)
    assert "cùng lúc với một người" in said and "chẩn đoán" in said and "03/10/2026" in said
    see(mirror, "body[data-page=private]")
    assert holds_secrets(mirror.content().split("</script>")[-1]) == []
    assert holds_secrets(alone.poll()) == []
    assert not any("/alone" in url for url in heard)
    number, view = alone.live.kiosk.feed.latest()
    guards = view_for_guards(alone.live.kiosk.feed, Words(("vi", "en")), alone.place, "vi", number, view)
    assert holds_secrets(json.dumps(guards, ensure_ascii=False)) == []
    assert (guards["page"], guards["signal"]) == ("result", "ASK")


def test_the_page_of_the_answer_itself_holds_nothing_of_it(alone: Alone, open_page: OpenPage) -> None:
    page = open_page(alone.url)
    see(page, "body[data-page=idle]")
    alone.answer(page)
    assert page.inner_text("#reason") == "Có người giúp bạn ngay"
    assert holds_secrets(page.content().split("</script>")[-1]) == []


def test_the_next_code_wipes_it_from_the_screen_and_from_the_page(alone: Alone, open_page: OpenPage) -> None:
    page = open_page(alone.url)
    see(page, "body[data-page=idle]")
    alone.read(page)
    alone.live.see(OTHER)
    see(page, "body[data-signal=ALLOW]")
    assert page.is_hidden("#private")
    assert holds_secrets(page.content().split("</script>")[-1]) == []


def test_done_and_the_end_of_its_time_wipe_it_too(alone: Alone, open_page: OpenPage) -> None:
    page = open_page(alone.url)
    see(page, "body[data-page=idle]")
    alone.read(page)
    page.tap("#private [data-press=cancel]")
    see(page, "body[data-page=idle]")
    assert holds_secrets(page.content().split("</script>")[-1]) == []
    alone.live.time.pass_ms(20_000)
    alone.read(page)
    alone.live.time.pass_ms(30_001)
    see(page, "body[data-page=idle]")
    assert holds_secrets(page.content().split("</script>")[-1]) == []


def test_a_finger_on_the_next_visitors_answer_opens_nobodys_page(alone: Alone, open_page: OpenPage) -> None:
    page = open_page(alone.url)
    see(page, "body[data-page=idle]")
    alone.answer(page)
    shown, _ = alone.live.kiosk.feed.latest()
    alone.live.see(encode_pass(Pass(b"o" * 16, NOON // 1000 + 86_400, 0, 2), PASS_KEY))  # the centre asks for a look
    wait_for(lambda: alone.live.kiosk.feed.latest()[0] > shown, "the next visitor's answer")
    with page.expect_response("**/alone") as answer:
        page.tap("#alone")
    assert answer.value.json()["said"] is None
    assert alone.live.view().page == "result"


def test_it_is_read_in_another_language_and_printed_once(alone: Alone, open_page: OpenPage) -> None:
    page = open_page(alone.url)
    see(page, "body[data-page=idle]")
    alone.read(page)
    page.tap("#next-language")
    see(page, "html[lang=en] #private-said .line")
    assert "same time as somebody" in page.inner_text("#private")
    for _ in range(2):
        page.tap("#print")
    page.wait_for_function("document.querySelector('#print').textContent === 'Printed'")
    assert [(lines[0], lines[1], lines[2]) for lines in alone.printed] == [("en", "Chợ Mẫu", "For you alone")]


def test_no_browser_keeps_it(alone: Alone, open_page: OpenPage) -> None:
    page = open_page(alone.url)
    see(page, "body[data-page=idle]")
    alone.answer(page)
    with page.expect_response("**/alone") as answer:
        page.tap("#alone")
    assert answer.value.headers["cache-control"] == "no-store"
    assert page.evaluate(
        "[localStorage.length, sessionStorage.length, document.cookie, location.href.includes('alone')]"
    ) == [*(0, 0, "", False)]


@pytest.fixture(scope="module")
def kiosk() -> Iterator[FormKiosk]:
    with gate_kiosk() as kiosk:
        yield kiosk


@pytest.mark.parametrize("language", SPOKEN)
def test_it_fits_on_every_screen_and_can_be_read_and_touched(
    kiosk: FormKiosk, open_page: OpenPage, language: str
) -> None:
    page = open_page(kiosk.url, reduced_motion=True)
    kiosk.feed.publish(IDLE)
    see(page, "body[data-page=idle]")
    page.click("#globe")
    page.click(f"#languages [data-language={language}]")
    faults = {}
    kiosk.feed.publish(held(SEE_DESK))
    see(page, f"html[lang={language}] body[data-page=result] #alone:not([hidden])")
    for size in SIZES:
        resize(page, size)
        faults["offer", size] = page.evaluate(LOOKS, KIOSK)
    page.click("#alone")
    see(page, "body[data-page=private] #private-said .line")
    for size in SIZES:
        resize(page, size)
        faults["alone", size] = page.evaluate(LOOKS, KIOSK)
    assert {where: found for where, found in faults.items() if found} == {}


@pytest.mark.parametrize("language", ["vi", "km"])
def test_as_much_as_anybody_can_be_told_still_fits(open_page: OpenPage, language: str) -> None:
    with gate_kiosk(MUCH) as kiosk:
        page = open_page(kiosk.url, reduced_motion=True)
        see(page, "body[data-page=idle]")
        page.click("#globe")
        page.click(f"#languages [data-language={language}]")
        kiosk.feed.publish(held(SEE_DESK))
        see(page, "#alone:not([hidden])")
        page.click("#alone")
        see(page, "body[data-page=private] #private-said .line")
        faults = {}
        for size in SIZES:
            resize(page, size)
            faults[size] = page.evaluate(LOOKS, KIOSK)
        assert {size: found for size, found in faults.items() if found} == {}
