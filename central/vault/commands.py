"""The operator's commands of central.vault: the keys. What they need is imported when they run."""

from pathlib import Path

from central import commands
from central.cli import HOME, Commands, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    keys = group(parent, "keys", "the centre's keys")
    init = keys.add_parser("init", help="make every key and the first root document")
    init.add_argument("--folder", type=Path, default=HOME / "keys")
    init.add_argument("--broker-host", action="append", help="names in the broker's certificate; may be repeated")
    init.set_defaults(run=commands.init)
    renew = keys.add_parser("new-root", help="sign the next root document; with --rotate make one key anew")
    renew.add_argument("--folder", type=Path, default=HOME / "keys")
    renew.add_argument("--rotate", metavar="ROLE", help="receipt, pass, venue or bulletin-KIND")
    renew.set_defaults(run=commands.new_root)
