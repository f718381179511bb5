"""The place's self-check on the gate's own screen: whoever is at the gate comes before it, and nothing is lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forms.load import load
from forms.model import Form
from forms.value_sets import value_sets
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.screens import ALLOW, IDLE, SIZES, resize, see
from tests.parts.form_desk import LIBRARY, MemoryDesk, make_offer
from tests.parts.waits import wait_for
from tests.screens.form_walk import FormKiosk, form_kiosk
from ui.form.desk import Extras, Filled, Outcome
from ui.form.handed import Handed

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
WORDS = {"linkId": "words", "type": "text", "text": "Bạn muốn nói thêm điều gì?", "maxLength": 500}


def form_with_a_text() -> Form:
    """Two choices and a text: the shortest form that has all that a finger does."""
    form = json.loads((LIBRARY / "feedback.json").read_text("utf-8"))
    return load(form | {"item": [*form["item"], WORDS]}, value_sets())


OFFER = make_offer(form_with_a_text(), "daily")
TAKEN: list[Filled] = []


def take(guard: str, filled: Filled) -> Outcome:
    TAKEN.append(filled)
    return Outcome("ALLOW", ("check_taken",), "", aside="check")


HANDED = Handed(take, lambda: None)


@pytest.fixture(scope="module")
def kiosk() -> Iterator[FormKiosk]:
    with form_kiosk(MemoryDesk([]), Extras(handed=HANDED)) as kiosk:
        yield kiosk


@pytest.fixture
def screen(kiosk: FormKiosk, open_page: OpenPage) -> Iterator[Page]:
    """The gate's screen at the text of a self-check, half typed."""
    TAKEN.clear()
    page = open_page(f"{kiosk.url}/")
    see(page, "#idle")
    assert HANDED.give("Lan Thử", OFFER, "vi")
    kiosk.feed.publish(IDLE)
    see(page, "#page[data-page=notice]")
    page.click("#agree")
    page.click("[data-act=agree]")
    for _ in range(2):
        turn = page.get_attribute("#page", "data-turn")
        page.locator("[data-pick]").first.click()
        page.wait_for_function("turn => document.getElementById('page')?.dataset.turn !== turn", arg=turn)
    page.fill("#answer", "Quầy cá ít gió")
    yield page
    HANDED.take_back()
    kiosk.feed.publish(IDLE)


def test_a_scan_wins_and_the_form_comes_back_as_it_was_left(kiosk: FormKiosk, screen: Page) -> None:
    kiosk.feed.publish(ALLOW)
    see(screen, "body[data-page=result][data-signal=ALLOW] #result")
    kiosk.feed.publish(IDLE)
    expect(screen.locator("#answer")).to_have_value("Quầy cá ít gió", timeout=15_000)
    screen.click("[data-act=answer]")
    see(screen, "[data-page=review]")
    screen.click("[data-act=send]")
    see(screen, "[data-page=receipt]")
    assert [filled.by for filled in TAKEN] == ["Lan Thử"]
    kiosk.feed.publish(replace(IDLE, occupancy=9))
    see(screen, "[data-page=receipt]")  # what is sent stands as long as any receipt
    screen.click("[data-act=wipe]")
    see(screen, "#idle")


def test_it_makes_room_for_a_visitor_until_its_guard_brings_it_back(kiosk: FormKiosk, screen: Page) -> None:
    screen.click("[data-act=back]")
    see(screen, "#page[data-widget=buttons], #page[data-widget=list]")
    screen.click("[data-tool=leave]")
    assert violations(screen) == []
    screen.click("[data-tool=make-room]")
    see(screen, "#idle")
    assert HANDED.standing() == "waiting"
    assert HANDED.give("Lan Thử", OFFER, "vi")
    kiosk.feed.publish(IDLE)
    see(screen, "#page[data-widget=buttons], #page[data-widget=list]")
    screen.locator("[data-pick]").first.click()
    expect(screen.locator("#answer")).to_have_value("Quầy cá ít gió", timeout=15_000)


def test_a_text_is_typed_in_a_box_of_two_lines_and_left_from_at_every_size(kiosk: FormKiosk, screen: Page) -> None:
    screen.focus("#answer")
    see(screen, "gp-keyboard[open]")
    for big in (False, True):
        for size in SIZES:
            resize(screen, size)
            if not (big and size == "tall"):  # there the page scrolls as a whole
                assert screen.evaluate(LOOKS, {"target": 60, "contrast": 4.5}) == [], (size, big)
            room = screen.evaluate(
                "() => { const box = document.getElementById('answer');"
                " return box.clientHeight / parseFloat(getComputedStyle(box).lineHeight); }"
            )
            assert room >= (1 if big else 2), (size, big, room)
            screen.click("[data-tool=leave]")
            screen.click("#leave [data-tool=close]")
            screen.click("#answer")
            see(screen, "gp-keyboard[open]")
        screen.click("[data-tool=bigger]")
    screen.click("[data-tool=leave]")
    screen.click("[data-tool=make-room]")
    see(screen, "#idle")
    assert HANDED.give("Lan Thử", OFFER, "vi")
    kiosk.feed.publish(IDLE)
    expect(screen.locator("#answer")).to_have_value("Quầy cá ít gió", timeout=15_000)


def test_what_a_guard_takes_back_leaves_the_screen(kiosk: FormKiosk, screen: Page) -> None:
    HANDED.take_back()
    kiosk.feed.publish(IDLE)
    see(screen, "#idle")
    assert wait_for(lambda: screen.url == f"{kiosk.url}/", "the resting screen")
