"""Every state of the visitor's screen, as the gate publishes them, for the eyes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from playwright.sync_api import Page

from tests.browser.screens import ALLOW, ASK, STOP, VIEWS, held
from tests.screens.form_walk import FormKiosk, Look, form_kiosk
from ui.screen import View

ORDER = {"vi": "Lệnh mẫu: 12/QĐ-MAU, 01/06/2026", "en": "Sample order: 12/QĐ-MAU, 01/06/2026"}
DECLARATION_VIEWS = {
    "due": replace(ASK, reasons=("declaration_due",)),
    "see-desk": replace(ASK, reasons=("see_desk",)),
    "declared": View("result", "ALLOW", "in", ("declared",), "06:42", 214, None, 3000, "green"),
    "order-stop": replace(STOP, reasons=("order_stop",), basis=ORDER),
    "own-rule": replace(ASK, reasons=("see_desk",), said={"vi": "Mời đưa hộ chiếu", "en": "Please show your passport"}),
    "form-missing": replace(ASK, reasons=("form_missing",), formless=("order-1", "domestic")),
    "offer": replace(ALLOW, offer=True),
    "pass": View("pass", at="06:42", stays_ms=20_000, lamps="idle", code="GP1:" + "A0" * 90),
    "light": View("light", reasons=("light",), lamps="idle", progress=(7, 12), stays_ms=4000),
    "light-again": replace(ASK, reasons=("light_again",)),
}


@contextmanager
def gate_kiosk() -> Iterator[FormKiosk]:
    """The screen of a gate with orders, in all languages."""
    with form_kiosk() as kiosk:
        yield kiosk


def walk_gate(page: Page, kiosk: FormKiosk, language: str, look: Look) -> None:
    """Each view once, in one language."""
    page.goto(kiosk.url)
    for name, view in (VIEWS | DECLARATION_VIEWS).items():
        kiosk.feed.publish(VIEWS["idle"])
        page.wait_for_selector("body[data-page=idle]")
        page.click("#globe")
        if name == "idle":
            look("languages")
        page.click(f"#languages [data-language={language}]")
        kiosk.feed.publish(held(view))
        page.wait_for_selector(f"html[lang={language}] body[data-page={view.page}][data-signal='{view.signal or ''}']")
        look(name)
