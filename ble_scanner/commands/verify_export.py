"""python -m ble_scanner verify-export FILE.zip --public-key PEM: is this export its authority's, and what is in it.

One line of JSON: {"verified", "keys": [{"key", "rolling_start", "rolling_period", "report_type", "transmission_risk",
"days_since_onset", "revised"}...], "region", "start", "end", "batch_num", "batch_size"}, and "reason" where it is not
verified: `wrong_signature`, or what is broken and where; stderr says it in words. Exit status: 0 verified, 1 not (or
the answer could not be written), 2 wrong usage or a file that cannot be opened.

Several --public-key may be given (an authority that changes its key); a PEM holds a public key or a certificate.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from ble_scanner.commands.sighting_files import public_key_of, read_bytes
from ble_scanner.commands.usage import FAILED, WRONG_USAGE, Parser, WrongUsage, answer, in_words
from ble_scanner.published.archive import MOST_ARCHIVE_BYTES
from ble_scanner.published.export import REPORT_TYPES, Export, ExportKey, read_export
from wire.refusal import Refused


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Check one file; the exit status."""
    parser = Parser("verify-export", __doc__)
    parser.add_argument("file", type=Path, metavar="FILE.zip")
    parser.add_argument("--public-key", type=Path, action="append", required=True, metavar="PEM")
    try:
        found = parser.parse_args(argv)
        public_keys = [public_key_of(path) for path in found.public_key]
        archive = read_bytes(found.file, MOST_ARCHIVE_BYTES + 1)
    except WrongUsage as wrong:
        print(wrong, file=stderr)
        return WRONG_USAGE
    try:
        export = read_export(archive, public_keys)
        if not export.verified:
            print(f"{found.file}: {in_words(Refused('wrong_signature'))}", file=stderr)
    except Refused as refused:
        print(f"{found.file}: {in_words(refused)}", file=stderr)
        answer([json.dumps({"verified": False, "keys": [], "reason": str(refused)})], stdout, stderr)
        return FAILED
    written = answer(_parts(export), stdout, stderr, end="")
    return 0 if written and export.verified else FAILED


def _parts(export: Export) -> Iterator[str]:
    """The line, key by key: an export of 600,000 keys is 117 MB of JSON."""
    about = {
        "region": export.region,
        "start": export.start_s,
        "end": export.end_s,
        "batch_num": export.batch_num,
        "batch_size": export.batch_size,
    }
    if not export.verified:
        about["reason"] = "wrong_signature"
    yield f'{{"verified": {json.dumps(export.verified)}, "keys": ['
    for number, key in enumerate(export.keys):
        yield f"{', ' if number else ''}{json.dumps(_key(key))}"
    yield f"], {json.dumps(about)[1:]}\n"


def _key(key: ExportKey) -> dict[str, Any]:
    known = 0 <= key.report_type < len(REPORT_TYPES)
    return {
        "key": key.key.hex(),
        "rolling_start": key.rolling_start,
        "rolling_period": key.rolling_period,
        "report_type": REPORT_TYPES[key.report_type] if known else key.report_type,
        "transmission_risk": key.transmission_risk,
        "days_since_onset": key.days_since_onset,
        "revised": key.revised,
    }
