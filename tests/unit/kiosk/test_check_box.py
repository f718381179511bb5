"""The self-test's rows on the box and on the network, on made /sys trees and on sockets of this machine."""

import json
import os
import socket
from pathlib import Path

import pytest

from kiosk.commands import check_box, check_network


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "ascii")


@pytest.mark.parametrize(("degrees", "level"), [(45, "ok"), (72, "warn"), (84, "fail")])
def test_heat(tmp_path: Path, degrees: int, level: str) -> None:
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", f"{degrees}000\n")
    assert check_box.heat_finding(tmp_path).level == level


@pytest.mark.parametrize(
    ("wear", "errors", "level"), [("0x01 0x01", "0", "ok"), ("0x09 0x01", "0", "warn"), ("0x01 0x01", "4", "fail")]
)
def test_the_card(tmp_path: Path, wear: str, errors: str, level: str) -> None:
    put(tmp_path, "sys/block/mmcblk0/device/life_time", wear)
    put(tmp_path, "sys/fs/ext4/mmcblk0p6/errors_count", errors)
    assert check_box.card_finding(tmp_path).level == level


def test_power_that_was_low_is_still_told(tmp_path: Path) -> None:
    assert check_box.power_finding(tmp_path).level == "ok"
    put(tmp_path, "sys/class/hwmon/hwmon0/name", "rpi_volt")
    put(tmp_path, "sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1")
    put(tmp_path, "run/gatepost/.keep", "")
    assert check_box.power_finding(tmp_path).level == "fail"
    put(tmp_path, "sys/class/hwmon/hwmon0/in0_lcrit_alarm", "0")
    assert check_box.power_finding(tmp_path).level == "warn"


def test_a_touch_screen_is_known_by_its_property(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/input/input0/properties", "0\n")  # a mouse
    assert check_box.touch_finding(tmp_path).level == "warn"
    put(tmp_path, "sys/class/input/input1/properties", "2\n")
    assert check_box.touch_finding(tmp_path).level == "ok"


def test_no_cable_and_no_wifi_is_said_first(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/net/lo/carrier", "1")
    put(tmp_path, "sys/class/net/eth0/carrier", "0")
    assert check_network.link_finding(tmp_path).level == "warn"
    put(tmp_path, "sys/class/net/wlan0/carrier", "1\n")
    assert check_network.link_finding(tmp_path).figure == {"up": ["wlan0"]}


def test_a_name_that_is_not_found_and_one_that_is() -> None:
    def refuse(host: str) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    assert check_network.names_finding(["centre.example"], refuse).level == "warn"
    assert check_network.names_finding(["localhost"], lambda host: []).level == "ok"


def test_a_door_that_is_shut_keeps_no_gate_from_working(tmp_path: Path) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
        shut = check_network.tls_finding("127.0.0.1", port, tmp_path, False)
        assert (shut.level, shut.ok) == ("warn", True)
        door.listen(1)
        assert check_network.tls_finding("127.0.0.1", port, tmp_path, False).level == "ok"


@pytest.mark.parametrize(
    ("said", "age_s", "level"),
    [
        ({"connected": True, "backlog": 0}, 5, "ok"),
        ({"connected": True, "backlog": 0}, 900, "warn"),
        ({"connected": False, "backlog": 9}, 5, "warn"),
        ({"connected": True, "backlog": 9, "oldest_ms": 1}, 5, "warn"),
    ],
)
def test_what_the_sender_says(tmp_path: Path, said: dict[str, object], age_s: int, level: str) -> None:
    file = tmp_path / "sync.json"
    file.write_text(json.dumps(said), "utf-8")
    now_s = 1_790_000_000
    os.utime(file, (now_s - age_s, now_s - age_s))
    assert check_network.broker_finding(tmp_path, lambda: now_s).level == level


def test_a_sender_that_never_ran(tmp_path: Path) -> None:
    assert check_network.broker_finding(tmp_path).level == "warn"
