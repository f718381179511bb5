"""python -m kiosk: run | check | decode | read | purge | demo. Each command is a module, loaded when asked for."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TextIO

from machine.loading import load_for_good

COMMANDS = {
    "run": "the gate process, by kiosk.toml",
    "check": "self-test of box, camera, lamps, card, store, network by layers: one line of JSON each",
    "technician": "the technician's PIN, and the self-test as a report to send on",
    "decode": "read the codes in picture files: one line of JSON each",
    "read": "say what codes are, one on each line of standard input: one line of JSON each",
    "certlogic": "evaluate rules, {logic, data} on each line of standard input: one line of JSON each",
    "guard": "accounts of the guards, the certificate of their page, the proxy before it",
    "phone": "the proxy before the forms on visitors' own phones",
    "export": "what waits for the centre, as signed batches in a folder or on a USB stick",
    "purge": "destroy what is past its legal limit; says what it destroyed",
    "reset": "make the box as new, once the centre has confirmed every record",
    "form": "check forms before they are published, and responses to them: one line of JSON each",
    "demo": "the whole system on this desk, with simulated devices",
}
WRONG_USAGE = 2


def main(argv: Sequence[str], load: Callable[[str], ModuleType] = import_module) -> int:
    """Run one command, loaded by `load`; its exit status."""
    if not argv or argv[0] not in COMMANDS:
        width = max(map(len, COMMANDS))
        lines = [f"  {name:<{width}}  {what}" for name, what in COMMANDS.items()]
        print("usage: python -m kiosk COMMAND ...\n" + "\n".join(lines), file=sys.stderr)
        return WRONG_USAGE
    # NumPy would start a thread for each core, which no picture of ours is large enough for: a tenth of the start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    command: Callable[[Sequence[str], TextIO, TextIO, TextIO], int] = load(f"kiosk.commands.{argv[0]}").run
    return command(argv[1:], sys.stdin, sys.stdout, sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], load_for_good))
