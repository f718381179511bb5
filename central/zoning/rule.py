"""PURE. The rules that give an area its level: data, named and dated, tied to no disease.

    "id", "version"      text, number      what a zone says it was judged by
    "from", "to"         YYYY-MM-DD        the days on which it may be used (both included)
    "windows"            [days, ...]       of the figures cases_N, contacts_N, per_100k_N
    "levels"             venue | ward | province -> [{"level", "when": {figure: at least}}, ...]; a line holds when all
                         its figures are reached; the highest level that holds counts, green where none does
    "days"               level -> days     how long a zone lasts after the last exposure that is known
    "spread_venues"      number            with cases at more venues of a ward than that, the ward itself is the area
    "most_days"          number            no zone is longer

A figure that nobody knows (people of a ward, say) is not reached.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from wire.refusal import Refused

LEVELS = ("green", "yellow", "orange", "red")  # Decision 4800/QĐ-BYT: levels 1 to 4
KINDS = ("venue", "ward", "province")
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: the level, and what must be reached for it."""

    level: str
    when: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A rule file that was read."""

    name: str  # id|version
    first_day: date
    last_day: date
    windows: tuple[int, ...]
    levels: Mapping[str, tuple[Line, ...]]
    days: Mapping[str, int]
    spread_venues: int
    most_days: int


def worse(one: str, other: str) -> str:
    """The higher of two levels."""
    return max(one, other, key=LEVELS.index)


def judge(kind: str, figures: Mapping[str, float], rule: ZoneRule) -> tuple[str, Line | None]:
    """The level of an area of this kind, and the line that gave it (None for green)."""
    holding = [line for line in rule.levels[kind] if all(figures.get(f, -1) >= n for f, n in line.when.items())]
    best = max(holding, key=lambda line: LEVELS.index(line.level), default=None)
    return ("green" if best is None else best.level), best


def until_ms(level: str, last_exposure_ms: int, now_ms: int, rule: ZoneRule) -> int:
    """When a zone of this level ends: the shortest time that the rule allows, at least one day and never too long."""
    wanted = last_exposure_ms + rule.days[level] * DAY_MS
    return max(now_ms + DAY_MS, min(wanted, now_ms + rule.most_days * DAY_MS))


def read_rule(document: Any) -> ZoneRule:
    """Check and read a rule. Raises Refused("bad_zone_rule") with the place that is wrong."""
    try:
        windows = tuple(int(w) for w in document["windows"])
        known = {f"{name}_{w}" for w in windows for name in ("cases", "contacts", "per_100k", "venues")}
        levels = {kind: tuple(_line(entry, known) for entry in document["levels"][kind]) for kind in KINDS}
        days = {level: int(document["days"][level]) for level in LEVELS}
        name = f"{document['id']}|{document['version']}"
        dates = date.fromisoformat(document["from"]), date.fromisoformat(document["to"])
        spread, most = int(document["spread_venues"]), int(document["most_days"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused("bad_zone_rule", str(error)[:100]) from error
    if dates[0] > dates[1] or min(windows, default=0) < 1 or min(days.values()) < 1 or most < 1 or spread < 1:
        raise Refused("bad_zone_rule", "dates, windows and days must be in order and above 0")
    return ZoneRule(name, *dates, windows, levels, days, spread, most)


def shipped_rule(name: str = "area-levels") -> ZoneRule:
    """A rule file of this package."""
    return read_rule(json.loads(files(__package__).joinpath(f"rules/{name}.json").read_text(encoding="utf-8")))


def _line(entry: Any, known: set[str]) -> Line:
    when = {str(figure): int(least) for figure, least in entry["when"].items()}
    if entry["level"] not in LEVELS[1:] or not when or set(when) - known:
        raise ValueError(f"{entry}: an unknown level or figure")
    return Line(entry["level"], when)
