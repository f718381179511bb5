"""Every page of the form in every language and size: can be read, touched and listened to; nothing runs over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.rounds import FULL
from tests.browser.screens import SIZES, resize, see
from tests.parts.form_desk import library_form, make_offer
from tests.screens.form_walk import SPOKEN, FormKiosk, form_kiosk, walk

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
KIOSK = {"target": 60, "contrast": 7.0}

# What lies outside a scrolling part is not seen by anybody: it is looked at when it has been scrolled to.
HIDE = """() => {
  const outside = [];
  for (const area of document.querySelectorAll("[data-scroll], .beside, #page")) {
    if (getComputedStyle(area).overflowY === "visible") continue;
    const { top, bottom } = area.getBoundingClientRect();
    for (const one of area.querySelectorAll("a, h1, h2, button, p, dt, dd, label, input, textarea, svg, div, span")) {
      const box = one.getBoundingClientRect();
      if (box.top < top - 0.5 || box.bottom > bottom + 0.5) outside.push(one);
    }
  }
  for (const one of outside) one.style.visibility = "hidden";
}"""
ON = """() => {
  for (const one of document.querySelectorAll('[style*="visibility"]')) one.style.visibility = "";
  const areas = [...document.querySelectorAll("#page, [data-scroll]")];
  const area = areas.find((one) => getComputedStyle(one).overflowY === "auto");
  if (!area) return false;
  const before = area.scrollTop;
  area.scrollTop += area.clientHeight - 20;
  return area.scrollTop > before;
}"""
SCREENFULS = 4
# An open sheet covers the page beneath, and is meant to. After a step on, the page has one frame to answer it.
ALL_SCREENFULS = f"""async (ruler) => {{
  const hide = {HIDE};
  const look = {LOOKS};
  const on = {ON};
  const found = [];
  for (let screenful = 0; screenful < {SCREENFULS}; screenful += 1) {{
    hide();
    const sheet = document.querySelector("dialog[open]");
    found.push(...look(ruler).filter((fault) => !(sheet && fault.startsWith("covered by"))));
    if (!on()) break;
    await new Promise(requestAnimationFrame);
  }}
  for (const one of document.querySelectorAll("#page, [data-scroll]")) one.scrollTop = 0;
  return found;
}}"""


def faults(page: Page, ruler: Mapping[str, float] = KIOSK) -> list[str]:
    """What the ruler finds, screenful by screenful."""
    found: list[str] = page.evaluate(ALL_SCREENFULS, ruler)
    return found


def speak(page: Page, tag: str) -> None:
    """Another language, as the button of the sheet does it."""
    button = f"#languages [data-language={tag}]"
    page.evaluate("button => document.querySelector(button).click()", button)
    see(page, f"html[lang={tag}] #page[lang={tag}]")


@pytest.fixture
def kiosk() -> Iterator[FormKiosk]:
    with form_kiosk() as kiosk:
        kiosk.desk.orders = (*kiosk.desk.orders, make_offer(library_form("entry"), "entry", True))
        yield kiosk


SHEETS = ("languages", "leave")


def in_languages(page: Page, name: str, tags: Sequence[str], check: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What `check` finds on this page in each language; the language is changed on the page itself."""
    found = {}
    for tag in tags if name not in SHEETS else ("vi",):
        if name not in SHEETS:
            speak(page, tag)
        found[f"{name} {tag}"] = check(tag)
    if name not in SHEETS:
        speak(page, "vi")
    return {where: wrong for where, wrong in found.items() if wrong}


def test_no_page_in_any_language_shuts_anybody_out(kiosk: FormKiosk, browser: Browser) -> None:
    """axe-core and the ruler on every page of the panel: in Vietnamese and one language more, in turn; in all of
    them with GATEPOST_FULL=1."""
    # axe writes styles of its own into the page, which the kiosk's policy forbids: here alone it is off.
    context = browser.new_context(
        viewport={"width": 800, "height": 480}, bypass_csp=True, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(8000)
    found: dict[str, list[str]] = {}
    seen: list[str] = []

    def look(name: str) -> None:
        check = lambda tag: faults(page) + violations(page, whole=tag == "vi")  # noqa: E731
        others = [tag for tag in SPOKEN if tag != "vi"]
        tags = SPOKEN if FULL else ("vi", others[len(seen) % len(others)])
        seen.append(name)
        found.update(in_languages(page, name, tags, check))

    walk(page, kiosk, "vi", look)
    context.close()
    assert found == {}


SIGHTS = [(("wide", "tall"), "", ("vi", "km")), (("panel",), "&text=200", ("vi",))]
if FULL:
    SIGHTS = [((size,), query, SPOKEN) for size in SIZES for query in ("", "&text=200", "&theme=sun")]


@pytest.mark.parametrize(
    ("sizes", "query", "tags"), SIGHTS, ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_every_page_fits_and_can_be_read_and_touched(
    kiosk: FormKiosk, open_page: OpenPage, sizes: Sequence[str], query: str, tags: Sequence[str]
) -> None:
    page = open_page(f"{kiosk.url}/form/", sizes[0], reduced_motion=True)
    found: dict[str, list[str]] = {}

    def check(tag: str) -> list[str]:
        wrong = []
        for size in sizes:
            resize(page, size)
            wrong += [f"{size}: {fault}" for fault in faults(page)]
        return wrong

    walk(page, kiosk, "vi", lambda name: found.update(in_languages(page, name, tags, check)), query)
    assert found == {}
