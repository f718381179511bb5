"""Scripted visitors at the form, their touches counted: old people do not touch more often than they must."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import see
from tests.parts.form_desk import CCCD
from tests.screens.form_walk import FormKiosk, form_kiosk


@pytest.fixture(scope="module")
def kiosk() -> Iterator[FormKiosk]:
    with form_kiosk() as kiosk:
        yield kiosk


@dataclass
class Finger:
    """Touches the page, waits for what comes of it, and counts. A key of the touch keyboard is a touch as well."""

    page: Page
    taps: int = 0

    def tap(self, selector: str) -> None:
        before = self.page.get_attribute("#page", "data-turn")
        self.page.tap(selector)
        self.taps += 1
        if "data-act" in selector or "data-pick" in selector:
            self.page.wait_for_function("turn => document.querySelector('#page')?.dataset.turn !== turn", arg=before)

    def say(self, text: str) -> None:
        """Touch the option or button that says `text`."""
        before = self.page.get_attribute("#page", "data-turn")
        self.page.locator("#page").get_by_text(text, exact=True).first.tap()
        self.taps += 1
        self.page.wait_for_function("turn => document.querySelector('#page')?.dataset.turn !== turn", arg=before)

    @property
    def title(self) -> str:
        return self.page.inner_text("#title")


def test_a_domestic_declaration_with_a_scanned_card_takes_twelve_touches_at_most(
    kiosk: FormKiosk, open_page: OpenPage
) -> None:
    page = open_page(f"{kiosk.url}/form/")
    finger = Finger(page)
    finger.tap(".offer.must")
    finger.tap("[data-act=agree]")
    kiosk.desk.cards.put(CCCD)
    see(page, "#page[data-page=question]")
    assert finger.title == "14 ngày qua, bạn có đi tỉnh khác hoặc nước khác không?"
    finger.say("Không")
    finger.tap("[data-local=alone][data-pick]")
    finger.tap("[data-local=alone][data-pick]")
    finger.tap("[data-act=answer]")  # the phone number may be skipped
    see(page, "#page[data-page=review]")
    expect(page.locator("#page")).to_contain_text("NGUYỄN VĂN THỬ")
    finger.tap("[data-act=send]")
    expect(page.locator("#page .number").first).to_have_text("K7QF-2M9D-44TX")
    finger.taps += 1  # Done
    page.tap("[data-act=wipe]")
    page.wait_for_url(f"{kiosk.url}/")
    assert finger.taps <= 12
    assert kiosk.desk.filled[-1].identity == ("cccd", "099070000001")


def test_a_family_of_four_takes_thirty_touches_at_most(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=voluntary")
    finger = Finger(page, 1)  # the touch that opened it
    finger.tap("#agree")
    finger.tap("[data-act=agree]")
    for number in range(4):
        for _ in range(9):
            if page.get_attribute("#page", "data-page") != "question":
                break
            if page.locator("[data-local=alone]").count():
                finger.tap("[data-local=alone][data-pick]")
            elif page.locator("[data-local=choose]").count():
                finger.tap("[data-local=choose][data-pick] >> nth=0")
            else:
                finger.tap("[data-act=answer]")
        if page.get_attribute("#page", "data-page") == "more":
            finger.tap(f"[data-act=more] >> nth={0 if number < 3 else 1}")
    for _ in range(3):
        if page.get_attribute("#page", "data-page") == "question":
            finger.tap("[data-act=answer]")
    see(page, "#page[data-page=review]")
    finger.tap("[data-act=send]")
    finger.tap("[data-act=wipe]")
    assert finger.taps <= 30
    assert kiosk.desk.filled[-1].people == 4


def test_a_pass_without_papers_takes_six_touches_at_most(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/")
    finger = Finger(page, 1)  # "I have no code" at the gate
    finger.tap("[data-act=begin].primary")
    finger.tap("[data-act=papers]")
    expect(page.locator("#page .code svg")).to_be_visible()
    finger.tap("[data-act=wipe]")
    assert finger.taps <= 6
    assert kiosk.desk.passes == ["vi"]


def test_a_wrong_touch_is_put_right(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    finger = Finger(page)
    finger.tap("[data-act=agree]")
    kiosk.desk.cards.put(CCCD)
    see(page, "#page[data-page=question]")
    finger.say("Có")
    assert "tỉnh, thành phố nào" in finger.title
    finger.tap("[data-act=back]")
    assert page.get_attribute("[data-pick=yes]", "aria-pressed") == "true"
    finger.say("Không")
    assert "dấu hiệu" in finger.title


def test_signs_and_none_of_these_never_stand_together(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    finger = Finger(page)
    finger.tap("[data-act=agree]")
    kiosk.desk.cards.put(CCCD)
    see(page, "#page[data-page=question]")
    finger.say("Không")
    page.tap("[role=checkbox] >> nth=0")
    page.tap("[role=checkbox] >> nth=1")
    assert page.locator('[aria-checked="true"]').count() == 2
    finger.tap("[data-act=answer]")
    finger.tap("[data-act=back]")
    assert page.locator('[aria-checked="true"]').count() == 2
    finger.tap("[data-local=alone][data-pick]")
    finger.tap("[data-act=back]")
    assert page.locator('[aria-checked="true"]').count() == 1


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {selector} by the Tab key")


def _key(page: Page, selector: str, key: str = "Enter") -> None:
    before = page.get_attribute("#page", "data-turn")
    _tab_to(page, selector)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "4px", f"{selector} does not show that it has the focus"
    page.keyboard.press(key)
    page.wait_for_function("turn => document.querySelector('#page')?.dataset.turn !== turn", arg=before)


def test_the_whole_form_is_walked_by_keys_alone(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?language=en")
    _key(page, ".offer.must")
    _key(page, "[data-act=agree]")
    _key(page, "[data-act=type]")
    page.keyboard.type("THU")
    _enter(page)
    page.keyboard.type("1970")
    _enter(page)
    _key(page, "[data-pick='0']", "Space")
    _key(page, "[data-act=answer]")
    page.keyboard.type("So 1")
    _enter(page)
    _key(page, "[data-pick=no]")
    _tab_to(page, "[role=checkbox]")
    page.keyboard.press("Space")
    assert page.locator('[aria-checked="true"]').count() == 1
    _key(page, "[data-act=answer]")
    while page.get_attribute("#page", "data-page") == "question":
        alone = page.locator("[data-local=alone]").count()
        choose = page.locator("[data-local=choose]").count()
        _key(page, "[data-local=alone]" if alone else "[data-local=choose]" if choose else "[data-act=answer]")
    _key(page, "[data-act=send]")
    see(page, "#page[data-page=receipt]")
    assert "nurse" in page.inner_text("#page")


def _enter(page: Page) -> None:
    before = page.get_attribute("#page", "data-turn")
    page.keyboard.press("Enter")
    page.wait_for_function("turn => document.querySelector('#page')?.dataset.turn !== turn", arg=before)


def test_a_country_is_found_by_a_few_letters_without_marks(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    finger = Finger(page)
    finger.tap("[data-act=agree]")
    kiosk.desk.cards.put(CCCD)
    see(page, "#page[data-page=question]")
    finger.say("Có")
    page.fill("#find", "da n")
    expect(page.locator("#rows [data-pick]:visible")).to_have_count(1)
    page.locator("#rows [data-pick]:visible").tap()
    finger.tap("[data-act=answer]")
    assert "nước nào" in finger.title
    page.fill("#find", "han")
    assert "Hàn Quốc" in page.inner_text("#rows")
    page.fill("#find", "xyzxyz")
    expect(page.locator("#none")).to_be_visible()
