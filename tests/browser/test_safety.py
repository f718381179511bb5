"""A manager and an inspector at their pages in a real browser: readable, by thumb, and without a network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from central.access.roles import Grant
from central.alerts.sealing import make_sender_key
from central.places.places import Place, describe_place
from central.safety.checks import SelfCheck, hand_in
from central.safety.from_kiosks import put_hour
from central.safety.inspections import Found, ask_inspection, finish_inspection
from central.safety.measuring import look_at
from central.safety.periods import HOUR_MS
from central.safety.schemes import scheme_of
from central.safety.states import Cause, State, put_state
from central.statements import run
from tests.browser.axe import violations
from tests.browser.officers_page import Office, running_office

MARKET, HOSPITAL = "v-cho-mau", "v-benh-vien"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A market that is green and crowded, and a hospital that inspectors found at risk."""
    with running_office(tmp_path_factory.mktemp("safety")) as office:
        now, scheme = office.now_ms, scheme_of("market-2026")
        make_sender_key(office.centre.keys)
        with office.centre.engine.begin() as connection:
            said = '{"channels": ["email", "push"], "base": ""}'
            run(connection, "INSERT INTO meta (key, value) VALUES ('alert_channels', ?)", (said,))
            numbers = []
            for venue, name, kind in ((MARKET, "Chợ Mẫu", "market"), (HOSPITAL, "Bệnh viện Mẫu", "hospital")):
                place = describe_place(connection, Place(0, venue, name, kind, "26740", "79"), now)
                put_state(connection, place.number, State.NOT_ASSESSED, Cause.LISTED, now - 1)
                run(connection, "UPDATE place SET capacity = 100, listed_ms = 1 WHERE number = ?", (place.number,))
                numbers.append(place.number)
            scores = {one.id: 1 for one in scheme.criteria}
            hand_in(connection, SelfCheck(numbers[0], "periodic", scheme, scores, "t", now - HOUR_MS), now)
            for back in range(1, 30):
                facts = {"in": 20, "out": 20, "occupancy_max": 40 + 100 * (back < 3), "up_s": 3600, "co2_mean": 700}
                put_hour(connection, numbers[0], now // HOUR_MS * HOUR_MS - back * HOUR_MS, "m-1", facts)
            look_at(connection, numbers[0], now)
            asked = ask_inspection(connection, numbers[1], "planned", "", now, "t")
            found = [Found("13", "Vòi nước hỏng", 3)]
            finish_inspection(connection, asked, State.AT_RISK, "Sửa chỗ rửa tay.", found, "t", now)
        yield office


@pytest.fixture(scope="module")
def secrets(office: Office) -> dict[str, str]:
    grants = (Grant("venue_owner", f"venue-{MARKET}"), Grant("venue_owner", f"venue-{HOSPITAL}"))
    return {
        "manager": office.officer("chu.cho", "NGUYỄN VĂN THỬ", *grants),
        "ward": office.officer("phuong", "LÊ VĂN THỬ", Grant("ward_office", "ward-26740")),
        "inspector": office.officer("kiem.tra", "TRẦN THỊ THỬ", Grant("inspector", "province-79")),
    }


PAGES = (
    ("manager", "/safety"),
    ("manager", f"/safety/{MARKET}"),
    ("manager", f"/safety/{MARKET}/check/daily"),
    ("manager", f"/safety/{HOSPITAL}/check/periodic"),
    ("manager", "/check-reminder/00000000000000000000000000000000"),
    ("ward", "/safety/late"),
    ("inspector", "/inspections"),
    ("inspector", f"/inspections/of/{HOSPITAL}"),
    ("inspector", "/inspections/2"),
)


def wrong_with(page: Page) -> list[str]:
    """What a reader would stumble over, by day and by night."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"at night: {one}" for one in violations(page)]
    page.emulate_media(color_scheme="light")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found += [f"{wide} px wider than the screen"] if wide > 0 else []
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .button, main .answers span, main .choice, main summary,"
        " main .week span, main select')]"
        ".filter(one => one.offsetHeight && one.offsetHeight < 48).map(one => one.textContent.trim())"
    )
    return found + [f"{name}: lower than 48 px" for name in small]


def test_every_page_is_clean_and_fits_the_smallest_and_the_widest_screen(
    browser: Browser, office: Office, secrets: dict[str, str]
) -> None:
    found: dict[str, list[str]] = {}
    for size, language, pages in (("phone", "vi", PAGES), ("wide", "en", PAGES[1::5])):
        for role, path in pages:
            page = office.page(browser, secrets[role], size, bypass_csp=True)
            answer = page.goto(f"{office.url}{path}?lang={language}")
            assert answer is not None and answer.status == 200, path
            said = wrong_with(page)
            found |= {f"{path} {size}": said} if said else {}
            page.context.close()
    assert found == {}


def test_a_manager_checks_the_day_with_a_thumb(browser: Browser, office: Office, secrets: dict[str, str]) -> None:
    page = office.page(browser, secrets["manager"], "phone")
    page.goto(f"{office.url}/safety/{MARKET}?lang=vi")
    expect(page.locator(".hero")).to_contain_text("An toàn")
    expect(page.get_by_text("Đông hơn sức chứa đã cam kết.")).to_be_visible()
    page.get_by_role("link", name="Bắt đầu đánh giá hôm nay").click()
    taps = 1
    for answers in page.locator(".question").all():
        answers.get_by_label("Đạt", exact=True).check()
        taps += 1
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    assert taps + 2 <= 8  # begin, five answers, the pledge, sent: nothing else stands in the way
    expect(page.get_by_role("status")).to_contain_text("Đã nhận đánh giá")
    page.context.close()


def test_a_large_picture_is_made_small_on_the_phone_before_it_is_sent(
    browser: Browser, office: Office, secrets: dict[str, str], tmp_path: Path
) -> None:
    from PIL import Image

    Image.effect_noise((2400, 1800), 90).convert("RGB").save(tmp_path / "cho.jpg", quality=95)
    assert (tmp_path / "cho.jpg").stat().st_size > 1_000_000
    page = office.page(browser, secrets["manager"], "phone", bypass_csp=True)
    page.goto(f"{office.url}/safety/{MARKET}/check/daily?lang=vi")
    for answers in page.locator(".question").all():
        answers.get_by_label("Đạt", exact=True).check()
    page.get_by_text("Kèm ảnh").click()
    for n in range(5):
        if n:
            page.get_by_text("Thêm một ảnh nữa").nth(n - 1).click()
        page.locator("input[type=file]").nth(n).set_input_files(tmp_path / "cho.jpg")
    page.wait_for_function(
        "[...document.querySelectorAll('input[type=file]')].every(o => o.files[0].name === 'picture.jpg')"
    )
    assert page.evaluate("document.querySelector('input[type=file]').files[0].size") < 1_000_000
    page.locator("select").nth(1).select_option("8")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_role("status")).to_contain_text("Đã nhận đánh giá")  # five of them within the 1 MB of a form
    kept = office.centre.rows("SELECT criterion, length(picture) FROM evidence ORDER BY id")
    assert [one for one, _ in kept] == ["", "8@market-2026", "", "", ""] and all(n <= 204_800 for _, n in kept)
    page.context.close()


def test_an_inspector_without_a_network_loses_nothing(
    browser: Browser, office: Office, secrets: dict[str, str]
) -> None:
    page = office.page(browser, secrets["inspector"], "phone")
    page.goto(f"{office.url}/inspections/2?lang=vi")
    page.locator(".finding", has_text="chuyển đi trong ngày").locator(".choice").click()
    page.locator("input[name='w-23']").fill("Thùng đầy")
    page.get_by_label("Có rủi ro").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Ghi kết quả").click()
    expect(page.get_by_role("status")).to_contain_text("bản nháp được giữ")
    page.context.set_offline(False)
    page.goto(f"{office.url}/inspections/2")  # the phone was put away and taken out again
    expect(page.get_by_role("status")).to_contain_text("Đã lấy lại bản nháp")
    expect(page.locator("input[name='w-23']")).to_have_value("Thùng đầy")
    page.get_by_role("button", name="Ghi kết quả").click()
    expect(page).to_have_url(re.compile(r"/inspections/of/"))
    expect(page.get_by_text("Thùng đầy")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []
    page.context.close()


def test_a_manager_announces_tet_and_asks_to_be_reminded_on_one_screen(
    browser: Browser, office: Office, secrets: dict[str, str]
) -> None:
    page = office.page(browser, secrets["manager"], "phone")
    page.goto(f"{office.url}/safety/{HOSPITAL}?lang=vi")
    page.get_by_text("Đổi ngày mở cửa").click()
    page.get_by_label("Chủ Nhật").uncheck()
    page.get_by_label("Từ ngày").fill("2026-10-01")
    page.get_by_label("Đến hết ngày").fill("2026-10-07")
    page.get_by_role("button", name="Lưu ngày mở cửa").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu ngày mở cửa")
    expect(page.locator("#days")).to_contain_text("Nghỉ từ 01/10/2026 đến hết 07/10/2026")
    expect(page.locator("#days .due")).to_contain_text("Chủ Nhật")
    page.get_by_role("button", name="Hôm nay đóng cửa").click()
    expect(page.locator(".todo.shut")).to_contain_text("không cần đánh giá")
    page.get_by_text("Nhắc bằng thư điện tử").click()
    page.get_by_label("Địa chỉ thư điện tử").fill("cho.mau@example.vn")
    page.get_by_role("button", name="Nhận thư nhắc").click()
    expect(page.locator("#remind")).to_contain_text("đang bật")
    page.get_by_role("button", name="Ngừng nhắc").click()
    expect(page.locator("#remind")).not_to_contain_text("đang bật")
    page.context.close()
