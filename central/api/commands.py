"""The operator's commands of central.api. What they need they import when they run."""

import argparse

from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    tokens = group(parent, "api-token", "tokens of programs that read")
    issue = command(tokens, "issue", _issue, "make a token for an account that may read by program; shown once")
    issue.add_argument("login")
    issue.add_argument("role", help="of that account, which must hold it in the area")
    issue.add_argument("--area", default="all")
    issue.add_argument("--days", type=int, default=90)
    issue.add_argument("--opens", action="store_true", help="it may ask the opener, as far as its role goes")
    revoke = command(tokens, "revoke", _revoke, "end a token")
    revoke.add_argument("id")
    command(tokens, "list", _list, "every token: id, account, role, area, end")


def _issue(options: argparse.Namespace) -> int:
    from central.api import token_commands

    return token_commands.issue(options)


def _revoke(options: argparse.Namespace) -> int:
    from central.api import token_commands

    return token_commands.revoke(options)


def _list(options: argparse.Namespace) -> int:
    from central.api import token_commands

    return token_commands.list_tokens(options)
