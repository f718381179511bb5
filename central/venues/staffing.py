"""Who works at a place's desk: accounts of staff, made and ended by the manager; called by a task, not a name."""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.access import factors
from central.access.accounts import create_account, end_sessions, grants_of
from central.access.roles import Grant
from central.places.places import Place
from central.statements import run
from central.venues.asking import line
from central.venues.listing import OWNER, STAFF
from wire.refusal import Refused

MOST = 30


class Member(NamedTuple):
    """`ready`: they have set their pass phrase; `owner`: runs the place."""

    login: str
    name: str
    owner: bool
    ready: bool


def members(connection: Connection, place: Place) -> list[Member]:
    """Accounts of this very place, who runs it first."""
    sql = (
        "SELECT a.login, a.name, g.role, a.phrase IS NOT NULL OR EXISTS"
        " (SELECT 1 FROM passkey k WHERE k.login = a.login) FROM account_grant g JOIN account a ON a.login = g.login"
        " WHERE g.area = ? AND g.role IN (?, ?) AND a.state = 'active' ORDER BY g.role, a.login LIMIT 200"
    )
    rows = run(connection, sql, (f"venue-{place.id}", OWNER, STAFF))
    return [Member(row[0], row[1], row[2] == OWNER, bool(row[3])) for row in rows]


def add_member(connection: Connection, place: Place, name: str, now_ms: int) -> tuple[str, str]:
    """(login, first code) of a new account of staff. Raises Refused: bad_task, too_many_staff."""
    name = line(name)
    if not 2 <= len(name) <= 40:
        raise Refused("bad_task")
    if len(members(connection, place)) >= MOST:
        raise Refused("too_many_staff")
    stem = place.id.lower()[:28]
    taken = {row[0] for row in run(connection, "SELECT login FROM account WHERE login LIKE ?", (f"{stem}%",))}
    login = next(made for n in range(1, 1000) if (made := f"{stem}.{n}") not in taken)
    create_account(connection, login, name, None, [Grant(STAFF, f"venue-{place.id}")], now_ms)
    return login, factors.invite(connection, login, now_ms)


def invite_again(connection: Connection, place: Place, login: str, now_ms: int) -> str:
    """A new first code for a member of staff. Raises Refused("member_unknown")."""
    member_of(connection, place, login)
    return factors.invite(connection, login, now_ms)


def remove_member(connection: Connection, place: Place, login: str) -> None:
    """Their work here ends; an account that has no other work is closed. Raises Refused("member_unknown")."""
    _staff(connection, place, login)
    sql = "DELETE FROM account_grant WHERE login = ? AND role = ? AND area = ?"
    run(connection, sql, (login, STAFF, f"venue-{place.id}"))
    end_sessions(connection, login)
    if not grants_of(connection, login, 0):
        run(connection, "UPDATE account SET state = 'closed' WHERE login = ?", (login,))


def member_of(connection: Connection, place: Place, login: str) -> Member:
    """A member of staff of this place, whose account does nothing elsewhere. Raises Refused("member_unknown").

    An account that also works for another place or office is not this manager's to reset.
    """
    found = _staff(connection, place, login)
    if any(grant.area != f"venue-{place.id}" for grant in grants_of(connection, login, 0)):
        raise Refused("member_unknown")
    return found


def _staff(connection: Connection, place: Place, login: str) -> Member:
    found = next((one for one in members(connection, place) if one.login == login and not one.owner), None)
    if found is None:
        raise Refused("member_unknown")
    return found
