"""The box's own facts: read from a made /sys and /proc, left out where nothing tells, never an exception."""

import json
from pathlib import Path
from typing import get_args

import pytest

from machine import health
from machine.box import Verdict


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "ascii")


def test_a_box_that_tells_nothing_gives_few_facts_and_no_error(tmp_path: Path) -> None:
    found = health.facts(tmp_path / "nowhere", tmp_path)
    assert {
        "version",
        "slot",
        "temp_c",
        "disk_wear_pct",
        "disk_errors",
        "volts_low",
        "boots",
        "box",
        "disk_free_mb",
    }.isdisjoint(found)
    assert found["fails"] == found["warns"] == []
    json.dumps(found)


def test_a_pi_tells_heat_power_wear_slot_and_release(tmp_path: Path) -> None:
    put(tmp_path, "usr/lib/gatepost/release.json", '{"version": "2026.11.23", "model": "debian-arm64"}')
    put(tmp_path, "proc/cmdline", "console=tty1 rauc.slot=B panic=10")
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "61234\n")
    put(tmp_path, "sys/block/mmcblk0/device/life_time", "0x01 0x03\n")
    put(tmp_path, "sys/fs/ext4/mmcblk0p6/errors_count", "2\n")
    put(tmp_path, "boots", "17\n")
    found = health.facts(tmp_path, tmp_path)
    assert (found["version"], found["model"], found["slot"]) == ("2026.11.23", "debian-arm64", "b")
    assert (found["temp_c"], found["disk_wear_pct"], found["disk_errors"], found["boots"]) == (61.2, 30, 2, 17)
    assert found["disk_free_mb"] > 0


@pytest.mark.parametrize("box", health.BOXES)
def test_the_box_is_as_the_first_unit_of_this_start_judged_it(tmp_path: Path, box: str) -> None:
    put(tmp_path, "run/gatepost/box.json", f'{{"box": "{box}"}}')
    assert health.facts(tmp_path, tmp_path)["box"] == box
    assert set(health.BOXES) == set(get_args(Verdict))


@pytest.mark.parametrize("text", ["", '{"box": 3}', '{"box": "elsewhere"}', '{"box": ["moved"]}', "[]", '{"box'])
def test_a_box_that_nobody_judged_is_not_told(tmp_path: Path, text: str) -> None:
    put(tmp_path, "run/gatepost/box.json", text)
    assert "box" not in health.facts(tmp_path, tmp_path)


def test_voltage_that_was_low_is_remembered_when_it_is_well_again(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    put(tmp_path, "run/gatepost/.keep", "")
    assert (health.volts_low(tmp_path), health.volts_low_seen(tmp_path)) == (False, False)
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert health.volts_low(tmp_path)
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    assert (health.volts_low(tmp_path), health.volts_low_seen(tmp_path)) == (False, True)


@pytest.mark.parametrize("text", ["", "[1]", "{" * 9000, '{"fails": [1, "ok-1", "a b", "' + "x" * 99 + '"]}'])
def test_a_damaged_self_test_file_says_nothing_it_should_not(tmp_path: Path, text: str) -> None:
    (tmp_path / health.SELF_TEST).write_text(text, "utf-8")
    assert health.facts(tmp_path, tmp_path)["fails"] in ([], ["ok-1"])
