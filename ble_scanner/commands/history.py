"""python -m ble_scanner history FILE: whom a case's phone had met, by its exported history; where gateways heard them.

    FILE                 Bluezone's data_trace.txt
    --info InfoF.json    the keys that the case told: rows that its phone cannot have made are counted and left out
    --sightings FILE     what gateways heard (again for more files); --gateway NAME names them in their order, where the
                         lines do not say it themselves

A line of JSON for each encounter with a contact identifier, {"contact", "start", "end", "minutes", "strongest",
"buckets", "confidence", "own": [...], "heard_at": [{"gateway", "who": "own" | "contact", "minutes", "first", "last",
"strongest"}...]}, times in Unix ms; at the end {"summary": {...}} of counts. It speaks of presence and duration: which
of these people is a contact, the health authority decides. Exit status: 0, 1 where the keys are not of one phone, not
one row can be read or the answer not be written, 2 wrong usage or a file that cannot be opened.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from ble_scanner.commands.sighting_files import FORMS, open_lines, read_bytes, sightings_of, told
from ble_scanner.commands.usage import FAILED, WRONG_USAGE, Parser, WrongUsage, answer
from ble_scanner.published.bluezone import InfoF, read_info
from ble_scanner.published.history import Checked, Met, Place, asked, checked, met, own_ids_of
from ble_scanner.published.trace import TraceRow, read_trace_row
from ble_scanner.sighting_lines import Tally
from wire.refusal import Refused
from wire.sightings import SightingWindow

_MOST_INFO_BYTES = 64 * 1024
MOST_ROWS = 300_000  # the apps kept 100,000; 300 MB


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Join one history; the exit status."""
    parser = Parser("history", f"{__doc__}\n{FORMS}")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--info", type=Path, metavar="InfoF.json")
    parser.add_argument("--sightings", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--gateway", action="append", default=[], metavar="NAME")
    try:
        found = parser.parse_args(argv)
        info = None if found.info is None else _info(found.info)
        tally, lines = Checked(), Tally()
        rows = _rows(found.file, lines)
        kept = checked(rows, None if info is None else own_ids_of(info, rows), tally)
        gateways = _gateways(found.sightings, found.gateway, asked(kept), lines)
    except WrongUsage as wrong:
        print(wrong, file=stderr)
        return WRONG_USAGE
    encounters = met(kept, gateways)
    one_chain = None if info is None else info.is_one_chain()
    if not told(lines, stderr, read=len(rows)):
        return FAILED
    said = [*map(_line, encounters), {"summary": _summary(tally, lines, encounters, one_chain)}]
    written = answer((json.dumps(one, ensure_ascii=False) for one in said), stdout, stderr)
    return FAILED if one_chain is False or not written else 0


def _info(path: Path) -> InfoF:
    try:
        said = json.loads(read_bytes(path, _MOST_INFO_BYTES).decode("utf-8-sig"))
        if isinstance(said, dict):
            return read_info(said)
    except (Refused, ValueError, RecursionError):
        pass
    raise WrongUsage(f"{path}: không phải InfoF / no InfoF (base_id, time, daily_key, time_start)")


def _rows(path: Path, lines: Tally) -> list[TraceRow]:
    rows = []
    with open_lines(path) as file:
        for place, line in enumerate(file, 1):
            if line.strip("\ufeff \r\n\t"):
                try:
                    rows.append(read_trace_row(line))
                except ValueError as wrong:
                    lines.fault(place, str(wrong))
            if len(rows) > MOST_ROWS:
                raise WrongUsage(f"{path}: quá dài / too long: {MOST_ROWS} dòng / rows")
    return rows


def _gateways(
    files: Sequence[Path], names: Sequence[str], wanted: set[bytes], lines: Tally
) -> dict[str, list[SightingWindow]]:
    found: defaultdict[str, list[SightingWindow]] = defaultdict(list)
    for gateway, window in sightings_of(files, names, lines):
        if window.identifier in wanted:
            found[gateway].append(window)
    return found


def _line(one: Met) -> dict[str, Any]:
    return {
        "contact": one.encounter.identifier.hex(),
        "start": one.encounter.start_ms,
        "end": one.encounter.end_ms,
        "minutes": one.encounter.windows,
        "strongest": one.encounter.strongest,
        "buckets": one.encounter.buckets,
        "confidence": one.encounter.confidence,
        "own": [own.hex() for own in one.own],
        "heard_at": [_place(place) for place in one.heard_at],
    }


def _place(place: Place) -> dict[str, Any]:
    said = {"gateway": place.gateway, "who": place.who, "minutes": place.minutes}
    return said | {"first": place.first_ms, "last": place.last_ms, "strongest": place.strongest}


def _summary(tally: Checked, lines: Tally, encounters: Sequence[Met], one_chain: bool | None) -> dict[str, Any]:
    contacts = len({one.encounter.identifier for one in encounters})
    counted = asdict(tally) | {"bad_lines": lines.bad, "sightings": lines.good}
    return counted | {"contacts": contacts, "encounters": len(encounters), "keys_of_one_phone": one_chain}
