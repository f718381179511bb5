"""python -m ble_scanner match: máy này đã ở đây chưa? / was this phone here? Published keys against what was heard.

    --keys FILE --sightings FILE     from files; both may be given several times
    --public-key PEM                 an export must be signed by this key (again for more keys); without it an export is
                                     matched all the same, and stderr says that its signature was not checked
    --settings kiosk.toml [--bench]  from this kiosk's own store, by the bulletins that it holds: one line of counts

    python -m ble_scanner match --keys export.zip --public-key authority.pem --sightings ward-3.jsonl

A line of JSON for each identifier of a key's phone that was heard, as far as two hours beside its time (clocks differ):
{"system", "id", "case", "at", "windows", "first", "last", "strongest"}; `at` are the beginnings of the minutes in which
it was heard, in Unix ms, `first` and `last` of them, `windows` their number, `strongest` in dBm. No line: it was not
heard, and stderr says among how many sightings. Bad lines are counted there and passed over. Sightings may be more than
memory holds: they lie in a sealed file until the command ends.

Exit status: 0 answered, whether it was heard or not; 1 a file cannot be read, an export is not signed as it must be, or
the answer cannot be written; 2 wrong usage.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from ble_scanner.commands.sighting_files import FORMS, keys_of, open_lines, public_key_of, read_bytes, told
from ble_scanner.commands.usage import FAILED, WRONG_USAGE, Parser, WrongUsage, answer
from ble_scanner.match_here import match_here
from ble_scanner.matching import Hit, by_day, derived_id
from ble_scanner.sighting_lines import Tally, read_lines, windows_of
from store.db import StoreError
from store.sightings import Sightings, open_sightings
from wire.case_keys import CaseKey
from wire.refusal import Refused
from wire.sightings import SYSTEM_NAMES

DONE = 0
_WINDOWS_AT_ONCE = 50_000
_Found = dict[tuple[str, int, bytes], dict[int, int]]  # (case, system, identifier) -> minute -> strongest


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Answer from files, or do the job of a kiosk; the exit status."""
    try:
        options = _options(argv)
        public_keys = [public_key_of(path) for path in options.public_key]
        if options.settings is not None:
            read_bytes(options.settings, 1)
    except WrongUsage as wrong:
        print(wrong, file=stderr)
        return WRONG_USAGE
    if options.settings is not None:
        return match_here(options.settings, options.bench, stdout, stderr)
    try:
        keys = [key for path in options.keys for key in keys_of(path, public_keys, stderr).batch.keys]
        with tempfile.TemporaryDirectory() as folder:
            return _match_files(keys, options.sightings, Path(folder), stdout, stderr)
    except Refused as refused:
        print(refused.detail, file=stderr)
    except WrongUsage as unreadable:
        print(unreadable, file=stderr)
    except (OSError, StoreError) as error:  # of the folder in between
        print(f"Không đủ chỗ để làm việc / no room to work: {error}", file=stderr)
    return FAILED


def _options(argv: Sequence[str]) -> argparse.Namespace:
    """The options, of files or of a kiosk. Raises WrongUsage."""
    parser = Parser("match", f"{__doc__}\n{FORMS}")
    parser.add_argument("--keys", type=Path, action="append", metavar="FILE")
    parser.add_argument("--sightings", type=Path, action="append", metavar="FILE")
    parser.add_argument("--public-key", type=Path, action="append", default=[], metavar="PEM")
    parser.add_argument("--settings", type=Path, metavar="kiosk.toml")
    parser.add_argument("--bench", action="store_true", help="allow simulated devices (not on an installed kiosk)")
    options = parser.parse_args(argv)
    of_files, of_kiosk = bool(options.keys and options.sightings), options.settings is not None
    others = options.keys or options.sightings or options.public_key
    if of_files == of_kiosk or (of_kiosk and others):
        raise WrongUsage("Cần --keys và --sightings, hoặc --settings. / --keys and --sightings, or --settings.")
    return options


def _match_files(keys: list[CaseKey], sightings: list[Path], folder: Path, stdout: TextIO, stderr: TextIO) -> int:
    held = open_sightings(folder, now_ms=lambda: 0)
    try:
        held.execute("PRAGMA synchronous=OFF")  # the file ends with the command
        read = [_take_in(path, held, stderr) for path in sightings]
        if None in read:
            return FAILED
        lines = (line for _, hits in by_day(held, keys) for line in _lines(keys, hits))
        first = next(lines, None)
        if first is None:
            heard = sum(number or 0 for number in read)
            print(f"Không có trong {heard} lượt nghe. / Not among {heard} sightings.", file=stderr)
            return DONE
        return DONE if answer(chain([first], lines), stdout, stderr) else FAILED
    finally:
        held.close()


def _take_in(path: Path, held: Sightings, stderr: TextIO) -> int | None:
    """How many sightings the file holds; None, and it is said, where not one of its lines can be read."""
    tally = Tally()
    with open_lines(path) as lines:
        windows = (window for _, window in windows_of(read_lines(lines, tally)))
        while batch := list(islice(windows, _WINDOWS_AT_ONCE)):
            held.keep(batch)
    return tally.good if told(tally, stderr, place=f"{path.name}: ") else None


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
