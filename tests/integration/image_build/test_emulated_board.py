"""A Pi of the emulator switched on for real, with six instructions instead of a kernel: its lamps are seen outside."""

import struct
from pathlib import Path

import pytest

from image_build import disk, layout, tools
from image_build.emulate.board import QEMU, TREE, Board
from image_build.emulate.machine import Lamps, NeverSeen
from image_build.emulate.monitor import MonitorLost
from tests.needs import need

# AArch64: x0 = 0x3f200000 (GPIO); GPFSEL1 makes line 17 an output, GPSET0 raises it; then stay.
GREEN_ON = (0xD2A7E400, 0x52A00401, 0xB9000401, 0x52A00041, 0xB9001C01, 0x14000000)


def device_tree() -> bytes:
    """The least that is a device tree (Devicetree Specification, chapter 5): a root that says how wide cells are."""
    names = b"#address-cells\0#size-cells\0"
    cell = struct.Struct(">IIII")
    nodes = struct.pack(">II", 1, 0) + cell.pack(3, 4, 0, 1) + cell.pack(3, 4, 15, 1) + struct.pack(">II", 2, 9)
    begin, reserved = 40, bytes(16)  # after the header: an empty list of reserved memory
    strings = begin + len(reserved) + len(nodes)
    head = (0xD00DFEED, strings + len(names), begin + 16, strings, begin, 17, 16, 0, len(names), len(nodes))
    return struct.pack(">10I", *head) + reserved + nodes + names


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card whose slot a has those instructions as its kernel, and a slot b without a device tree."""
    missing = tools.missing((QEMU, *disk.PROGRAMS))
    need(not missing, "; ".join(missing))
    texts = {
        "autoboot.txt": b"[all]\nboot_partition=2\n", "kernel": struct.pack("<6I", *GREEN_ON),
        "tree": device_tree(), "words": b"quiet\n",
    }  # fmt: skip
    for name, data in texts.items():
        (tmp_path / name).write_bytes(data)
    slot = {"vmlinuz": tmp_path / "kernel", "cmdline.txt": tmp_path / "words"}
    disk.make_vfat(tmp_path / "first", "GATEPOST", {"autoboot.txt": tmp_path / "autoboot.txt"}, "GATEPOST")
    disk.make_vfat(tmp_path / "a", "boot_a", {**slot, TREE: tmp_path / "tree"}, "BOOT")
    disk.make_vfat(tmp_path / "b", "boot_b", slot, "BOOT")
    made = tmp_path / "card.img"
    disk.make_card(made, {"GATEPOST": tmp_path / "first", "boot_a": tmp_path / "a", "boot_b": tmp_path / "b"})
    return made


def test_a_line_that_the_guest_raises_is_a_lamp_outside(card: Path, tmp_path: Path) -> None:
    with Board(card, tmp_path / "m") as board:
        board.power_on()
        board.wait("green", lambda: board.lamps() == Lamps(green=True, yellow=False, red=False), 20)
        first = board.guest_s()
        board.wait("the guest's clock", lambda: board.guest_s() > first, 20)
        with pytest.raises(NeverSeen, match="red"):
            board.wait("red", lambda: board.lamps().red, 0.1)
        board.off()
        with pytest.raises(MonitorLost):
            board.lamps()
    assert card.stat().st_size == 1 << (layout.image_size() - 1).bit_length()


def test_a_slot_without_the_boards_tree_is_not_booted(card: Path, tmp_path: Path) -> None:
    (tmp_path / "autoboot.txt").write_bytes(b"[all]\nboot_partition=3\n")
    disk.make_vfat(tmp_path / "first", "GATEPOST", {"autoboot.txt": tmp_path / "autoboot.txt"}, "GATEPOST")
    disk.make_card(card, {"GATEPOST": tmp_path / "first", "boot_b": tmp_path / "b"})
    with Board(card, tmp_path / "m") as board, pytest.raises(FileNotFoundError, match=TREE):
        board.power_on()
