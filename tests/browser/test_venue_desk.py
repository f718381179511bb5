"""A manager's way in a real browser: registering on a phone, the ward's yes, posters; small, and in the dark."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from central.access.accounts import begin_session
from central.access.roles import Grant
from central.alerts.sealing import make_sender_key
from central.places.places import Place
from central.venues import posters, rosters
from tests.browser.axe import violations
from tests.browser.officers_page import SIZES, Office, running_office

WARD = "26740"
PAGES = ("", "/posters", "/counts", "/rosters", "/rosters/1", "/staff", "/kiosks", "/data", "/end")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A centre without short messages: the ward reads codes out."""
    with running_office(tmp_path_factory.mktemp("venues")) as made:
        make_sender_key(made.centre.keys)
        yield made


@pytest.fixture(scope="module")
def venue(browser: Browser, office: Office) -> str:
    """The id of a place that was registered on a phone and confirmed by its ward, by their fingers alone."""
    phone = office.page(browser, size="phone", bypass_csp=True)
    phone.context.grant_permissions(["geolocation"], origin=office.url)
    phone.context.set_geolocation({"latitude": 10.7721, "longitude": 106.6983, "accuracy": 12})
    phone.goto(f"{office.url}/register")
    assert violations(phone) == []
    phone.get_by_label("Chợ", exact=True).check()
    phone.get_by_label("Tỉnh, thành phố").select_option("79")
    phone.get_by_role("button", name="Tiếp tục").click()
    phone.get_by_label("Tên cơ sở").fill("Chợ Mẫu")
    phone.get_by_label("Phường, xã, đặc khu").select_option(WARD)
    phone.get_by_label("Địa chỉ").fill("1 đường Giả Định")
    phone.get_by_label("Sức chứa (người cùng lúc)").fill("400")
    phone.get_by_role("button", name="Tôi đang ở đây").click()
    expect(phone.get_by_label("Vĩ độ")).to_have_value("10.77210")
    phone.get_by_label("Số di động của người quản lý").fill("0912 345 678")
    assert violations(phone) == []
    no_wider(phone)
    phone.get_by_role("button", name="Gửi mã cho tôi").click()
    expect(phone.get_by_text("gọi hoặc đến")).to_be_visible()
    assert violations(phone) == []

    secret = office.officer("phuong", "Cán bộ THỬ", Grant("ward_office", f"ward-{WARD}"))
    desk = office.page(browser, secret, bypass_csp=True)
    desk.goto(f"{office.url}/venues/waiting")
    assert violations(desk) == []
    desk.get_by_role("link", name="Xem Chợ Mẫu").click()
    desk.get_by_role("button", name="Tạo mã để đọc").click()
    code = desk.locator(".code").inner_text()
    phone.get_by_label("Mã 6 chữ số").fill(code)
    phone.get_by_role("button", name="Xác nhận").click()
    expect(phone.get_by_text("Đang chờ")).to_be_visible()
    desk.goto(f"{office.url}/venues/waiting/1")
    assert violations(desk) == []
    desk.get_by_role("button", name="Xác nhận và đưa lên bản đồ").click()
    login, first = desk.locator("dd.code").all_inner_texts()
    assert len(first) == 19 and violations(desk) == []
    phone.reload()
    expect(phone.get_by_text("Cơ sở đã có trên bản đồ")).to_be_visible()
    for page in (phone, desk):
        page.context.close()
    return login


@pytest.fixture(scope="module")
def filled(office: Office, venue: str) -> str:
    """The session of the place's manager, whose desk has something on each page."""
    number = office.centre.one("SELECT number FROM place ORDER BY number DESC LIMIT 1")
    place = Place(number, venue, "Chợ Mẫu", "market", WARD, "79")
    with office.centre.engine.begin() as connection:
        posters.make_poster(connection, place, "Cửa A", "km", 365, venue, office.now_ms)
        made = rosters.new_roster(connection, place, "Xe 29", "bus", True, venue, office.now_ms)
        roster = rosters.roster_of(connection, place, made)
        rosters.fill(connection, office.centre.ring, roster, rosters.numbered("Ghế", 12), 2, office.now_ms)
        return begin_session(connection, venue, office.now_ms, strong=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_desk_can_be_read_and_touched(
    browser: Browser, office: Office, venue: str, filled: str, scheme: Literal["light", "dark"]
) -> None:
    page = office.page(browser, filled, "phone" if scheme == "dark" else "wide", bypass_csp=True)
    page.emulate_media(color_scheme=scheme)
    for path in (f"/{venue}{more}" for more in (PAGES if scheme == "dark" else PAGES[:3])):
        page.goto(f"{office.url}/venues{path}")
        assert violations(page) == [], path
        for width, height in SIZES.values() if scheme == "dark" else ():
            page.set_viewport_size({"width": width, "height": height})
            no_wider(page)
            assert small_targets(page) == [], f"{path} {width}"
    page.context.close()


def test_a_poster_is_printed_and_changed_by_two_touches(
    browser: Browser, office: Office, venue: str, filled: str
) -> None:
    page = office.page(browser, filled, "phone")
    page.goto(f"{office.url}/venues/{venue}")
    page.get_by_role("link", name="Mã treo cửa").click()
    href = page.get_by_role("link", name="In tất cả").get_attribute("href")
    answer = page.request.get(f"{office.url}{href}")
    assert answer.status == 200 and answer.body().startswith(b"%PDF")
    page.get_by_role("button", name="Đổi mã").click()
    expect(page.get_by_role("status")).to_contain_text("Mã mới đã có")
    page.context.close()


def no_wider(page: Page) -> None:
    """Nothing is cut off at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def small_targets(page: Page) -> list[str]:
    """Buttons and fields under 48 px high; a tick is as high as its line."""
    return [
        str(text)
        for text in page.evaluate(
            "[...document.querySelectorAll('main button, main .button, main input:not([type=hidden]), main select')]"
            ".map(one => [one.type === 'checkbox' || one.type === 'radio' ? one.closest('label') : one, one])"
            ".filter(([box]) => box.getBoundingClientRect().height > 0 && box.getBoundingClientRect().height < 48)"
            ".map(([, one]) => one.outerHTML.slice(0, 80))"
        )
    ]
