"""The operator's commands of central.rights and central.api's tokens. What they need they import when they run."""

import argparse
from pathlib import Path

from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    deletion = group(parent, "deletion", "certificates of what was destroyed")
    verify = command(deletion, "verify", _verify, "check a certificate's signature and print what it says")
    verify.add_argument("file", type=Path)
    again = command(deletion, "again", _again, "after a restore: destroy once more what a certificate names")
    again.add_argument("file", type=Path)
    export = command(deletion, "export", _export, "write a certificate into a file")
    export.add_argument("number", type=int)
    export.add_argument("--out", type=Path, required=True)
    command(deletion, "check", _check, "check the chain of all certificates")


def _verify(options: argparse.Namespace) -> int:
    from central.rights import paperwork

    return paperwork.verify(options)


def _again(options: argparse.Namespace) -> int:
    from central.rights import paperwork

    return paperwork.again(options)


def _export(options: argparse.Namespace) -> int:
    from central.rights import paperwork

    return paperwork.export(options)


def _check(options: argparse.Namespace) -> int:
    from central.rights import paperwork

    return paperwork.check(options)
