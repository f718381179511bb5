"""Files of a stick that anybody may have written: only plain files, only so many names, only so many bytes.

A link could point into this machine, a pipe or a device would never end, and a folder of a million names is a way to
keep a gate busy. What is passed over here is passed over in silence: it is none of ours.
"""

import os
import stat
from itertools import islice
from pathlib import Path

MOST_NAMES = 50_000  # looked at in one folder; what stands behind them waits for a tidier stick


def plain_files(folder: Path, suffix: str, most: int) -> list[Path]:
    """The first `most` plain files of `folder` that end in `suffix`, by name; none where it is no folder of its own."""
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return []
        with os.scandir(folder) as entries:
            named = [e.name for e in islice(entries, MOST_NAMES) if e.name.endswith(suffix) and _is_plain(e)]
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(named)[:most]]


def read_plain(path: Path, most: int) -> bytes:
    """The file, or one byte more than `most`: it is then refused as too large. A link is an OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b""
        return file.read(most + 1)


def _is_plain(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:  # a damaged directory of a cheap stick
        return False
