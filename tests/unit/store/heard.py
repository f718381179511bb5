"""A radio's file in a folder, and windows that nobody ever sent."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.sightings import Sightings, open_sightings
from wire.sightings import DAY_MS, WINDOW_MS, SightingWindow

DAY = 20_700
NOW_MS = DAY * DAY_MS + 12 * 3_600_000


def identifier(number: int, length: int = 12) -> bytes:
    """Number `number`, without a pattern that a search could find by chance."""
    return hashlib.sha256(b"sighting %d" % number).digest()[:length]


def window(number: int, minute: int, day: int = DAY, system: int = 1, length: int = 12) -> SightingWindow:
    """Identifier `number` in a minute of a UTC day."""
    return SightingWindow(system, identifier(number, length), day * DAY_MS + minute * WINDOW_MS, -60, -71, 3)


@contextmanager
def sightings_in(folder: Path, now_ms: int = NOW_MS) -> Iterator[Sightings]:
    """The file of a folder, closed at the end."""
    made = open_sightings(folder, now_ms=lambda: now_ms)
    try:
        yield made
    finally:
        made.close()


def bytes_on_disk(folder: Path) -> bytes:
    """Everything that lies in the folder, the write-ahead log too."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
