"""What citizens say, in a real browser: sent from a phone with a picture, answered; readable by everybody."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from waitress.server import create_server

from central.web.built import FOLDER
from central.web.entering import COOKIE
from tests.browser.axe import violations
from tests.browser.officers_page import SIZES
from tests.integration.central.feedback.world import MARKET, WARD, Officer, Town, act
from tests.needs import need
from tests.parts.centre import make_centre
from tests.parts.waits import wait_for


@dataclass(slots=True)
class Street:
    """A town whose pages are on two ports."""

    town: Town
    open_url: str
    office_url: str
    ward: Officer
    manager: Officer
    number: int

    def page(self, browser: Browser, size: str, officer: Officer | None = None, *, axe: bool = False) -> Page:
        """A window, of an officer or of anybody."""
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", bypass_csp=axe, reduced_motion="reduce"
        )
        if officer is not None:
            officer.get("/feedback/mine")
            assert officer.client is not None
            cookie = officer.client.get_cookie(COOKIE)
            assert cookie is not None
            context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.office_url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    town = Town(centre)
    ward = town.officer("ward_office", f"ward-{WARD}")
    manager = town.officer("venue_owner", f"venue-{MARKET}")
    for n in range(9):
        town.citizen().say(MARKET, f"Bẩn lắm, lần thứ {n}", topic="cleaning")
    words = "Không ai giữ khoảng cách ở quầy thịt"
    town.citizen().say(MARKET, words)
    number = town.newest()
    act(ward, f"/feedback/{number}", f"/feedback/{number}/publish", words=words)
    town.clock.ms += 86_400_000
    servers = [create_server(app, host="127.0.0.1", port=0, threads=4) for app in (town.open, town.office)]
    threads = [threading.Thread(target=server.run, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    urls = [f"http://localhost:{int(server.effective_port)}" for server in servers]
    yield Street(town, urls[0], urls[1], ward, manager, number)
    for server, thread in zip(servers, threads, strict=True):
        server.close()
        thread.join(10)
    centre.engine.dispose()


def test_each_page_is_readable_by_everybody_at_every_size(street: Street, browser: Browser) -> None:
    flood = street.town.centre.one("SELECT max(campaign) FROM feedback")
    pages: list[tuple[str, Officer | None]] = [
        (f"/say/{MARKET}", None),
        ("/say/status", None),
        ("/feedback", street.ward),
        (f"/feedback/{flood}", street.ward),
        (f"/feedback/flood/{flood}", street.ward),
        (f"/feedback/of/{MARKET}", street.manager),
    ]
    for path, officer in pages:
        page = street.page(browser, "phone", officer, axe=True)
        base = street.open_url if officer is None else street.office_url
        for language in ("vi", "en"):
            answer = page.goto(f"{base}{path}?lang={language}")
            assert answer is not None
            assert answer.status == 200, path
            assert violations(page, whole=language == "vi") == [], path
            for size, (width, height) in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert beyond <= 0, f"{path} is {beyond} px wider than {size} in {language}"
        page.set_viewport_size({"width": 390, "height": 844})
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main .button, main td a, main select, .choice, summary')]"
            ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 48).map(one => one.outerHTML)"
        )
        assert small == [], path
        page.context.close()


def test_a_word_with_a_picture_from_a_phone_that_was_there(street: Street, browser: Browser, tmp_path: Path) -> None:
    need((FOLDER / "feedback-say.js").is_file(), "the built scripts (bin/build-web)")
    _, proof = street.town.visitor(41)
    large = tmp_path / "anh.png"
    Image.effect_noise((1500, 1100), 90).convert("RGB").save(large)
    assert large.stat().st_size > 1_000_000
    page = street.page(browser, "phone")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{street.open_url}/say/{MARKET}#{proof}")
    page.get_by_text("đã đến đây").wait_for()
    assert proof not in page.url
    page.get_by_text("Bí gió, không thông thoáng").click()
    page.get_by_label("Bạn thấy gì?").fill("Bí quá, cửa sổ đóng kín")
    page.get_by_text("Thêm ảnh").click()
    page.locator("input[type=file]").set_input_files(large)
    wait_for(
        lambda: page.evaluate("document.querySelector('[type=file]').files[0].type") == "image/jpeg", "a small one"
    )
    wait_for(lambda: bool(page.evaluate("document.querySelector('[name=work]').value")), "the work")
    page.get_by_role("button", name="Gửi").click()
    page.get_by_text("Đã nhận lời của bạn").wait_for()
    page.get_by_role("button", name="Xem đã đến đâu").click()
    page.get_by_text("Chưa ai mở").wait_for()
    assert not re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.url)
    assert complaints == []
    sql = "SELECT f.voice IS NOT NULL FROM feedback f JOIN feedback_picture p ON p.feedback = f.id"
    assert street.town.centre.rows(f"{sql} ORDER BY f.id DESC LIMIT 1") == [(1,)]
    page.context.close()


def test_a_manager_answers_in_two_moves(street: Street, browser: Browser) -> None:
    page = street.page(browser, "phone", street.manager)
    page.goto(f"{street.office_url}/feedback/mine?lang=en")
    page.get_by_label("Your answer").first.fill("Từ hôm nay mỗi quầy có vạch đứng.")
    page.get_by_role("button", name="Answer in public").first.click()
    page.get_by_text("Answered, for everybody to read.").wait_for()
    assert page.get_by_text("mỗi quầy có vạch đứng").count() == 1
    page.context.close()
