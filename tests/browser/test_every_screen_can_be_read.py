"""The visitor screen at three sizes and in two languages: nothing runs over, all can be read and touched."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.screens import IDLE, LONGEST, SIZES, VIEWS, Gate, held, resize, see
from tests.screens.form_walk import SPOKEN, form_kiosk

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
KIOSK = {"target": 60, "contrast": 7.0}


def show(page: Page, gate: Gate, name: str, language: str) -> None:
    gate.feed.publish(IDLE)
    see(page, "body[data-page=idle]")
    page.click(f"[data-language={language}]")
    view = held(VIEWS[name])
    gate.feed.publish(view)
    see(page, f"html[lang={language}] body[data-page={view.page}][data-signal='{view.signal or ''}']")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_fits_and_can_be_read_and_touched(gate: Gate, open_page: OpenPage, language: str) -> None:
    page = open_page(gate.url, reduced_motion=True)
    faults = {}
    for name in VIEWS:
        show(page, gate, name, language)
        for size in SIZES:
            resize(page, size)
            faults[name, size] = page.evaluate(LOOKS, KIOSK)
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_idle_screen_with_every_button_fits_in_every_language(open_page: OpenPage) -> None:
    with form_kiosk() as kiosk:
        page = open_page(kiosk.url, reduced_motion=True)
        see(page, "#preview:not([hidden])")
        see(page, "#declare:not([hidden])")
        faults = {}
        for size in SIZES:
            resize(page, size)
            for tag in SPOKEN:
                page.evaluate("tag => document.querySelector(`#languages [data-language=${tag}]`).click()", tag)
                see(page, f"html[lang={tag}]")
                faults[size, tag] = page.evaluate(LOOKS, KIOSK)
        assert {name: found for name, found in faults.items() if found} == {}


def test_the_longest_sentence_of_every_signal_still_fits(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url, reduced_motion=True)
    for language in ("vi", "en"):
        for view in LONGEST:
            gate.feed.publish(IDLE)
            see(page, "body[data-page=idle]")
            page.click(f"[data-language={language}]")
            gate.feed.publish(held(view))
            see(page, f"body[data-page={view.page}]")
            for size in SIZES:
                resize(page, size)
                assert page.evaluate(LOOKS, KIOSK) == [], (view.reasons, size)


def test_the_ruler_itself_sees_planted_faults(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    see(page, "body[data-page=idle]")
    assert page.evaluate(LOOKS, KIOSK) == []
    for spoil, fault in (
        ("Object.assign(document.querySelector('.primary').style, { minHeight: '40px', alignSelf: 'end' })", "target"),
        ("document.querySelector('.any').style.color = '#8899a0'", "contrast"),
        ("document.querySelector('.any').style.lineHeight = '1.1'", "line height"),
        ("document.querySelector('.any').style.marginLeft = '400px'", "outside the page"),
        ("document.querySelector('.codes li span').textContent = 'Wwwwwwwwwwwwwwwww'", "runs out of its holder"),
    ):
        page.evaluate(spoil)
        assert any(fault in found for found in page.evaluate(LOOKS, KIOSK)), fault


def test_the_signal_is_told_by_word_shape_and_colour(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    shown = set()
    for name in ("allow", "ask", "stop", "fault"):
        show(page, gate, name, "vi")
        shape = page.get_attribute("#sign", "href")
        colour = page.evaluate(
            "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).backgroundImage"
        )
        shown.add((page.inner_text("#word"), shape, colour))
    assert all(len({row[i] for row in shown}) == 4 for i in range(3))


def test_a_result_is_announced_to_those_who_do_not_see_it(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    show(page, gate, "allow", "en")
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "assertive"
    assert "ENTRY REGISTERED AT 06:42" in status.inner_text().upper()
    assert page.get_attribute("#lamps", "aria-label") == "The guard's lamps: green"


def test_nothing_moves_for_those_who_asked_for_stillness(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url, reduced_motion=True)
    for name in ("allow", "fault", "starting"):
        show(page, gate, name, "vi")
        assert page.evaluate("document.getAnimations().length") == 0
