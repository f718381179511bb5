"""A simulated hand scanner: each file in its folder is one code, read once and removed; for tests and the bench."""

from pathlib import Path

MAX_BYTES = 8192


class ReaderFiles:
    """Codes come as `folder`/<anything>.txt, put there by an atomic rename, in the order of their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closed = False
        folder.mkdir(parents=True, exist_ok=True)

    def poll(self) -> str | None:
        """The next code, or None."""
        path = None if self._closed else min(self._folder.glob("*.txt"), default=None)
        if path is None:
            return None
        text = path.read_bytes()[:MAX_BYTES].decode("utf-8", "surrogateescape")
        path.unlink()
        return text.strip("\r\n")

    def close(self) -> None:
        """No more codes."""
        self._closed = True
