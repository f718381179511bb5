"""The gate stops before the disk does: a minimum that stays free, and a reserve for the worst case."""

from pathlib import Path

from store import reserve


class DiskGuard:
    """Free space against the minimum, and the reserve that is let go when the disk is full."""

    def __init__(self, folder: Path, reserve_bytes: int, minimum_free_bytes: int) -> None:
        self._folder, self._reserve_bytes, self._minimum = folder, reserve_bytes, minimum_free_bytes
        reserve.hold(folder, reserve_bytes)

    def is_full(self) -> bool:
        """Whether less than the minimum is free; with room again the reserve is made again first."""
        free = reserve.free_bytes(self._folder)
        if free >= self._minimum + self._reserve_bytes:
            reserve.hold(self._folder, self._reserve_bytes)
        return reserve.free_bytes(self._folder) < self._minimum

    def release(self) -> None:
        """SQLite found no room: give it the reserve, to finish what is begun and to drain the outbox."""
        reserve.release(self._folder)
