"""The safety map in a real Chromium: read by everybody, found by typing, true within three seconds, and light."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from central.access.roles import Grant
from central.safety.periods import day_of
from central.safety.states import Cause, State, put_state
from central.statements import run
from tests.browser.axe import violations
from tests.browser.officers_page import SIZES, Office, running_office
from tests.integration.central.map.world import add_place, fill
from tests.parts.centre import NOW_MS

PATHS = ("/map", "/map?province=48", "/map?q=cho", "/map/place/v-000001", "/map/open", "/map/embed?province=48")
MOST_BYTES, FIRST_PAINT_MS, LATEST_S = 250_000, 1_500, 3.0
SEES_WORDS = """
() => {
  const pen = CanvasRenderingContext2D.prototype;
  const kept = pen.fillText;
  window.drawn = [];
  pen.fillText = function (text, ...rest) {
    window.drawn.push(text);
    return kept.call(this, text, ...rest);
  };
}
"""
SMALL = """
() => [...document.querySelectorAll("main button, main a, main select, main input:not([type=hidden])")]
  .filter((one) => one.offsetParent && !one.closest("svg") && one.getBoundingClientRect().height < 47.5)
  .map((one) => one.outerHTML)
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running_office(tmp_path_factory.mktemp("map")) as made:
        with made.centre.engine.begin() as connection:
            fill(connection, 60)
            add_place(connection, 100, "v-rieng", "Chợ Riêng Một Mình", "48", ward="20194", point=(15.6, 107.9))
        yield made


def open_map(office: Office, browser: Browser, path: str, size: str = "wide", **options: object) -> Page:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{office.url}{path}")
    return page


@pytest.mark.parametrize(
    ("path", "theme"), [*((path, "light") for path in PATHS), ("/map?province=48", "dark"), (PATHS[3], "dark")]
)
def test_a_page_can_be_read_by_everybody_at_every_size(office: Office, browser: Browser, path: str, theme: str) -> None:
    page = open_map(office, browser, path, bypass_csp=True, color_scheme=theme)
    assert violations(page) == []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{beyond} px wider than {size}"
        small = page.evaluate(SMALL)
        assert small == [], size
    page.context.close()


def test_a_change_is_on_the_map_and_in_the_list_within_three_seconds(office: Office, browser: Browser) -> None:
    page = open_map(office, browser, "/map?province=48")
    expect(page.locator('nav.states [data-state="unsafe"] b')).not_to_be_empty()
    page.wait_for_selector(".mapworld[data-version]")
    row = page.locator('li[data-id="v-rieng"]')
    expect(row.locator(".word")).to_have_text("Chưa đánh giá")
    with office.centre.engine.begin() as connection:
        put_state(connection, 100, State.UNSAFE, Cause.INSPECTION, NOW_MS)
    began = time.monotonic()
    expect(row.locator(".word")).to_have_text("Không an toàn", timeout=LATEST_S * 1000)
    assert time.monotonic() - began <= LATEST_S
    expect(row.locator("svg.state.unsafe")).to_be_visible()
    expect(row.locator(".shut")).to_be_hidden()
    sql = "INSERT INTO closure (place, first_day, last_day, made_ms) VALUES (100, ?, ?, 1)"
    with office.centre.engine.begin() as connection:
        run(connection, sql, (day_of(office.now_ms), day_of(office.now_ms)))
    expect(row.get_by_text("Hôm nay đóng cửa")).to_be_visible()
    page.context.close()


def test_typing_finds_and_a_mark_opens_its_place(office: Office, browser: Browser) -> None:
    page = open_map(office, browser, "/map")
    page.get_by_role("searchbox").press_sequentially("rieng mot")
    expect(page.locator("#list .hits li")).to_have_count(1)
    assert "q=rieng+mot" in page.url
    page.locator("#list .hits a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chợ Riêng Một Mình")
    page.context.close()


def test_everything_can_be_reached_without_a_script(office: Office, browser: Browser) -> None:
    page = open_map(office, browser, "/map", java_script_enabled=False)
    page.get_by_role("searchbox").fill("rieng mot")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator("#list .hits li")).to_have_count(1)
    page.goto(f"{office.url}/map")
    page.get_by_role("cell").first.wait_for()
    page.locator("#list").get_by_role("link", name="Đà Nẵng").click()
    expect(page.locator("#list h2")).to_have_text("Đà Nẵng")
    expect(page.locator("svg.inset")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("path", ["/map", "/map?province=01"])
def test_the_live_map_draws_both_island_districts(office: Office, browser: Browser, path: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    context.add_init_script(f"({SEES_WORDS})()")
    page = context.new_page()
    page.goto(f"{office.url}{path}")
    page.wait_for_selector(".mapworld[data-version]")
    for name in ("Hoàng Sa", "Trường Sa"):
        page.wait_for_function("name => (window.drawn || []).some((text) => text.includes(name))", arg=name)
    assert page.locator(".atlas canvas").first.is_visible()
    page.emulate_media(media="print")
    expect(page.locator("svg.drawn")).to_be_visible()
    context.close()


def test_the_map_is_light_and_soon_there(office: Office, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = list[float]()
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(f"{office.url}/map")
    page.wait_for_selector(".mapworld[data-version]")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert sum(sizes) <= MOST_BYTES, sizes
    assert painted <= FIRST_PAINT_MS
    context.close()


def test_an_officer_sees_a_change_as_it_happens(office: Office, browser: Browser) -> None:
    secret = office.officer("ward.thu", "Cán bộ THỬ", Grant("ward_office", "ward-20194"))
    page = office.page(browser, secret)
    page.goto(f"{office.url}/map/live")
    expect(page.locator("#how")).to_have_text(re.compile("trực tiếp"))
    before = page.locator("#changes li").count()
    with office.centre.engine.begin() as connection:
        put_state(connection, 100, State.AT_RISK, Cause.FEEDBACK, NOW_MS)
    expect(page.locator("#changes li.new")).to_have_count(1, timeout=LATEST_S * 1000)
    assert page.locator("#changes li").count() == before + 1
    page.goto("about:blank")
    page.context.close()
