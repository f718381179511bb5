"""A technician shows the code of a Wi-Fi to a box that is being set up; at other times it is a code like any other."""

import os
import stat
import time as wall
from pathlib import Path

import pytest

from firmware_cfg.wifi import FILE, read_wifi
from kiosk.gate import Rules
from kiosk.wifiway import AGAIN_MS, BUTTON, BUTTON_S, WifiWay, set_up
from tests.unit.kiosk.site import Kiosk, Time
from wire.records import Visit

CODE = "WIFI:T:WPA;S:Chợ Mẫu;P:mat-khau-wifi;;"


class Camera:
    """What the decoder finds, handed on as the camera's thread does."""

    def __init__(self, folder: Path, time: Time) -> None:
        self.kiosk = Kiosk(folder / "box", time, rules=Rules("in"))
        self.folder, self.wanted, self.passed_on = folder, True, list[str]()
        self.way = WifiWay(self.kiosk.clock, self.passed_on.append, self.kiosk.loop.put, lambda: self.wanted, folder)

    def show(self, text: str) -> tuple[str, ...]:
        self.way.take(text)
        while self.kiosk.loop._queue.qsize():
            self.kiosk.loop.take(*self.kiosk.loop._wait())
        latest = self.kiosk.feed.latest()[1]
        return latest.reasons if latest.page == "result" else ()

    def kept(self) -> tuple[str, str] | None:
        file = self.folder / FILE
        wifi = read_wifi(file.read_text("utf-8")) if file.exists() else None
        return None if wifi is None else (wifi.name, wifi.password)


@pytest.fixture
def camera(tmp_path: Path, time: Time) -> Camera:
    return Camera(tmp_path, time)


def test_a_network_is_kept_for_root_alone_and_said_once(camera: Camera, capfd: pytest.CaptureFixture[str]) -> None:
    assert camera.show(CODE) == ("wifi_taken",)
    assert camera.kept() == ("Chợ Mẫu", "mat-khau-wifi")
    assert stat.S_IMODE((camera.folder / FILE).stat().st_mode) == 0o600
    shown = len(camera.kiosk.outside.shown)
    camera.show(CODE)
    assert len(camera.kiosk.outside.shown) == shown and camera.passed_on == []
    assert not [record for record in camera.kiosk.opened_records() if isinstance(record, Visit)]
    assert "mat-khau" not in "".join(capfd.readouterr()) and "mat-khau" not in repr(camera.kiosk.feed.latest())


def test_the_next_network_takes_its_place(camera: Camera, time: Time) -> None:
    camera.show(CODE)
    time.pass_ms(AGAIN_MS)
    assert camera.show("WIFI:T:nopass;S:other;;") == ("wifi_taken",)
    assert camera.kept() == ("other", "")


def test_a_network_that_cannot_be_used_is_refused_and_nothing_is_kept(camera: Camera) -> None:
    assert camera.show("WIFI:T:WEP;S:n;P:12345;;") == ("wifi_refused",)
    assert camera.kept() is None


def test_a_disk_that_takes_nothing_refuses_it_too(camera: Camera) -> None:
    (camera.folder / f".{FILE}.new").mkdir()
    assert camera.show(CODE) == ("wifi_refused",)


def test_outside_set_up_it_is_a_code_like_any_other(camera: Camera) -> None:
    camera.wanted = False
    camera.show(CODE)
    assert camera.passed_on == [CODE] and camera.kept() is None


def test_other_codes_are_never_held_back(camera: Camera) -> None:
    camera.show("GP1:ABC")
    assert camera.passed_on == ["GP1:ABC"]


def test_a_box_is_set_up_before_it_is_enrolled_and_ten_minutes_after_the_button(tmp_path: Path) -> None:
    assert set_up(tmp_path, lambda: True)
    assert not set_up(tmp_path, lambda: False)
    (tmp_path / BUTTON).touch()
    assert set_up(tmp_path, lambda: False)
    long_ago = wall.time() - BUTTON_S - 1
    os.utime(tmp_path / BUTTON, (long_ago, long_ago))
    assert not set_up(tmp_path, lambda: False)
