"""The officers' frame in a real browser: passkeys with a virtual authenticator, keyboard, small screens, axe."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from central.access import passkeys, proposals
from central.access.factors import invite
from central.access.roles import Grant
from central.web.console import all_pages
from tests.browser.axe import violations
from tests.browser.officers_page import SIZES, Office, running_office
from tests.parts.officers import PHRASE

EVERYTHING = [
    Grant(role, "all")
    for role in ("administrator", "head", "auditor", "case_officer", "border", "station", "rule_author", "reporter")
] + [Grant("data_protection", "all")]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running_office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def everything(office: Office) -> str:
    """Somebody with the longest menu there can be."""
    secret = office.officer("tat.ca", "NGUYỄN THỊ THỬ NGHIỆM", *EVERYTHING)
    with office.centre.engine.begin() as connection:
        proposals.propose(connection, "grant", "tat.ca", Grant("head", "province-79"), "command", office.now_ms)
    return secret


def authenticator(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """A virtual authenticator of Chromium (DevTools protocol, WebAuthn domain), and its number."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def invited(office: Office, login: str) -> str:
    office.officer(login, "Cán bộ THỬ", Grant("case_officer", "all"))
    with office.centre.engine.begin() as connection:
        return invite(connection, login, office.now_ms)


def test_from_the_first_code_to_a_passkey_and_back_in_by_touch(browser: Browser, office: Office) -> None:
    code = invited(office, "khoa")
    page = office.page(browser)
    devtools, number = authenticator(page)
    page.goto(f"{office.url}/sign-in")
    page.get_by_role("link", name="Có mã lần đầu").click()
    page.get_by_label("Tên đăng nhập").fill("khoa")
    page.get_by_label("Mã lần đầu").fill(code)
    page.keyboard.press("Enter")
    page.get_by_label("Mật khẩu mới").fill(PHRASE)
    page.get_by_label("Gõ lại mật khẩu").fill(PHRASE)
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    expect(page.get_by_role("heading", name="Mã dự phòng")).to_be_visible()
    assert len(page.locator("li").all_inner_texts()) == 8
    (made,) = devtools.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]
    assert (made["isResidentCredential"], made["rpId"]) == (True, "localhost")

    page.goto(f"{office.url}/me")
    expect(page.get_by_text("Phiên này có lớp thứ hai.")).to_be_visible()
    page.get_by_text("Cán bộ THỬ").first.click()
    page.get_by_role("button", name="Đăng xuất").click()

    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()  # alone: no name, no pass phrase
    page.wait_for_url(re.compile("/tonight"))
    assert office.centre.one("SELECT count(*) FROM session WHERE login = 'khoa' AND strong = 1") == 1

    page.context.clear_cookies()
    page.goto(f"{office.url}/sign-in?to=/me")
    page.get_by_label("Tên đăng nhập").fill("khoa")
    page.get_by_label("Mật khẩu").fill(PHRASE)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url(f"{office.url}/me")
    page.context.close()


def test_a_passkey_that_asks_nobody_lets_nobody_in(browser: Browser, office: Office) -> None:
    code = invited(office, "khong.hoi")
    page = office.page(browser)
    devtools, number = authenticator(page)
    page.goto(f"{office.url}/welcome")
    page.get_by_label("Tên đăng nhập").fill("khong.hoi")
    page.get_by_label("Mã lần đầu").fill(code)
    page.keyboard.press("Enter")
    page.get_by_label("Mật khẩu mới").fill(PHRASE)
    page.get_by_label("Gõ lại mật khẩu").fill(PHRASE)
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    expect(page.get_by_role("heading", name="Mã dự phòng")).to_be_visible()
    page.context.clear_cookies()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    page.goto(f"{office.url}/sign-in")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.get_by_text("Khóa truy cập chưa trả lời")).to_be_visible()
    page.context.close()


def test_a_copied_passkey_is_found_by_its_counter(browser: Browser, office: Office) -> None:
    page = office.page(browser, office.officer("ban.sao", "Cán bộ THỬ"))
    authenticator(page)
    page.goto(f"{office.url}/me/passkey")
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    expect(page.get_by_text("Đã thêm khóa truy cập.")).to_be_visible()
    with office.centre.engine.begin() as connection:  # the copy has signed more often than this one
        (credential,) = passkeys.credentials_of(connection, "ban.sao")
        connection.exec_driver_sql("UPDATE passkey SET signs = 1000 WHERE credential = ?", (credential,))
    page.context.clear_cookies()
    page.goto(f"{office.url}/sign-in")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.get_by_text("Khóa truy cập này không thuộc tài khoản nào ở đây")).to_be_visible()
    page.context.close()


def test_the_door_works_by_keyboard_and_without_scripts(browser: Browser, office: Office) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{office.url}/sign-in")
    page.keyboard.type("khong-co-ai")
    page.keyboard.press("Tab")
    page.keyboard.type("không phải mật khẩu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Type it again")
    expect(page.locator("[data-passkey]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_longest_menu_is_reached_on_every_screen(
    browser: Browser, office: Office, everything: str, size: str
) -> None:
    page = office.page(browser, everything, size)
    page.goto(f"{office.url}/me")
    fold = page.locator("details.fold").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    shown = [one for one in fold.locator("li a").all() if one.is_visible()]
    entries = len([one for one in all_pages() if one.menu]) + 2
    beside = 4 if size == "wide" else 0
    assert len(shown) >= min(entries, 12) - beside
    for one in shown:
        box = one.bounding_box()
        assert box is not None
        assert box["height"] >= 48 and box["x"] >= 0 and box["x"] + box["width"] <= SIZES[size][0]
    page.context.close()


PAGES = ("/sign-in", "/welcome", "/transparency", "/me", "/accounts", "/accounts/tat.ca", "/glass", "/audit", "/looks")


def test_every_page_of_access_is_readable_on_every_screen(browser: Browser, office: Office, everything: str) -> None:
    page = office.page(browser, everything, bypass_csp=True)
    for path in PAGES:
        for language in ("vi", "en"):
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(f"{office.url}{path}?lang={language}")
            sizes = SIZES if language == "vi" else {"phone": SIZES["phone"]}
            assert language == "en" or violations(page) == [], path  # the other language has the same elements
            for size, (width, height) in sizes.items():
                page.set_viewport_size({"width": width, "height": height})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, language, size)
                assert page.evaluate(TOO_SMALL) == [], (path, language, size)
    page.context.close()


def test_nothing_is_refused_by_the_browsers_own_policy(browser: Browser, office: Office) -> None:
    complaints: list[str] = []
    page = office.page(browser, office.officer("tram.dem", "Trạm THỬ", Grant("station", "ward-26740")))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/sign-in", "/transparency", "/me", "/glass"):
        page.goto(office.url + path)
    page.get_by_label("Trạm y tế · bất kỳ khu vực nào").check()
    page.get_by_label("Khu vực, khi chọn").fill("ward-26741")
    page.get_by_label("Lý do").fill("Phường bên không có người trực")
    page.get_by_role("button", name="Nhận vai trò 3 giờ").click()
    expect(page.locator(".banner.watch")).to_contain_text("Trạm y tế, phường, xã 26741")
    assert complaints == []
    page.context.close()


# Buttons, fields and links that stand alone; links within a sentence are as high as their line (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll("button, .button, summary, nav a, select, textarea, input")]
  .filter((one) => one.checkVisibility() && !["hidden", "radio", "checkbox"].includes(one.type))
  .filter((one) => one.getBoundingClientRect().height < 47.5).map((one) => one.outerHTML.slice(0, 120))"""
