"""python -m ble_scanner match: which sightings were of the phones whose keys were published.

    --keys FILE --sightings FILE     published keys against sightings, both may be given several times: a line of JSON
                                     for each identifier that was a case's
                                     {"system", "id", "case", "at", "windows", "first", "last", "strongest"}
    --settings kiosk.toml [--bench]  the job on this kiosk's own store: one line of counts

`at` are the beginnings of the minutes in which it was heard, in Unix ms, `first` and `last` of them, `windows` their
number. Files are what ble_scanner.published.read and ble_scanner.sighting_lines read; bad lines are counted on stderr
and passed over. Sightings may be more than memory holds: they lie in a sealed file until the command ends.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from ble_scanner.match_here import match_here
from ble_scanner.matching import Hit, by_day, derived_id
from ble_scanner.published.read import read_published
from ble_scanner.sighting_lines import Tally, read_lines, windows_of
from store.db import StoreError
from store.sightings import Sightings, open_sightings
from wire.case_keys import CaseKey
from wire.refusal import Refused
from wire.sightings import SYSTEM_NAMES

DONE, FAILED, WRONG_USAGE = 0, 1, 2
_WINDOWS_AT_ONCE = 50_000
_Found = dict[tuple[str, int, bytes], dict[int, int]]  # (case, system, identifier) -> minute -> strongest


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done, 1 a file or the database cannot be read, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m ble_scanner match", usage=_USAGE)
    parser.add_argument("--keys", type=Path, action="append", metavar="FILE")
    parser.add_argument("--sightings", type=Path, action="append", metavar="FILE")
    parser.add_argument("--settings", type=Path, metavar="kiosk.toml")
    parser.add_argument("--bench", action="store_true", help="allow simulated devices (not on an installed kiosk)")
    options = parser.parse_args(argv)
    of_files = bool(options.keys or options.sightings)
    if of_files == (options.settings is not None) or bool(options.keys) != bool(options.sightings):
        print("Cần --keys và --sightings, hoặc --settings. / --keys and --sightings, or --settings.", file=stderr)
        return WRONG_USAGE
    if not of_files:
        return match_here(options.settings, options.bench, stdout, stderr)
    try:
        with tempfile.TemporaryDirectory() as folder:
            _match_files(options.keys, options.sightings, Path(folder), stdout, stderr)
    except OSError as error:
        print(f"{error.filename}: không đọc được / cannot be read: {error.strerror}", file=stderr)
        return FAILED
    except (Refused, UnicodeDecodeError, StoreError) as error:
        print(f"match: {error}", file=stderr)
        return FAILED
    return DONE


def _match_files(keys: list[Path], sightings: list[Path], folder: Path, stdout: TextIO, stderr: TextIO) -> None:
    published = [key for path in keys for key in _keys_of(path, stderr)]
    held = open_sightings(folder, now_ms=lambda: 0)
    try:
        held.execute("PRAGMA synchronous=OFF")  # the file ends with the command
        for path in sightings:
            _take_in(path, held, stderr)
        for _, hits in by_day(held, published):
            for line in _lines(published, hits):
                print(line, file=stdout)
    finally:
        held.close()


def _keys_of(path: Path, stderr: TextIO) -> Sequence[CaseKey]:
    try:
        published = read_published(path.read_bytes())
    except Refused as refused:
        raise Refused(refused.reason, f"{path.name}: {refused.detail}") from None
    if published.verified is False:
        print(f"{path.name}: chưa kiểm chữ ký / the signature was not checked (verify-export)", file=stderr)
    return published.batch.keys


def _take_in(path: Path, held: Sightings, stderr: TextIO) -> None:
    tally = Tally()
    with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        windows = (window for _, window in windows_of(read_lines(lines, tally)))
        while batch := list(islice(windows, _WINDOWS_AT_ONCE)):
            held.keep(batch)
    if tally.bad:
        what = f"{tally.bad} dòng không đọc được / lines cannot be read; {'; '.join(tally.faults)}"
        print(f"{path.name}: {what}", file=stderr)


def _lines(keys: Sequence[CaseKey], hits: Iterator[Hit]) -> Iterator[str]:
    found: _Found = {}
    for key, window in hits:
        identifier = derived_id(window)
        minutes = found.setdefault((keys[key].case, window.system, identifier), {})
        minutes[window.at_ms] = max(window.strongest, minutes.get(window.at_ms, window.strongest))
    for (case, system, identifier), minutes in sorted(found.items(), key=lambda item: min(item[1])):
        at = sorted(minutes)
        said = {"system": SYSTEM_NAMES[system], "id": identifier.hex(), "case": case, "at": at, "windows": len(at)}
        said |= {"first": at[0], "last": at[-1], "strongest": max(minutes.values())}
        yield json.dumps(said, ensure_ascii=False)


_USAGE = "python -m ble_scanner match (--keys FILE --sightings FILE | --settings kiosk.toml [--bench])"
