"""`rules`: check a rule set, and publish it. What they need is imported when they run."""

import argparse
from pathlib import Path

from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    rules = group(parent, "rules", "rule sets")
    check = command(rules, "check", check_rules, "lint, try and compare a rule set; nothing is sent")
    publish = command(rules, "publish", publish_rules, "check a rule set and put it before a second person")
    publish.add_argument(
        "--alone", metavar="REASON", help="without a second person, and why: only while no account could be one"
    )
    for one in (check, publish):
        one.add_argument("file", type=Path, metavar="FILE.json")
        one.add_argument("--scope", default="all", help="all, province-, ward-, venue- or device- and its id")


def check_rules(options: argparse.Namespace) -> int:
    """`rules check`"""
    from central.ruling.publishing import check

    return check(options)


def publish_rules(options: argparse.Namespace) -> int:
    """`rules publish`"""
    from central.ruling.publishing import publish

    return publish(options)
