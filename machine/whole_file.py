"""Files that a power cut leaves whole: what the box writes to its card goes this way."""

import os
from pathlib import Path


def replace_file(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write `data` so that after a power cut `path` is whole: the old one or the new one."""
    aside = path.with_name(path.name + ".new")
    with aside.open("wb") as file:
        if mode is not None:  # FAT has none
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
