"""The pages for everybody in a real browser, against whoever would use them against their readers."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Frame, Page

from central.places.places import Place, describe_place
from central.safety.states import Cause, State, put_state
from central.statements import run
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.phone_pages import PhonePages, poster
from tests.parts.waits import wait_for

PLACE = "v-26743-thuu"
EVIL = '"><script>document.title="taken"</script><img src=x onerror=document.title="taken">'
SOON_S = 3.0


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonePages]:
    folder = tmp_path_factory.mktemp("people")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    with centre.engine.begin() as connection:
        place = describe_place(connection, Place(0, PLACE, f"Chợ {EVIL}", "market", "26743", "79"), NOW_MS)
        sql = "UPDATE place SET listed_ms = ?, address = ?, lat_e6 = 10772000, lon_e6 = 106698000 WHERE id = ?"
        run(connection, sql, (NOW_MS, EVIL, PLACE))
        put_state(connection, place.number, State.NOT_ASSESSED, Cause.LISTED, NOW_MS)
    with PhonePages(centre) as made:
        yield made
    centre.engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    made = context.new_page()
    made.set_default_timeout(15_000)
    yield made
    context.close()


def test_what_a_manager_typed_is_run_on_no_page(pages: PhonePages, page: Page) -> None:
    code = poster(pages.centre, PLACE)
    for path in (f"/map/place/{PLACE}", "/map?province=79", "/map/embed?province=79", f"/say/{PLACE}", f"/GPV1/{code}"):
        page.goto(pages.address + path)
        page.locator("body", has_text="<script>").wait_for()  # the name stands there, as words
        assert page.title() != "taken", path
        assert page.locator("img[src=x], script:not([src])").count() == 0, path


def test_another_site_frames_the_embedded_map_and_nothing_else(pages: PhonePages, page: Page) -> None:
    with _elsewhere() as outside:
        for path, shown in (("/map/embed", True), ("/map", False), (f"/say/{PLACE}", False), ("/v/", False)):
            page.goto(f"{outside}/?{pages.address}{path}")

            def framed() -> Frame | None:
                return next((frame for frame in page.frames[1:] if frame.url != "about:blank"), None)

            frame = wait_for(framed, f"the frame has gone somewhere: {path}", seconds=10)
            assert frame is not None
            frame.wait_for_load_state()
            assert (frame.locator("main, svg, .map").count() > 0) is shown, path


def test_an_open_map_sees_a_change_within_three_seconds(pages: PhonePages, page: Page) -> None:
    page.goto(f"{pages.address}/map?province=79&lang=en")
    page.get_by_text("Not assessed").first.wait_for()
    page.wait_for_timeout(500)  # the page's script has asked once
    _put(pages.centre, State.UNSAFE)
    began = time.monotonic()
    page.wait_for_function("() => /Unsafe\\s*1/.test(document.body.innerText)", timeout=10_000)
    took = time.monotonic() - began
    print(f"\non the open map after {took:.1f} s")
    assert took <= SOON_S
    assert re.search(r"Not assessed\s*0", page.inner_text("body"))


class _Outside(BaseHTTPRequestHandler):
    """Frames whatever its address asks for."""

    def do_GET(self) -> None:
        body = f'<iframe src="{self.path.partition("?")[2]}" width=800 height=500></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing."""


@contextmanager
def _elsewhere() -> Iterator[str]:
    """Another site: localhost is another origin than 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Outside)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def _put(centre: Centre, state: State) -> None:
    with centre.engine.begin() as connection:
        number = run(connection, "SELECT number FROM place WHERE id = ?", (PLACE,)).scalar_one()
        put_state(connection, number, state, Cause.INSPECTION, NOW_MS + 1)
