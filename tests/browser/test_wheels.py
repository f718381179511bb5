"""A date by wheels: by touch, by buttons, by keys; nothing is chosen beforehand, and no date outside the limits."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.field_page import field_page
from tests.browser.screens import SIZES, resize

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
BIRTH = 'min="1900-01-01" max="2026-11-23" start="1980-06-15" partial="year"'


@contextmanager
def wheels(attributes: str, value: str = "") -> Iterator[str]:
    body = f"""<gp-wheels labels='LABELS' {attributes}><input type="hidden" name="a" value="{value}"></gp-wheels>"""
    with field_page(body) as url:
        yield url


@pytest.fixture(scope="module")
def birth() -> Iterator[str]:
    with wheels(BIRTH) as url:
        yield url


def value(page: Page) -> str:
    return page.input_value("gp-wheels input")


def spin(page: Page, part: str, key: str, times: int = 1) -> None:
    page.focus(f".{part} .spin")
    for _ in range(times):
        page.keyboard.press(key)


def test_nothing_is_answered_before_every_wheel_was_turned(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    assert value(page) == ""
    assert page.get_attribute(".day .spin", "aria-valuetext") == "Chưa chọn"
    for part in ("day", "month"):
        page.click(f".{part} button:last-child")
        assert value(page) == ""
    page.click(".year button:last-child")
    assert value(page) == "1980-06-15"
    page.click(".year button:first-child")
    assert value(page) == "1979-06-15"


def test_the_form_hears_each_answer(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    page.evaluate(
        "() => { window.heard = []; document.addEventListener('input', (e) => window.heard.push(e.target.value)); }"
    )
    for part in ("year", "month", "day", "day"):
        page.click(f".{part} button:last-child")
    assert page.evaluate("window.heard") == ["1980-06-15", "1980-06-16"]


def test_whoever_does_not_know_the_day_says_so(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    page.click(".year button:last-child")
    page.click(".month button:last-child")
    page.click("[data-unknown=day]")
    assert value(page) == "1980-06"
    page.click("[data-unknown=month]")
    assert value(page) == "1980"
    assert page.get_attribute("[data-unknown=month]", "aria-pressed") == "true"
    page.click("[data-unknown=month]")
    page.click(".day button:last-child")
    assert value(page) == "1980-06-15"


@pytest.mark.parametrize(("given", "shown"), [("1946-02", "day"), ("1946", "month"), ("1946-02-07", "")])
def test_an_answer_comes_back_as_it_was_given(given: str, shown: str, open_page: OpenPage) -> None:
    with wheels(BIRTH, given) as url:
        page = open_page(url)
        expect(page.locator("[aria-pressed=true]")).to_have_count(1 if shown else 0)
        assert value(page) == given
        assert page.get_attribute(".year .spin", "aria-valuenow") == "1946"


def test_a_shorter_month_takes_the_day_with_it(open_page: OpenPage) -> None:
    with wheels('max="2026-11-23"', "2024-01-31") as url:
        page = open_page(url)
        page.click(".month button:last-child")
        assert value(page) == "2024-02-29"
        page.click(".year button:first-child")
        assert value(page) == "2023-02-28"


def test_no_wheel_turns_over_the_limits(open_page: OpenPage) -> None:
    with wheels('min="2026-11-09" max="2026-11-23"', "2026-11-22") as url:
        page = open_page(url)
        spin(page, "year", "ArrowDown", 2)
        spin(page, "month", "End")
        spin(page, "day", "End")
        assert value(page) == "2026-11-23"
        spin(page, "day", "Home")
        spin(page, "month", "ArrowDown")
        assert value(page) == "2026-11-09"
        assert page.get_attribute(".day .spin", "aria-valuemin") == "9"


def test_a_date_is_typed_on_a_real_keyboard(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    page.focus(".day .spin")
    page.keyboard.type("05")
    page.keyboard.press("Tab")
    page.keyboard.type("11")
    page.keyboard.press("Tab")
    page.keyboard.type("1946")
    assert value(page) == "1946-11-05"
    spin(page, "year", "PageUp", 2)
    assert value(page) == "1926-11-05"
    spin(page, "month", "Backspace")
    assert value(page) == ""


@pytest.mark.timed  # a flick is a speed: a browser that is kept waiting sees a slow finger
def test_a_wheel_is_dragged_and_a_flick_lets_it_run_on(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    page.click(".month button:last-child")
    page.click(".day button:last-child")
    box = page.locator(".year .spin").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 90, steps=4)
    page.mouse.move(x, y + 90)
    # the finger rests before it leaves: the wheel stays where it was put
    page.evaluate("new Promise((rest) => { const from = performance.now(); (function wait() {"
                  " performance.now() - from > 90 ? rest() : requestAnimationFrame(wait); })(); })")  # fmt: skip
    page.mouse.up()
    assert value(page) == "1978-06-15"
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 130, steps=3)
    page.mouse.up()
    expect(page.locator(".year .spin")).to_have_attribute("aria-valuenow", _less_than(1976), timeout=4000)


def _less_than(year: int) -> re.Pattern[str]:
    return re.compile("|".join(str(at) for at in range(1900, year)))


def test_a_row_is_taken_by_touching_it(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    box = page.locator(".month .spin").bounding_box()
    assert box
    page.mouse.click(box["x"] + 40, box["y"] + box["height"] - 12)
    assert page.get_attribute(".month .spin", "aria-valuenow") == "7"
    page.mouse.click(box["x"] + 40, box["y"] + box["height"] / 2)
    assert page.get_attribute(".month .spin", "aria-valuenow") == "7"


def test_month_and_year_alone_have_their_wheels_only(open_page: OpenPage) -> None:
    with wheels('precision="month" start="2020-03"') as url:
        page = open_page(url)
        page.click(".month button:last-child")
        page.click(".year button:last-child")
        assert value(page) == "2020-03"
        assert page.locator(".spin").count() == 2


def test_every_language_has_its_order_its_months_and_room_for_them(birth: str, open_page: OpenPage) -> None:
    page = open_page(birth)
    months = {}
    for tag in LANGUAGES:
        for text in ("100", "200"):
            page.goto(f"{birth}?lang={tag}&text={text}")
            order = page.eval_on_selector_all(".wheel", "found => found.map((wheel) => wheel.classList[1])")
            assert order == (["year", "month", "day"] if tag in ("zh", "ko", "ja") else ["day", "month", "year"])
            for part in order:
                page.click(f".{part} button:last-child")
            months[tag] = page.get_attribute(".month .spin", "aria-valuetext")
            for size in (*SIZES, "panel"):
                resize(page, size)
                faults = page.evaluate(LOOKS, {"target": 60, "contrast": 7.0})
                if text == "200":  # the page may scroll down
                    faults = [fault for fault in faults if " high in " not in fault and "outside" not in fault]
                assert faults == [], (tag, text, size)
    assert months == {
        "vi": "Tháng 6", "en": "June", "zh": "6月", "ko": "6월", "ja": "6月",
        "km": "មិថុនា", "lo": "ມິຖຸນາ", "th": "มิถุนายน",
    }  # fmt: skip
    assert page.get_attribute(".year .spin", "aria-valuetext") == "1980 · 2523"
