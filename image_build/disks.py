"""Which disk may be written over. Everything is read from /sys and /proc/self/mountinfo before a byte is written.

- A whole disk, not a partition; not read-only; large enough for the image.
- Nothing of it is mounted or swapped on, also not through device-mapper: so never the disk that this machine runs on.
- Neither larger than LARGEST nor fixed to this machine, unless its exact size in bytes was typed: the disk with the
  family's pictures is a USB disk, too.
"""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512  # /sys counts in these, whatever the disk's own blocks are
LARGEST = 256 * 10**9  # bytes; cards of this kind end here, disks begin
SYS = Path("/sys/class/block")
MOUNTS = Path("/proc/self/mountinfo")
SWAPS = Path("/proc/swaps")


@dataclass(frozen=True, slots=True)
class Disk:
    """What /sys says of a block device. `used` names what of it is mounted or swapped on; sizes in bytes."""

    name: str
    size: int
    removable: bool
    read_only: bool
    whole: bool
    model: str
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a disk is not written, in Vietnamese and English."""

    vi: str
    en: str


def judge(disk: Disk, image: int, typed: int | None) -> Refusal | None:
    """PURE. None when `disk` may be written with `image` bytes; `typed` is the size that a person typed, if one did."""
    name = f"/dev/{disk.name}"
    if not disk.whole:
        return Refusal(f"{name} là một phân vùng. Hãy chọn cả đĩa.", f"{name} is a partition: name the whole disk.")
    if disk.used:
        parts = ", ".join(disk.used)
        return Refusal(
            f"{name} đang được dùng ({parts}). Nếu là đĩa của máy này: dừng lại. Nếu là thẻ: hãy tháo (unmount) trước.",
            f"{name} is in use ({parts}). If it is this machine's own disk, stop. If it is the card, unmount it first.",
        )
    if disk.read_only:
        return Refusal(f"{name} bị khóa ghi. Gạt khóa trên thẻ.", f"{name} is locked: slide the lock on the card.")
    if disk.size < image:
        return Refusal(
            f"{name} có {gigabytes(disk.size)}, tệp ảnh cần {gigabytes(image)}.",
            f"{name} holds {gigabytes(disk.size)}, the image needs {gigabytes(image)}.",
        )
    if (disk.size > LARGEST or not disk.removable) and typed != disk.size:
        return Refusal(
            f"{name} ({disk.model or '?'}, {gigabytes(disk.size)}) không giống thẻ nhớ. Nếu đúng là thẻ, chạy lại với"
            f" --size {disk.size}",
            f"{name} ({disk.model or '?'}, {gigabytes(disk.size)}) does not look like a card. If it is one, run this"
            f" again with --size {disk.size}",
        )
    return None


def gigabytes(size: int) -> str:
    """As it stands on a card: "31.9 GB"."""
    return f"{size / 10**9:.1f} GB"


def read_disk(name: str, sys: Path = SYS, mounts: Path = MOUNTS, swaps: Path = SWAPS) -> Disk | None:
    """The block device `name` (sdb, mmcblk0), or None where there is none."""
    folder = sys / name
    if not folder.exists():
        return None
    used = _in_use(mounts, swaps)
    own = (name, *_parts(folder), *_above(sys, name))
    keys = {*own, *(_text(sys / part / "dev") for part in own)} - {""}
    taken = sorted({word for key in keys for word in used.get(key, ())})
    return Disk(
        name=name,
        size=int(_text(folder / "size") or 0) * SECTOR,
        removable=_text(folder / "removable") == "1" or name.startswith("mmcblk"),
        read_only=_text(folder / "ro") == "1",
        whole=not (folder / "partition").exists(),
        model=_text(folder / "device" / "model") or _text(folder / "device" / "name"),
        used=tuple(taken),
    )


def block_name(device: Path) -> str | None:
    """The kernel's name of the block device at `device`; None where it is something else."""
    try:
        real = device.resolve(strict=True)
        return real.name if stat.S_ISBLK(real.stat().st_mode) else None
    except OSError:
        return None


def _parts(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir() if (entry / "partition").exists()]


def _above(sys: Path, name: str) -> Iterator[str]:
    """What lies over this disk or a part of it: dm-0 over an encrypted partition. A disk has few, and no circles."""
    todo, seen = [name, *_parts(sys / name)], set[str]()
    while todo:
        holders = sys / todo.pop() / "holders"
        for entry in holders.iterdir() if holders.is_dir() else ():
            if entry.name not in seen:
                seen.add(entry.name)
                todo.append(entry.name)
                yield entry.name


def _in_use(mounts: Path, swaps: Path) -> dict[str, list[str]]:
    """Kernel name, and major:minor -> where it is mounted, or "swap".

    Both: a root without an initrd calls itself /dev/root, and btrfs numbers its mounts by itself.
    """
    used: dict[str, list[str]] = {}
    for line in _text(mounts).splitlines():
        words = line.split()
        if len(words) > 4:
            used.setdefault(words[2], []).append(words[4])
        source = words[words.index("-") + 2] if "-" in words and len(words) > words.index("-") + 2 else ""
        if source.startswith("/dev/"):
            used.setdefault(Path(source).resolve().name, []).append(words[4])
    for line in _text(swaps).splitlines()[1:]:
        used.setdefault(Path(line.split()[0]).name, []).append("swap")
    return used


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
