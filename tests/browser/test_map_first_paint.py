"""The map with 3,000 places on a cheap phone that has never been there: how soon it is painted, how much it weighs."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from forms.geography import MERGED
from tests.browser.officers_page import SIZES, Office, running_office
from tests.browser.test_visitor_pass import SLOW
from tests.integration.central.map.world import fill

PLACES, PAINT_MS, MOST_BYTES = 3_000, 1_500, 250_000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Places in every province; somebody has asked for the map before."""
    with running_office(tmp_path_factory.mktemp("paint")) as made:
        with made.centre.engine.begin() as connection:
            fill(connection, PLACES, tuple(MERGED))
        assert made.app.test_client().get("/map").status_code == 200
        yield made


@pytest.mark.timed
@pytest.mark.parametrize("path", ["/map", "/map?province=48"])
def test_the_map_is_light_and_painted_in_a_second_and_a_half_on_a_slow_phone(
    office: Office, browser: Browser, path: str
) -> None:
    """The best of three: the page is measured, not what else this machine does meanwhile."""
    paint, heavy = float("inf"), 0
    for _ in range(3):
        if paint > PAINT_MS:
            found, heavy = cold(office, browser, path)
            paint = min(paint, found)
    print(f"{path}: first paint {paint:.0f} ms, whole map {heavy:,} bytes")
    assert paint <= PAINT_MS
    assert 20_000 < heavy <= MOST_BYTES


def cold(office: Office, browser: Browser, path: str) -> tuple[float, int]:
    """(first contentful paint in ms, bytes on the wire until the live map stands) with nothing in the cache."""
    width, height = SIZES["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(60_000)
    sizes = list[float]()
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.clearBrowserCache")
    cdp.send("Network.emulateNetworkConditions", SLOW)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    def finished(told: dict[str, Any]) -> None:
        sizes.append(told["encodedDataLength"])

    cdp.on("Network.loadingFinished", finished)
    page.goto(f"{office.url}{path}")
    page.wait_for_selector(".mapworld[data-version]", state="attached")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return float(paint), round(sum(sizes))
