"""python -m tests.screens [--language vi] [--size panel] [--text 200] [--theme sun] [--out out]

Walks through the form in each language at each size and writes out/<size>/<language>/<NN>-<page>.png.
"""

import argparse
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.screens import SIZES
from tests.parts.form_desk import library_form, make_offer
from tests.screens.form_walk import SPOKEN, form_kiosk, walk


def main() -> None:
    wish = argparse.ArgumentParser(prog="tests.screens")
    wish.add_argument("--language", choices=SPOKEN, action="append")
    wish.add_argument("--size", choices=tuple(SIZES), action="append")
    wish.add_argument("--text", default="100")
    wish.add_argument("--theme", default="day")
    wish.add_argument("--out", type=Path, default=Path("out"))
    told = wish.parse_args()
    with sync_playwright() as playwright, form_kiosk() as kiosk:
        kiosk.desk.orders = (*kiosk.desk.orders, make_offer(library_form("entry"), "entry", True))
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGS)
        for size in told.size or SIZES:
            width, height = SIZES[size]
            for language in told.language or SPOKEN:
                folder = told.out / size / language
                folder.mkdir(parents=True, exist_ok=True)
                context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
                page = context.new_page()
                page.set_default_timeout(8000)
                taken: list[str] = []

                def look(name: str, page=page, folder=folder, taken=taken) -> None:  # type: ignore[no-untyped-def]
                    taken.append(name)
                    page.screenshot(path=folder / f"{len(taken):02}-{name}.png")

                walk(page, kiosk, language, look, f"&text={told.text}&theme={told.theme}")
                context.close()
                print(f"{size} {language}: {len(taken)} pages")
        browser.close()


main()
