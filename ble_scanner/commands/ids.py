"""python -m ble_scanner ids: the identifiers of a key, in order of time.

    --system bluezone --key HEX64 [--slots N]                of the day of the key; N of the day's slots, 96
    --system exposure-notification --key HEX32 --interval N [--count N] [--metadata HEX8]
                                                             from interval N (Unix s // 600), 144 of them; with the
                                                             metadata of the phone also what it sent encrypted: "aem"
    --system dp3t --key HEX64 [--slots N]                    the first N of the 96, in the order of the derivation: in
                                                             what order the phone sent them it alone knows

One line of JSON: {"ids": [hex, ...], "aem": [hex, ...]}; "aem" only with --metadata. "0x" may stand before the digits.
Exit status: 0, 1 when the answer could not be written, 2 for wrong usage.
"""

import argparse
import json
from collections.abc import Sequence
from typing import TextIO

from ble_scanner.commands.usage import FAILED, WRONG_USAGE, Parser, WrongUsage, answer, whole_number
from ble_scanner.rolling_id import (
    BLUEZONE_SLOTS,
    DAY_KEY_BYTES,
    DP3T_IDS,
    METADATA_BYTES,
    TEK_BYTES,
    TEK_INTERVALS,
    aems,
    bluezone_ids,
    dp3t_ids,
    rpis,
)

DONE = 0
_SYSTEMS = {"bluezone": DAY_KEY_BYTES, "exposure-notification": TEK_BYTES, "dp3t": DAY_KEY_BYTES}
_OPTIONS = {"bluezone": {"slots"}, "exposure-notification": {"interval", "count", "metadata"}, "dp3t": {"slots"}}
_MOST_IDS = 1_000_000
_MOST_INTERVAL = (1 << 32) - 1


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Print the identifiers."""
    if not {"-h", "--help"}.isdisjoint(argv):
        print(__doc__, file=stdout)
        return DONE
    try:
        options = _options(argv)
        found = _derived(options)
    except WrongUsage as wrong:
        print(f"ids: {wrong}", file=stderr)
        return WRONG_USAGE
    line = json.dumps({name: [one.hex() for one in ids] for name, ids in found.items()})
    return DONE if answer([line], stdout, stderr) else FAILED


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser("ids", __doc__)
    parser.add_argument("--system", choices=_SYSTEMS)
    for name in ("--key", "--metadata"):
        parser.add_argument(name)
    for name in ("--slots", "--interval", "--count"):
        parser.add_argument(name, type=whole_number)
    return parser.parse_args(argv)


def _derived(options: argparse.Namespace) -> dict[str, list[bytes]]:
    """The identifiers asked for. Raises WrongUsage."""
    if options.system is None or options.key is None:
        raise WrongUsage("cần --system và --key / --system and --key are needed")
    given = {name for name in ("slots", "interval", "count", "metadata") if getattr(options, name) is not None}
    if strange := sorted(given - _OPTIONS[options.system]):
        raise WrongUsage(f"--{strange[0]} không dùng với {options.system} / is not for {options.system}")
    key = _bytes("--key", options.key, _SYSTEMS[options.system])
    if options.system == "bluezone":
        return {"ids": list(bluezone_ids(key, _number("--slots", options.slots, 1, _MOST_IDS, BLUEZONE_SLOTS)))}
    if options.system == "dp3t":
        return {"ids": dp3t_ids(key)[: _number("--slots", options.slots, 1, DP3T_IDS, DP3T_IDS)]}
    first = _number("--interval", options.interval, 0, _MOST_INTERVAL, None)
    most = min(_MOST_IDS, _MOST_INTERVAL - first + 1)
    ids = rpis(key, first, _number("--count", options.count, 1, most, min(TEK_INTERVALS, most)))
    if options.metadata is None:
        return {"ids": ids}
    return {"ids": ids, "aem": aems(key, ids, _bytes("--metadata", options.metadata, METADATA_BYTES))}


def _bytes(name: str, text: str, length: int) -> bytes:
    digits = 2 * length
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != length:
        raise WrongUsage(f"{name}: cần {digits} chữ số thập lục phân / {digits} hexadecimal digits are needed")
    return found


def _number(name: str, value: int | None, least: int, most: int, otherwise: int | None) -> int:
    number = otherwise if value is None else value
    if number is None or not least <= number <= most:
        raise WrongUsage(f"{name}: cần số từ {least} đến {most} / a number from {least} to {most} is needed")
    return number
