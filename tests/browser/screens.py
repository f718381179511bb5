"""A kiosk's web app with a feed that the test drives, and the views that a gate can show."""

import json
import socket
import threading
from dataclasses import dataclass, field, replace
from io import BytesIO
from urllib.request import urlopen

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from ui.app import Place, Server, make_app, serve
from ui.screen import Feed, View

SIZES = {"panel": (800, 480), "wide": (1280, 800), "tall": (720, 1280)}
IDLE = View("idle", occupancy=214, capacity=300, lamps="idle")
ALLOW = View("result", "ALLOW", "in", ("registered",), "06:42", 214, None, 3000, "green")
ALLOW_OUT = View("result", "ALLOW", "out", ("checked_out",), "06:58", 213, 300, 3000, "green")
ASK = View("result", "ASK", "in", ("implausible_code",), "06:42", 214, None, 8000, "yellow")
LONG_ASK = View("result", "ASK", "in", ("certificate_not_supported_yet",), "06:42", None, None, 8000, "yellow")
STOP = View("result", "STOP", "in", (), "06:42", None, None, 8000, "red")
FAULT = View("result", "FAULT", "in", ("store_failed",), "06:42", None, None, 8000, "fault")
CHOOSE = View("choose", None, None, ("direction_unknown",), "06:42", None, None, 8000, "yellow")
STARTING = View("closed", "FAULT", None, ("starting",), lamps="starting")
CAMERA_LOST = View("closed", "FAULT", None, ("camera_lost",), lamps="fault")
VIEWS = {
    "idle": IDLE, "allow": ALLOW, "allow-out": ALLOW_OUT, "ask": ASK, "ask-long": LONG_ASK, "stop": STOP,
    "fault": FAULT, "choose": CHOOSE, "starting": STARTING, "camera-lost": CAMERA_LOST,
}  # fmt: skip

# The codes with the longest sentences of each signal.
LONGEST = [
    LONG_ASK,
    replace(LONG_ASK, reasons=("bad_schema",)),
    replace(LONG_ASK, reasons=("not_checked_in",)),
    replace(LONG_ASK, reasons=("place_code",)),
    replace(ALLOW, reasons=("registered", "companions")),
    replace(ALLOW, occupancy=12_345, capacity=15_000),
    View("closed", "FAULT", reasons=("not_enrolled",), lamps="fault"),
]


def held(view: View) -> View:
    """The same view, staying long enough to be looked at."""
    return replace(view, stays_ms=60_000 if view.stays_ms else 0)


class MovingPicture:
    """A live picture drawn by the test: a new number and a new JPEG at each look, while `on`."""

    def __init__(self) -> None:
        self.looks = 0
        self.on = True
        self._pause = threading.Event()

    def wait(self, after_n: int, timeout_s: float) -> tuple[int, bytes] | None:
        if not self.on:
            self._pause.wait(timeout_s)
            return None
        self.looks += 1
        picture = Image.new("L", (320, 240), 88)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((110, 30, 210, 150), fill=150)
        draw.rectangle((70, 160, 250, 240), fill=110)
        draw.rectangle((120 + self.looks % 40, 130, 190 + self.looks % 40, 200), fill=235)
        data = BytesIO()
        picture.save(data, "JPEG", quality=70)
        return after_n + 1, data.getvalue()


# Playwright itself looks after 20, 120, 220 and 720 ms, then twice a second: most of what is waited for comes between.
SEEN = """selector => {
  const one = document.querySelector(selector);
  const { width, height } = one?.getBoundingClientRect() ?? { width: 0, height: 0 };
  return width > 0 && height > 0 && one.checkVisibility({ visibilityProperty: true });
}"""


def see(page: Page, selector: str, *, timeout: float | None = None) -> None:
    """Wait until the first element of a CSS selector can be seen; looked for in each frame."""
    page.wait_for_function(SEEN, arg=selector, timeout=timeout)


def resize(page: Page, size: str) -> None:
    """The same page on a screen of another size, when it has settled there."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Gate:
    """The web side of one gate, without the gate."""

    feed: Feed
    presses: list[str]
    picture: MovingPicture
    server: Server
    place: Place = field(repr=False)

    @property
    def url(self) -> str:
        return self.server.url

    def previews(self) -> int:
        """How many live pictures the kiosk says are open."""
        with urlopen(f"{self.url}/healthz", timeout=5) as answer:
            return int(json.load(answer)["previews"])

    def again(self) -> None:
        """A new kiosk process on the same port: the feed counts from 1 again."""
        self.feed = Feed()
        app = make_app(self.feed, self.place, self.presses.append, self.picture)
        self.server = serve(app, "127.0.0.1", self.server.port)


def open_gate(framed_by: tuple[str, ...] = (), kind: str = "market", first: View = IDLE) -> Gate:
    port = free_port()
    place = Place(
        "Chợ Mẫu", "Cửa A", "in", kind, ("vi", "en"), (f"127.0.0.1:{port}",),
        {"vi": "Bên phải cửa, dưới biển số 2", "en": "Right of the gate, under sign 2"}, framed_by,
    )  # fmt: skip
    feed, presses, picture = Feed(first), list[str](), MovingPicture()
    return Gate(feed, presses, picture, serve(make_app(feed, place, presses.append, picture), "127.0.0.1", port), place)
