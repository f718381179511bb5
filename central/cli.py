"""What every command of the centre is made with: a parser that knows database and keys."""

import argparse
import os
from pathlib import Path
from typing import TypeAlias

HOME = Path("gatepost-central")
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def group(parent: Commands, name: str, text: str) -> Commands:
    """A command that has actions: `python -m central NAME ACTION`."""
    return parent.add_parser(name, help=text).add_subparsers(required=True, metavar="ACTION")


def command(parent: Commands, name: str, run: object, text: str) -> argparse.ArgumentParser:
    """A command that opens the centre: it has --database and --keys, and calls `run(options)`."""
    parser = parent.add_parser(name, help=text)
    parser.add_argument("--database", default=os.environ.get("GATEPOST_DATABASE", f"sqlite:///{HOME}/central.db"))
    parser.add_argument("--keys", type=Path, default=HOME / "keys")
    parser.set_defaults(run=run)
    return parser


def add_brokers(parser: argparse.ArgumentParser) -> None:
    """Its --broker."""
    parser.add_argument("--broker", action="append", default=[], metavar="URL", help="mqtt(s)://...; may be repeated")
