"""The technician's door, focus, button, report and the marks of an opened housing."""

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from kiosk.bench.drawing import draw_code
from kiosk.button import Button
from kiosk.commands.check_finding import Finding, guarded, remember, worked_before
from kiosk.focus import SOFT, FocusMeter, sharpness
from kiosk.lid_mark import LidMark
from kiosk.technician_pin import TechnicianPin
from kiosk.technician_report import MOST_CHARS, packed, page_of, unpacked
from machine.lines import FileLine
from machine.tamper import NOTED, OPENED
from tests.parts.waits import wait_for
from ui.technician import HEADER, IDLE_S, PRESSED_S, Door, Technician, add_technician, drawn_report
from wire.records import DeviceEvent

PIN = "274951"


class Box(Technician):
    """A box in memory."""

    def __init__(self) -> None:
        self.ago: float | None = 1.0
        self.pin = ""
        self.shown: list[str] = []

    def faults(self) -> frozenset[str]:
        return frozenset()

    def pressed_s(self) -> float | None:
        return self.ago

    def forget_press(self) -> None:
        self.ago = None

    def has_pin(self) -> bool:
        return bool(self.pin)

    def fits(self, pin: str) -> bool:
        return pin == self.pin

    def choose_pin(self, pin: str) -> bool:
        self.pin = pin
        return True

    def findings(self) -> list[dict[str, object]]:
        return [Finding("camera", "ok", "Camera có hình", "The camera gives a picture").line()]

    def live(self) -> Mapping[str, object]:
        return {}

    def picture(self) -> bytes | None:
        return None

    def light(self, pattern: str) -> bool:
        self.shown.append(pattern)
        return True

    def sound(self) -> bool:
        return True

    def report(self) -> tuple[str, str]:
        return "page", "GPR1:ABC"


@pytest.fixture
def box() -> Box:
    return Box()


def test_without_the_button_the_right_pin_opens_nothing(box: Box) -> None:
    box.pin = PIN
    for box.ago in (None, PRESSED_S + 1):
        assert Door(box).enter(PIN) == {"problem": "button"}


def test_wrong_pins_are_counted_and_the_right_one_must_wait_then(box: Box) -> None:
    box.pin, now = PIN, [0.0]
    door = Door(box, lambda: now[0])
    assert [door.enter("111222")["problem"] for _ in range(5)] == ["wrong"] * 5
    assert door.enter(PIN)["problem"] == "wait"
    now[0] += 31
    assert "token" in door.enter(PIN)


def test_the_first_pin_is_chosen_with_the_button_and_never_an_easy_one(box: Box) -> None:
    door = Door(box)
    assert door.enter("123456")["problem"] == "pin_easy"
    assert "token" in door.enter(PIN)
    assert box.pin == PIN


def test_a_session_ends_by_idling_by_leaving_and_by_the_next_one(box: Box) -> None:
    box.pin, now = PIN, [0.0]
    door = Door(box, lambda: now[0])
    first = str(door.enter(PIN)["token"])
    second = str(door.enter(PIN)["token"])
    assert not door.open_to(first) and not door.open_to("") and door.open_to(second)
    now[0] += IDLE_S + 1
    assert not door.open_to(second)
    third = str(door.enter(PIN)["token"])
    door.leave(third)
    assert not door.open_to(third) and box.ago is None


def test_nothing_but_the_door_answers_without_the_token(box: Box) -> None:
    box.pin = PIN
    app = Flask("ui")
    add_technician(app, box)
    page = app.test_client()
    paths = ("findings", "live", "picture", "report")
    assert [page.get(f"/technician/{path}").status_code for path in paths] == [401] * 4
    assert page.post("/technician/lamps", json={"pattern": "green"}).status_code == 401
    token = page.post("/technician/enter", json={"pin": PIN}).get_json()["token"]
    mine = {HEADER: token}
    assert page.get("/technician/findings", headers=mine).get_json()["findings"][0]["level"] == "ok"
    assert page.post("/technician/lamps", json={"pattern": "fault"}, headers=mine).get_json() == {"ok": False}
    assert page.post("/technician/lamps", json={"pattern": "red"}, headers=mine).get_json() == {"ok": True}
    assert box.shown == ["red"]


def test_a_pin_is_kept_once_and_as_a_digest(tmp_path: Path) -> None:
    kept = TechnicianPin(tmp_path)
    assert not kept.is_set() and not kept.fits(PIN)
    assert kept.choose(PIN) and not kept.choose("864209")
    assert TechnicianPin(tmp_path).fits(PIN) and not kept.fits("864209")
    assert PIN not in (tmp_path / "technician.json").read_text()
    (tmp_path / "technician.json").write_text("{")
    assert kept.is_set() and not kept.fits(PIN) and not kept.choose(PIN)
    kept.forget()
    assert kept.choose("864209")


def test_the_focus_figure_falls_with_every_turn_away_from_sharp() -> None:
    import io

    from PIL import Image, ImageFilter

    picture = Image.open(io.BytesIO(draw_code("099099000001||Trần Văn Thử", {}))).convert("L")
    found = [sharpness(np.asarray(picture.filter(ImageFilter.GaussianBlur(blur)))) for blur in (0, 1, 2, 4, 8)]
    known = [value for value in found if value is not None]
    assert known == sorted(known, reverse=True) and len(known) == 5
    assert known[0] > SOFT > known[3]
    assert sharpness(np.full((480, 640), 128, np.uint8)) is None


def test_the_focus_meter_sleeps_until_asked_and_remembers_the_best() -> None:
    now = [100.0]
    meter = FocusMeter(lambda: now[0])
    picture = np.tile(np.array([0, 0, 255, 255], np.uint8), (480, 160))
    meter.take(picture)
    assert meter.read() == (None, 0.0)
    meter.take(picture)
    sharp, best = meter.read()
    assert sharp == best and best > 0
    meter.take(np.full((480, 640), 128, np.uint8))
    assert meter.read() == (None, best)
    now[0] += 60
    assert meter.read() == (None, 0.0)


class Asked(FileLine):
    """Counts how often it was looked at."""

    asked = 0

    def joined(self) -> bool:
        self.asked += 1
        return super().joined()


def test_a_press_is_felt_once_and_marks_the_set_up(tmp_path: Path) -> None:
    pressed: list[float] = []
    line = Asked(tmp_path / "button")
    button = Button(lambda: line, tmp_path, lambda: pressed.append(time.monotonic()))
    button.start()
    try:
        wait_for(lambda: line.asked > 1, "the button is looked at", seconds=5)
        assert button.pressed_s() is None
        (tmp_path / "button").touch()
        wait_for(lambda: pressed, "the press", seconds=5)
        assert (tmp_path / "setup").exists() and (button.pressed_s() or 99) < 5
        button.forget()
        assert button.pressed_s() is None
    finally:
        button.close()


def test_a_report_of_many_failures_still_fits_a_code_and_says_who_and_what() -> None:
    found = [Finding(f"part{n}", "fail", "Hỏng", f"Failure number {n} " * 9).line() for n in range(60)]
    text = packed("t-gate-1", 5, {"version": "2026.11.23"}, found)
    assert len(text) <= MOST_CHARS and drawn_report(text) is not None
    said = unpacked(text)
    assert said["device"] == "t-gate-1" and len(said["found"]) == 60
    assert "X part7: Hỏng" in page_of("t-gate-1", None, {}, found)
    assert page_of("t-gate-1", 1_795_486_542_761, {}, found).splitlines()[0] == "t-gate-1  2026-11-24 09:15:42+07:00"
    for bad in ("", "GPR1:", "GPR1:!!", text[:-3]):
        with pytest.raises(ValueError, match="report"):
            unpacked(bad)


def test_what_a_part_throws_is_a_finding() -> None:
    def look() -> Finding:
        raise OSError("gone")

    assert guarded("camera", look).level == "fail"


def test_only_a_good_verdict_changes_what_is_known_to_work(tmp_path: Path) -> None:
    well, lost = Finding("camera", "ok", "", ""), Finding("camera", "fail", "", "")
    remember(tmp_path, [well], verdict=True)
    remember(tmp_path, [lost])
    remember(tmp_path, [lost], verdict=False)
    assert worked_before(tmp_path) == {"camera"}


def test_an_opened_housing_is_recorded_once_and_closes_the_gate(tmp_path: Path) -> None:
    told: list[DeviceEvent] = []
    mark = LidMark(tmp_path, tmp_path)
    assert not mark.is_open(told.append)
    (tmp_path / OPENED).write_text("{}")
    assert mark.is_open(told.append) and mark.is_open(told.append)
    assert [event.name for event in told] == ["opened"] and (tmp_path / NOTED).exists()
    assert LidMark(tmp_path, tmp_path).is_open(told.append) and len(told) == 1
