"""What the Pi's firmware reads off the card before Linux runs: the table, autoboot.txt, config.txt, the kernel.

Read with mtools straight out of the card's file: nothing is mounted, no loop device is needed. Only while the machine
is off.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

SECTOR = 512


class Part(NamedTuple):
    """One partition: bytes from the card's beginning."""

    number: int
    name: str
    offset: int
    size: int


class Slot(NamedTuple):
    """What a boot partition hands to the kernel."""

    kernel: Path
    initrd: Path | None
    words: str


def parts(image: Path) -> dict[str, Part]:
    """The card's partitions by name. Raises CalledProcessError when there is no table."""
    said = subprocess.run(["/sbin/sfdisk", "--json", str(image)], capture_output=True, check=True, text=True)
    table = json.loads(said.stdout)["partitiontable"]["partitions"]
    return {
        row["name"]: Part(number, row["name"], row["start"] * SECTOR, row["size"] * SECTOR)
        for number, row in enumerate(table, 1)
    }


def read_file(image: Path, part: Part, name: str) -> bytes | None:
    """A file of a vfat partition; None when it is not there."""
    where = f"{image}@@{part.offset}"
    done = subprocess.run(["mcopy", "-n", "-i", where, f"::{name}", "-"], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def write_file(image: Path, part: Part, name: str, data: bytes) -> None:
    """Put a file onto a vfat partition, as a technician does under Windows. Raises CalledProcessError."""
    where = f"{image}@@{part.offset}"
    subprocess.run(["mcopy", "-o", "-n", "-i", where, "-", f"::{name}"], input=data, capture_output=True, check=True)


def read_slot(image: Path, part: Part, folder: Path) -> Slot:
    """Take kernel, initrd and command line of a boot partition into `folder`. Raises FileNotFoundError."""
    config = (read_file(image, part, "config.txt") or b"").decode(errors="replace")
    kernel = _taken(image, part, folder, _named(config, r"^kernel=(\S+)"), ("vmlinuz", "kernel8.img"))
    initrd = _taken(image, part, folder, _named(config, r"^initramfs[ =](\S+)"), ("initrd.gz", "initrd.img", "initrd"))
    if kernel is None:
        raise FileNotFoundError(f"{part.name} holds no kernel")
    words = read_file(image, part, "cmdline.txt") or b""
    return Slot(kernel, initrd, " ".join(words.decode().split()))


def _named(config: str, pattern: str) -> tuple[str, ...]:
    return tuple(re.findall(pattern, config, re.MULTILINE))


def _taken(image: Path, part: Part, folder: Path, named: tuple[str, ...], usual: tuple[str, ...]) -> Path | None:
    for name in (*named, *usual):
        data = read_file(image, part, name)
        if data is not None:
            (folder / name).write_bytes(data)
            return folder / name
    return None
