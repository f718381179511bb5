"""Accounts and who holds what: the administrator's pages. No name of anybody but staff stands here."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy.engine import Connection

from central.access import accounts, factors, proposals
from central.access.roles import Grant, Purpose, Right
from central.statements import run
from central.web.console import Desk, Page
from wire.refusal import Refused

PAGE = 100


def some_accounts(connection: Connection, now_ms: int, after: str = "", most: int = PAGE) -> list[dict[str, Any]]:
    """The next accounts by login, `most` of them: login, name, state, second factors, grants."""
    sql = "SELECT login, name, state FROM account WHERE login > ? ORDER BY login LIMIT ?"
    return _described(connection, run(connection, sql, (after, most)).all(), now_ms)


def one_account(connection: Connection, login: str, now_ms: int) -> dict[str, Any]:
    """One of them. Raises Refused("account_unknown")."""
    rows = run(connection, "SELECT login, name, state FROM account WHERE login = ?", (login,)).all()
    if not rows:
        raise Refused("account_unknown")
    return _described(connection, rows, now_ms)[0]


def _described(connection: Connection, rows: Sequence[Any], now_ms: int) -> list[dict[str, Any]]:
    logins = [row[0] for row in rows]
    among = f"login IN ({', '.join('?' * len(logins)) or 'NULL'})"
    held: dict[str, list[dict[str, Any]]] = {}
    sql = (
        f"SELECT login, role, area, ends_ms FROM account_grant WHERE {among} AND (ends_ms IS NULL OR ends_ms > ?)"
        " ORDER BY role, area"
    )
    for login, role, area, ends_ms in run(connection, sql, (*logins, now_ms)):
        held.setdefault(login, []).append({"role": role, "area": area, "ends_ms": ends_ms})
    sql = f"SELECT login, count(*) FROM passkey WHERE {among} GROUP BY login"
    keys = {row[0]: row[1] for row in run(connection, sql, logins)}
    codes = {row[0] for row in run(connection, f"SELECT login FROM one_time WHERE {among}", logins)}
    return [
        {
            "login": login,
            "name": name,
            "state": state,
            "passkeys": keys.get(login, 0),
            "codes": login in codes,
            "grants": held.get(login, []),
        }
        for login, name, state in rows
    ]


def show_accounts(desk: Desk) -> str:
    """The list, the proposals that wait, and the form of a new account."""
    with desk.write() as connection:
        found = some_accounts(connection, desk.now_ms, request.args.get("after", "")[:64].replace("\0", ""))
        open_ones = proposals.open_proposals(connection)
        desk.note(connection, "listed_accounts", Purpose.UPKEEP, "", count=len(found))
    more = found[-1]["login"] if len(found) == PAGE else ""
    return desk.show("access/accounts.html", accounts=found, proposals=open_ones, roles=desk.roles, more=more)


def show_account(desk: Desk, login: str) -> str:
    """One account."""
    with desk.read() as connection:
        found = one_account(connection, login, desk.now_ms)
        guarded = proposals.holds_guarded(connection, desk.roles, login, desk.now_ms)
    return desk.show("access/account.html", account=found, roles=desk.roles, guarded=guarded)


def add_account(desk: Desk) -> Any:
    """POST: a new account; its first code is shown once, to be given by hand or by telephone.

    Where its role takes two administrators the second one gets the code, when they sign: nobody gets in before.
    """
    login, name = _field("login").lower(), _field("name")
    if not name:
        raise Refused("name_missing")
    grant = _grant()
    with desk.write() as connection:
        _in_my_area(desk, connection, grant.area)
        accounts.create_account(connection, login, name, None, [], desk.now_ms)
        held = proposals.grant_or_propose(connection, desk.roles, desk.officer, login, grant, desk.now_ms)
        code = factors.invite(connection, login, desk.now_ms) if held else None
        desk.note(connection, "added_account", Purpose.UPKEEP, f"account {login}", role=grant.role, area=grant.area)
    if code is None:
        return desk.go(f"/accounts/{login}", "access.said.proposed")
    return desk.show("access/first_code.html", login=login, code=code)


def grant_role(desk: Desk, login: str) -> Any:
    """POST: give a role, or put it before a second administrator."""
    grant = _grant()
    with desk.write() as connection:
        _in_my_area(desk, connection, grant.area)
        held = proposals.grant_or_propose(connection, desk.roles, desk.officer, login, grant, desk.now_ms)
        action = "granted_role" if held else "proposed_role"
        desk.note(connection, action, Purpose.UPKEEP, f"account {login}", role=grant.role, area=grant.area)
    return desk.go(f"/accounts/{login}", "access.said.granted" if held else "access.said.proposed")


def revoke_role(desk: Desk, login: str) -> Any:
    """POST: take a role back."""
    grant = _grant()
    with desk.write() as connection:
        _in_my_area(desk, connection, grant.area)
        proposals.take_back(connection, login, grant)
        desk.note(connection, "revoked_role", Purpose.UPKEEP, f"account {login}", role=grant.role, area=grant.area)
    return desk.go(f"/accounts/{login}", "access.said.revoked")


def close_account(desk: Desk, login: str) -> Any:
    """POST: end an account; never one's own."""
    if login == desk.officer.account:
        raise Refused("own_grant")
    with desk.write() as connection:
        _over_account(desk, connection, login)
        proposals.close_account(connection, login)
        desk.note(connection, "closed_account", Purpose.UPKEEP, f"account {login}")
    return desk.go("/accounts", "access.said.closed")


def reset_account(desk: Desk, login: str) -> Any:
    """POST: a new first code, or a proposal of one."""
    with desk.write() as connection:
        _over_account(desk, connection, login)
        code = proposals.reset_or_propose(connection, desk.roles, desk.officer, login, desk.now_ms)
        action = "reset_account" if code else "proposed_reset"
        desk.note(connection, action, Purpose.UPKEEP, f"account {login}")
    if code is None:
        return desk.go(f"/accounts/{login}", "access.said.proposed")
    return desk.show("access/first_code.html", login=login, code=code)


def decide(desk: Desk, number: int) -> Any:
    """POST: sign or refuse what another administrator has proposed."""
    signed = request.form.get("answer") == "sign"
    with desk.write() as connection:
        waiting = next((one for one in proposals.open_proposals(connection) if one.id == number), None)
        if waiting is None:
            raise Refused("proposal_unknown")
        if waiting.area:
            _in_my_area(desk, connection, waiting.area)
        else:
            _over_account(desk, connection, waiting.login)
        found, code = proposals.decide(connection, number, desk.officer.account, signed, desk.now_ms)
        action = f"{'signed' if signed else 'refused'}_{'role' if found.kind == 'grant' else 'reset'}"
        desk.note(connection, action, Purpose.UPKEEP, f"account {found.login}", role=found.role, area=found.area)
    if code is not None:
        return desk.show("access/first_code.html", login=found.login, code=code)
    return desk.go("/accounts", "access.said.signed" if signed else "access.said.refused")


def _in_my_area(desk: Desk, connection: Connection, area: str) -> None:
    desk.require(Right.ACCOUNTS_MANAGE, proposals.areas_around(connection, area))


def _over_account(desk: Desk, connection: Connection, login: str) -> None:
    """An administrator of a province ends and resets accounts that act in it alone."""
    for grant in accounts.grants_of(connection, login, desk.now_ms):
        _in_my_area(desk, connection, grant.area)


def _grant() -> Grant:
    return Grant(_field("role"), _field("area"))


def _field(name: str) -> str:
    value = request.form.get(name, "").strip()[:80]
    return value if value.isprintable() else ""


ACCOUNTS = (
    Page("/accounts", "access_accounts", show_accounts, Right.ACCOUNTS_MANAGE, menu="access.accounts"),
    Page("/accounts/new", "access_add_account", add_account, Right.ACCOUNTS_MANAGE, ("POST",)),
    Page("/accounts/<login>", "access_account", show_account, Right.ACCOUNTS_MANAGE),
    Page("/accounts/<login>/grant", "access_grant", grant_role, Right.ACCOUNTS_MANAGE, ("POST",)),
    Page("/accounts/<login>/revoke", "access_revoke", revoke_role, Right.ACCOUNTS_MANAGE, ("POST",)),
    Page("/accounts/<login>/close", "access_close", close_account, Right.ACCOUNTS_MANAGE, ("POST",)),
    Page("/accounts/<login>/reset", "access_reset", reset_account, Right.ACCOUNTS_MANAGE, ("POST",)),
    Page("/accounts/proposals/<int:number>", "access_decide", decide, Right.ACCOUNTS_MANAGE, ("POST",)),
)
