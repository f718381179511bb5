"""python -m kiosk export --to DIR: what waits for the centre, as signed batches in a folder or on a stick.

The agent alone holds the key that signs; it is asked as a process, since the rooms of the edge import no sibling.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kiosk.commands.settings_file import add_settings_arguments


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: the agent's (0 done, 1 it did not work, 2 wrong usage or settings)."""
    parser = argparse.ArgumentParser(prog="python -m kiosk export")
    add_settings_arguments(parser)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="a folder, or where a stick is mounted")
    arguments = parser.parse_args(argv)
    command = [sys.executable, "-m", "sync_agent", "carry", "--settings", str(arguments.settings)]
    command += ["--bench"] * arguments.bench + ["--to", str(arguments.to)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    stdout.write(done.stdout)
    stderr.write(done.stderr)
    return done.returncode
