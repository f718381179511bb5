"""Breaking the glass: a role taken in an emergency for three hours, seen by everybody who checks, reviewed afterwards.

- roles.toml says which role may be taken, by whom and where. Nobody is asked first: somebody at night may be alone.
- It ends by itself, and sooner when the officer gives it back.
- Whoever may read the log, and every head, is told on each of their pages until somebody else has reviewed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from central.access.roles import Grant, Officer, Roles, is_area
from central.statements import run
from wire.refusal import Refused

GLASS_MS = 3 * 3_600_000
MOST_AT_ONCE = 20  # of one officer that run: `lasting` must see every one of them
VERDICTS = ("right", "mistaken", "misused")
SHORTEST_REASON, LONGEST_REASON = 10, 300


@dataclass(frozen=True, slots=True)
class Glass:
    """One of them. `verdict` is None until another officer has reviewed it."""

    id: int
    login: str
    name: str
    role: str
    area: str
    reason: str
    began_ms: int
    ends_ms: int
    verdict: str | None
    reviewed_by: str | None

    def runs(self, now_ms: int) -> bool:
        """Whether the role is held now."""
        return now_ms < self.ends_ms


_SELECT = (
    "SELECT g.id, g.login, a.name, g.role, g.area, g.reason, g.began_ms, g.ends_ms, g.verdict, g.reviewed_by"
    " FROM glass g JOIN account a ON a.login = g.login"
)


def lasting(connection: Connection, officer: Officer) -> Officer:
    """The officer without what a glass gave: a role taken in an emergency is no step to the next one."""
    sql = "SELECT role, area FROM account_grant WHERE login = ? AND reason = 'glass' ORDER BY ends_ms DESC LIMIT ?"
    taken = {Grant(*row) for row in run(connection, sql, (officer.account, MOST_AT_ONCE))}  # those that run are first
    return Officer(officer.account, officer.name, tuple(one for one in officer.grants if one not in taken))


def offers(roles: Roles, officer: Officer) -> dict[str, list[str]]:
    """role -> areas in which the officer (see `lasting`) may take it; ["any"] where the role may be taken anywhere."""
    found: dict[str, list[str]] = {}
    for role, rule in roles.rules.glass.items():
        own = sorted({grant.area for grant in officer.grants if grant.role in rule.by})
        if own:
            found[role] = ["any"] if rule.anywhere else own
    return found


def break_glass(
    connection: Connection, roles: Roles, officer: Officer, role: str, area: str, reason: str, now_ms: int
) -> int:
    """Take a role for three hours; the glass's number. The caller notes it.

    Raises Refused: glass_not_offered, bad_area, reason_missing, glass_held (the officer holds the role there anyway),
    glass_many (MOST_AT_ONCE of the officer's run).
    """
    areas = offers(roles, lasting(connection, officer)).get(role, [])
    if not areas or ("any" not in areas and area not in areas):
        raise Refused("glass_not_offered")
    if not is_area(area):
        raise Refused("bad_area")
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise Refused("reason_missing")
    if any(grant.role == role and grant.area in (area, "all") for grant in officer.grants):
        raise Refused("glass_held")
    sql = "SELECT count(*) FROM account_grant WHERE login = ? AND reason = 'glass' AND ends_ms > ?"
    if int(run(connection, sql, (officer.account, now_ms)).scalar_one()) >= MOST_AT_ONCE:
        raise Refused("glass_many")
    ends_ms = now_ms + GLASS_MS
    sql = (
        "INSERT INTO account_grant (login, role, area, ends_ms, reason) VALUES (?, ?, ?, ?, 'glass')"
        " ON CONFLICT (login, role, area) DO UPDATE SET ends_ms = excluded.ends_ms, reason = 'glass'"
    )
    run(connection, sql, (officer.account, role, area, ends_ms))
    sql = "INSERT INTO glass (login, role, area, reason, began_ms, ends_ms) VALUES (?, ?, ?, ?, ?, ?) RETURNING id"
    values = (officer.account, role, area, reason.strip(), now_ms, ends_ms)
    return int(run(connection, sql, values).scalar_one())


def give_back(connection: Connection, number: int, login: str, now_ms: int) -> Glass:
    """End one's own glass now. Raises Refused("glass_unknown")."""
    glass = glass_of(connection, number)
    if glass is None or glass.login != login or not glass.runs(now_ms):
        raise Refused("glass_unknown")
    run(connection, "UPDATE glass SET ends_ms = ? WHERE id = ?", (now_ms, number))
    sql = "UPDATE account_grant SET ends_ms = ? WHERE login = ? AND role = ? AND area = ? AND reason = 'glass'"
    run(connection, sql, (now_ms, login, glass.role, glass.area))
    return glass


def review(connection: Connection, number: int, by: str, verdict: str, now_ms: int) -> Glass:
    """Say whether it was right, once over. Raises Refused: bad_verdict, glass_unknown, glass_running, own_glass."""
    if verdict not in VERDICTS:
        raise Refused("bad_verdict")
    glass = glass_of(connection, number)
    if glass is None or glass.verdict is not None:
        raise Refused("glass_unknown")
    if glass.runs(now_ms):
        raise Refused("glass_running")
    if glass.login == by:
        raise Refused("own_glass")
    sql = "UPDATE glass SET reviewed_by = ?, reviewed_ms = ?, verdict = ? WHERE id = ?"
    run(connection, sql, (by, now_ms, verdict, number))
    return glass


def glass_of(connection: Connection, number: int) -> Glass | None:
    """One by its number."""
    row = run(connection, f"{_SELECT} WHERE g.id = ?", (number,)).first()
    return None if row is None else Glass(*row)


def glasses_for(connection: Connection, login: str, oversees: bool, now_ms: int) -> Sequence[Glass]:
    """What an officer is told on each page: their own that run; those who check, all that nobody has reviewed yet."""
    if oversees:
        sql = f"{_SELECT} WHERE g.reviewed_ms IS NULL ORDER BY g.id DESC LIMIT 20"
        return [Glass(*row) for row in run(connection, sql)]
    sql = f"{_SELECT} WHERE g.reviewed_ms IS NULL AND g.ends_ms > ? AND g.login = ? ORDER BY g.id DESC LIMIT 20"
    return [Glass(*row) for row in run(connection, sql, (now_ms, login))]


def latest(connection: Connection, limit: int = 50) -> list[Glass]:
    """All of them, newest first."""
    return [Glass(*row) for row in run(connection, f"{_SELECT} ORDER BY g.id DESC LIMIT ?", (limit,))]
