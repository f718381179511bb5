"""One Chromium for all browser tests; each page is watched for outside requests, broken policy and script errors."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.screens import SIZES, Gate, open_gate
from tests.browser.visitor_page import visiting as visiting  # a fixture
from tests.needs import need

CHROMIUM = Path("/usr/bin/chromium")
# What Chromium's own window does beside the page. Each new window loads a search box made of 40 web files, which takes
# as long as the page itself; a kiosk's one window has long since stood. The rest is Playwright's list, which this
# switch replaces: no calls home, no page put off.
OFF = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled", "LensOverlay"),
    *("MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "ThirdPartyStoragePartitioning"),
    "SpareRendererForSitePerProcess",  # a second process, ready for a second site that never comes
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "AvoidCorsURLLoaderRestartOnRedirect", "DestroyProfileOnBrowserClose"),
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=vi",
    f"--disable-features={','.join(OFF)}",
]
OpenPage = Callable[..., Page]
# What a browser says when a server is stopped on purpose.
EXPECTED = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_INCOMPLETE_CHUNKED_ENCODING", "503", "ERR_EMPTY")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    need(CHROMIUM.exists(), "Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page of a named size; after the test, no page may have asked outside or logged an error."""
    contexts: list[BrowserContext] = []
    outside: list[str] = []
    complaints: list[str] = []

    def ask(url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1" and urlsplit(url).scheme not in ("blob", "data"):
            outside.append(url)

    def open_one(url: str, size: str = "panel", *, reduced_motion: bool = False, before: str = "") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=True,
            locale="vi-VN",
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", lambda request: ask(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        if before:
            page.add_init_script(before)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert outside == []
    assert [text for text in complaints if not any(known in text for known in EXPECTED)] == []


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = open_gate()
    yield gate
    gate.server.close()
