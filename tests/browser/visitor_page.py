"""The visitor's page as Chromium shows it: a centre with a market and a school, its public pages, and phones.

The centre's clock is this machine's own, since the browser's is.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, Page

import forms
from central.declaring import publish_form, publish_order
from central.places.places import Place, describe_place
from tests.bench.frames import VGA, blurred_room, finish
from tests.parts.centre import Centre, make_centre
from tests.parts.light_screens import gray
from tests.parts.phone_pages import PhonePages, poster
from tests.unit.central.orders import paper, small_form

MARKET, SCHOOL = "v-cho", "v-truong"
FEVER = "https://gatepost.example/form/thu|1"
PHONE = {"width": 390, "height": 844}
LIBRARY = Path(forms.__file__).with_name("library")


class OwnClock:
    """The machine's clock, in the shape of tests.parts.phone_pages.Clock."""

    @property
    def ms(self) -> int:
        """Unix ms."""
        return int(time.time() * 1000)

    def now_ms(self) -> int:
        """Unix ms."""
        return self.ms


@dataclass(slots=True)
class Visiting:
    """The running pages; `open` gives somebody's phone."""

    centre: Centre
    address: str
    browser: Browser
    market: str
    school: str
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def phone(self, **options: Any) -> Iterator[tuple[BrowserContext, Page]]:
        """A phone that has never been here. Fails for any script's error on it."""
        said = {"viewport": PHONE, "locale": "vi-VN", "has_touch": True, **options}
        context = self.browser.new_context(**said)
        page = context.new_page()
        page.set_default_timeout(15_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield context, page
        context.close()
        assert faults == []


def ready(page: Page) -> None:
    """Wait until the page can do without a network: its service worker holds the files, the forms are kept."""
    page.wait_for_function(
        "async () => navigator.serviceWorker.controller"
        " && (await caches.keys()).filter((name) => name.startsWith('gatepost')).length === 2"
        " && (await (await caches.open('gatepost-said')).keys()).some((one) => one.url.includes('/form'))"
    )


def kept(page: Page) -> str:
    """All that IndexedDB and the caches hold, as text."""
    return str(
        page.evaluate(
            "async () => { const open = await new Promise((done) => { const asked = indexedDB.open('gatepost');"
            " asked.onsuccess = () => done(asked.result); });"
            " const rows = await new Promise((done) => { const asked = open.transaction('kept').objectStore('kept')"
            ".getAll(); asked.onsuccess = () => done(asked.result); });"
            " const said = await (await caches.open('gatepost-said')).keys();"
            " return JSON.stringify(rows) + said.map((one) => one.url).join(' '); }"
        )
    )


def before_camera(png: bytes, seed: int, *, glare: float = 0.6) -> NDArray[np.uint8]:
    """A phone's screen as the gate's VGA camera sees it: held askew, a lamp mirrored in the glass, a hand that shakes.

    `glare` is how much of the light of a lamp (an ellipse over an eighth of the code) comes back from the glass.
    """
    rng = np.random.default_rng([seed, 6])
    screen = 25 + gray(png).astype(np.float32) * np.float32(200 / 255)
    height, width = screen.shape
    mirror = np.zeros_like(screen)
    middle = (int(width * rng.uniform(0.35, 0.65)), int(height * rng.uniform(0.35, 0.65)))
    cv2.ellipse(mirror, middle, (int(width * 0.17), int(width * 0.09)), 25, 0, 360, 255, -1)
    screen = np.minimum(screen + glare * cv2.GaussianBlur(mirror, (0, 0), width / 30), 255).astype(np.float32)
    side = 400
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = (np.array([[0.03, 0.02], [0.97, 0.0], [1.0, 0.98], [0.0, 1.0]], np.float32) * side) + [[120, 40]]
    turn = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    # Averaged down as a lens does: without this the warp would skip pixels of the screen.
    soft = cv2.GaussianBlur(screen, (0, 0), max(0.3, width / side * 0.45))
    mask = cv2.warpPerspective(np.ones_like(soft), turn, (VGA[1], VGA[0]))[..., None][..., 0]
    scene = blurred_room(rng, VGA) * (1 - mask) + cv2.warpPerspective(soft, turn, (VGA[1], VGA[0])) * mask
    return finish(rng, np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.7), dtype=np.float32), 4.0)


def asked_form() -> dict[str, Any]:
    """The form of one question that the orders here name."""
    form = small_form()
    form["item"][0] |= {"required": True, "code": [{"system": "urn:gatepost:fact", "code": "symptoms"}]}
    return form


@pytest.fixture(scope="session")
def visiting(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visiting]:
    """A market where a voluntary form may be filled in, and a school that asks for a declaration of one question."""
    folder = tmp_path_factory.mktemp("visiting")
    clock = OwnClock()
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    fever = asked_form()
    daily = json.loads((LIBRARY / "daily.json").read_text("utf-8"))
    now = clock.ms
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, MARKET, "Chợ Mẫu", "market", "26734", "79", 0, 1440), now)
        describe_place(connection, Place(0, SCHOOL, "Trường Thử", "school", "26740", "79"), now)
        for form in (fever, daily):
            publish_form(connection, centre.ring, form, now - 2000)
        publish_order(connection, centre.ring, paper(form=FEVER), f"venue-{SCHOOL}", 30, now - 1000)
        publish_order(connection, centre.ring, paper(id="tu-nguyen", form=FEVER, mandatory=False), "all", 30, now - 900)
    with PhonePages(centre, clock) as pages:  # type: ignore[arg-type]
        yield Visiting(centre, pages.address, browser, poster(centre, MARKET, "g-1"), poster(centre, SCHOOL))
    centre.engine.dispose()
