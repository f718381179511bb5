"""`public-keys` and `when-full`. What they need they import when they run."""

import argparse
import time
from pathlib import Path

from central.cli import Commands, command


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    keys = command(parent, "public-keys", copy_keys, "copy the few keys that `public` needs into a folder of their own")
    full = command(
        parent, "when-full", put_rule, "what a place wants done when it is full: warn (as without this), or ask"
    )
    full.add_argument("place")
    full.add_argument("rule", choices=("warn", "ask"))
    keys.add_argument("--to", type=Path, required=True, metavar="FOLDER")


def put_rule(options: argparse.Namespace) -> int:
    """`when-full`"""
    from central.phones.rooms import put_full_rule
    from central.places.places import place_of
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.begin() as connection:
        number = place_of(connection, options.place).number
        put_full_rule(connection, number, options.rule, time.time_ns() // 1_000_000)
    return 0


def copy_keys(options: argparse.Namespace) -> int:
    """`public-keys`"""
    from central.keys import Keyring
    from central.phones.key_folder import hand_out

    for name in hand_out(Keyring(options.keys), options.to):
        print(name)
    return 0
