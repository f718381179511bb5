"""What the technician is told of the radio: it listens, it failed and what to do, it does not run, what was done."""

from pathlib import Path

from ble_scanner.calibrating import keep_correction
from ble_scanner.tap import Calibration
from firmware_cfg.settings import read_settings
from kiosk.commands.check_radio import STALE_MS, judge, look_at_radio
from machine.clock import machine_clock
from store.radio_log import Plain, Step, put_status
from store.sightings import open_sightings

BOOT = b"12345678"
AT, MONO = 1_790_000_000_000, 5_000_000
DAY_MS = 86_400_000


def _said(**changes: Plain) -> dict[str, Plain]:
    said: dict[str, Plain] = {"boot": BOOT.hex(), "at_ms": AT, "mono_ms": MONO, "state": "listening", "problem": None}
    return said | {"mode": "passive", "silent_s": 3} | changes


def _step(name: str, ago_ms: int) -> Step:
    return Step(name, AT - ago_ms, BOOT, MONO - 1)


def test_a_radio_that_listens_says_how_and_since_when() -> None:
    told = judge(_said(), [], BOOT, MONO + 1000)
    assert told.ok
    assert told.vi == "Đang nghe (chỉ nghe), nghe lần cuối 3 giây trước; 24 giờ qua không có sự cố"
    assert told.en == "Listening (passive), last report 3 s ago; no trouble in the last day"


def test_the_steps_of_the_last_day_are_counted_and_older_ones_are_not() -> None:
    taken = [
        _step("heard", 10),
        _step("restart_scanner", 20),
        _step("restart_scanner", 900),
        _step("reboot", 2 * DAY_MS),
    ]
    told = judge(_said(), taken, BOOT, MONO + 1000)
    assert "heard again x1, scanner restarted x2" in told.en
    assert "nghe lại được x1, bật lại máy quét x2" in told.vi
    assert told.figure["steps"] == {"heard": 1, "restart_scanner": 2}


def test_a_radio_that_failed_says_what_to_do() -> None:
    told = judge(_said(state="failed", reason="no_adapter", vi="Cắm lại.", en="Plug it in."), [], BOOT, MONO)
    assert (told.ok, told.figure["reason"]) == (False, "no_adapter")
    assert told.vi.startswith("Cắm lại.") and told.en.startswith("Plug it in.")


def test_a_process_that_went_silent_does_not_run_whatever_it_said_last() -> None:
    assert not judge(_said(), [], BOOT, MONO + STALE_MS + 1).ok
    assert not judge(_said(), [], b"87654321", MONO).ok, "another boot said it"
    assert not judge({}, [], BOOT, MONO).ok
    assert "does not run" in judge(_said(state="stopped"), [], BOOT, MONO).en


def test_a_full_card_is_named_while_the_radio_listens() -> None:
    told = judge(_said(problem="disk_full"), [], BOOT, MONO)
    assert not told.ok
    assert "Thẻ nhớ gần đầy" in told.vi and "nearly full" in told.en


def test_a_radio_that_never_heard_anything_says_so() -> None:
    assert "nothing heard yet" in judge(_said(silent_s=None), [], BOOT, MONO).en


def test_a_receiver_that_was_never_calibrated_is_told_where_tags_are_tapped(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "firmware_cfg" / "kiosk.toml"
    text = example.read_text("utf-8").replace('"/var/lib/gatepost"', f'"{tmp_path}"')
    settings, clock = read_settings(text, bench=False), machine_clock()
    sightings = open_sightings(tmp_path, now_ms=clock.now_ms)
    stamp = clock.stamp()
    put_status(sightings, _said(boot=stamp.boot.hex(), at_ms=stamp.at_ms, mono_ms=stamp.mono_ms))
    sightings.close()
    told = look_at_radio(settings, clock)
    assert told.ok and "not calibrated" in told.en and "chưa chỉnh" in told.vi
    keep_correction(tmp_path, Calibration(1.5, 2.0, 30, ""))
    assert "calibrated" not in look_at_radio(settings, clock).en
