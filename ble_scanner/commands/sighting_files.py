"""The files that a technician names, sightings and keys: plain words where one cannot be read or is not checked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from ble_scanner.commands.usage import WrongUsage, in_words
from ble_scanner.published.archive import MOST_ARCHIVE_BYTES
from ble_scanner.published.read import Published, read_published
from ble_scanner.sighting_lines import MOST_LINE, Tally, read_lines, windows_of
from wire.ecdsa import MAX_PEM_BYTES, P256Key, read_p256_pem
from wire.refusal import Refused
from wire.sightings import SightingWindow

FORMS = """\
Tệp khóa / files of keys (--keys): an Exposure Notification export (zip), what verify-export prints, Bluezone's
{"data": [...]}, the InfoF of a case, or rows of our own, as {"keys": [...]}, as a list or one a line:
    {"system": "bluezone", "key": "0001..1f", "start": 1596240000, "end": 1596326400, "case": "ca-7"}
    {"system": "exposure-notification", "key": "0001..0f", "rolling_start": 2660400, "rolling_period": 144}
Lượt nghe / sightings (--sightings): one a line, or the rows of Bluezone's data_trace.txt:
    {"system": "bluezone", "id": "490c085d937456a4dd07e710", "at": 1596271032000, "rssi": -71, "gateway": "ward-3"}
    system  bluezone, exposure-notification, dp3t, tag ("kind" is the same)    rssi  dBm
    at      as start and end of a key: Unix s, Unix ms or ISO 8601             gateway may be absent
"""


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


def public_key_of(path: Path) -> P256Key:
    """The key of a PEM file. Raises WrongUsage."""
    try:
        return read_p256_pem(read_bytes(path, MAX_PEM_BYTES + 1))
    except Refused as refused:
        raise WrongUsage(f"{path}: không phải khóa công khai / not a public key ({refused.detail})") from None


def keys_of(path: Path, public_keys: Sequence[P256Key], stderr: TextIO) -> Published:
    """The keys of a file. With public keys an export must be signed by one of them; what bears no signature is said.

    Raises Refused, its detail a sentence in both languages that names the file; WrongUsage where it cannot be read.
    """
    try:
        published = read_published(read_bytes(path, MOST_ARCHIVE_BYTES + 1), public_keys)
        if published.verified is False and public_keys:
            raise Refused("wrong_signature")
    except Refused as refused:
        raise Refused(refused.reason, f"{path}: {in_words(refused)}") from None
    if published.verified is False:
        print(f"{path}: chưa kiểm chữ ký / signature not checked: --public-key, or verify-export", file=stderr)
    elif published.verified is None and public_keys:
        print(f"{path}: tệp này không có chữ ký / this file bears no signature", file=stderr)
    return published


def sightings_of(files: Sequence[Path], names: Sequence[str], tally: Tally) -> Iterator[tuple[str, SightingWindow]]:
    """(gateway, window) of all files. A line's own gateway counts; else the file's name of `names`, else its stem."""
    if len(names) > len(files):
        raise WrongUsage("Mỗi --gateway cần một --sightings. / Each --gateway needs a --sightings.")
    for number, path in enumerate(files):
        name = names[number] if number < len(names) else path.stem
        with open_lines(path) as lines:
            for gateway, window in windows_of(read_lines(lines, tally)):
                yield gateway or name, window


def told(tally: Tally, stderr: TextIO, read: int | None = None, place: str = "") -> bool:
    """Say how many lines were bad. False: not one of them could be read, so that there is nothing to answer from.

    `read` is how many could; None: as the tally counted. `place` goes before the sentence: whose lines they are.
    """
    if not tally.bad:
        return True
    print(f"{place}{tally.bad} dòng không đọc được / lines cannot be read; {'; '.join(tally.faults)}", file=stderr)
    if tally.good + tally.empty if read is None else read:
        return True
    print("Không đọc được dòng nào, xem --help. / Not one line can be read, see --help.", file=stderr)
    return False
