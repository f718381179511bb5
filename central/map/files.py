"""The whole of the open data as files: made once for a version, at most each AGE_S, and handed out from the disk.

A file goes to a slow reader without a thread of its own (the server's file wrapper), and a hundred readers cost no more
than one making. The folder lies with the system's temporary files and goes with the process.
"""

import gzip
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

AGE_S = 60.0
_LEVEL = 1  # gzip: the file is made while somebody waits


class Made(NamedTuple):
    """A file and the same compressed; `tag` names its version."""

    tag: str
    plain: Path
    zipped: Path
    at_s: float


class Files:
    """By name. Thread-safe: one thread makes a file, who asks meanwhile has the one before, or waits for the first."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._made: dict[str, Made] = {}
        self._folder: Path | None = None

    def get(self, name: str, version: str, parts: Callable[[], Iterator[bytes]]) -> Made:
        """The file `name` as of `version`, or one that is not older than AGE_S."""
        kept = self._made.get(name)
        if kept is not None and (kept.tag == version or self._elapsed() - kept.at_s < AGE_S):
            return kept
        if not self._lock.acquire(blocking=kept is None):
            assert kept is not None
            return kept
        try:
            kept = self._made.get(name)
            if kept is None or (kept.tag != version and self._elapsed() - kept.at_s >= AGE_S):
                self._made[name] = self._make(name, version, parts)
                for path in () if kept is None else (kept.plain, kept.zipped):
                    path.unlink(missing_ok=True)  # whoever reads it just now reads on
            return self._made[name]
        finally:
            self._lock.release()

    def _make(self, name: str, version: str, parts: Callable[[], Iterator[bytes]]) -> Made:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="gatepost-map-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        plain = self._folder / f"{version}-{name}"
        zipped = plain.with_name(f"{plain.name}.gz")
        with plain.open("wb") as whole, gzip.open(zipped, "wb", _LEVEL) as small:
            for part in parts():
                whole.write(part)
                small.write(part)
        return Made(version, plain, zipped, self._elapsed())
