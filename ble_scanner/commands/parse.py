"""python -m ble_scanner parse: what advertisements are.

One advertisement in hexadecimal on each line of standard input, its AD structures (and those of its scan response
behind them); blanks between the digits and "0x" before them are allowed. One line of JSON for each:

    {"sightings": [{"kind", "id", "power", "extra", "url"}, ...]}

`id` and `extra` in hexadecimal, `power` in dBm; power, extra and url only where there is one. A line that is no
hexadecimal, or longer than 8192 characters, has no sightings and an "error". Exit status: 0 when all was read, 1 when
the answers could not be written, 2 for wrong usage.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from ble_scanner.air.eddystone import expanded_url
from ble_scanner.beacon import parse_payload
from ble_scanner.commands.usage import answer
from ble_scanner.sighting import Sighting

DONE, FAILED, WRONG_USAGE = 0, 1, 2
_MOST_LINE = 8192  # characters: an extended advertisement is 1,650 bytes at most (Core Specification, Vol 6, Part B)
_EMPTY = "dòng trống / an empty line"
_NOT_HEX = "không phải số thập lục phân theo cặp / not pairs of hexadecimal digits"
_TOO_LONG = f"dài quá {_MOST_LINE} ký tự / longer than {_MOST_LINE} characters"
_USAGE = "parse: chỉ đọc đầu vào chuẩn, không nhận tham số. / It reads standard input and takes no arguments."


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Answer each line until `stdin` ends; each answer is flushed, so that a person can type."""
    if argv:
        asks_for_help = argv[0] in ("-h", "--help")
        print(__doc__ if asks_for_help else _USAGE, file=stdout if asks_for_help else stderr)
        return DONE if asks_for_help else WRONG_USAGE
    for line in _lines(stdin):
        if not answer([json.dumps(_answer(line), ensure_ascii=False)], stdout, stderr):
            return FAILED
    return DONE


def _answer(line: bytes) -> dict[str, Any]:
    digits = line.strip()
    if not digits:
        return {"sightings": [], "error": _EMPTY}
    if len(line) > _MOST_LINE:
        return {"sightings": [], "error": _TOO_LONG}
    try:
        payload = bytes.fromhex(digits.decode("ascii").removeprefix("0x").removeprefix("0X"))
    except ValueError:  # of decoding too
        return {"sightings": [], "error": _NOT_HEX}
    return {"sightings": [_told(sighting) for sighting in parse_payload(payload)]}


def _told(sighting: Sighting) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": sighting.kind, "id": sighting.id.hex()}
    if sighting.power is not None:
        told["power"] = sighting.power
    if sighting.extra:
        told["extra"] = sighting.extra.hex()
    if sighting.kind == "eddystone-url":
        told["url"] = expanded_url(sighting.id)
    return told


def _lines(stdin: TextIO | None) -> Iterator[bytes]:
    """Lines of any bytes, at most _MOST_LINE + 1 of each: the rest of a longer one is skipped. None: it was closed."""
    if stdin is None:
        return
    source = getattr(stdin, "buffer", None)
    if source is None:
        yield from (line.encode("utf-8", "surrogateescape") for line in stdin)
        return
    while raw := source.readline(_MOST_LINE + 1):
        line = raw
        while len(raw) > _MOST_LINE and not raw.endswith(b"\n"):
            raw = source.readline(_MOST_LINE + 1)
        yield line
