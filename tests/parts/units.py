"""The unit files of systemd/, read as text: (key, value) pairs in order, as the service manager sees them."""

from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[2] / "systemd"
ROOT = HERE / "root"
KINDS = (".service", ".timer", ".mount", ".path")


class Unit:
    """One file. `all_of(key)` gives the values of a key in order, whatever its section."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        self.pairs: list[tuple[str, str]] = []
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "[", ";")):
                key, _, value = line.partition("=")
                self.pairs.append((key, value))

    def all_of(self, key: str) -> list[str]:
        """The values of `key`."""
        return [value for found, value in self.pairs if found == key]

    def last(self, key: str) -> str | None:
        """The value that counts; None where the key does not stand."""
        return (self.all_of(key) or [None])[-1]  # type: ignore[list-item]

    def words(self, key: str) -> set[str]:
        """All words of all values of `key`."""
        return {word for value in self.all_of(key) for word in value.split()}


def units(*kinds: str) -> list[Unit]:
    """Our units, by name; `kinds` like ".service" (all when none is given)."""
    return [Unit(path) for path in sorted(HERE.iterdir()) if path.suffix in (kinds or KINDS)]


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """The cells of the table under `heading` of a Markdown text, without its head."""
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]
