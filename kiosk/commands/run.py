"""python -m kiosk run: the gate process."""

import argparse
from collections.abc import Sequence
from typing import TextIO

from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from kiosk.run import Options
from kiosk.run import run as run_gate

UNREADABLE_SETTINGS = 78  # EX_CONFIG: starting again will not help


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 stopped, 2 wrong usage, 75 start me again, 78 kiosk.toml must be mended first."""
    parser = argparse.ArgumentParser(prog="python -m kiosk run")
    add_settings_arguments(parser)
    parser.add_argument("--framed-by", action="append", default=[], metavar="ORIGIN", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return UNREADABLE_SETTINGS
    framed_by = tuple(arguments.framed_by) if arguments.bench else ()
    return run_gate(settings, Options(arguments.bench, arguments.runtime, framed_by))
