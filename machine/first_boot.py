"""python -m machine first_boot --data /data: room for the data, and whether these keys belong to this card.

Runs at each start, since a power cut may have ended the first one. From the second on there is nothing to do: then
/usr/lib/gatepost/bin/same-box says so in its place, by what was kept for it.

    <data>/gatepost/box.json     the board and the card that made the keys (machine.box)
    <data>/settings/box.known    all that is looked at, as it was when nothing was left to do (machine.known)
    <run>/box.json               {"box": "new" | "same" | "moved" | "copied"}: for the screen and the report

The keys of a copied card are laid aside, never used: the kiosk shows that it is not enrolled, and records go on being
sealed and kept. A copy that sent first would else be believed in place of the one it was copied from.
"""

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from machine.box import BOX, Verdict, box_text, find_box, judge, read_box
from machine.growing import ext4_size, find_space, grow, plan
from machine.known import keep_known
from machine.log import say
from machine.whole_file import replace_file

HOME = "gatepost"
IDENTITY, ASIDE = "identity", "identity.of-another-card"


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status 0: a card that could not grow still opens the gate; what failed stands in the journal."""
    parser = argparse.ArgumentParser(prog="python -m machine first_boot")
    parser.add_argument("--data", type=Path, default=Path("/data"))
    parser.add_argument("--card", type=Path, default=Path("/boot/gatepost"), help="not written")
    parser.add_argument("--run", type=Path, default=Path("/run/gatepost"))
    parser.add_argument("--root", type=Path, default=Path("/"), help="another /proc and /sys, for tests")
    wanted = parser.parse_args(argv)
    disk = grow_data(wanted.data, wanted.root)
    home = wanted.data / HOME
    home.mkdir(mode=0o2770, exist_ok=True)
    verdict = settle(home, wanted.root, disk)
    replace_file(wanted.run / BOX, json.dumps({"box": verdict}).encode(), 0o644)
    say("started", box=verdict)
    try:
        keep_known(wanted.data, wanted.root, home)
    except OSError as error:  # the next start looks again
        say("box_not_noted", error=type(error).__name__)
    return 0


def grow_data(data: Path, root: Path) -> str:
    """Make the room there is; the kernel's name of the disk, "" where the data lie on none of their own."""
    space = find_space(data, root)
    if space is None:
        return ""
    device = root / "dev" / _part_name(space.disk, space.number)
    try:
        steps = plan(space, ext4_size(device))
        grow(space, steps, device)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        say("data_not_grown", error=type(error).__name__)
    else:
        if steps:
            say("data_grown", steps=", ".join(steps))
    return space.disk


def settle(home: Path, root: Path, disk: str) -> Verdict:
    """Whose keys these are; the keys of a copied card are laid aside before anybody uses them."""
    kept, found = read_box(home / BOX), find_box(root, disk)
    verdict = judge(kept, found)
    if verdict == "copied" and (home / IDENTITY).exists():
        aside = home / ASIDE
        number = 1
        while aside.exists() and number < 100:
            number += 1
            aside = home / f"{ASIDE}-{number}"
        (home / IDENTITY).rename(aside)
    if verdict != "same":
        replace_file(home / BOX, box_text(found).encode(), 0o644)
    return verdict


def _part_name(disk: str, number: int) -> str:
    """The kernel's rule: a p stands between when the disk's own name ends in a digit."""
    return f"{disk}p{number}" if disk[-1:].isdigit() else f"{disk}{number}"
