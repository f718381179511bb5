"""A file that holds disk space back, so that there is room to finish what was begun when the disk runs full.

Its bytes are written, not only promised: a sparse file would reserve nothing. It is released (deleted) when SQLite says
that the disk is full, which lets the write-ahead log be folded in and the outbox be drained; it is made again when
there is room for it and for the free space that the gate demands.
"""

import os
import shutil
from pathlib import Path

FILE = "reserve.bin"
_CHUNK = 1 << 20


def hold(folder: Path, size_bytes: int) -> bool:
    """Make the reserve unless it is there; False when there is no room for it (nothing is left behind then)."""
    path = folder / FILE
    if path.exists() and path.stat().st_size == size_bytes:
        return True
    try:
        with path.open("wb") as file:
            for start in range(0, size_bytes, _CHUNK):
                # random bytes: a compressing file system would keep zeros in no space at all
                file.write(os.urandom(min(_CHUNK, size_bytes - start)))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        return False
    return True


def release(folder: Path) -> bool:
    """Give the reserve back to the disk; False when there was none."""
    path = folder / FILE
    held = path.exists()
    path.unlink(missing_ok=True)
    return held


def free_bytes(folder: Path) -> int:
    """Bytes that this process may still write to the disk of `folder`."""
    return shutil.disk_usage(folder).free
