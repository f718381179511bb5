"""The mark that whoever serves USB sticks leaves when one is done: a file in RAM, touched anew for each.

The gate's process opens no stick. It looks at the time of this file and at nothing in it.
"""

from pathlib import Path

NAME = "carried"


class StickMark:
    """The mark in `folder` (/run/gatepost). What stood there at the start is not told again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._seen_ns = self._touched_ns()

    def is_new(self) -> bool:
        """Whether a stick was done since this was last asked."""
        before, self._seen_ns = self._seen_ns, self._touched_ns()
        return self._seen_ns > before

    def _touched_ns(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0
