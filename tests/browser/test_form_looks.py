"""Every page of the form in every language and size: can be read, touched and listened to; nothing runs over."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.parts.form_desk import library_form, make_offer
from tests.screens.form_walk import SPOKEN, FormKiosk, form_kiosk, walk

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
KIOSK = {"target": 60, "contrast": 7.0}

# What lies outside a scrolling part is not seen by anybody: it is looked at when it has been scrolled to.
HIDE = """() => {
  for (const area of document.querySelectorAll("[data-scroll], .beside, #page")) {
    if (getComputedStyle(area).overflowY === "visible") continue;
    const { top, bottom } = area.getBoundingClientRect();
    for (const one of area.querySelectorAll("a, h1, button, p, dt, dd, h2, label, input, textarea, svg, small, div, span")) {
      const box = one.getBoundingClientRect();
      if (box.top < top - 0.5 || box.bottom > bottom + 0.5) one.style.visibility = "hidden";
    }
  }
}"""
ON = """() => {
  for (const one of document.querySelectorAll('[style*="visibility"]')) one.style.visibility = "";
  const area = [...document.querySelectorAll("#page, [data-scroll]")].find((one) => getComputedStyle(one).overflowY === "auto");
  if (!area) return false;
  const before = area.scrollTop;
  area.scrollTop += area.clientHeight - 20;
  return area.scrollTop > before;
}"""
SCREENFULS = 4
# An open sheet covers the page beneath it, and is meant to.
SHEET = re.compile(r"^covered by (dialog|button#close|button# \"(Tiếng|한|日|ភ|ພ|ภ))")


def faults(page: Page, contrast: float = 7.0) -> list[str]:
    """What the ruler finds, screenful by screenful."""
    found: list[str] = []
    for _ in range(SCREENFULS):
        page.evaluate(HIDE)
        seen = page.evaluate(LOOKS, {**KIOSK, "contrast": contrast})
        found += [one for one in seen if not SHEET.search(one)]
        if not page.evaluate(ON):
            break
    page.evaluate("() => { for (const one of document.querySelectorAll('#page, [data-scroll]')) one.scrollTop = 0; }")
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds, with where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in result["violations"]]


def speak(page: Page, tag: str) -> None:
    """Another language, as the button of the sheet does it."""
    page.evaluate("tag => document.querySelector(`#languages [data-language=${tag}]`).click()", tag)
    page.wait_for_selector(f"html[lang={tag}] #page[lang={tag}]")


@pytest.fixture
def kiosk() -> Iterator[FormKiosk]:
    with form_kiosk() as kiosk:
        kiosk.desk.orders = (*kiosk.desk.orders, make_offer(library_form("entry"), "entry", True))
        yield kiosk


def test_no_page_in_any_language_shuts_anybody_out(kiosk: FormKiosk, open_page: OpenPage) -> None:
    """axe-core on every page in every language; the language is changed on the page itself."""
    page = open_page(f"{kiosk.url}/form/", reduced_motion=True)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for tag in SPOKEN if name not in ("languages", "leave") else ("vi",):
            if name not in ("languages", "leave"):
                speak(page, tag)
            wrong = violations(page)
            if wrong:
                found[f"{name} {tag}"] = wrong
        if name not in ("languages", "leave"):
            speak(page, "vi")

    walk(page, kiosk, "vi", look)
    assert found == {}


@pytest.mark.parametrize(
    ("size", "query"),
    [
        ("panel", ""),
        ("wide", ""),
        ("tall", ""),
        ("panel", "&text=200"),
        ("tall", "&text=200"),
        ("panel", "&theme=sun"),
    ],
)
def test_every_page_fits_and_can_be_read_and_touched(
    kiosk: FormKiosk, open_page: OpenPage, size: str, query: str
) -> None:
    page = open_page(f"{kiosk.url}/form/", size, reduced_motion=True)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        tags = SPOKEN if not query and name not in ("languages", "leave") else ("vi",)
        for tag in tags:
            if len(tags) > 1:
                speak(page, tag)
            wrong = faults(page)
            if wrong:
                found[f"{name} {tag}"] = wrong
        if len(tags) > 1:
            speak(page, "vi")

    walk(page, kiosk, "vi", look, query)
    assert found == {}
