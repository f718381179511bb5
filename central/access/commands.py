"""`account` and `audit`: the operator's commands of central.access. What they need they import when they run.

An account made here has no pass phrase: its holder sets one at /welcome with the first code that is printed once.
"""

import argparse
import json
from typing import Any

from central.access import audit_commands
from central.access.at_centre import changing, looking
from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    account = group(parent, "account", "officers' accounts")
    _add_accounts(account)
    audit_commands.add(parent)


def _add_accounts(account: Commands) -> None:
    made = command(account, "add", add_account, "a new account; prints its first code once")
    made.add_argument("login")
    made.add_argument("--name", required=True, help="of the officer, shown beside what they did")
    grant = command(account, "grant", grant_role, "give a role in an area")
    revoke = command(account, "revoke", revoke_role, "take a role back")
    for parser in (grant, revoke):
        parser.add_argument("login")
    for parser in (made, grant, revoke):
        parser.add_argument("--role", required=parser is not made)
        parser.add_argument("--area", default="all", help="all, province-, ward- or venue- and its id (all)")
    for parser in (made, grant):
        parser.add_argument(
            "--alone", action="store_true", help="a role for which two are needed: the first set-up, said in the log"
        )
    for name, run, text in (
        ("close", close, "end an account; what it did stays in the log"),
        ("reset", reset, "a new first code; pass phrase and second factors are forgotten"),
    ):
        command(account, name, run, text).add_argument("login")
    command(account, "list", list_accounts, "accounts and what they hold, as JSON lines")
    link = command(account, "link", link_account, "bind an account to the province's own accounts")
    link.add_argument("login")
    link.add_argument("--issuer", required=True)
    link.add_argument("--subject", required=True, help="the `sub` that the issuer gives this officer")


def add_account(options: argparse.Namespace) -> None:
    """`account add`"""
    from central.access import accounts, factors

    with changing(options) as (connection, now_ms):
        accounts.create_account(connection, options.login, options.name, None, [], now_ms)
        held = _grant(connection, options, now_ms) if options.role else None
        code = factors.invite(connection, options.login, now_ms)
        _note(connection, "added_account", options.login, now_ms)
    print(json.dumps({"login": options.login, "role": held, "first_code": code, "set_up_at": "/welcome", "days": 3}))


def grant_role(options: argparse.Namespace) -> None:
    """`account grant`"""
    with changing(options) as (connection, now_ms):
        held = _grant(connection, options, now_ms)
    print(json.dumps({"login": options.login, "role": options.role, "area": options.area, "state": held}))


def revoke_role(options: argparse.Namespace) -> None:
    """`account revoke`"""
    from central.access import proposals
    from central.access.roles import Grant

    with changing(options) as (connection, now_ms):
        proposals.take_back(connection, options.login, Grant(options.role, options.area))
        _note(connection, "revoked_role", options.login, now_ms, role=options.role, area=options.area)


def close(options: argparse.Namespace) -> None:
    """`account close`"""
    from central.access import proposals

    with changing(options) as (connection, now_ms):
        proposals.close_account(connection, options.login)
        _note(connection, "closed_account", options.login, now_ms)


def reset(options: argparse.Namespace) -> None:
    """`account reset`"""
    from central.access import factors, proposals

    with changing(options) as (connection, now_ms):
        proposals.need_account(connection, options.login)
        code = factors.invite(connection, options.login, now_ms)
        _note(connection, "reset_account", options.login, now_ms)
    print(json.dumps({"login": options.login, "first_code": code, "set_up_at": "/welcome", "days": 3}))


def link_account(options: argparse.Namespace) -> None:
    """`account link`"""
    from central.access import oidc, proposals

    with changing(options) as (connection, now_ms):
        proposals.need_account(connection, options.login)
        oidc.bind(connection, options.issuer, options.subject, options.login)
        _note(connection, "linked_account", options.login, now_ms)


def list_accounts(options: argparse.Namespace) -> None:
    """`account list`"""
    from central.access.administration import some_accounts

    with looking(options) as (connection, now_ms):
        after = ""
        while found := some_accounts(connection, now_ms, after):
            for one in found:
                print(json.dumps(one, ensure_ascii=False))
            after = found[-1]["login"]


def _grant(connection: Any, options: argparse.Namespace, now_ms: int) -> str:
    from central.access import proposals
    from central.access.roles import Grant, roles

    grant = Grant(options.role, options.area)
    proposals.check_grant(roles(), grant)
    detail = {"role": grant.role, "area": grant.area}
    if grant.role in roles().rules.two_persons and not options.alone:
        proposals.propose(connection, "grant", options.login, grant, "command", now_ms)
        _note(connection, "proposed_role", options.login, now_ms, **detail)
        return "waits for an administrator"
    proposals.put_grant(connection, options.login, grant, "command")
    _note(connection, "granted_role", options.login, now_ms, **detail, alone=bool(options.alone))
    return "held"


def _note(connection: Any, action: str, login: str, now_ms: int, **detail: object) -> None:
    from central.access.audit import Look, note
    from central.access.roles import Purpose

    note(connection, Look("command", action, Purpose.UPKEEP, f"account {login}", detail=detail), now_ms)
