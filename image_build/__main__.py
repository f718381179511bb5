"""python -m image_build COMMAND. Each command is a module, loaded when asked for."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from image_build.tools import BuildError

# Command -> its module, whether the command's own name stands before its arguments, what it does.
COMMANDS = {
    "base": ("commands", True, "fetch Debian's packages and lay them out, into a cache"),
    "image": ("commands", True, "build the card's image from the cache and this commit"),
    "reproduce": ("commands", True, "build the root twice and compare every byte"),
    "sizes": ("commands", True, "how much of the card each group of packages takes"),
    "keys": ("bundle", True, "make the keys that sign updates"),
    "bundle": ("bundle", True, "sign an image as an update"),
    "bundle-cost": ("bundle", True, "what a kiosk would fetch of an update"),
    "flash": ("flash", False, "write a card, with its settings, and read it back"),
    "label": ("label", False, "the label with its code for the box"),
    "imager": ("imager", False, "the list for Raspberry Pi Imager"),
}
WRONG_USAGE = 2


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit status."""
    if not argv or argv[0] not in COMMANDS:
        width = max(map(len, COMMANDS))
        lines = [f"  {name:<{width}}  {what}" for name, (_, _, what) in COMMANDS.items()]
        print("usage: python -m image_build COMMAND ...\n" + "\n".join(lines), file=sys.stderr)
        return WRONG_USAGE
    module, named, _ = COMMANDS[argv[0]]
    command: Callable[[Sequence[str]], int] = import_module(f"image_build.{module}").main
    try:
        return command(argv if named else argv[1:])
    except BuildError as wrong:
        print(wrong, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
