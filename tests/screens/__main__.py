"""python -m tests.screens [--walk form] [--language vi] [--size panel] [--text 200] [--theme sun] [--out out/screens]

Walks through the form, the visitor's screen, the guards' page and the form on a phone in each language at each size,
and writes <out>/<walk>/<size>/<language>/<NN>-<page>.png.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.screens import SIZES
from tests.parts.form_desk import library_form, make_offer
from tests.parts.guards import GuardSite
from tests.parts.phones import PhoneSite
from tests.screens.form_walk import SPOKEN, Look, form_kiosk, walk
from tests.screens.gate_walk import gate_kiosk, walk_gate
from tests.screens.guard_walk import walk_guard
from tests.screens.phone_walk import walk_phone

GUARD_SIZES = {"phone": (390, 844), "tablet": (800, 1280)}
PHONE_SIZES = {"small": (360, 740)}
Walk = Callable[[Page, str, Look], None]


@contextmanager
def _form(query: str) -> Iterator[Walk]:
    with form_kiosk() as kiosk:
        kiosk.desk.orders = (*kiosk.desk.orders, make_offer(library_form("entry"), "entry", True))
        yield lambda page, language, look: walk(page, kiosk, language, look, query)


@contextmanager
def _gate(_query: str) -> Iterator[Walk]:
    with gate_kiosk() as kiosk:
        yield lambda page, language, look: walk_gate(page, kiosk, language, look)


@contextmanager
def _guard(_query: str) -> Iterator[Walk]:
    with TemporaryDirectory() as folder:
        site = GuardSite(Path(folder), SPOKEN, door_rate="100r/s")
        try:
            yield lambda page, language, look: walk_guard(page, site, language, look)
        finally:
            site.close()


@contextmanager
def _phone(_query: str) -> Iterator[Walk]:
    with TemporaryDirectory() as folder:
        site = PhoneSite(Path(folder), SPOKEN, "127.0.0.1")
        try:
            yield lambda page, language, look: walk_phone(page, site, language, look)
        finally:
            site.close()


WALKS = {
    "form": (_form, SIZES),
    "gate": (_gate, SIZES),
    "guard": (_guard, GUARD_SIZES),
    "phone": (_phone, PHONE_SIZES),
}


def _take(browser: Browser, walk_one: Walk, language: str, size: tuple[int, int], folder: Path) -> int:
    """Pictures of one walk; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, reduced_motion="reduce", ignore_https_errors=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(8000)
    taken: list[str] = []

    def look(name: str) -> None:
        taken.append(name)
        page.screenshot(path=folder / f"{len(taken):02}-{name}.png")

    try:
        walk_one(page, language, look)
    finally:
        context.close()
    return len(taken)


def main() -> None:
    wish = argparse.ArgumentParser(prog="tests.screens")
    wish.add_argument("--walk", choices=tuple(WALKS), action="append")
    wish.add_argument("--language", choices=SPOKEN, action="append")
    wish.add_argument("--size", choices=(*SIZES, *GUARD_SIZES, *PHONE_SIZES), action="append")
    wish.add_argument("--text", default="100")
    wish.add_argument("--theme", default="day")
    wish.add_argument("--out", type=Path, default=Path("out/screens"))
    told = wish.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGS)
        for name in told.walk or WALKS:
            opened, sizes = WALKS[name]
            with opened(f"&text={told.text}&theme={told.theme}") as walk_one:
                for size in [one for one in sizes if one in (told.size or sizes)]:
                    for language in told.language or SPOKEN:
                        folder = told.out / name / size / language
                        print(f"{name} {size} {language}: {_take(browser, walk_one, language, sizes[size], folder)}")
        browser.close()


main()
