"""python -m ble_scanner candidates: who was heard together with a case, at one gateway or several of one building.

    --sightings FILE     what a gateway heard (again for more files); --gateway NAME names them in their order, where
                         the lines do not say it themselves
    --keys FILE          the case's keys; --public-key PEM for exports that must be signed by it; or
    --case-ids FILE      the case's identifiers, one a line: {"system", "id", "case"}, or hex alone (12 bytes: bluezone,
                         16 or 20: exposure-notification)
    --minutes N          in how many minutes both must have been heard, at all gateways together; 2

A line of JSON for each candidate, the longest first: {"case", "case_system", "case_id", "system", "id", "start", "end",
"windows", "bucket", "gateways"}; times in Unix ms, bucket 0 (strongest) to 7. Candidates, not contacts: who was near
enough, a person of the health authority decides. Exit status: 0, 1 where the keys or not one sighting can be read, or
the answer not be written, 2 wrong usage or a file that cannot be opened.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ble_scanner.commands.sighting_files import FORMS, keys_of, open_lines, public_key_of, sightings_of, told
from ble_scanner.commands.usage import FAILED, WRONG_USAGE, Parser, WrongUsage, answer, whole_number
from ble_scanner.contacts import Candidate, candidates, over_building
from ble_scanner.matching import by_day
from ble_scanner.published.read import Published
from ble_scanner.sighting_lines import ID_BYTES, Tally
from wire.refusal import Refused
from wire.sighting_blocks import Minute, as_minutes
from wire.sightings import DAY_MS, SYSTEM_NAMES, SYSTEMS, WINDOW_MS, SightingWindow

_WINDOWS_AT_ONCE = 50_000
_OF_LENGTH = {12: "bluezone", 16: "exposure-notification", 20: "exposure-notification"}
LEAST_MINUTES = 2  # in one minute somebody walks past
RPI_BYTES = 16
_LAST_MINUTE = DAY_MS // WINDOW_MS - 1

Identity = tuple[int, bytes]
Cases = dict[str, list[SightingWindow]]  # the case -> where it was heard
CasesOf = Callable[["Gateway"], Cases]


class Gateway:
    """What one gateway heard, packed: 24 bytes a window. It is a Source of ble_scanner.matching."""

    def __init__(self) -> None:
        self._days: defaultdict[int, list[Minute]] = defaultdict(list)

    def keep(self, windows: Sequence[SightingWindow]) -> None:
        """Take in some more."""
        for minute in as_minutes(windows):
            self._days[minute.at_ms // DAY_MS].append(minute)

    def days(self) -> list[int]:
        """The UTC days of which something was heard."""
        return sorted(self._days)

    def minutes(self, day: int, first: int = 0, last: int = _LAST_MINUTE) -> Iterator[Minute]:
        """What was heard in the minutes `first` to `last` of a day."""
        for minute in self._days.get(day, ()):
            if first <= minute.at_ms % DAY_MS // WINDOW_MS <= last:
                yield minute

    def windows(self) -> Iterator[SightingWindow]:
        """All of it."""
        for minutes in self._days.values():
            for minute in minutes:
                yield from minute.windows()


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """List the candidates; the exit status."""
    tally = Tally()
    try:
        found = _parser().parse_args(argv)
        public_keys = [public_key_of(path) for path in found.public_key]
        cases_of = _by_keys(keys_of(found.keys, public_keys, stderr)) if found.keys else _by_ids(found.case_ids)
        gateways = _gateways(found.sightings, found.gateway, tally)
    except WrongUsage as wrong:
        print(wrong, file=stderr)
        return WRONG_USAGE
    except Refused as refused:
        print(refused.detail, file=stderr)
        return FAILED
    if not told(tally, stderr):
        return FAILED
    lists = [
        candidates(case, one.windows(), name=case_name, gateway=name)
        for name, one in gateways.items()
        for case_name, case in cases_of(one).items()
    ]
    lines = (json.dumps(_line(one), ensure_ascii=False) for one in over_building(lists, minutes=found.minutes))
    return 0 if answer(lines, stdout, stderr) else FAILED


def _parser() -> Parser:
    parser = Parser("candidates", f"{__doc__}\n{FORMS}")
    parser.add_argument("--sightings", type=Path, action="append", required=True, metavar="FILE")
    parser.add_argument("--gateway", action="append", default=[], metavar="NAME")
    case = parser.add_mutually_exclusive_group(required=True)
    case.add_argument("--keys", type=Path, metavar="FILE")
    case.add_argument("--case-ids", type=Path, metavar="FILE")
    parser.add_argument("--public-key", type=Path, action="append", default=[], metavar="PEM")
    parser.add_argument("--minutes", type=_minutes, default=LEAST_MINUTES, metavar="N")
    return parser


def _minutes(text: str) -> int:
    number = whole_number(text)
    if not 1 <= number <= 1440:
        raise argparse.ArgumentTypeError("1..1440")
    return number


def _gateways(files: Sequence[Path], names: Sequence[str], tally: Tally) -> dict[str, Gateway]:
    found: defaultdict[str, Gateway] = defaultdict(Gateway)
    sightings = sightings_of(files, names, tally)
    while batch := list(islice(sightings, _WINDOWS_AT_ONCE)):
        of: defaultdict[str, list[SightingWindow]] = defaultdict(list)
        for gateway, window in batch:
            of[gateway].append(window)
        for gateway, windows in of.items():
            found[gateway].keep(windows)
    return dict(found)


def _by_keys(published: Published) -> CasesOf:
    """By published keys, each at its time. A key that names no case is a case of its own."""
    keys = published.batch.keys
    names = [key.case or f"keys[{number}]" for number, key in enumerate(keys)]

    def cases_of(gateway: Gateway) -> Cases:
        cases: Cases = defaultdict(list)
        for _, hits in by_day(gateway, keys):
            for number, window in hits:
                cases[names[number]].append(window)
        return cases

    return cases_of


def _by_ids(path: Path) -> CasesOf:
    """By identifiers, whenever they were heard. Of exposure-notification the first 16 bytes count."""
    named: dict[Identity, str] = {}
    with open_lines(path) as lines:
        for place, line in enumerate(lines, 1):
            if text := line.strip("\ufeff \r\n\t"):
                try:
                    identity, case = _case_id(text)
                except (ValueError, RecursionError):
                    raise WrongUsage(f"{path}, {place}: không phải mã của ca bệnh / no identifier of a case") from None
                named[identity] = case
    if not named:
        raise WrongUsage(f"{path}: không có mã nào của ca bệnh / not one identifier of a case")

    def cases_of(gateway: Gateway) -> Cases:
        cases: Cases = defaultdict(list)
        for window in gateway.windows():
            if (case := named.get(_identity(window.system, window.identifier))) is not None:
                cases[case].append(window)
        return cases

    return cases_of


def _case_id(text: str) -> tuple[Identity, str]:
    if not text.startswith("{"):
        identifier = bytes.fromhex(text)
        system, case = _OF_LENGTH.get(len(identifier), ""), ""
    else:
        said = json.loads(text)
        system, case = str(said.get("system")), str(said.get("case", ""))
        identifier = bytes.fromhex(str(said.get("id")))
    if len(identifier) not in ID_BYTES.get(system, ()) or not case.isprintable():
        raise ValueError("system or length")
    return _identity(SYSTEMS[system], identifier), case


def _identity(system: int, identifier: bytes) -> Identity:
    """Whose it is: of exposure-notification the metadata behind the identifier says nothing of that."""
    return system, identifier[:RPI_BYTES] if system == SYSTEMS["exposure-notification"] else identifier


def _line(one: Candidate) -> dict[str, Any]:
    return {
        "case": one.case,
        "case_system": SYSTEM_NAMES[one.a_system],
        "case_id": one.a.hex(),
        "system": SYSTEM_NAMES[one.b_system],
        "id": one.b.hex(),
        "start": one.start_ms,
        "end": one.end_ms,
        "windows": one.windows,
        "bucket": one.bucket,
        "gateways": one.gateways,
    }
