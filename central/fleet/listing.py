"""Reading the fleet: every kiosk with its reason and its troubles, from one row each.

Three statements, however many kiosks there are: the rows, the quiet hours, what is rolled out.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.fleet.rollout_step import Ring, is_in, read_plan
from central.fleet.why import Kiosk, Trouble, Why, is_quiet, mark_of, troubles, why
from central.statements import run

MOST = 50_000
_SQL = (
    "SELECT d.id, d.venue, d.gate, d.state, d.enrolled_ms, p.name, p.ward, p.province, p.opens_min, p.closes_min,"
    " k.backlog, k.said_ms, k.away_ms, k.bye, k.cut_ms, k.oldest_ms, k.version, k.slot, k.update_version,"
    " k.update_outcome, k.disk_free_mb, k.disk_wear_pct, k.disk_errors, k.temp_c, k.volts_low, k.clock, k.fails,"
    " k.warns, k.alarms FROM device d LEFT JOIN place p ON p.id = d.venue"
    " LEFT JOIN kiosk_now k ON k.device = d.id"
)


class Shown(NamedTuple):
    """A kiosk as a reader needs it. `quiet`: somebody would be told of it now, but for the hour."""

    kiosk: Kiosk
    why: Why
    troubles: list[Trouble]
    mark: str
    target: str | None
    quiet: bool


class Targets(NamedTuple):
    """What kiosks should run: `all` of them, and by a release that is under way those who are in its rings."""

    everywhere: str | None
    under_way: str | None = None
    ring: Ring | None = None
    salt: str = ""

    def of(self, kiosk: Kiosk) -> str | None:
        """The version that this kiosk should run; groups are left to the roll-out's own page."""
        if self.ring is not None and is_in(self.ring, self.salt, kiosk):
            return self.under_way
        return self.everywhere


def fleet(connection: Connection, now_ms: int, areas: Iterable[str] = ("all",)) -> list[Shown]:
    """Every kiosk within these areas: first who needs somebody, then by id."""
    rows = run(connection, f"{_SQL} LIMIT ?", (MOST,)).all()
    hours, wanted = hours_of(connection), targets(connection)
    within = frozenset(areas)
    kiosks = sorted((Kiosk._make(row) for row in rows), key=itemgetter(0))
    if "all" not in within:
        kiosks = [kiosk for kiosk in kiosks if not within.isdisjoint(kiosk.scopes())]
    found: dict[str, list[Shown]] = {mark: [] for mark in ("bad", "watch", "good", "off")}
    for kiosk in kiosks:
        shown = _shown(kiosk, hours, wanted, now_ms)
        found[shown.mark].append(shown)
    return [one for some in found.values() for one in some]


def one_kiosk(connection: Connection, device: str, now_ms: int) -> Shown | None:
    """One of them; None for a name that nobody has."""
    row = run(connection, f"{_SQL} WHERE d.id = ?", (device,)).first()
    if row is None:
        return None
    return _shown(Kiosk._make(row), hours_of(connection), targets(connection), now_ms)


def hours_of(connection: Connection) -> dict[str, tuple[int, int]]:
    """The quiet hours by scope."""
    rows = run(connection, "SELECT scope, from_min, to_min FROM quiet_hours")
    return {str(scope): (int(start), int(end)) for scope, start, end in rows}


def targets(connection: Connection) -> Targets:
    """What the newest release asks for, and the last one that went out to everybody."""
    sql = (
        "SELECT label, plan, ring, state FROM rollout WHERE kind = 'release' AND state IN ('running', 'done')"
        " ORDER BY id DESC LIMIT 20"
    )
    rows = run(connection, sql).all()
    done = next((str(row[0]) for row in rows if row[3] == "done"), None)
    if rows and rows[0][3] == "running":
        plan = read_plan(rows[0][1])
        return Targets(done, str(rows[0][0]), plan.upto(int(rows[0][2])), plan.salt)
    return Targets(done)


def versions_in_use(connection: Connection) -> list[tuple[str, int]]:
    """(version, how many kiosks run it), the most used first; "" for those that have not said."""
    sql = (
        "SELECT coalesce(k.version, ''), count(*) FROM device d LEFT JOIN kiosk_now k ON k.device = d.id"
        " WHERE d.state = 'active' GROUP BY coalesce(k.version, '') ORDER BY count(*) DESC, 1 LIMIT 12"
    )
    return [(str(version), int(count)) for version, count in run(connection, sql)]


def moments_of(connection: Connection, device: str, limit: int = 60) -> list[tuple[int, str, str]]:
    """(when, what, detail) of a kiosk, the newest first."""
    sql = "SELECT at_ms, what, detail FROM kiosk_moment WHERE device = ? ORDER BY id DESC LIMIT ?"
    return [(int(at), str(what), str(detail)) for at, what, detail in run(connection, sql, (device, limit))]


def groups(connection: Connection) -> dict[str, frozenset[str]]:
    """Device -> its groups."""
    found: dict[str, set[str]] = {}
    for name, device in run(connection, "SELECT name, device FROM kiosk_group"):
        found.setdefault(str(device), set()).add(str(name))
    return {device: frozenset(names) for device, names in found.items()}


def _shown(kiosk: Kiosk, hours: dict[str, tuple[int, int]], wanted: Targets, now_ms: int) -> Shown:
    target = wanted.of(kiosk)
    wrong = troubles(kiosk, now_ms, target) if kiosk.state == "active" else []
    asked = kiosk.away_ms is not None or (bool(wrong) and wrong[0].mark == "bad")
    quiet = asked and is_quiet(kiosk, hours, now_ms)
    reason = why(kiosk, now_ms, quiet)
    return Shown(kiosk, reason, wrong, mark_of(reason, wrong), target, quiet)
