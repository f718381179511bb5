"""What is touched reaches the gate; what the gate says reaches the page, by stream or by polling; the live picture."""

import http.client
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.screens import ALLOW, CHOOSE, IDLE, Gate, held, see
from tests.parts.waits import wait_for
from ui.streams import EVENT_STREAMS


@pytest.mark.parametrize(("button", "name"), [("in", "in"), ("out", "out"), ("cancel", "cancel")])
def test_the_answer_in_or_out_reaches_the_gate_once(gate: Gate, open_page: OpenPage, button: str, name: str) -> None:
    page = open_page(gate.url)
    gate.feed.publish(held(CHOOSE))
    page.tap(f"#choose [data-press={button}]")
    page.tap(f"#choose [data-press={button}]")
    wait_for(lambda: gate.presses, "a press")
    gate.feed.publish(IDLE)
    see(page, "body[data-page=idle]")
    assert gate.presses == [name]


def test_a_visitor_without_a_code_and_one_of_another_language_reach_the_gate(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    see(page, "body[data-page=idle]")
    page.tap("[data-press=no_code]")
    page.tap("[data-language=en]")
    wait_for(lambda: len(gate.presses) == 2, "two presses")
    assert gate.presses == ["no_code", "language:en"]


@pytest.mark.timed
def test_a_page_beyond_the_last_stream_polls_and_misses_nothing(gate: Gate, open_page: OpenPage) -> None:
    taken = []
    for _ in range(EVENT_STREAMS):
        connection = http.client.HTTPConnection("127.0.0.1", gate.server.port, timeout=5)
        connection.request("GET", "/events")
        taken.append((connection, connection.getresponse()))
    try:
        page = open_page(gate.url)
        page.wait_for_selector("body[data-page=idle]")
        gate.feed.publish(held(ALLOW))
        started = time.monotonic()
        page.wait_for_selector("body[data-signal=ALLOW]")
        assert time.monotonic() - started < 1.0
        gate.server.close()
        page.wait_for_selector("body[data-signal=FAULT]", timeout=2500)
    finally:
        for connection, answer in taken:
            answer.close()
            connection.close()


def test_the_live_picture_is_shown_when_idle_and_costs_nothing_during_a_result(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    see(page, "#preview:not([hidden])")
    gate.feed.publish(held(ALLOW))
    see(page, "body[data-signal=ALLOW]")
    wait_for(lambda: gate.previews() == 0, "the picture's stream given back", seconds=5)
    looks = gate.picture.looks
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 400))")
    assert gate.picture.looks == looks
    gate.feed.publish(IDLE)
    see(page, "#preview:not([hidden])")


def test_a_lost_camera_leaves_no_frozen_picture(gate: Gate, open_page: OpenPage) -> None:
    page = open_page(gate.url)
    see(page, "#preview:not([hidden])")
    gate.picture.on = False
    expect(page.locator("#preview")).to_be_hidden(timeout=4500)
