"""The operator's commands of central.ruling: rule sets. What they need is imported when they run."""

from pathlib import Path

from central import declaring_commands
from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    rules = group(parent, "rules", "rule sets")
    publish = command(rules, "publish", declaring_commands.publish_rules, "check, sign and send a rule set")
    publish.add_argument("file", type=Path, metavar="FILE.json")
    publish.add_argument("--scope", default="all", help="all, province-, ward-, venue- or device- and its id")
