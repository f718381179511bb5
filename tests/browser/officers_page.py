"""The centre's pages in a real Chromium: a centre, its server on loopback, officers with sessions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant
from central.web.app import Site, make_app
from central.web.entering import COOKIE
from central.web.serve import serve
from tests.parts.centre import NOW_MS, Centre, make_centre

SIZES = {"small": (800, 480), "wide": (1280, 800), "tall": (720, 1280), "phone": (390, 844)}


@dataclass(slots=True)
class Office:
    """A centre whose pages are served at `url`; `now_ms` is its clock."""

    centre: Centre
    app: Flask
    url: str
    now_ms: int = NOW_MS

    def officer(self, login: str, name: str, *grants: Grant, strong: bool = True) -> str:
        """A new account; the secret of its session."""
        with self.centre.engine.begin() as connection:
            create_account(connection, login, name, None, grants, self.now_ms)
            return begin_session(connection, login, self.now_ms, strong=strong)

    def page(self, browser: Browser, secret: str = "", size: str = "wide", *, bypass_csp: bool = False) -> Page:
        """A window of its own, signed in with `secret`."""
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, locale="vi-VN", bypass_csp=bypass_csp)
        if secret:
            context.add_cookies([{"name": COOKIE, "value": secret, "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page


@contextmanager
def running_office(folder: Path) -> Iterator[Office]:
    """One on a free port, reached by the name localhost: a passkey needs a name."""
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    office = Office(centre, Flask("none yet"), "")
    office.app = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: office.now_ms))
    stop, listening, ports = threading.Event(), threading.Event(), list[int]()

    def ready(port: int) -> None:
        ports.append(port)
        listening.set()

    thread = threading.Thread(target=serve, args=(office.app, "127.0.0.1", 0, stop, ready), name="office", daemon=True)
    thread.start()
    assert listening.wait(30)
    office.url = f"http://localhost:{ports[0]}"
    yield office
    stop.set()
    thread.join(10)
    centre.engine.dispose()
