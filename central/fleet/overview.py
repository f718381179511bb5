"""Every kiosk of the fleet in a few numbers: enough to count, to filter and to sort 5,000 for a page that shows fifty.

The database judges each by central.fleet.codes; what it cannot know is added here: quiet hours, and what should run.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.fleet.codes import AT_REST, CODES_SQL, MARK_OF, bounds
from central.fleet.listing import MOST, Targets
from central.fleet.why import MARKS, is_quiet, scopes_of
from central.statements import run

_SQL = (
    "SELECT d.id, d.venue, p.ward, p.province, p.opens_min, p.closes_min, p.name, d.state = 'active',"
    f" k.version, k.backlog, {CODES_SQL} FROM device d LEFT JOIN place p ON p.id = d.venue"
    " LEFT JOIN kiosk_now k ON k.device = d.id"
)
_COLUMNS = {"device": "d.id", "venue": "d.venue", "ward": "p.ward", "province": "p.province"}
_WATCH = MARKS.index("watch")
_WAITS = frozenset(number for number, rested in enumerate(AT_REST) if rested != number)


class Spot(NamedTuple):
    """Where a kiosk stands, and the minutes after midnight between which its place is open."""

    device: str
    venue: str
    ward: str | None
    province: str | None
    opens_min: int | None
    closes_min: int | None

    def scopes(self) -> tuple[str, ...]:
        """Where it belongs, the narrowest first."""
        return scopes_of(self.device, self.venue, self.ward, self.province)


class Brief(NamedTuple):
    """A kiosk in short. `why`: an index of codes.WHYS; `behind`: it runs another version than it should."""

    device: str
    venue: str
    place: str | None
    version: str | None
    backlog: int | None
    why: int
    mark: str
    behind: bool


def overview(
    connection: Connection,
    hours: dict[str, tuple[int, int]],
    wanted: Targets,
    now_ms: int,
    areas: Iterable[str] = ("all",),
) -> list[Brief]:
    """Every kiosk within these areas: first who needs somebody, then by id; as listing.fleet has them."""
    some, values = _within(areas)
    rows = run(connection, f"{_SQL}{some} LIMIT ?", (*bounds(now_ms), *values, MOST)).all()
    found: tuple[list[Brief], ...] = tuple([] for _ in MARKS)
    for row in sorted(rows, key=itemgetter(0)):
        mark, brief = _judged(row, hours, wanted, now_ms)
        found[mark].append(brief)
    return [one for some in found for one in some]


def devices_within(connection: Connection, areas: Iterable[str]) -> frozenset[str]:
    """The ids of the kiosks within these areas."""
    some, values = _within(areas)
    sql = f"SELECT d.id FROM device d LEFT JOIN place p ON p.id = d.venue{some} LIMIT ?"
    return frozenset(str(device) for (device,) in run(connection, sql, (*values, MOST)))


def _judged(row: Sequence[Any], hours: dict[str, tuple[int, int]], wanted: Targets, now_ms: int) -> tuple[int, Brief]:
    """(index of its mark, itself)."""
    device, venue, ward, province, opens, closes, place, active, version, backlog, code, ill = row
    spot = Spot(device, venue, ward, province, opens, closes)
    if code in _WAITS and is_quiet(spot, hours, now_ms):
        code = AT_REST[code]
    target = wanted.of(spot)
    behind = bool(target and version and version != target)
    if behind and active and ill > _WATCH:
        ill = _WATCH
    mark = MARK_OF[code][ill]
    return mark, Brief(device, venue, place, version, backlog, code, MARKS[mark], behind)


def _within(areas: Iterable[str]) -> tuple[str, list[str]]:
    """SQL and its values: who is in one of these scopes."""
    asked = set(areas)
    if "all" in asked:
        return "", []
    conditions, values = [], list[str]()
    for kind, column in _COLUMNS.items():
        named = sorted(area.removeprefix(f"{kind}-") for area in asked if area.startswith(f"{kind}-"))
        named = [one for one in named if one]
        if named:
            conditions.append(f"{column} IN ({', '.join('?' * len(named))})")
            values += named
    return f" WHERE {' OR '.join(conditions) or '1 = 0'}", values
