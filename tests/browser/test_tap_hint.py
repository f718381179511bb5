"""The hint to hold a tag to the mark: on the resting screen while the radio hears, in every language."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.screens import IDLE, SIZES, resize, see
from tests.browser.test_every_screen_can_be_read import KIOSK, LOOKS
from tests.screens.form_walk import SPOKEN, FormKiosk
from tests.screens.gate_walk import gate_kiosk

TAPS = replace(IDLE, taps=True)


@pytest.fixture(scope="module")
def kiosk() -> Iterator[FormKiosk]:
    with gate_kiosk() as kiosk:
        yield kiosk


def test_the_hint_comes_and_goes_with_the_radio(kiosk: FormKiosk, open_page: OpenPage) -> None:
    kiosk.feed.publish(TAPS)
    page = open_page(kiosk.url)
    see(page, "#tap:not([hidden])")
    assert page.inner_text("#idle-word").replace("\n", " ") == "Mời quét mã hoặc chạm thẻ"
    assert page.inner_text("#tap") == "Chạm thẻ vào dấu tròn"
    kiosk.feed.publish(IDLE)
    page.wait_for_selector("#tap", state="hidden")
    assert page.inner_text("#idle-word") == "Mời quét mã để vào chợ"


def test_the_hint_fits_beside_the_codes_in_every_language_at_every_size(kiosk: FormKiosk, open_page: OpenPage) -> None:
    kiosk.feed.publish(TAPS)
    page = open_page(kiosk.url, reduced_motion=True)
    see(page, "#preview:not([hidden])")
    see(page, "#tap:not([hidden])")
    faults = {}
    for size in SIZES:
        resize(page, size)
        for tag in SPOKEN:
            page.evaluate("tag => document.querySelector(`#languages [data-language=${tag}]`).click()", tag)
            see(page, f"html[lang={tag}]")
            faults[size, tag] = page.evaluate(LOOKS, KIOSK)
    assert {where: found for where, found in faults.items() if found} == {}
