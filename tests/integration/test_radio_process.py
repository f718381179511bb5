"""The radio process from outside: what it hears is kept, a held tag is a tap, what is published is known."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ble_scanner.calibrating import read_correction
from ble_scanner.market import Market
from ble_scanner.simulated import trace_line
from tests.parts.radio_process import RadioProcess, current_eid, make_tag, now_ms
from tests.parts.waits import wait_for
from wire.sightings import SYSTEMS


@pytest.fixture
def radio(tmp_path: Path) -> Iterator[RadioProcess]:
    made = RadioProcess(tmp_path)
    yield made
    made.stop()


def test_a_market_is_heard_and_kept_when_the_process_stops(radio: RadioProcess) -> None:
    radio.put("market.json", {"phones": 60})
    radio.start()
    assert radio.ready == {"ready": True, "radio": "simulated", "state": "listening"}
    said = wait_for(lambda: s if (s := radio.status()).get("kind.bluezone") else {}, "phones in the status")
    assert (said["state"], said["mode"], said["silent_s"], said["problem"]) == ("listening", "passive", 0, None)
    assert radio.stop() == 0
    kept = radio.windows()
    assert {window.system for window in kept} == {SYSTEMS["bluezone"], SYSTEMS["exposure-notification"]}
    assert {len(window.identifier) for window in kept} == {12, 20}
    assert radio.status()["state"] == "stopped"


def test_nothing_that_names_a_phone_is_in_the_status_or_the_journal(radio: RadioProcess) -> None:
    radio.put("market.json", {"phones": 40})
    tag = make_tag()
    radio.publish_tags(tag)
    radio.start()
    radio.hold(tag)
    radio.wait_taps(1)
    radio.stop()
    said = json.dumps(radio.status()) + json.dumps(radio.log())
    for secret in (tag.pass_id, tag.key, current_eid(tag), *(window.identifier for window in radio.windows())):
        assert secret.hex() not in said
    assert "C0:" not in said


def test_a_tag_held_to_the_gate_is_one_tap_of_its_pass_at_once(radio: RadioProcess) -> None:
    tag, other = make_tag(1), make_tag(2)
    radio.publish_tags(tag, other)
    radio.put("market.json", {"phones": 80})
    radio.start()
    radio.wait_status("both tags", tags=2)
    began = now_ms()
    radio.hold(tag, hold_ms=800)
    (row,) = radio.wait_taps(1)
    assert now_ms() - began < 2_500, "half a second of it is the way to the gate"
    assert (row.pass_id, row.expires_s, row.companions) == (tag.pass_id, tag.expires_s, 0)
    assert abs(row.at_ms - now_ms()) < 3_000
    radio.hold(other)
    assert [row.pass_id for row in radio.wait_taps(2)] == [tag.pass_id, other.pass_id]


def test_tags_are_known_as_they_are_published_without_a_restart(radio: RadioProcess) -> None:
    first, second = make_tag(1), make_tag(2)
    radio.start()
    radio.publish_tags(first)
    radio.wait_status("one tag", tags=1)
    radio.publish_tags(second)
    wait_for(lambda: [line for line in radio.log() if line["event"] == "tags"][1:], "the second list")
    radio.hold(first)
    radio.hold(second)
    assert [row.pass_id for row in radio.wait_taps(1)] == [second.pass_id], "the first one is not in the list any more"


def test_a_killed_process_starts_again_and_taps_go_on(radio: RadioProcess) -> None:
    tag = make_tag()
    radio.publish_tags(tag)
    radio.put("market.json", {"phones": 20})
    radio.start()
    radio.hold(tag)
    radio.wait_taps(1)
    radio.kill()
    radio.start()
    radio.hold(tag)
    first, second = radio.wait_taps(2)
    assert (second.id, second.mono_ms > first.mono_ms) == (first.id + 1, True)


def test_the_match_job_runs_at_the_start_and_when_keys_are_published(radio: RadioProcess) -> None:
    radio.publish_tags()
    radio.start()
    wait_for(lambda: [line for line in radio.log() if line["event"] == "matched"], "the first match job")
    keys = {"order": "lenh-thu", "upload": False, "minutes": 15, "cases": {"CA-THU": "confirmed"}, "keys": []}
    radio.publish("ble_keys", keys)
    wait_for(lambda: [line for line in radio.log() if line["event"] == "matched"][1:], "the second match job")
    assert {line["status"] for line in radio.log() if line["event"] == "matched"} == {0}


def test_the_service_manager_is_told(radio: RadioProcess, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        radio.start({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(100) == b"READY=1"
        assert manager.recv(100) == b"WATCHDOG=1"
        radio.stop()
        assert manager.recv(100) == b"STOPPING=1"


def test_a_trace_is_replayed_faster_than_it_was_recorded(radio: RadioProcess) -> None:
    adverts = Market(20).adverts(now_ms(), now_ms() + 30_000)
    lines = [trace_line(advert, adverts[0].at_ms) for advert in adverts]
    radio.put("speed.json", {"speed": 20})
    (radio.air / "half").write_text("\n".join(lines), "ascii")
    (radio.air / "half").rename(radio.air / "trace.jsonl")
    radio.start()
    began = now_ms()
    radio.wait_status("every report of the trace", per_minute=len(adverts))
    assert now_ms() - began < 20_000, "the trace is 30 s long"


def test_a_gate_without_a_radio_says_so_and_ends(tmp_path: Path) -> None:
    radio = RadioProcess(tmp_path)
    text = radio.settings.read_text("utf-8").replace('kind = "simulated"', 'kind = "none"')
    radio.settings.write_text(text, "utf-8")
    done = subprocess.run(radio.argv(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert "radio.kind" in done.stderr


def test_a_tag_held_at_the_mark_corrects_the_receiver(tmp_path: Path) -> None:
    radio = RadioProcess(tmp_path)
    tag = make_tag()
    radio.publish_tags(tag)
    radio.hold(tag, hold_ms=6_000, near=-45)
    done = subprocess.run(radio.argv("--calibrate", "--hurry", "3"), capture_output=True, text=True, check=False)
    measured = json.loads(done.stdout)
    assert (done.returncode, measured["reason"]) == (0, "")
    assert 2.0 <= read_correction(radio.store) == measured["correction_db"] <= 6.0, "free space gives -49 dBm there"


def test_an_unreadable_correction_is_none(tmp_path: Path) -> None:
    for text in ("", "{}", '{"correction_db": "much"}', '{"correction_db": 400}', "[]"):
        (tmp_path / "radio.json").write_text(text, "utf-8")
        assert read_correction(tmp_path) == 0.0
