"""Sightings from the files that a technician names: which gateway each is of, plain words where one cannot be read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ble_scanner.commands.usage import WrongUsage
from ble_scanner.sighting_lines import MOST_LINE, Tally, read_lines, windows_of
from wire.sightings import SightingWindow


@contextmanager
def open_lines(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a file, a far too long one in pieces. Raises WrongUsage where it cannot be read.

    Bytes that are no UTF-8 spoil their line alone.
    """
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            yield iter(partial(file.readline, MOST_LINE + 1), "")
    except OSError as error:
        raise WrongUsage(f"Không đọc được / cannot read {path}: {error.strerror}") from None


def read_bytes(path: Path, most: int) -> bytes:
    """At most so many bytes of a file. Raises WrongUsage where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise WrongUsage(f"Không đọc được / cannot read {path}: {error.strerror}") from None


def sightings_of(files: Sequence[Path], names: Sequence[str], tally: Tally) -> Iterator[tuple[str, SightingWindow]]:
    """(gateway, window) of all files. A line's own gateway counts; else the file's name of `names`, else its stem."""
    if len(names) > len(files):
        raise WrongUsage("Mỗi --gateway cần một --sightings. / Each --gateway needs a --sightings.")
    for number, path in enumerate(files):
        name = names[number] if number < len(names) else path.stem
        with open_lines(path) as lines:
            for gateway, window in windows_of(read_lines(lines, tally)):
                yield gateway or name, window
