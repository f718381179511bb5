"""Every state of the visitor's screen, as the gate publishes them, for the eyes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from playwright.sync_api import Page

from tests.browser.screens import ALLOW, ASK, IDLE, STOP, VIEWS, MovingPicture, free_port, held, see
from tests.parts.form_desk import sample_desk
from tests.screens.form_walk import SPOKEN, FormKiosk, Look, NoPasses
from ui.alone import Alone
from ui.app import make_app, serve
from ui.form.desk import Extras
from ui.place import Place
from ui.screen import Feed, View

ORDER = {"vi": "Lệnh mẫu: 12/QĐ-MAU, 01/06/2026", "en": "Sample order: 12/QĐ-MAU, 01/06/2026"}
SEE_DESK = replace(ASK, reasons=("see_desk",), private=True)
# A country's rule says something to the visitor too: the longest that such a page can be.
OWN_WORDS = {
    "vi": "Theo quy định của tỉnh, mời bạn đo nhiệt độ ở bàn y tế và nhận một khẩu trang mới trước khi vào.",
    "en": "The province asks you to have your temperature taken at the health table and to take a new mask.",
}
EXPOSED = Alone(("exposure",), (OWN_WORDS,), "2026-12-05")
# As much as anybody can be told at once: health, an exposure, and a rule's own words of 240 letters.
MUCH = Alone(
    ("severe_symptoms", "exposure"), ({tag: (text * 3)[:240] for tag, text in OWN_WORDS.items()},), "2026-12-05"
)
DECLARATION_VIEWS = {
    "taps": replace(IDLE, taps=True),
    "due": replace(ASK, reasons=("declaration_due",)),
    "see-desk": SEE_DESK,
    "declared": View("result", "ALLOW", "in", ("declared",), "06:42", 214, None, 3000, "green"),
    "order-stop": replace(STOP, reasons=("order_stop",), basis=ORDER),
    "own-rule": replace(ASK, reasons=("see_desk",), said={"vi": "Mời đưa hộ chiếu", "en": "Please show your passport"}),
    "form-missing": replace(ASK, reasons=("form_missing",), formless=("order-1", "domestic")),
    "offer": replace(ALLOW, offer=True),
    "pass": View("pass", at="06:42", stays_ms=20_000, lamps="idle", code="GP1:" + "A0" * 90),
    "light": View("light", reasons=("light",), lamps="idle", progress=(7, 12), stays_ms=4000),
    "light-again": replace(ASK, reasons=("light_again",)),
    "wifi-taken": replace(ASK, reasons=("wifi_taken",)),
    "wifi-refused": replace(ASK, reasons=("wifi_refused",)),
}


@dataclass
class SampleAlone:
    """Gives the same words to everybody, and says on the feed that they are being read, as the gate does."""

    feed: Feed
    alone: Alone
    prints: bool = True

    def read(self, view: int, again: bool = False) -> Alone | None:
        if not again:
            self.feed.publish(held(replace(SEE_DESK, page="private", private=False)))
        return self.alone

    def print(self, lines: Sequence[str], language: str) -> bool:
        return True


@contextmanager
def gate_kiosk(alone: Alone = EXPOSED) -> Iterator[FormKiosk]:
    """The screen of a gate with orders and a radio, in all languages."""
    port, desk, feed = free_port(), sample_desk(), Feed(IDLE)
    help_desk = {"vi": "Bên phải cửa, dưới biển số 2", "en": "Right of the gate, under sign 2"}
    place = Place("Chợ Mẫu", "Cửa A", "in", "market", SPOKEN, (f"127.0.0.1:{port}",), help_desk)
    app = make_app(
        *(feed, place, lambda name: None, MovingPicture(), desk),
        Extras(print_receipt=lambda outcome, language: True),
        NoPasses(),
        SampleAlone(feed, alone),
    )
    server = serve(app, "127.0.0.1", port)
    try:
        yield FormKiosk(desk, feed, server)
    finally:
        server.close()


def walk_gate(page: Page, kiosk: FormKiosk, language: str, look: Look) -> None:
    """Each view once, in one language."""
    page.goto(kiosk.url)
    for name, view in (VIEWS | DECLARATION_VIEWS).items():
        kiosk.feed.publish(VIEWS["idle"])
        see(page, "body[data-page=idle]")
        page.click("#globe")
        if name == "idle":
            look("languages")
        page.click(f"#languages [data-language={language}]")
        kiosk.feed.publish(held(view))
        see(page, f"html[lang={language}] body[data-page={view.page}][data-signal='{view.signal or ''}']")
        look(name)
        if view.private:
            page.click("#alone")
            see(page, "body[data-page=private] #private-said .line")
            look(f"{name}-alone")
