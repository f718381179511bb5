"""The radio of the demo's desk: what the bench page does reaches the simulated radio, only fresh words are shown."""

import json
import time
from pathlib import Path

import pytest

from kiosk.bench.processes import Child
from kiosk.bench.radio import CARRIERS, LAST_STEPS, MOST_PHONES, DemoRadio, keep_tags
from store.radio_log import Step, note_step, put_status
from store.sightings import open_sightings

ISSUED = "\n".join(
    json.dumps({"short": f"000{n}-{n}", "key": f"{n:032x}", "exponent": 9, "epoch": 1_790_000_000, "text": "GP1:..."})
    for n in range(1, 5)
)


def _desk(folder: Path, argv: tuple[str, ...] = ("false",)) -> DemoRadio:
    return DemoRadio(Child("radio", argv, folder / "log"), folder / "sim", folder / "store")


def _say(folder: Path, ago_ms: int) -> None:
    now_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    sightings = open_sightings(folder / "store", now_ms=lambda: 1_790_000_000_000)
    put_status(sightings, {"state": "listening", "mono_ms": now_ms - ago_ms})
    for _ in range(LAST_STEPS + 2):
        note_step(sightings, Step("power_cycle", 1_790_000_000_000, b"bootboot", 5, '{"silent_s": 90, "reason": null}'))
    sightings.close()


def test_a_desk_before_the_first_start_shows_an_empty_air(tmp_path: Path) -> None:
    state = _desk(tmp_path).state()
    assert (state["status"], state["steps"], state["phones"], state["tags"]) == (None, [], 0, [])
    assert (state["unplugged"], state["silent"]) == (False, False)
    assert not (tmp_path / "store").exists(), "the file belongs to the radio process"


def test_words_are_shown_while_they_are_fresh_and_the_process_lives(tmp_path: Path) -> None:
    _say(tmp_path, ago_ms=1_000)
    desk = _desk(tmp_path, ("sleep", "60"))
    assert desk.state()["status"] is None, "the process does not run"
    desk.child.start()
    try:
        state = desk.state()
        assert state["status"] is not None
        steps = state["steps"]
        assert isinstance(steps, list) and len(steps) == LAST_STEPS
        assert steps[0] == {"name": "power_cycle", "at_ms": 1_790_000_000_000, "silent_s": 90, "reason": None}
        _say(tmp_path, ago_ms=60_000)
        assert desk.state()["status"] is None, "a minute old"
    finally:
        desk.child.stop()


def test_the_tags_that_the_centre_printed_are_carried_by_invented_people(tmp_path: Path) -> None:
    keep_tags(tmp_path / "sim", f"a sentence for people\n{ISSUED}")
    desk = _desk(tmp_path)
    tags = desk.state()["tags"]
    assert tags == [{"id": f"000{n}-{n}", "name": name, "who": who} for n, (name, who) in enumerate(CARRIERS, 1)]
    desk.hold("0002-2")
    held = json.loads((tmp_path / "sim" / "radio" / "tap.json").read_text("utf-8"))
    assert (held["key"], held["epoch"]) == (f"{2:032x}", 1_790_000_000)
    with pytest.raises(KeyError):
        desk.hold("9999-9")


def test_the_market_is_never_larger_than_the_slider(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    for asked, given in ((120, 120), (10**6, MOST_PHONES), (-4, 0)):
        desk.fill(asked)
        assert desk.state()["phones"] == given


def test_plug_and_silence_are_switches(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    for on in (True, True, False, False):
        desk.unplug(on)
        desk.silence(on)
        assert (desk.state()["unplugged"], desk.state()["silent"]) == (on, on)
