"""The disk with the family's pictures is not a card: what may be written over, and what never."""

from dataclasses import replace
from pathlib import Path

import pytest

from image_build.disks import SECTOR, Disk, judge, read_disk

GB = 10**9
CARD = Disk("sdb", 32 * GB, True, False, True, "SD CARD", ())
IMAGE = 4 * GB


def test_a_card_in_a_reader_may_be_written() -> None:
    assert judge(CARD, IMAGE, None) is None


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"used": ("/",)}, "in use"),
        ({"used": ("swap",)}, "in use"),
        ({"whole": False}, "partition"),
        ({"read_only": True}, "locked"),
        ({"size": 2 * GB}, "needs 4.0 GB"),
        ({"size": 512 * GB}, "--size 512000000000"),
        ({"removable": False}, "does not look like a card"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(changed: dict[str, object], word: str) -> None:
    refusal = judge(replace(CARD, **changed), IMAGE, None)  # type: ignore[arg-type]
    assert refusal is not None and word in refusal.en and "/dev/sdb" in refusal.vi


def test_only_the_exact_size_typed_allows_a_large_disk() -> None:
    large = replace(CARD, size=512 * GB)
    assert judge(large, IMAGE, 512 * GB) is None
    assert judge(large, IMAGE, 511 * GB) is not None


def test_no_size_typed_allows_the_disk_of_this_machine() -> None:
    assert judge(replace(CARD, used=("/",)), IMAGE, CARD.size) is not None


def make(sys: Path, name: str, sectors: int, **facts: str) -> Path:
    folder = sys / name
    folder.mkdir(parents=True)
    for fact, value in {"size": str(sectors), "ro": "0", "removable": "1", **facts}.items():
        (folder / fact).write_text(value + "\n")
    return folder


@pytest.fixture
def sys(tmp_path: Path) -> Path:
    """/sys of a machine: sda with an encrypted root on its second part, sdb a card, vda that is mounted by number."""
    sys = tmp_path / "block"
    sda = make(sys, "sda", 10**9, removable="0", dev="8:0")
    for number in (1, 2):
        make(sda, f"sda{number}", 10**8, partition=str(number), dev=f"8:{number}")
        (sys / f"sda{number}").symlink_to(sda / f"sda{number}")
    (sys / "sda2" / "holders" / "dm-0").mkdir(parents=True)
    make(sys, "dm-0", 10**8, dev="254:0")
    make(sys, "sdb", 62_333_952, dev="8:16")
    vda = make(sys, "vda", 10**8, dev="252:0")
    make(vda, "vda1", 10**7, partition="1", dev="252:1")
    (sys / "vda1").symlink_to(vda / "vda1")
    return sys


def look(sys: Path, name: str, tmp_path: Path) -> Disk:
    mounts, swaps = tmp_path / "mountinfo", tmp_path / "swaps"
    mounts.write_text(
        "22 1 254:0 / / rw - ext4 /dev/dm-0 rw\n"
        "23 1 252:1 / /srv rw - ext4 /dev/root rw\n"
        "24 1 0:5 / /dev rw - devtmpfs udev rw\n"
    )
    swaps.write_text("Filename Type Size Used Priority\n/dev/sda1 partition 1 0 -2\n")
    found = read_disk(name, sys, mounts, swaps)
    assert found is not None
    return found


def test_a_root_behind_encryption_is_found_on_its_disk(sys: Path, tmp_path: Path) -> None:
    assert look(sys, "sda", tmp_path).used == ("/", "swap")


def test_a_mount_that_names_no_device_is_found_by_its_number(sys: Path, tmp_path: Path) -> None:
    assert look(sys, "vda", tmp_path).used == ("/srv",)


def test_a_card_is_read_as_it_is(sys: Path, tmp_path: Path) -> None:
    card = look(sys, "sdb", tmp_path)
    assert (card.size, card.removable, card.whole, card.used) == (62_333_952 * SECTOR, True, True, ())
    assert not look(sys, "sda1", tmp_path).whole
    assert read_disk("sdz", sys) is None


def test_the_disk_of_this_very_machine_is_refused() -> None:
    names = [entry.name for entry in Path("/sys/class/block").iterdir()]
    disks = [disk for disk in map(read_disk, names) if disk is not None and "/" in disk.used]
    if not disks:
        pytest.skip("the root of this machine lies on no disk of its own")
    assert all(judge(disk, 1, disk.size) is not None for disk in disks)
