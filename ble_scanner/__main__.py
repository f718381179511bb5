"""python -m ble_scanner COMMAND. Each command is a module, loaded when asked for."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TextIO

COMMANDS = {
    "run": "the radio process, by kiosk.toml",
    "parse": "say what advertisements are, one in hex on each line of standard input: one line of JSON each",
    "ids": "the identifiers of a key, in order of time",
    "verify-export": "check an Exposure Notification export file and list its keys",
    "match": "published keys against sightings, from files or from this kiosk's own store",
    "history": "a case's exported contact history, joined with sightings",
    "candidates": "who was near whom: contact candidates among sightings of one building",
    "evaluate": "how well signal strength tells near from far, over a folder of recordings with ground truth",
}
WRONG_USAGE = 2


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit status."""
    if not argv or argv[0] not in COMMANDS:
        width = max(map(len, COMMANDS))
        lines = [f"  {name:<{width}}  {what}" for name, what in COMMANDS.items()]
        print("usage: python -m ble_scanner COMMAND ...\n" + "\n".join(lines), file=sys.stderr)
        return WRONG_USAGE
    command: Callable[[Sequence[str], TextIO, TextIO, TextIO], int]
    command = import_module(f"ble_scanner.commands.{argv[0].replace('-', '_')}").run
    return command(argv[1:], sys.stdin, sys.stdout, sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
