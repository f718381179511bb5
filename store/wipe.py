"""Destroy everything that a kiosk has stored: for a box that is given away, or set up for another place.

- Nothing that the centre has not confirmed is destroyed: `unsent` is asked while nobody else has the database open.
- Once begun it is ended: a mark lies in the folder until the last file is gone, and a power cut changes nothing of it.
- Keys go first. What they opened is worth nothing from then on, even where the card keeps copies of what was deleted.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from store.db import Store, StoreError
from store.outbox import backlog

MARK = "reset.begun"
TRIES, _TRY_AGAIN_S = 20, 0.1  # a process that was told to stop has let go by then
_CHUNK = 1 << 16


class InUse(StoreError):
    """Another process has the database open."""

    def __init__(self) -> None:
        super().__init__("store_failed", "another process has the database open")


def unsent(store: Store, tries: int = TRIES) -> int:
    """How many records the centre has not confirmed. From now on nobody else can write. Raises InUse, StoreError."""
    for _ in range(tries):
        # Leaving the write-ahead log takes the only connection to the file (SQLite, "WAL mode", section 3.1).
        with suppress(StoreError):
            store.execute("PRAGMA journal_mode=DELETE").fetchall()
        if store.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
            store.execute("BEGIN EXCLUSIVE")
            return backlog(store).rows
        time.sleep(_TRY_AGAIN_S)
    raise InUse


def begun(folder: Path) -> bool:
    """Whether a reset was begun and not ended."""
    return (folder / MARK).exists()


def wipe(folder: Path, keys: Iterable[str], also: Iterable[Path] = ()) -> int:
    """Destroy what lies in `folder` and in `also`, the folders of `keys` first; how many files there were.

    The folders themselves stay, for they are mounted. Raises OSError; then it can be begun again.
    """
    (folder / MARK).touch()
    _sync(folder)
    places = [*(folder / name for name in keys), folder, *also]
    count = 0
    for place in places:
        for path in _files(place):
            if path != folder / MARK:
                _destroy(path)
                count += 1
        _sync(place)
    for place in (folder, *also):
        for inner in sorted(_folders(place), reverse=True):
            inner.rmdir()
    (folder / MARK).unlink(missing_ok=True)
    _sync(folder)
    return count


def _files(place: Path) -> Iterator[Path]:
    """Files below `place`, links and sockets among them; none where there is no folder."""
    for top, _, names in os.walk(place):
        yield from (Path(top, name) for name in names)


def _folders(place: Path) -> Iterator[Path]:
    for top, names, _ in os.walk(place):
        yield from (Path(top, name) for name in names if not Path(top, name).is_symlink())


def _destroy(path: Path) -> None:
    """Overwrite and unlink. A card may keep the old cells; that is why what they hold is sealed as well."""
    if path.is_file() and not path.is_symlink():
        with path.open("r+b") as file:
            left = file.seek(0, os.SEEK_END)
            file.seek(0)
            while left > 0:
                left -= file.write(bytes(min(left, _CHUNK)))
            file.flush()
            os.fsync(file.fileno())
    path.unlink()


def _sync(folder: Path) -> None:
    if not folder.is_dir():
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
