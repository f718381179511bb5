"""python -m ble_scanner COMMAND. Each command is a module, loaded when asked for."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import TextIO

from machine.loading import load_for_good

COMMANDS = {
    "run": "the radio process, by kiosk.toml",
    "parse": "say what advertisements are, one in hex on each line of standard input: one line of JSON each",
    "ids": "the identifiers of a key, in order of time",
    "verify-export": "check an Exposure Notification export file and list its keys",
    "match": "was this phone here? published keys against sightings, from files or from this kiosk's own store",
    "history": "a case's exported contact history, joined with sightings",
    "candidates": "who was near whom: contact candidates among sightings of one building",
    "evaluate": "how well signal strength tells near from far, over a folder of recordings with ground truth",
}
WRONG_USAGE = 2


def main(argv: Sequence[str], load: Callable[[str], ModuleType] = import_module) -> int:
    """Run one command, loaded by `load`; its exit status."""
    asks_for_help = bool(argv) and argv[0] in ("-h", "--help", "help")
    if not argv or argv[0] not in COMMANDS:
        width = max(map(len, COMMANDS))
        lines = [f"  {name:<{width}}  {what}" for name, what in COMMANDS.items()]
        told = "usage: python -m ble_scanner COMMAND ...   (COMMAND --help tells more)\n" + "\n".join(lines)
        print(told, file=sys.stdout if asks_for_help else sys.stderr)
        return 0 if asks_for_help else WRONG_USAGE
    command: Callable[[Sequence[str], TextIO, TextIO, TextIO], int]
    command = load(f"ble_scanner.commands.{argv[0].replace('-', '_')}").run
    _open_streams()
    return command(argv[1:], sys.stdin, sys.stdout, sys.stderr)


def _open_streams() -> None:
    """A stream that the caller closed is an empty one; letters that a terminal does not have are spelt out."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 (until the process ends)
    for name in ("stdout", "stderr"):
        match getattr(sys, name):
            case None:
                setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
            case TextIOWrapper() as stream:
                stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], load_for_good))
