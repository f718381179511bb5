"""What becomes of answers on the screen: kept while somebody is there, gone when nobody is, never in the gate's way."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import ALLOW, ASK, IDLE, held, see
from tests.parts.form_desk import CCCD
from tests.parts.waits import wait_for
from tests.screens.form_walk import FormKiosk, form_kiosk

SECRET = "NGUYỄN VĂN THỬ"


@pytest.fixture(scope="module")
def kiosk() -> Iterator[FormKiosk]:
    with form_kiosk() as kiosk:
        yield kiosk


def at_the_name(page: Page) -> None:
    """The first question of the domestic form, which takes text."""
    see(page, "#page[data-page=notice]")
    page.click("[data-act=agree]")
    page.click("[data-act=type]")
    see(page, "#answer")


def test_a_visitor_who_left_is_asked_for_then_wiped_and_nothing_is_left(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    page.clock.install()
    page.goto(f"{kiosk.url}/form/?offer=order-domestic")
    at_the_name(page)
    page.fill("#answer", SECRET)
    page.click("[data-act=answer]")
    page.wait_for_selector("#answer[data-keyboard=digits]")
    token = page.get_attribute("#page", "data-token")
    page.clock.run_for(59_000)
    assert page.locator("#there").is_hidden()
    page.clock.run_for(2_000)
    expect(page.locator("#there")).to_be_visible()
    assert "giây" in page.inner_text("#there-why")
    page.click("#there [data-tool=here]")
    expect(page.locator("#there")).to_be_hidden()
    page.clock.run_for(61_000)
    expect(page.locator("#there")).to_be_visible()
    page.clock.run_for(15_500)
    page.wait_for_url(f"{kiosk.url}/")
    assert SECRET not in page.content()
    page.go_back()
    page.wait_for_load_state()
    assert SECRET not in page.content()
    answer = page.request.get(f"{kiosk.url}/form/{token}/", max_redirects=0)
    assert answer.status == 303


LEFT_OVER = {"receipt": ("offer=order-domestic", "refuse", "refuse-surely"), "pass": ("papers=1", "papers")}


@pytest.mark.parametrize("kind", LEFT_OVER)
def test_a_receipt_left_standing_asks_after_20_s_counts_down_10_and_wipes(
    kiosk: FormKiosk, open_page: OpenPage, kind: str
) -> None:
    query, *actions = LEFT_OVER[kind]
    page = open_page("about:blank")
    page.clock.install()
    page.goto(f"{kiosk.url}/form/?{query}")
    for action in actions:
        page.click(f"#page [data-act={action}]")
    page.wait_for_selector(f"#page[data-page={kind}]")
    code, token = page.inner_text(".number >> nth=0"), page.get_attribute("#page", "data-token")
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
    page.mouse.click(2, 2)  # a touch, from which on the silence counts
    page.clock.run_for(19_900)
    assert page.locator("#there").is_hidden()
    page.clock.run_for(300)
    expect(page.locator("#there")).to_be_visible()
    expect(page.locator("#there-why")).to_contain_text("10 giây")
    page.clock.run_for(3_000)
    expect(page.locator("#there-why")).to_contain_text("7 giây")
    page.click("#there [data-tool=here]")
    expect(page.locator("#there")).to_be_hidden()
    assert page.inner_text(".number >> nth=0") == code
    page.clock.run_for(20_200)
    expect(page.locator("#there")).to_be_visible()
    page.clock.run_for(10_200)
    page.wait_for_url(f"{kiosk.url}/")
    assert code
    assert code not in page.content()
    page.go_back()
    page.wait_for_load_state()
    assert code not in page.content()
    assert page.request.get(f"{kiosk.url}/form/{token}/", max_redirects=0).status == 303


def test_stop_and_erase_wipes_at_once(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    at_the_name(page)
    page.fill("#answer", SECRET)
    page.click("[data-tool=leave]")
    page.click("#leave [data-tool=close]")
    assert page.input_value("#answer") == SECRET
    page.click("[data-tool=leave]")
    page.click("#leave [data-tool=leave-surely]")
    page.wait_for_url(f"{kiosk.url}/")


def test_another_language_keeps_what_is_half_typed_and_half_chosen(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    at_the_name(page)
    page.fill("#answer", SECRET[:8])
    for tag in ("th", "en", "vi"):
        page.click("[data-tool=languages]")
        page.click(f"#languages [data-language={tag}]")
        see(page, f"html[lang={tag}] #page[lang={tag}]")
        assert page.input_value("#answer") == SECRET[:8]


def test_a_page_that_is_loaded_anew_goes_on_where_it_was(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    at_the_name(page)
    page.fill("#answer", SECRET)
    page.click("[data-act=answer]")
    see(page, "#answer[data-keyboard=digits]")
    page.reload()
    see(page, "#answer[data-keyboard=digits]")
    page.click("[data-act=back]")
    expect(page.locator("#answer")).to_have_value(SECRET)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 1_000_000, "dài quá"),
        ("\u202eTHỬ\u202c", "ký tự máy không nhận"),
        ("A\x07B", "ký tự máy không nhận"),
    ],
)
def test_what_cannot_be_kept_is_told_in_a_sentence(kiosk: FormKiosk, open_page: OpenPage, text: str, said: str) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    at_the_name(page)
    page.evaluate("text => { document.getElementById('answer').value = text }", text)
    page.click("[data-act=answer]")
    expect(page.locator("#problem, #trouble:not([hidden])")).to_contain_text(said)
    page.fill("#answer", "THỬ")
    page.click("[data-act=answer]")
    see(page, "#answer[data-keyboard=digits]")
    assert page.locator("#trouble").is_hidden()


@pytest.mark.timed
def test_scans_go_on_while_somebody_types_and_disturb_nothing(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    at_the_name(page)
    page.focus("#answer")
    late = []
    for number in range(20):
        page.keyboard.type("B")
        view = held(replace(ALLOW if number % 2 else ASK, at=f"06:{number:02}"))
        started = time.perf_counter()
        kiosk.feed.publish(view)
        page.wait_for_function(
            "text => document.getElementById('strip-word').textContent.includes(text)", arg=view.at, polling=5
        )
        late.append(time.perf_counter() - started)
    assert page.input_value("#answer").upper() == "B" * 20
    assert page.evaluate("document.activeElement.id") == "answer"
    assert page.get_attribute("#strip", "data-signal") == "ALLOW"
    assert sorted(late)[-2] < 0.3
    kiosk.feed.publish(IDLE)
    expect(page.locator("#strip")).to_have_attribute("data-signal", "")


@pytest.mark.timed
def test_the_strip_shows_no_old_green_and_tells_a_silent_gate(open_page: OpenPage) -> None:
    with form_kiosk() as kiosk:
        page = open_page(f"{kiosk.url}/form/")
        kiosk.feed.publish(replace(ALLOW, stays_ms=3000))  # the browser is asked once in a while only
        expect(page.locator("#strip")).to_have_attribute("data-signal", "ALLOW")
        expect(page.locator("#strip")).to_have_attribute("data-signal", "")
        kiosk.feed.beat()
        expect(page.locator("#strip")).to_have_attribute("data-signal", "FAULT", timeout=4000)


def test_a_card_is_waited_for_only_while_it_is_asked_for(kiosk: FormKiosk, open_page: OpenPage) -> None:
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic")
    page.click("[data-act=agree]")
    see(page, "#page[data-page=card]")
    wait_for(lambda: kiosk.desk.waits > 0, "the form asks for a card", seconds=5)
    page.click("[data-act=type]")
    see(page, "#answer")
    kiosk.desk.cards.put(CCCD)
    waits = kiosk.desk.waits
    page.fill("#answer", "HAI")
    page.click("[data-act=answer]")
    see(page, "#answer[data-keyboard=digits]")
    assert kiosk.desk.waits == waits
    while not kiosk.desk.cards.empty():
        kiosk.desk.cards.get_nowait()


WATCH = """
  window.paints = [];
  document.addEventListener('click', () => { window.tapped = performance.now(); }, true);
  document.addEventListener('DOMContentLoaded', () => {
    new MutationObserver(() => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.paints.push(performance.now() - window.tapped);
      channel.port2.postMessage(0);
    })).observe(document.getElementById('form'), { childList: true });
  });
"""


@pytest.mark.timed
def test_the_next_question_is_painted_at_once(kiosk: FormKiosk, open_page: OpenPage) -> None:
    """The promise is 120 ms for 95 of 100; the median is asserted, since others share this machine."""
    page = open_page(f"{kiosk.url}/form/?offer=order-domestic", before=WATCH)
    page.click("[data-act=agree]")
    kiosk.desk.cards.put(CCCD)
    page.wait_for_selector("#page[data-page=question]")
    for _ in range(20):
        for action in ("[data-pick=no]", "[data-act=back]"):
            turn = page.get_attribute("#page", "data-turn")
            page.click(action)
            page.wait_for_function("turn => document.querySelector('#page').dataset.turn !== turn", arg=turn)
    paints = sorted(page.evaluate("window.paints.slice(2)"))
    print(f"tap to painted: median {paints[len(paints) // 2]:.0f} ms,", end=" ")
    print(f"p95 {paints[int(len(paints) * 0.95)]:.0f} ms of {len(paints)}")
    assert paints[len(paints) // 2] < 120
