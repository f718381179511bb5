"""A walk through the form's screen that stops at every kind of page, for screenshots and for the eyes of axe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page

from forms.model import LANGUAGES
from tests.browser.screens import IDLE, MovingPicture, free_port, see
from tests.parts.form_desk import MemoryDesk, sample_desk
from ui.app import Place, Server, make_app, serve
from ui.form.desk import Extras
from ui.screen import Feed
from ui.words import LOCALES

SPOKEN = tuple(tag for tag in LANGUAGES if (LOCALES / tag / "language.json").is_file())


@dataclass
class FormKiosk:
    """A gate's web side whose form is on an in-memory desk."""

    desk: MemoryDesk
    feed: Feed
    server: Server

    @property
    def url(self) -> str:
        return self.server.url


class NoPasses:
    """The offer of a pass stands on the screen; there is nobody to give one."""

    def give(self, view: int) -> str:
        return ""


@contextmanager
def form_kiosk(desk: MemoryDesk | None = None, extras: Extras | None = None) -> Iterator[FormKiosk]:
    """A running kiosk that hands forms over to phones."""
    port = free_port()
    hosts = (f"127.0.0.1:{port}",)
    help_desk = {"vi": "Bên phải cửa, dưới biển số 2", "en": "Right of the gate, under sign 2"}
    place = Place("Chợ Mẫu", "Cửa A", "in", "market", SPOKEN, hosts, help_desk)
    desk = desk or sample_desk()
    extras = extras or Extras(
        check_phone=lambda text: f"+84{text[1:]}" if text.startswith("0") and len(text) == 10 else None,
        speak=lambda text, language: WAV if language in ("vi", "en") else None,
        print_receipt=lambda outcome, language: True,
        invite=lambda offer, language, identity: f"https://khai.cho-mau.example/form/{'A' * 22}/",
    )
    feed = Feed(IDLE)
    app = make_app(feed, place, lambda name: None, MovingPicture(), desk, extras, NoPasses())
    server = serve(app, "127.0.0.1", port)
    try:
        yield FormKiosk(desk, feed, server)
    finally:
        server.close()


# A tenth of a second of silence: 8 bit, mono, 8 kHz.
WAV = b"RIFF" + (836).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little") + bytes(
    [1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0]
) + b"data" + (800).to_bytes(4, "little") + b"\x80" * 800  # fmt: skip


def on(page: Page, kind: str) -> None:
    """Wait until a page of this kind stands."""
    see(page, f"#page[data-page={kind}]")


def do(page: Page, action: str) -> None:
    """Touch a button by what it does, and wait for the next page."""
    turn = page.get_attribute("#page", "data-turn")
    page.click(f"#page [data-act={action}]")
    page.wait_for_function("turn => document.querySelector('#page').dataset.turn !== turn", arg=turn)


def pick(page: Page, place: int) -> None:
    """Choose the option of this place among those shown."""
    turn = page.get_attribute("#page", "data-turn")
    page.click(f"#page [data-pick]:nth-of-type({place + 1})")
    page.wait_for_function("turn => document.querySelector('#page').dataset.turn !== turn", arg=turn)


def open_form(page: Page, url: str, language: str, query: str = "") -> None:
    page.goto(f"{url}/form/?language={language}{query}")
    see(page, "#page")


Look = Callable[[str], None]


def walk(page: Page, kiosk: FormKiosk, language: str, look: Look, query: str = "") -> None:
    """Every kind of page once, `look` called with its name."""
    desk, url = kiosk.desk, kiosk.url
    open_form(page, url, language, query)
    look("start")
    page.click("[data-tool=languages]")
    look("languages")
    page.click("#languages [data-tool=close]")
    page.click(".offer.must")
    on(page, "notice")
    look("notice-mandatory")
    do(page, "phone")
    look("phone")
    do(page, "back")
    do(page, "refuse")
    look("refusing")
    do(page, "back")
    do(page, "agree")
    look("card")
    page.click("[data-tool=leave]")
    look("leave")
    page.click("#leave .primary")
    do(page, "type")
    _questions(page, look, "domestic")
    desk.failing = "store_failed"
    do(page, "send")
    look("failed")
    desk.failing = ""
    do(page, "back")
    do(page, "send")
    look("receipt")
    _voluntary(page, kiosk, language, look, query)
    open_form(page, url, language, query + "&papers=1")
    on(page, "papers")
    look("papers")
    do(page, "papers")
    look("pass")
    open_form(page, url, language, query + "&offer=entry")
    _questions(page, look, "entry", stop="departure_date")


def _voluntary(page: Page, kiosk: FormKiosk, language: str, look: Look, query: str) -> None:
    open_form(page, kiosk.url, language, query + "&offer=voluntary")
    on(page, "notice")
    page.click("#page [data-act=agree]")
    see(page, "#problem")
    look("notice-voluntary")
    page.click("#agree")
    do(page, "agree")
    while page.get_attribute("#page", "data-page") != "more":
        _answer(page)
    look("more")
    page.click("#page [data-act=more] >> nth=1")
    on(page, "review")


def _questions(page: Page, look: Look, form: str, stop: str = "") -> None:
    """Answer whatever is asked until the review; a look at the first page of each kind."""
    if page.get_attribute("#page", "data-page") == "notice":
        do(page, "agree")
        do(page, "type")
    seen: set[str] = set()
    for _ in range(40):
        kind = page.get_attribute("#page", "data-page")
        if kind == "review":
            look(f"{form}-review")
            return
        widget = page.get_attribute("#page", "data-widget") or ""
        if widget not in seen:
            look(f"{form}-{widget}")
            seen.add(widget)
            if widget == "text":
                _say_nothing(page, look, form)
            if widget == "date" and stop:
                return
        _answer(page)


def _say_nothing(page: Page, look: Look, form: str) -> None:
    """Go on without the answer that is needed."""
    if page.get_attribute("#page", "data-skip") is None:
        do(page, "answer")
        look(f"{form}-problem")


def _answer(page: Page) -> None:
    """Any good answer."""
    widget = page.get_attribute("#page", "data-widget")
    if widget in ("yesno", "buttons", "list") and not page.query_selector("[role=checkbox]"):
        pick(page, 1 if widget == "yesno" else 0)
    elif widget in ("checks", "list"):
        alone = page.query_selector("[data-local=alone]")
        (alone or page.query_selector("[role=checkbox]")).click()  # type: ignore[union-attr]
        if not alone:
            do(page, "answer")
        else:
            page.wait_for_function("e => !e.isConnected", arg=alone)
    elif widget == "text":
        digits = page.get_attribute("#answer", "data-keyboard")
        page.fill("#answer", {"digits": "1980", "phone": "0900000000", "latin": "AB1234567"}.get(digits or "", "Thử"))
        do(page, "answer")
    else:
        do(page, "answer")
