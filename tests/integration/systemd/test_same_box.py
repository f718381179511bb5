"""A start of the same card in the same box needs no Python to see it; any other one does."""

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from machine.first_boot import run
from machine.growing import MIB
from machine.known import KNOWN
from tests.needs import need
from tests.parts.units import ROOT, Unit

PROGRAM = ROOT / "usr/lib/gatepost/bin/same-box"
SIZE = 96 * MIB


class Machine:
    """/proc, /sys and /dev of a board with a card, whose data partition is a real ext4."""

    def __init__(self, folder: Path) -> None:
        self.root, self.data, self.run = folder / "root", folder / "data", folder / "root/run/gatepost"
        for one in (self.data / "settings", self.data / "gatepost", self.run, self.root / "dev"):
            one.mkdir(parents=True)
        self.disk = self.root / "sys/devices/mmcblk0"
        self.part = self.disk / "mmcblk0p6"
        self.write(self.root / "proc/device-tree/serial-number", "10000000abcdef01\0")
        self.write(self.disk / "device/cid", "1b534d4542315154305a3c8f0d0141a9\n")
        for name, text in (("partition", "6"), ("start", "8192"), ("size", str(SIZE // 512)), ("../size", "211000")):
            self.write(self.part / name, f"{text}\n")
        number = self.data.stat().st_dev
        by_number = self.root / "sys/dev/block"
        by_number.mkdir(parents=True)
        (by_number / f"{os.major(number)}:{os.minor(number)}").symlink_to(self.part)
        (self.root / "sys/block").mkdir()
        (self.root / "sys/block/mmcblk0").symlink_to(self.disk)
        image = self.root / "dev/mmcblk0p6"
        image.touch()
        os.truncate(image, SIZE)
        make = ("mke2fs", "-q", "-t", "ext4", str(image))
        subprocess.run(make, check=True, env={"PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"}, capture_output=True)

    @staticmethod
    def write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "ascii")

    def first_boot(self) -> str:
        """As gatepost-first-boot.service; what it says."""
        where = ("--data", str(self.data), "--run", str(self.run), "--root", str(self.root))
        assert run(where, io.StringIO(), io.StringIO(), io.StringIO()) == 0
        return self.said()

    def said(self) -> str:
        found: str = json.loads((self.run / "box.json").read_text("utf-8"))["box"]
        return found

    def glance(self) -> bool:
        """A start: /run is empty again. Whether the program says that nothing is another."""
        (self.run / "box.json").unlink(missing_ok=True)
        words = [str(PROGRAM), str(self.data), "/run/gatepost", str(self.root)]
        ended = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
        assert (ended.returncode == 0) == (self.run / "box.json").exists()
        assert ended.returncode in (0, 1), ended.stderr
        return ended.returncode == 0


@pytest.fixture
def box(tmp_path: Path) -> Machine:
    need(shutil.which("mke2fs", path=os.environ["PATH"] + ":/sbin:/usr/sbin") is not None, "mke2fs")
    return Machine(tmp_path)


def test_from_the_second_start_on_a_glance_says_what_python_would(box: Machine) -> None:
    assert not box.glance()
    assert box.first_boot() == "new"
    assert box.glance()
    by_glance = (box.run / "box.json").read_bytes(), (box.run / "box.json").stat().st_mode
    assert box.said() == "same"
    (box.run / "box.json").unlink()
    assert box.first_boot() == "same"
    assert by_glance == ((box.run / "box.json").read_bytes(), (box.run / "box.json").stat().st_mode)


def other_card(box: Machine) -> None:
    (box.disk / "device/cid").write_text("03534453433136478060aabbccdd0163\n", "ascii")


def other_board(box: Machine) -> None:
    (box.root / "proc/device-tree/serial-number").write_text("10000000abcdef02\0", "ascii")


def larger_card(box: Machine) -> None:
    (box.disk / "size").write_text("62333952\n", "ascii")


def larger_partition(box: Machine) -> None:
    (box.part / "size").write_text("400000\n", "ascii")


def other_device(box: Machine) -> None:
    (box.data / KNOWN).write_text((box.data / KNOWN).read_text("ascii").replace("\n", "\n9", 1), "ascii")


def path_for_a_device(box: Machine) -> None:
    lines = (box.data / KNOWN).read_text("ascii").splitlines(keepends=True)
    lines[1] = lines[1].split()[0] + " ../../devices/mmcblk0/mmcblk0p6\n"
    (box.data / KNOWN).write_text("".join(lines), "ascii")


CHANGES: list[Callable[[Machine], object]] = [
    *(other_card, other_board, larger_card, larger_partition, other_device, path_for_a_device),
    lambda box: (box.disk / "device/cid").unlink(),
    lambda box: (box.data / "gatepost/box.json").write_text("{}", "ascii"),
    lambda box: (box.data / "gatepost/box.json").unlink(),
    lambda box: (box.data / KNOWN).write_bytes(b""),
    lambda box: (box.data / KNOWN).write_bytes((box.data / KNOWN).read_bytes()[:-2]),
    lambda box: (box.data / KNOWN).unlink(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_anything_else_is_left_to_python(box: Machine, change: Callable[[Machine], object]) -> None:
    box.first_boot()
    assert box.glance()
    change(box)
    assert not box.glance()


def test_a_copied_card_is_found_out_though_its_files_say_that_it_is_known(box: Machine) -> None:
    box.first_boot()
    (box.data / "gatepost/identity").mkdir()
    other_card(box)
    assert not box.glance()
    assert box.first_boot() == "copied"
    assert not (box.data / "gatepost/identity").exists()
    assert box.glance(), "it was told; from now on it is this card"


def test_a_partition_that_is_still_to_grow_is_not_known(box: Machine) -> None:
    larger_partition(box)  # and resize2fs is not there, or refuses: the file system stays small
    box.first_boot()
    assert not (box.data / KNOWN).exists()
    assert not box.glance()


def test_the_unit_steps_aside_for_the_glance_by_the_file_that_it_writes() -> None:
    unit = Unit(ROOT.parent / "gatepost-first-boot.service")
    assert "!/run/gatepost/box.json" in unit.all_of("ConditionPathExists")
