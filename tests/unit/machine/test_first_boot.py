"""The first start, each start after it, and the start of a card that somebody copied."""

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from machine.box import Box, judge
from machine.first_boot import ASIDE, IDENTITY, run, settle
from machine.growing import MIB, Space, ext4_size, find_space, plan

BOX = Box("b" * 16, "c" * 16)


def test_a_copied_card_is_told_from_a_repaired_box() -> None:
    assert judge(None, BOX) == "new"
    assert judge(BOX, BOX) == "same"
    assert judge(BOX, Box("b" * 16, "d" * 16)) == "copied"
    assert judge(BOX, Box("e" * 16, "c" * 16)) == "moved"
    assert judge(BOX, Box("e" * 16, "d" * 16)) == "copied", "a copy in a box of its own is a copy"


def test_what_the_machine_does_not_tell_accuses_nobody() -> None:
    assert judge(Box("", ""), BOX) == judge(BOX, Box("", "")) == "same"


def machine(root: Path, serial: str, cid: str) -> Path:
    """/proc and /sys of a board with a card."""
    for path, text in (
        (root / "proc/device-tree/serial-number", serial + "\0"),
        (root / "sys/block/mmcblk0/device/cid", cid),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_keys_of_a_copied_card_are_laid_aside_and_what_waits_stays(tmp_path: Path) -> None:
    home = tmp_path / "gatepost"
    (home / IDENTITY).mkdir(parents=True)
    (home / IDENTITY / "device.key").write_bytes(bytes(32))
    (home / "kiosk.db").write_bytes(b"sealed records")
    assert settle(home, machine(tmp_path / "one", "1", "card one"), "mmcblk0") == "new"
    assert settle(home, machine(tmp_path / "one", "1", "card one"), "mmcblk0") == "same"
    assert (home / IDENTITY).exists()
    assert settle(home, machine(tmp_path / "two", "2", "card two"), "mmcblk0") == "copied"
    assert not (home / IDENTITY).exists() and (home / ASIDE / "device.key").exists()
    assert (home / "kiosk.db").read_bytes() == b"sealed records"
    assert settle(home, tmp_path / "two", "mmcblk0") == "same", "it is told once; then it has to be enrolled anew"


def test_the_numbers_of_board_and_card_are_not_kept_readable(tmp_path: Path) -> None:
    settle(tmp_path, machine(tmp_path, "10000000abcdef01", "cid-of-a-card"), "mmcblk0")
    kept = (tmp_path / "box.json").read_text("utf-8")
    assert "abcdef01" not in kept and "cid-of" not in kept


def test_a_start_without_a_partition_of_its_own_opens_the_gate_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    where = ("--data", str(tmp_path), "--run", str(tmp_path / "run"), "--root", str(tmp_path))
    assert run(where, io.StringIO(), io.StringIO(), io.StringIO()) == 0
    assert json.loads((tmp_path / "run" / "box.json").read_text("utf-8")) == {"box": "new"}


GROWN = Space("mmcblk0", 6, 4000 * MIB, 256 * MIB, 32_000 * MIB)


def test_a_partition_grows_where_there_is_room_and_only_then() -> None:
    assert plan(GROWN, 256 * MIB) == ("partition", "file system")
    full = Space("mmcblk0", 6, 4000 * MIB, 27_990 * MIB, 32_000 * MIB)
    assert plan(full, 256 * MIB) == ("file system",), "the power was cut between the two"
    assert plan(full, 27_990 * MIB) == ()


@pytest.mark.skipif(shutil.which("mke2fs", path=os.environ["PATH"] + ":/sbin:/usr/sbin") is None, reason="no mke2fs")
def test_the_size_of_an_ext4_is_read_from_itself(tmp_path: Path) -> None:
    image = tmp_path / "data.ext4"
    image.touch()
    os.truncate(image, 96 * MIB)
    made = ("mke2fs", "-q", "-t", "ext4", str(image), "80m")
    subprocess.run(made, check=True, env={"PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"}, capture_output=True)
    assert ext4_size(image) == 80 * MIB
    with pytest.raises(ValueError, match="no ext4"):
        ext4_size(Path(__file__))


def test_the_partition_under_a_folder_is_found_by_its_number(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    part = tmp_path / "sys/devices/mmcblk0/mmcblk0p6"
    part.mkdir(parents=True)
    for name, text in (("partition", "6"), ("start", "8192"), ("size", "524288"), ("../size", "62333952")):
        (part / name).write_text(text + "\n")
    by_number = tmp_path / "sys/dev/block"
    by_number.mkdir(parents=True)
    (by_number / f"{os.major(number)}:{os.minor(number)}").symlink_to(part)
    assert find_space(tmp_path, tmp_path) == Space("mmcblk0", 6, 4 * MIB, 256 * MIB, 62333952 * 512)
    assert find_space(tmp_path, Path("/nowhere")) is None
