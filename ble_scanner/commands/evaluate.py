"""python -m ble_scanner evaluate FOLDER: how well signal strength tells near from far, on recordings with ground truth.

The folder, and those in it, may hold recordings as DP-3T (SQLite), Fraunhofer HHI (JSON), MIT Lincoln Laboratory and
MITRE (logs) published them, or CSV files with a heading; other files are counted and named. One JSON document on
standard output, the same as a table on standard error. Exit status: 0, 1 when the answer could not be written, 2 for
wrong usage or a folder without any recording.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from ble_scanner.commands.usage import WRONG_USAGE, Parser, WrongUsage, reader_gone
from ble_scanner.study.layouts import COLUMNS, SUFFIXES, NotRecording, read_samples
from ble_scanner.study.report import report, table
from ble_scanner.study.samples import Sample

_MOST_NAMED = 10  # of the files that could not be read
_HELP = (
    "Đọc các bản ghi RSSI có khoảng cách thật và báo AUC, F1. / Read RSSI recordings with true distances, and report "
    "AUC and F1."
)


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Evaluate a folder; its exit status."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
        samples, refused = _read(options.folder)
    except WrongUsage as wrong:
        print(wrong, file=stderr)
        return WRONG_USAGE
    document = {**report(samples, options.near, options.window), "files_refused": len(refused)}
    print(table(document), file=stderr)
    for sentence in refused[:_MOST_NAMED]:
        print(f"không đọc được / not read: {sentence}", file=stderr)
    try:
        print(json.dumps(document, ensure_ascii=False, indent=1), file=stdout, flush=True)
    except BrokenPipeError:
        return reader_gone(stdout)
    return 0


def _parser() -> Parser:
    parser = Parser("evaluate", _HELP)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    names = "\n".join(f"  {what:<12} {', '.join(columns)}" for what, columns in COLUMNS.items())
    parser.epilog = (
        "Cột CSV / CSV columns (scene, receiver, transmitter may be missing; dist and dist_cm in cm, other distances "
        f"in m; times in s, or Unix ms):\n{names}"
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--near", type=_positive, default=2.0, metavar="METRES", help="what counts as near (2)")
    parser.add_argument("--window", type=_positive, default=300.0, metavar="SECONDS", help="of a pair (300)")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def _read(folder: Path) -> tuple[list[Sample], list[str]]:
    """(the samples of all recordings below `folder`, a sentence for each file that is none). Raises WrongUsage."""
    if not folder.is_dir():
        raise WrongUsage(f"{folder}: không phải thư mục / not a folder")
    samples: list[Sample] = []
    refused: list[str] = []
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file()]
    for path in paths:
        try:
            samples += read_samples(path)
        except NotRecording as error:
            refused.append(str(error))
        except OSError as error:
            refused.append(f"{path.name}: {error.strerror}")
    if not samples:
        why = f": {refused[0]}" if refused else ""
        raise WrongUsage(f"{folder}: không có bản ghi RSSI nào đọc được / no RSSI recording that can be read{why}")
    return samples, refused
