"""python -m machine COMMAND: what the box does for itself. Each command is a module, loaded when asked for."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TextIO

COMMANDS = {
    "first_boot": "a card's first start: the data partition grows, the box is recognised",
    "rescue": "the gate does not start: restart the box, but not for ever",
    "ring": "what went wrong, from the journal into the small ring on the card",
    "tamper": "watch the switch under the lid",
}
WRONG_USAGE = 2


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit status."""
    if not argv or argv[0] not in COMMANDS:
        lines = [f"  {name:<12}{what}" for name, what in COMMANDS.items()]
        print("usage: python -m machine COMMAND ...\n" + "\n".join(lines), file=sys.stderr)
        return WRONG_USAGE
    command: Callable[[Sequence[str], TextIO, TextIO, TextIO], int] = import_module(f"machine.{argv[0]}").run
    return command(argv[1:], sys.stdin, sys.stdout, sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
