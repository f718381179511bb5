"""Reading the fleet: every kiosk with its reason and its troubles, from one row each.

Three statements, however many kiosks there are: the rows, the quiet hours, what is rolled out. Whoever shows a few of
many asks central.fleet.overview which, and here for those.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.fleet.rollout_step import Ring, is_in, read_plan
from central.fleet.why import Kiosk, Located, Trouble, Why, is_quiet, mark_of, troubles, why
from central.statements import run

MOST = 50_000
_OF_DEVICE = ("venue", "gate", "state", "enrolled_ms")
_OF_PLACE = {"place": "name"} | {name: name for name in ("ward", "province", "opens_min", "closes_min")}
_COLUMNS = {name: f"k.{name}" for name in Kiosk._fields} | {
    "device": "d.id",
    **{name: f"d.{name}" for name in _OF_DEVICE},
    **{name: f"p.{column}" for name, column in _OF_PLACE.items()},
}
# A column costs as much as it is long, 5,000 times: of the card, the box and the records a roll-out asks nothing.
_UNASKED = frozenset(
    {"gate", "place", "backlog", "oldest_ms", "slot", "disk_free_mb", "disk_wear_pct", "disk_errors", "temp_c"}
    | {"volts_low", "warns", "alarms", "box"}
)


def _select(without: frozenset[str] = frozenset()) -> str:
    """SQL for rows of Kiosk, with NULL for what is left out."""
    columns = ("NULL" if name in without else _COLUMNS[name] for name in Kiosk._fields)
    return (
        f"SELECT {', '.join(columns)} FROM device d LEFT JOIN place p ON p.id = d.venue"
        " LEFT JOIN kiosk_now k ON k.device = d.id"
    )


_SQL, _STANDING_SQL = _select(), _select(_UNASKED)


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

    def of(self, kiosk: Located) -> str | None:
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


def standing(connection: Connection, now_ms: int) -> list[tuple[Kiosk, Why]]:
    """Every active kiosk by id, and how it stands with its connection, for a roll-out: _UNASKED is None in all."""
    rows = run(connection, f"{_STANDING_SQL} WHERE d.state = 'active' LIMIT ?", (MOST,)).all()
    hours = hours_of(connection)
    kiosks = sorted((Kiosk._make(row) for row in rows), key=itemgetter(0))
    return [(one, why(one, now_ms, one.away_ms is not None and is_quiet(one, hours, now_ms))) for one in kiosks]


def some_kiosks(
    connection: Connection, devices: Sequence[str], hours: dict[str, tuple[int, int]], wanted: Targets, now_ms: int
) -> list[Shown]:
    """These, in this order: a page of the list. One that has gone meanwhile is left out."""
    if not devices:
        return []
    rows = run(connection, f"{_SQL} WHERE d.id IN ({', '.join('?' * len(devices))})", devices)
    found = {str(row[0]): _shown(Kiosk._make(row), hours, wanted, now_ms) for row in rows}
    return [found[device] for device in devices if device in found]


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
