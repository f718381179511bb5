"""The bench page: it fits a laptop in both languages, and every control does what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.desk import SAMPLES, MemoryDesk
from tests.browser.screens import ALLOW, Gate, free_port, held, open_gate, see
from tests.parts.waits import wait_for
from ui.app import Server, serve
from ui.bench import make_bench

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
TOOL = {"target": 34, "contrast": 4.5}  # a mouse on a laptop


@dataclass
class Bench:
    desk: MemoryDesk
    gate: Gate
    server: Server


@pytest.fixture
def bench() -> Iterator[Bench]:
    port = free_port()
    gate = open_gate((f"http://127.0.0.1:{port}",))
    desk = MemoryDesk(f"{gate.url}/")
    server = serve(make_bench(desk), "127.0.0.1", port)
    yield Bench(desk, gate, server)
    server.close()
    gate.server.close()


@pytest.fixture
def page(bench: Bench, open_page: OpenPage) -> Page:
    page = open_page(bench.server.url, "wide")
    see(page, "#samples button")
    return page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_bench_fits_and_can_be_read(bench: Bench, page: Page, language: str) -> None:
    page.click(f"[data-language={language}]")
    expect(page.locator(".node")).to_have_count(5)
    assert page.evaluate(LOOKS, TOOL) == []
    bench.desk.process("ingest", "kill")
    bench.desk.network("cut")
    bench.desk.waiting = 117
    see(page, "[data-name=ingest][data-state=stopped]")
    page.click("#samples li:nth-child(1) button")
    assert page.evaluate(LOOKS, TOOL) == []


def test_the_visitor_screen_is_shown_live_in_the_bench(bench: Bench, page: Page) -> None:
    bench.gate.feed.publish(held(ALLOW))
    expect(page.frame_locator("#screen").locator("#word")).to_have_text("Mời vào")


def test_a_kiosk_that_was_down_when_the_bench_opened_is_shown_when_it_is_up(bench: Bench, open_page: OpenPage) -> None:
    bench.gate.server.close()
    page = open_page(bench.server.url, "wide")
    see(page, "#samples button")
    bench.gate.again()
    expect(page.frame_locator("#screen").locator("#word")).to_have_text("Máy đang khởi động", timeout=8000)


def test_a_sample_is_drawn_and_what_the_camera_gets_can_be_decoded(bench: Bench, page: Page) -> None:
    page.click("#samples li:nth-child(1) button")
    page.fill("input[name=tilt]", "12")
    page.click("#show:enabled")
    wait_for(lambda: bench.desk.pictures, "a picture before the camera")
    picture = Image.open(BytesIO(bench.desk.pictures[0]))
    assert picture.size == (640, 480)
    assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == [SAMPLES[0]["text"]]
    expect(page.locator("#camera")).to_have_text("Camera đang thấy một ảnh")
    page.click("#take-away")
    expect(page.locator("#camera")).to_have_text("Camera không thấy gì")


def test_damage_and_strokes_change_what_the_camera_gets(bench: Bench, page: Page) -> None:
    page.fill("#text", "abc|def")
    page.click("#show:enabled")
    for name, value in (("blur", "3"), ("crease", "8"), ("glare", "10"), ("size", "3")):
        page.fill(f"input[name={name}]", value)
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 130, steps=5)
    page.mouse.up()
    page.click("#show")
    wait_for(lambda: len(bench.desk.pictures) == 2, "a second picture")
    plain, damaged = (Image.open(BytesIO(data)).convert("RGB") for data in bench.desk.pictures)
    assert plain.tobytes() != damaged.tobytes()


def test_a_text_is_typed_as_a_reader_would(bench: Bench, page: Page) -> None:
    page.fill("#text", "abc|def")
    page.click("#type:enabled")
    wait_for(lambda: ("type", "abc|def") in bench.desk.calls, "the typed text")


def test_a_file_that_is_no_picture_is_answered_with_a_sentence(page: Page) -> None:
    page.set_input_files("#file", files={"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.get_by_role("alert")).to_contain_text("This file is not a picture")


def test_processes_are_killed_frozen_and_started_and_the_cable_is_cut_and_mended(bench: Bench, page: Page) -> None:
    page.click("[data-name=broker] [data-action=kill]")
    see(page, "[data-name=broker][data-state=stopped]")
    expect(page.locator("#health")).to_have_text("1 tiến trình không chạy")
    page.click("[data-name=broker] [data-action=start]")
    see(page, "[data-name=broker][data-state=running]")
    page.click("[data-name=agent] [data-action=pause]")
    page.click("[data-name=agent] [data-action=resume]")
    page.click("[data-name=kiosk] [data-action=restart]")
    page.click("button[data-network=cut]")
    expect(page.locator("#network")).to_have_text("Dây đứt")
    page.click("button[data-network=mend]")
    expect(page.locator("#network")).to_have_text("Dây lành")
    actions = [("kill", "broker"), ("start", "broker"), ("pause", "agent"), ("resume", "agent"), ("restart", "kiosk")]
    assert bench.desk.calls == actions


def test_what_waits_and_what_has_arrived_are_shown(bench: Bench, page: Page) -> None:
    bench.desk.waiting = 17
    expect(page.locator("#backlog")).to_have_text("17")
    expect(page.locator("#drum")).to_have_text("17")
    expect(page.locator("#out-received")).to_have_text("1.240")
    expect(page.locator("#visits tr")).to_have_count(4)
    expect(page.locator("#visits tr:first-child td:first-child")).to_have_text("06:40:10")
    bench.desk.central_up = False
    expect(page.locator("#central-count")).to_have_text("Trung tâm không trả lời")


def test_a_sample_order_is_switched_and_what_the_gate_holds_is_shown(bench: Bench, page: Page) -> None:
    orders = page.get_by_role("switch")
    expect(orders).to_have_count(3)
    expect(orders.nth(0)).to_be_checked()
    expect(orders.nth(2)).to_have_accessible_name("Bắt buộc, trong nước tắt")
    orders.nth(2).click()
    expect(orders.nth(2)).to_be_checked()
    assert bench.desk.asked == {"mau-voluntary", "mau-domestic"}
    orders.nth(0).click()
    expect(orders.nth(0)).not_to_be_checked()


def test_a_bench_that_is_gone_is_told(bench: Bench, page: Page) -> None:
    bench.server.close()
    expect(page.locator("#health")).to_have_text("Bàn thử không trả lời", timeout=6000)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_air_of_the_bench_fits_and_can_be_read(bench: Bench, page: Page, language: str) -> None:
    page.click(f"[data-language={language}]")
    page.click(".code [data-side=air]")
    expect(page.locator("#tags button")).to_have_count(4)
    expect(page.locator("#heard")).not_to_have_text("–")
    assert page.evaluate(LOOKS, TOOL) == []
    bench.desk.radio.unplugged = bench.desk.radio.silent = True
    bench.desk.radio.steps = [
        {"name": name, "at_ms": 1_790_000_000_000, "silent_s": 90, "reason": None}
        for name in ("heard", "restart_bluetooth", "restart_scanner")
    ]
    see(page, "#radio-state[data-state=failed]")
    expect(page.locator("#steps li")).to_have_count(3)
    assert page.evaluate(LOOKS, TOOL) == []


def test_phones_come_into_the_market_and_a_tag_is_held_to_the_gate(bench: Bench, page: Page) -> None:
    page.click(".code [data-side=air]")
    page.locator("#phones").fill("150")
    wait_for(lambda: bench.desk.radio.phones == 150, "150 phones")
    expect(page.locator("#phones-now")).to_have_text("150")
    page.click("#tags li:nth-child(2) button")
    wait_for(lambda: bench.desk.calls == [("hold", "0222-2")], "the porter's tag")


def test_a_receiver_is_pulled_out_deafened_killed_and_put_right_again(bench: Bench, page: Page) -> None:
    radio = bench.desk.radio
    page.click(".code [data-side=air]")
    for button in ("#pull-adapter", "#deafen"):
        page.click(button)
        expect(page.locator(button)).to_have_attribute("aria-pressed", "true")
        assert (radio.unplugged, radio.silent) == (button == "#pull-adapter", button == "#deafen")
        page.click(button)
        expect(page.locator(button)).to_have_attribute("aria-pressed", "false")
    assert (radio.unplugged, radio.silent) == (False, False)
    page.click("#kill-radio")
    wait_for(lambda: bench.desk.calls == [("kill", "radio")], "the process is killed")
    see(page, "#radio-state[data-state=stopped]")
    expect(page.locator("#health")).to_contain_text("1")
    page.click("#kill-radio")
    wait_for(lambda: bench.desk.calls[-1] == ("start", "radio"), "the process is started")


def test_the_card_before_the_gate_turns_back_to_the_codes(page: Page) -> None:
    page.click(".code [data-side=air]")
    expect(page.locator("#samples")).to_be_hidden()
    page.click(".air [data-side=code]")
    expect(page.locator("#samples")).to_be_visible()
    expect(page.locator("#tags")).to_be_hidden()
