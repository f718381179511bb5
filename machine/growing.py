"""The data partition grows to the card's end: an image is small, a card is not.

Every step can be cut by the power and is done again at the next start: the partition's beginning never moves, sfdisk
writes both copies of the table, and resize2fs works on the mounted file system (ext4's journal).
"""

import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
SECTOR = 512
WORTH_IT = 64 * MIB  # less than this at the card's end stays as it is
_STEP_S = 120
_SUPERBLOCK, _MAGIC = 1024, 0xEF53  # kernel documentation, filesystems/ext4: super block


@dataclass(frozen=True, slots=True)
class Space:
    """Of a partition and its disk, in bytes. `number` is the partition's own."""

    disk: str
    number: int
    begin: int
    size: int
    disk_size: int


def plan(space: Space, file_system: int) -> tuple[str, ...]:
    """PURE. What is to be done: "partition", "file system", both or nothing."""
    room = space.disk_size - space.begin - space.size
    partition = ("partition",) if room > WORTH_IT else ()
    return (*partition, "file system") if partition or space.size - file_system > WORTH_IT else ()


def find_space(mount: Path, root: Path = Path("/")) -> Space | None:
    """The partition that is mounted at `mount`; None where it is no partition of a disk."""
    number = mount.stat().st_dev
    folder = root / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}"
    try:
        real = folder.resolve(strict=True)
        part = int((real / "partition").read_text())
        begin, size = (int((real / name).read_text()) * SECTOR for name in ("start", "size"))
        disk_size = int((real.parent / "size").read_text()) * SECTOR
    except (OSError, ValueError):
        return None
    return Space(real.parent.name, part, begin, size, disk_size)


def ext4_size(device: Path) -> int:
    """Bytes of the ext4 on `device`, by its super block. Raises ValueError where there is none."""
    with device.open("rb") as file:
        file.seek(_SUPERBLOCK)
        head = file.read(1024)
    if len(head) < 1024 or struct.unpack_from("<H", head, 56)[0] != _MAGIC:
        raise ValueError(f"{device}: no ext4")
    low, exponent, high = (int(struct.unpack_from("<I", head, at)[0]) for at in (4, 24, 336))
    return (high << 32 | low) * (1024 << exponent)


def grow(space: Space, steps: tuple[str, ...], device: Path) -> None:
    """Do the steps of `plan`. Raises CalledProcessError, OSError, TimeoutExpired: the next start tries again."""
    disk = device.parent / space.disk
    if "partition" in steps:
        _run("sfdisk", "--relocate", "gpt-bak-std", "--no-reread", "--no-tell-kernel", str(disk))
        _run("sfdisk", "--no-reread", "--no-tell-kernel", "-N", str(space.number), str(disk), said=", +\n")
        _run("partx", "--update", "--nr", str(space.number), str(disk))
    if "file system" in steps:
        _run("resize2fs", str(device))


def _run(*command: str, said: str = "") -> None:
    subprocess.run(command, input=said, text=True, capture_output=True, timeout=_STEP_S, check=True)
