"""A result wipes itself, is pre-empted by the next one, and an old green is never shown."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import ALLOW, ASK, CHOOSE, FAULT, IDLE, Gate, held, see

LOST_S = 2.0
ROOT = Path(__file__).parents[2]
WATCH_SIGNALS = """
  window.seen = [];
  const note = () => seen.push(document.body?.dataset.signal);
  new MutationObserver(note).observe(document, { attributes: true, childList: true, subtree: true });
"""


def idle(page: Page) -> None:
    see(page, "body[data-page=idle]")


@pytest.mark.timed
def test_a_result_wipes_itself_after_its_time_without_word_from_the_kiosk(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.feed.publish(replace(ALLOW, stays_ms=900))
    page.wait_for_selector("body[data-page=result]")
    started = time.monotonic()
    idle(page)
    assert 0.5 < time.monotonic() - started < 2.0
    left = [page.text_content(f"#{place}") for place in ("word", "other", "reason", "next", "at")]
    assert left == [""] * 5


@pytest.mark.timed
def test_the_next_result_pre_empts_the_last_and_its_own_time_counts(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.feed.publish(replace(ASK, stays_ms=700))
    page.wait_for_selector("body[data-signal=ASK]")
    gate.feed.publish(held(ALLOW))
    page.wait_for_selector("body[data-signal=ALLOW]")
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 900))")
    assert page.get_attribute("body", "data-signal") == "ALLOW"


def test_a_page_that_opens_late_never_shows_an_old_green(gate: Gate, open_page: OpenPage) -> None:
    gate.feed.publish(replace(ALLOW, stays_ms=1))
    page = open_page(gate.url, before=WATCH_SIGNALS)
    see(page, "body[data-page=closed]")
    gate.feed.publish(IDLE)
    idle(page)
    seen = page.evaluate("window.seen")
    assert "FAULT" in seen
    assert "ALLOW" not in seen


@pytest.mark.timed
def test_a_kiosk_that_dies_while_green_is_shown_as_resting_within_two_seconds(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.feed.publish(held(ALLOW))
    page.wait_for_selector("body[data-signal=ALLOW]")
    gate.server.close()
    started = time.monotonic()
    page.wait_for_selector("body[data-signal=FAULT]")
    assert time.monotonic() - started < LOST_S
    expect(page.locator("#word")).to_have_text("Máy tạm nghỉ")


@pytest.fixture
def green_process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "tests.browser.green_process"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


@pytest.mark.timed
def test_a_kiosk_that_is_frozen_while_green_is_shown_as_resting_within_two_seconds(
    green_process: tuple[subprocess.Popen[str], str], open_page: OpenPage
) -> None:
    process, url = green_process
    page = open_page(url)
    page.wait_for_selector("body[data-signal=ALLOW]")
    process.send_signal(signal.SIGSTOP)  # its sockets stay open: only the silence tells
    started = time.monotonic()
    page.wait_for_selector("body[data-signal=FAULT]")
    assert time.monotonic() - started < LOST_S
    process.send_signal(signal.SIGCONT)
    page.wait_for_selector("body[data-signal=ALLOW]")  # its minute is not over yet


def test_a_kiosk_that_comes_back_is_shown_again_without_a_hand(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.server.close()
    see(page, "body[data-signal=FAULT]")
    gate.again()
    expect(page.locator("#word")).to_have_text("Máy đang khởi động", timeout=8000)
    gate.feed.publish(IDLE)
    idle(page)


def test_a_gate_that_hangs_behind_a_living_web_server_is_shown_as_resting(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.feed.publish(held(ALLOW))
    see(page, "body[data-signal=ALLOW]")
    gate.feed.beat()
    see(page, "body[data-signal=FAULT]", timeout=4000)
    gate.feed.publish(IDLE)
    idle(page)


def test_a_fault_of_one_visit_goes_back_to_the_idle_page(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.feed.publish(replace(FAULT, stays_ms=400))
    see(page, "body[data-signal=FAULT]")
    idle(page)


def test_the_question_in_or_out_does_not_wait_for_ever(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    gate.feed.publish(replace(CHOOSE, stays_ms=500))
    see(page, "body[data-page=choose]")
    idle(page)


def test_the_next_visitor_is_greeted_in_the_first_language(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    idle(page)
    page.click("[data-language=en]")
    expect(page.locator("#idle-word")).to_have_text("Scan your code to enter the market")
    gate.feed.publish(replace(ALLOW, stays_ms=400))
    expect(page.locator("#word")).to_have_text("Please come in")
    expect(page.locator("#idle-word")).to_have_text("Mời quét mã để vào chợ")
