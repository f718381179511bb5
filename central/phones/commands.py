"""`public-keys`. What it needs it imports when it runs."""

import argparse
from pathlib import Path

from central.cli import Commands, command


def add(parent: Commands) -> None:
    """Add it to `python -m central`."""
    keys = command(parent, "public-keys", copy_keys, "copy the few keys that `public` needs into a folder of their own")
    keys.add_argument("--to", type=Path, required=True, metavar="FOLDER")


def copy_keys(options: argparse.Namespace) -> int:
    """`public-keys`"""
    from central.keys import Keyring
    from central.phones.key_folder import hand_out

    for name in hand_out(Keyring(options.keys), options.to):
        print(name)
    return 0
