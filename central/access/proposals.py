"""Who gets which role. Nobody grants themselves anything; what roles.toml names takes two administrators.

- An administrator acts in their own area and what lies in it.
- A new first code for whoever holds such a role takes two as well: else one administrator could become that officer.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.access import accounts, factors
from central.access.roles import Grant, Officer, Roles, is_area
from central.access.roles import roles as all_roles
from central.statements import run
from wire.refusal import Refused

MOST_OPEN = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """One that waits for a second administrator. `kind` is grant or reset."""

    id: int
    kind: str
    login: str
    role: str
    area: str
    proposed_by: str
    made_ms: int


def areas_around(connection: Connection, area: str) -> frozenset[str]:
    """The area itself and every area that it lies in, as far as places and stations say so."""
    kind, _, name = area.partition("-")
    found = {"all", area}
    if kind == "venue":
        rows = run(connection, "SELECT ward, province FROM place WHERE id = ?", (name,)).all()
    elif kind == "ward":
        sql = "SELECT ward, province FROM place WHERE ward = ? UNION SELECT ward, province FROM station WHERE ward = ?"
        rows = run(connection, sql, (name, name)).all()
    else:
        rows = []
    for ward, province in rows:
        found |= {f"ward-{ward}"} if ward else set()
        found |= {f"province-{province}"} if province else set()
    return frozenset(found)


def check_grant(roles: Roles, grant: Grant) -> None:
    """Raises Refused: role_unknown, bad_area."""
    if grant.role not in roles:
        raise Refused("role_unknown", grant.role[:32])
    if not is_area(grant.area):
        raise Refused("bad_area", grant.area[:32])


def put_grant(connection: Connection, login: str, grant: Grant, by: str) -> None:
    """Give a role for good. Raises Refused("account_unknown")."""
    need_account(connection, login)
    sql = (
        "INSERT INTO account_grant (login, role, area, ends_ms, reason) VALUES (?, ?, ?, NULL, ?)"
        " ON CONFLICT (login, role, area) DO UPDATE SET ends_ms = NULL, reason = excluded.reason"
    )
    run(connection, sql, (login, grant.role, grant.area, by))


def take_back(connection: Connection, login: str, grant: Grant) -> None:
    """Take a role back at once. Raises Refused("grant_unknown")."""
    sql = "DELETE FROM account_grant WHERE login = ? AND role = ? AND area = ?"
    if run(connection, sql, (login, grant.role, grant.area)).rowcount != 1:
        raise Refused("grant_unknown")


def grant_or_propose(connection: Connection, roles: Roles, by: Officer, login: str, grant: Grant, now_ms: int) -> bool:
    """Give the role, or propose it where two are needed; whether it is held now. The caller has checked the area.

    Raises Refused: own_grant, account_unknown, role_unknown, bad_area.
    """
    check_grant(roles, grant)
    if login == by.account:
        raise Refused("own_grant")
    if grant.role in roles.rules.two_persons:
        propose(connection, "grant", login, grant, by.account, now_ms)
        return False
    put_grant(connection, login, grant, by.account)
    return True


def reset_or_propose(connection: Connection, roles: Roles, by: Officer, login: str, now_ms: int) -> str | None:
    """A new first code, to be given to the officer by hand; None where a second administrator has to sign first."""
    if login == by.account:
        raise Refused("own_grant")
    need_account(connection, login)
    if holds_guarded(connection, roles, login, now_ms):
        propose(connection, "reset", login, Grant("", ""), by.account, now_ms)
        return None
    return factors.invite(connection, login, now_ms)


def holds_guarded(connection: Connection, roles: Roles, login: str, now_ms: int) -> bool:
    """Whether the account holds a role that two administrators grant."""
    return any(grant.role in roles.rules.two_persons for grant in accounts.grants_of(connection, login, now_ms))


def propose(connection: Connection, kind: str, login: str, grant: Grant, by: str, now_ms: int) -> int:
    """Put it before a second administrator. Raises Refused: account_unknown, proposed_already."""
    need_account(connection, login)
    sql = "SELECT 1 FROM proposal WHERE state = 'open' AND kind = ? AND login = ? AND role = ? AND area = ?"
    if run(connection, sql, (kind, login, grant.role, grant.area)).first():
        raise Refused("proposed_already")
    sql = (
        "INSERT INTO proposal (kind, login, role, area, proposed_by, made_ms, state) VALUES (?, ?, ?, ?, ?, ?, 'open')"
        " RETURNING id"
    )
    return int(run(connection, sql, (kind, login, grant.role, grant.area, by, now_ms)).scalar_one())


def open_proposals(connection: Connection) -> list[Proposal]:
    """Those that wait, oldest first, MOST_OPEN of them: whoever decides those sees the next."""
    sql = (
        "SELECT id, kind, login, role, area, proposed_by, made_ms FROM proposal WHERE state = 'open'"
        " ORDER BY id LIMIT ?"
    )
    return [Proposal(*row) for row in run(connection, sql, (MOST_OPEN,))]


def decide(connection: Connection, number: int, by: str, signed: bool, now_ms: int) -> tuple[Proposal, str | None]:
    """Sign or refuse as the second administrator; a new first code where the account needs one from these two.

    That is a signed reset, and a signed role of an account that no two administrators have vouched for yet: whoever
    made it alone may know how to get in, or may be in it already.

    Raises Refused: proposal_unknown, same_person (who proposed it, or whom it is about).
    """
    found = next((one for one in open_proposals(connection) if one.id == number), None)
    if found is None:
        raise Refused("proposal_unknown")
    if by == found.login or (signed and by == found.proposed_by):
        raise Refused("same_person")
    fresh = signed and (found.kind == "reset" or not vouched_for(connection, all_roles(), found.login, now_ms))
    sql = "UPDATE proposal SET state = ?, decided_by = ?, decided_ms = ? WHERE id = ? AND state = 'open'"
    if run(connection, sql, ("signed" if signed else "refused", by, now_ms, number)).rowcount != 1:
        raise Refused("proposal_unknown")
    if signed and found.kind == "grant":
        put_grant(connection, found.login, Grant(found.role, found.area), f"{found.proposed_by}, {by}")
    return found, factors.invite(connection, found.login, now_ms) if fresh else None


def vouched_for(connection: Connection, roles: Roles, login: str, now_ms: int) -> bool:
    """Whether more than one person has answered for who gets into this account: it holds a role that takes two
    administrators, or they have signed for it before, or the operator has made it and one administrator signs now."""
    sql = (
        "SELECT 1 FROM proposal WHERE login = ? AND (state = 'signed' OR state = 'open' AND proposed_by = 'command')"
        " LIMIT 1"
    )
    return holds_guarded(connection, roles, login, now_ms) or run(connection, sql, (login,)).first() is not None


def close_account(connection: Connection, login: str) -> None:
    """Nobody signs in with it again; what they did stays in the log. Raises Refused("account_unknown")."""
    need_account(connection, login)
    accounts.end_sessions(connection, login)
    factors.forget_factors(connection, login)
    factors.end_invitation(connection, login)
    run(connection, "UPDATE account SET state = 'closed', phrase = NULL WHERE login = ?", (login,))


def need_account(connection: Connection, login: str) -> None:
    """Raises Refused("account_unknown") unless it is there and active."""
    if run(connection, "SELECT 1 FROM account WHERE login = ? AND state = 'active'", (login,)).first() is None:
        raise Refused("account_unknown")
