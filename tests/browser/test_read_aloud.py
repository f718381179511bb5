"""The button that reads a page aloud stands where the language has a voice on this machine, and nowhere else."""

import shutil
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import see
from tests.needs import need, need_contrib
from tests.parts.form_desk import sample_desk
from tests.screens.form_walk import FormKiosk, do, form_kiosk, on
from ui.form.desk import Extras
from ui.speech import Speech


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return Speech(tmp_path_factory.mktemp("sounds"))


@pytest.fixture(scope="module")
def kiosk(speech: Speech) -> Iterator[FormKiosk]:
    need(shutil.which("espeak-ng") is not None, "espeak-ng")
    with form_kiosk(sample_desk(), Extras(speak=partial(speech.speak, keep=False))) as kiosk:
        yield kiosk


@pytest.mark.parametrize("language", ["vi", "en", "ko", "zh", "ja"])
def test_the_button_shows_where_the_language_has_a_voice_and_sounds(
    kiosk: FormKiosk, open_page: OpenPage, speech: Speech, language: str
) -> None:
    (need_contrib if language == "ja" else need)(speech.speaks(language), f"a voice for {language}")
    page = open_page(f"{kiosk.url}/form/?language={language}")
    page.click(".offer.must")
    on(page, "notice")
    do(page, "agree")
    listen = page.locator("[data-tool=listen]")
    expect(listen).to_be_visible(timeout=15_000)
    with page.expect_response(lambda answer: answer.url.endswith("/say"), timeout=15_000) as said:
        listen.click()
    assert said.value.status == 200
    assert said.value.headers["content-type"] == "audio/wav"
    assert len(said.value.body()) > 20_000
    expect(page.locator("#volume")).to_be_visible()


@pytest.mark.parametrize("language", ["km", "lo", "th"])
def test_no_button_shows_where_nothing_would_be_heard(kiosk: FormKiosk, open_page: OpenPage, language: str) -> None:
    page = open_page("about:blank")
    with page.expect_response(lambda answer: "/form/voice?" in answer.url) as asked:
        page.goto(f"{kiosk.url}/form/?language={language}")
    assert asked.value.status == 204
    expect(page.locator("[data-tool=listen]")).to_be_hidden()


def test_the_button_goes_and_comes_with_the_language(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?language=vi")
    listen = page.locator("[data-tool=listen]")
    expect(listen).to_be_visible()
    for tag, shown in (("km", False), ("vi", True)):
        page.click("[data-tool=languages]")
        page.click(f"#languages [data-language={tag}]")
        see(page, f"html[lang={tag}]")
        expect(listen).to_be_visible(visible=shown)
