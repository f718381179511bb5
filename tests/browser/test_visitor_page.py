"""The visitor's page: few taps, no network, nothing left behind, for everybody's eyes and thumbs."""

import json

import pytest
from playwright.sync_api import Page, expect

from forms.load import load
from forms.model import LANGUAGES
from forms.packed import unpack
from tests.browser.axe import violations
from tests.browser.visitor_page import MARKET, Visiting, asked_form, kept, ready
from tests.parts.light_screens import read_screens
from tests.parts.waits import wait_for
from wire.light import open_declaration

COUNT_TAPS = "addEventListener('click', () => { sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1; }, true);"


def taps(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.taps ?? 0)"))


def visits_reach(visiting: Visiting, count: int) -> None:
    wait_for(lambda: visiting.centre.one("SELECT count(*) FROM visit") == count, f"{count} visits at the centre")


def make_pass(visiting: Visiting, page: Page) -> None:
    page.goto(f"{visiting.address}/v/")
    page.locator("button.big").click()
    page.wait_for_selector("svg.code")


def test_from_the_poster_to_checked_in_is_one_tap_the_first_time_and_one_the_second(visiting: Visiting) -> None:
    with visiting.phone() as (_, page):
        page.add_init_script(COUNT_TAPS)
        for code, counted in ((visiting.market, 1), (visiting.market.lower(), 1)):
            before = visiting.centre.one("SELECT count(*) FROM visit")
            start = 0 if "about:" in page.url else taps(page)
            page.goto(f"{visiting.address}/GPV1/{code}" if code.isupper() else f"{visiting.address}/gpv1/{code}")
            page.locator("button.big").click()
            page.wait_for_selector("main.result")
            assert taps(page) - start == 1
            visits_reach(visiting, before + counted)
        assert "/v/#place/" in page.url, "the poster's code stands behind the #, which no server sees"


def test_a_declaration_that_is_due_and_the_check_in_are_one_scan_and_four_taps(visiting: Visiting) -> None:
    with visiting.phone() as (_, page):
        page.add_init_script(COUNT_TAPS)
        page.goto(f"{visiting.address}/GPV1/{visiting.school}")
        page.locator("button.big").click()  # declare, then check in
        page.locator("button.big").click()  # read it, begin
        page.locator(".pair button").nth(1).click()  # no fever
        page.locator("button.big").click()  # send
        page.wait_for_selector("main.result.ALLOW")
        expect(page.locator("h1")).to_have_text("Mời vào, đã ghi nhận")
        assert taps(page) == 4
        page.goto(f"{visiting.address}/v/#pass")
        expect(page.locator(".card.good")).to_contain_text("Đã khai báo")
        held = kept(page)
        assert "fever" not in held
        assert "QuestionnaireResponse" not in held


def test_without_a_network_it_opens_shows_the_pass_and_keeps_the_check_in(visiting: Visiting) -> None:
    with visiting.phone() as (context, page):
        make_pass(visiting, page)
        ready(page)
        context.set_offline(True)
        page.goto(f"{visiting.address}/v/")
        page.wait_for_selector("svg.code[data-slot]")
        page.goto(f"{visiting.address}/GPV1/{visiting.market}")  # as the phone's camera opens it
        expect(page.locator("h1")).to_have_text(f"Nơi {MARKET}")
        page.locator("button.big").click()
        page.wait_for_selector("main.result.kept")
        assert json.loads(kept(page).rsplit("]", 1)[0] + "]") != []
        before = visiting.centre.one("SELECT count(*) FROM visit")
        context.set_offline(False)
        visits_reach(visiting, before + 1)
        page.goto(f"{visiting.address}/v/#history")
        page.wait_for_selector(".rows .row")
        assert page.locator(".note").count() == 0, "nothing waits any more"


def test_without_a_network_a_declaration_goes_by_light_to_the_gate(visiting: Visiting) -> None:
    with visiting.phone(device_scale_factor=1) as (context, page):
        make_pass(visiting, page)
        ready(page)
        page.goto(f"{visiting.address}/v/#declare")
        page.locator("section.card button").click()
        context.set_offline(True)
        assert not page.get_by_role("checkbox").is_checked(), "nobody agrees beforehand"
        page.get_by_role("checkbox").check()
        page.locator("button.big").click()
        page.locator(".pair button").nth(0).click()
        page.locator("button.big").click()
        page.get_by_text("Đưa cho máy ở cửa xem").click()
        page.wait_for_selector("svg.code[data-frame]")
        screens = []
        for _ in range(30):
            screens.append(page.locator(".paper").screenshot())
            if read_screens(screens[-1:]) is None and len(screens) % 6 == 0 and read_screens(screens) is not None:
                break
        declaration = read_screens(screens)
        assert declaration is not None
        assert declaration.core.order == "tu-nguyen"
        content = open_declaration(declaration, visiting.centre.ring.sealing("offline/case"))
        assert content.language == "vi"
        assert unpack(load(asked_form()), content.answers) == {("fever", ()): (True,)}
        assert content.identity in kept(page), "the pass, and nothing else, says who"


def test_nothing_is_chosen_beforehand_and_what_was_asked_goes_out(visiting: Visiting) -> None:
    with visiting.phone() as (_, page):
        make_pass(visiting, page)
        page.goto(f"{visiting.address}/v/#well")
        page.locator(".pair button").nth(1).click()
        page.wait_for_selector(".option")
        assert page.locator("[aria-pressed=true]").count() == 0
        page.locator("button[type=submit]").click()
        expect(page.locator("#wrong")).to_be_visible()
        page.locator(".option").first.click()
        page.locator("button[type=submit]").click()
        page.locator("button.big").click()
        page.wait_for_selector("main.result.ASK")
        held = kept(page)
        assert "Sốt" not in held
        assert "urn:gatepost:symptom" not in held


def test_deleting_is_two_taps_in_two_places_and_leaves_nothing(visiting: Visiting) -> None:
    with visiting.phone() as (_, page):
        make_pass(visiting, page)
        page.goto(f"{visiting.address}/v/#data")
        page.locator("button.quiet.stop").click()
        page.locator("button.stop:not(.quiet)").click()
        expect(page.locator("h1")).to_have_text("Đã xóa")
        assert '"signed"' not in kept(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_passes_axe_in_every_language(visiting: Visiting, language: str) -> None:
    """All screens in two languages, with their contrast by day and by night; the fullest ones in the others."""
    whole = language in ("vi", "en")
    scheme = "dark" if language == "en" else "light"
    more = {"vi": ("declare", "well", "claim"), "en": ("more", "history", "family", "language")}
    looked = {"pass", "data", *more.get(language, ()), *([f"place/{visiting.school}"] if whole else [])}
    found: dict[str, list[str]] = {}
    with visiting.phone(bypass_csp=True, locale=language, color_scheme=scheme, service_workers="block") as (_, page):
        page.goto(f"{visiting.address}/v/")
        page.wait_for_selector("button.big")
        assert page.locator("html").get_attribute("lang") == language
        if whole:
            found["welcome"] = violations(page)
        page.locator("button.big").click()
        # The page leads there by itself once the keys are made; who is quicker would be led back.
        page.wait_for_function("() => document.querySelector('main').dataset.at === 'pass'")
        for screen in sorted(looked | {"well", f"place/{visiting.school}"}, key=lambda one: one != "pass"):
            page.evaluate("where => { location.hash = where; }", screen)
            page.wait_for_function("where => document.querySelector('main').dataset.at === where", arg=screen)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, screen
            if screen in looked:
                found[screen] = violations(page, whole=whole)
        assert {screen: one for screen, one in found.items() if one} == {}


def test_at_twice_the_text_size_nothing_is_cut_off_and_targets_stay_large(visiting: Visiting) -> None:
    with visiting.phone() as (_, page):
        make_pass(visiting, page)
        for screen in ("pass", "well", "more", "data", f"place/{visiting.market}"):
            page.goto(f"{visiting.address}/v/#{screen}")
            page.wait_for_selector("h1")
            page.evaluate("document.documentElement.style.fontSize = '225%'")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, screen
            page.evaluate("document.documentElement.style.fontSize = ''")
            small = page.evaluate(
                "[...document.querySelectorAll('main button, main a, nav a, summary')]"
                ".filter((one) => one.offsetHeight && one.offsetHeight < 48).map((one) => one.textContent)"
            )
            assert small == [], screen
