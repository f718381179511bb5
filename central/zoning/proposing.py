"""PURE. From risk points to proposals: which areas, which level, how long, and why.

- Areas are the smallest cover (central.zoning.covering); each is judged by its own figures (central.zoning.rule).
- An area whose zone in force says the same until about the same day is not proposed again.
- A zone in force is proposed to come down as soon as its area's figures give a lower level.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from central.zoning.covering import Affected, Plan, Point, smallest
from central.zoning.rule import DAY_MS, LEVELS, ZoneRule, judge, until_ms

_SAME_MS = DAY_MS  # a zone that would end within a day of the one in force says nothing new


@dataclass(frozen=True, slots=True)
class Area:
    """An area and where it lies. `people` were there in the last days in so many `visits`."""

    name: str
    ward: str
    province: str
    people: int = 0
    venues: int = 0
    visits: int = 0
    residents: int | None = None  # people who live there, where somebody has said

    @property
    def kind(self) -> str:
        """venue, ward or province."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """A zone that is in force."""

    number: int
    area: str
    level: str
    to_ms: int


@dataclass(frozen=True, slots=True)
class Grounds:
    """The reasons, as they are kept with the proposal: numbers only, nobody in them."""

    figures: dict[str, float]
    line: dict[str, int]  # what the rule asked for; empty for green
    venues: list[tuple[str, int, int, int]]  # (venue id, cases, first ms, last ms), most cases first
    people: int
    venues_affected: int
    covers: dict[str, list[int]]  # venues_only, wards, provinces, best -> [cases, contacts, open cases, open contacts,
    #                               people, venues]
    first_ms: int
    last_ms: int

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be proposed; `replaces` names the zone in force."""

    area: Area
    level: str
    to_ms: int
    grounds: Grounds
    replaces: int | None = None


def proposals(
    points: Sequence[Point],
    areas: Mapping[str, Area],
    standing: Sequence[Standing],
    rule: ZoneRule,
    now_ms: int,
    affected: Affected,
) -> list[Proposal]:
    """All proposals of this moment. `areas` has every area that a point or a zone in force lies in."""
    fresh = [point for point in points if point.at_ms > now_ms - max(rule.windows) * DAY_MS]
    visits = {name: area.visits for name, area in areas.items()}
    plan = smallest(fresh, visits, affected, rule.spread_venues)
    in_force = {one.area: one for one in standing}
    found = []
    for name in sorted({*plan.best.areas, *in_force} & areas.keys()):
        made = weigh(areas[name], points, plan, rule, now_ms)
        now = in_force.get(name)
        if _says_more(made, now) and (name in plan.best.areas or _lower(made, now)):
            found.append(Proposal(made.area, made.level, made.to_ms, made.grounds, None if now is None else now.number))
    return found


def weigh(area: Area, points: Sequence[Point], plan: Plan | None, rule: ZoneRule, now_ms: int) -> Proposal:
    """What the rule says of one area now, whoever asks."""
    here = [point for point in points if area.name in point.areas]
    figures = figures_of(here, area.residents, rule.windows, now_ms)
    level, line = judge(area.kind, figures, rule)
    first = min((point.at_ms for point in here), default=now_ms)
    last = max((point.at_ms for point in here), default=now_ms)
    covers = {} if plan is None else {name: list(getattr(plan, name)[1:]) for name in COVERS}
    asked = {} if line is None else dict(line.when)
    grounds = Grounds(figures, asked, _venues(here), area.people, area.venues, covers, first, last)
    return Proposal(area, level, until_ms(level, last, now_ms, rule), grounds)


COVERS = ("best", "venues_only", "wards", "provinces")


def figures_of(points: Sequence[Point], residents: int | None, windows: Sequence[int], now_ms: int) -> dict[str, float]:
    """cases_N, contacts_N, venues_N and per_100k_N for each window of N days."""
    figures: dict[str, float] = {}
    for days in windows:
        fresh = [point for point in points if point.at_ms > now_ms - days * DAY_MS]
        cases = len({point.case for point in fresh})
        figures[f"cases_{days}"] = cases
        figures[f"contacts_{days}"] = sum(point.contacts for point in fresh)
        figures[f"venues_{days}"] = len({point.venue for point in fresh if point.venue})
        if residents:
            figures[f"per_100k_{days}"] = round(cases * 100_000 / residents, 1)
    return figures


def _venues(points: Sequence[Point]) -> list[tuple[str, int, int, int]]:
    found = []
    for venue in sorted({point.venue for point in points if point.venue}):
        here = [point for point in points if point.venue == venue]
        times = [point.at_ms for point in here]
        found.append((venue, len({point.case for point in here}), min(times), max(times)))
    return sorted(found, key=lambda row: (-row[1], row[0]))[:20]


def _says_more(made: Proposal, now: Standing | None) -> bool:
    if now is None:
        return made.level != "green"
    return made.level != now.level or (made.level != "green" and made.to_ms > now.to_ms + _SAME_MS)


def _lower(made: Proposal, now: Standing | None) -> bool:
    return now is not None and LEVELS.index(made.level) < LEVELS.index(now.level)
