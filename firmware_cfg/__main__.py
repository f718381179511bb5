"""python -m firmware_cfg apply: kiosk.toml is checked and turned into the files that the box is run by.

Run by root at a start, before anything that reads settings; not at one at which nothing changed (firmware_cfg.laid). A
wrong kiosk.toml is no failure: the exit status is 0, and settings-problems.json, settings.html and the lamps say what
is wrong.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from firmware_cfg.apply import apply


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 applied (also when kiosk.toml is wrong), 1 a file could not be written, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m firmware_cfg", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("apply", help="write the files for the kiosk.toml in --card")
    command.add_argument("--card", type=Path, required=True, metavar="FOLDER", help="where kiosk.toml lies")
    command.add_argument("--run", type=PurePosixPath, default=PurePosixPath("/run/gatepost"), metavar="FOLDER")
    command.add_argument("--data", type=Path, default=Path("/data"), metavar="FOLDER", help="the data partition")
    command.add_argument("--root", type=Path, default=Path("/"), metavar="FOLDER", help="below which files are written")
    arguments = parser.parse_args(argv)
    if not arguments.run.is_absolute():
        parser.error("--run must begin with /")
    judged, failed = apply(arguments.card, arguments.data, arguments.run, arguments.root)
    for one in judged.said:  # paths and sentences only: a value may be a password
        print(f"{one.path} (dòng/line {one.line}): {one.vi} / {one.en}", file=sys.stderr)
    for words in failed:
        print(words, file=sys.stderr)
    print(f'{{"settings": "{judged.source}", "problems": {len(judged.said)}}}', flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
