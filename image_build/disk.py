"""Boot slot, data partition and the whole card, as files; no loop device, no mounting, no root needed for the card.

FAT by mtools with fixed identifiers and times, so that a boot slot too is the same for the same inputs. The image is
sparse: what nothing was written to takes no place on the building machine.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from image_build import layout
from image_build.tools import BuildError, need, run

PROGRAMS = ("sfdisk", "mkfs.vfat", "mcopy", "mmd", "mke2fs", "truncate")
_CHUNK = 1 << 20
# What the Pi's own processor starts with, plain and with its camera part; a Pi 5 has its own in its EEPROM.
FIRMWARE = (
    "bootcode.bin",
    "start.elf",
    "fixup.dat",
    "start4.elf",
    "fixup4.dat",
    "start_x.elf",
    "fixup_x.dat",
    "start4x.elf",
    "fixup4x.dat",
)


def make_vfat(file: Path, partition: str, contents: Mapping[str, Path], label: str) -> None:
    """`contents`: path inside -> file. Raises BuildError, also when they do not fit."""
    file.unlink(missing_ok=True)
    run("truncate", "-s", str(layout.by_label(partition).size), file)
    run("mkfs.vfat", "--invariant", "-F", "32", "-i", layout.volume_id(partition), "-n", label, file)
    folders = sorted({str(parent) for path in contents for parent in Path(path).parents if str(parent) != "."})
    more = {"MTOOLS_SKIP_CHECK": "1"}
    for folder in folders:
        run("mmd", "-i", file, f"::{folder}", more=more)
    for path in sorted(contents):
        run("mcopy", "-m", "-i", file, _dated(contents[path]), f"::{path}", more=more)


def _dated(path: Path) -> Path:
    os.utime(path, (layout.EPOCH, layout.EPOCH))
    return path


def boot_contents(boot: Path, texts: Path, initrd: Path) -> dict[str, Path]:
    """What a boot slot holds: `boot` is what the packages brought, `texts` a folder with config.txt and cmdline.txt."""
    found = {"vmlinuz": boot / "vmlinuz", "initrd.gz": initrd}
    found |= {path.name: path for path in texts.iterdir()}
    firmware = boot / "raspi-firmware"
    found |= {name: firmware / name for name in FIRMWARE if (firmware / name).is_file()}
    found |= {path.name: path for path in (boot / "broadcom").glob("*-rpi-*.dtb")}
    for overlays in (firmware / "overlays", boot / "overlays"):
        found |= {f"overlays/{path.name}": path for path in sorted(overlays.glob("*.dtb*"))}
    return found


def make_data(file: Path) -> None:
    """The data partition as it is flashed: empty; the card makes its folders at each boot."""
    file.unlink(missing_ok=True)
    run("truncate", "-s", str(layout.by_label("data").size), file)
    options = f"hash_seed={layout.uuid('data hash')},lazy_itable_init=0,lazy_journal_init=0"
    fixed = {"E2FSPROGS_FAKE_TIME": str(layout.EPOCH)}
    run(
        *("mke2fs", "-q", "-t", "ext4", "-L", "data", "-U", layout.uuid("data ext4"), "-m", "1", "-E", options, file),
        more=fixed,
    )


def make_card(file: Path, parts: Mapping[str, Path]) -> None:
    """The card: partition table and `parts` (label -> file). What has no file stays zero. Raises BuildError."""
    need(*PROGRAMS)
    file.unlink(missing_ok=True)
    run("truncate", "-s", str(layout.image_size()), file)
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", file, text=layout.sfdisk_script())
    with file.open("r+b") as card:
        for label, part in parts.items():
            if part.stat().st_size > layout.by_label(label).size:
                raise BuildError(f"{part.name} does not fit partition {label}")
            _lay(part, card.fileno(), layout.offset(label))


def _lay(part: Path, card: int, at: int) -> None:
    """Copies `part`, leaving out what is zero."""
    with part.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if chunk.count(0) != len(chunk):
                os.pwrite(card, chunk, at)
            at += len(chunk)
