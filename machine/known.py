"""What the box was when nothing was left to do for it, so that the next start sees by a glance that it still is.

Kept in <data>/settings/box.known, root's alone, and held against the machine by /usr/lib/gatepost/bin/same-box, which
needs no Python: line by line

    gatepost-box 1
    NUMBER MAJOR:MINOR          of the data partition's device, as stat(2) gives it, and as the kernel calls it
    PARTITION, START, SIZE      of the partition, and its disk's SIZE: a line each, the kernel's own words
    SHA-256 or -                of the board's serial number, of the card's CID, of box.json: a line each
"""

import hashlib
import os
from pathlib import Path

from machine.box import BOX, SERIAL, find_box, judge, read_box
from machine.growing import ext4_size, find_space, plan
from machine.whole_file import replace_file

KNOWN = Path("settings/box.known")


def known_text(data: Path, root: Path, home: Path) -> str:
    """What would be kept now. Raises OSError where the data have no partition of their own."""
    number, device, part = _partition(data, root)
    sizes = [path.read_text() for path in (part / "partition", part / "start", part / "size", part.parent / "size")]
    seen = [_digest(path) for path in (root / SERIAL, part.parent / "device" / "cid", home / BOX)]
    return f"gatepost-box 1\n{number} {device}\n{''.join(sizes)}{''.join(seen)}"


def keep_known(data: Path, root: Path, home: Path) -> bool:
    """Keep it, where nothing is left to grow and nobody to be told; whether it stands there. Raises OSError."""
    path, space = data / KNOWN, find_space(data, root)
    if space is None or not path.parent.is_dir():
        return False
    try:
        left = plan(space, ext4_size(root / "dev" / _partition(data, root)[2].name))
    except ValueError:
        return False
    if left or judge(read_box(home / BOX), find_box(root, space.disk)) != "same":
        return False
    text = known_text(data, root, home).encode()
    if not path.is_file() or path.read_bytes() != text:
        replace_file(path, text, 0o600)
    return True


def _partition(data: Path, root: Path) -> tuple[int, str, Path]:
    """Number and name of the device that the data lie on, and its folder in /sys. Raises OSError."""
    number = data.stat().st_dev
    device = f"{os.major(number)}:{os.minor(number)}"
    return number, device, (root / "sys/dev/block" / device).resolve(strict=True)


def _digest(path: Path) -> str:
    """As `sha256sum` prints what it reads from its standard input."""
    try:
        return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  -\n"
    except OSError:
        return "-\n"
