"""The visitor's own reader (jsQR, for browsers that read no codes themselves) on pictures of real posters."""

import base64
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from central.venues.poster_pdf import Sheet, posters_pdf
from credentials.venue_qr import Venue, encode_venue
from tests.bench.frames import EMPTY, VGA, Gray, blurred_room, empty, finish
from tests.browser.visitor_page import Visiting
from tests.parts.poster_camera import seen
from tests.parts.seen import pages_of
from wire.crypto import SigningKey

HOST, NAME, ENDS_S = "gatepost.soyte.example.vn", "Trường Tiểu học và Trung học cơ sở Mẫu Thử", 1_900_000_000
# How the poster comes before a phone: tilt in degrees, sigma of the blur in pixels, share of the light.
LOOKS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "upright": (0.0, 0.5, 1.0),
        "tilted": (20.0, 0.5, 1.0),
        "dim": (0.0, 0.5, 0.25),
        "blurred": (0.0, 1.0, 1.0),
        "tilted, dim and blurred": (20.0, 1.0, 0.25),
    }
)
NEEDED = ("upright", "tilted", "dim")
NEAR_M, FAR_M = 0.35, 0.5  # the whole sheet fills the picture; a step back
SEEDS = MappingProxyType({NEAR_M: (1, 2), FAR_M: (1,)})
# The page's own call: pixels as a canvas gives them (RGBA).
READ = """({ gray, width, height }) => {
  const bytes = Uint8Array.from(atob(gray), (sign) => sign.charCodeAt(0));
  const picture = new ImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let at = 0; at < bytes.length; at += 1) pixels[at] = 0xff000000 | (bytes[at] * 0x10101);
  return globalThis.gatepostReads(picture);
}"""


class Poster(NamedTuple):
    """`text` of the code, and the sheet as it is printed."""

    text: str
    sheet: Gray


@pytest.fixture(scope="module")
def posters() -> list[Poster]:
    """The least and the most that stands in a door's code in practice."""
    key = SigningKey(bytes(32))
    venues = (Venue("v-cho", "Chợ Mẫu", None, ENDS_S), Venue("v-26740-7k3m", NAME, "Cổng chính", ENDS_S))
    sheets = [Sheet(one.name, one.gate or "", encode_venue(one, key, HOST), HOST, ENDS_S, "km") for one in venues]
    pages = pages_of(posters_pdf(sheets), 150)
    return [Poster(sheet.text, page) for sheet, page in zip(sheets, pages, strict=True)]


@pytest.fixture(scope="module")
def reader(browser: Browser, visiting: Visiting) -> Iterator[Page]:
    """The visitor's page with the script that it fetches for such browsers, from the address that it names."""
    with visiting.phone() as (_, page):
        page.goto(f"{visiting.address}/v/")
        page.evaluate(
            "async () => { const script = document.createElement('script'); script.src = document.body.dataset.jsqr;"
            " await new Promise((done, no) => { script.onload = done; script.onerror = no;"
            " document.head.append(script); }); }"
        )
        yield page


def test_a_poster_is_read_as_phones_are_held(reader: Page, posters: list[Poster]) -> None:
    tried, held = Counter[str](), Counter[str]()
    for number, (text, sheet) in enumerate(posters):
        for look in LOOKS:
            for metres, seeds in SEEDS.items():
                for seed in seeds:
                    answer = read(reader, before_phone(sheet, look, metres, seed))
                    assert answer in (text, None), f"{look} at {metres:g} m: a text that no poster carries"
                    name = f"{look} at {metres:g} m"
                    tried[name] += 1
                    held[name] += answer == text
                    assert answer == text or look not in NEEDED, f"poster {number}, {name}, {seed}"
    print(*(f"{name}: {held[name]}/{count}" for name, count in tried.items()), sep="\n")
    print(f"all: {held.total() / tried.total():.0%}")


def test_where_no_poster_is_nothing_is_read(reader: Page) -> None:
    assert read(reader, np.full(VGA, 255, np.uint8)) is None
    assert read(reader, np.zeros(VGA, np.uint8)) is None
    for kind in EMPTY:
        for picture in empty(kind, 1, seed=7):
            assert read(reader, picture.gray) is None, kind


def read(page: Page, gray: Gray) -> str | None:
    """What the page's reader makes of a picture."""
    height, width = gray.shape
    given = {"gray": base64.b64encode(gray.tobytes()).decode(), "width": width, "height": height}
    answer: str | None = page.evaluate(READ, given)
    return answer


def middle_of(picture: NDArray[Any], high: int, wide: int) -> NDArray[Any]:
    """So many rows and columns around its middle, not copied."""
    top, left = (picture.shape[0] - high) // 2, (picture.shape[1] - wide) // 2
    return picture[top : top + high, left : left + wide]


def before_phone(sheet: Gray, look: str, metres: float, seed: int) -> Gray:
    """The sheet on a wall, as the camera of a phone shows it in 640 x 480."""
    tilt, blur, light = LOOKS[look]
    rng = np.random.default_rng([seed, list(LOOKS).index(look)])
    hung = seen(sheet, metres, tilt_degrees=tilt, blur_px=blur, seed=seed, across_px=VGA[1])
    scene = blurred_room(rng, VGA)
    high, wide = (min(a, b) for a, b in zip(hung.shape, VGA, strict=True))
    middle_of(scene, high, wide)[:] = middle_of(hung, high, wide)
    return finish(rng, np.asarray(scene * np.float32(light), dtype=np.float32), 2.0)
