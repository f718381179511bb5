"""PURE. Which pledges what was measured speaks against: the rules of rules/measures.toml over hours.

- A rule needs so many hours in a row beyond its limit; an hour that nobody measured breaks the row.
- A pledge is held against a place only if its newest whole check says that it is met; its own capacity, always.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from central.safety.periods import DAY_MS, HOUR_MS

FILE = Path(__file__).with_name("rules") / "measures.toml"
FACTS = ("occupancy_percent", "co2_mean", "served_percent", "ins_while_shut")


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """One rule. `above` or `below`, one of them; `pledges`: scheme id -> criterion; "*" -> "": the capacity."""

    id: str
    fact: str
    hours: int
    pledges: Mapping[str, str]
    source: str
    above: int | None = None
    below: int | None = None
    holds_days: int | None = None

    def beyond(self, value: int) -> bool:
        """Whether a value is beyond the limit."""
        return (self.above is not None and value > self.above) or (self.below is not None and value < self.below)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a place over all its devices; None: nobody measured it. CO2 in ppm, `served_s` of the best gate."""

    hour_ms: int
    occupancy: int | None = None
    co2_mean: int | None = None
    co2_max: int | None = None
    served_s: int | None = None
    ins: int = 0
    outs: int = 0
    by_hand: int = 0
    shut: bool = False  # outside the place's own opening days and hours

    def fact(self, name: str, capacity: int | None) -> int | None:
        """The value that a rule asks for."""
        if name == "occupancy_percent":
            return None if self.occupancy is None or not capacity else self.occupancy * 100 // capacity
        if name == "served_percent":
            return None if self.served_s is None else self.served_s * 100 // 3600
        if name == "ins_while_shut":
            return self.ins if self.shut else None
        return self.co2_mean


@dataclass(frozen=True, slots=True)
class Against:
    """A row of hours beyond a rule's limit. `worst` in the rule's own unit."""

    rule: MeasureRule
    criterion: str
    first_ms: int
    last_ms: int
    worst: int

    @property
    def holds_ms(self) -> int | None:
        """Until when it makes the place at risk; None: it does not."""
        return None if self.rule.holds_days is None else self.last_ms + self.rule.holds_days * DAY_MS


@dataclass(frozen=True, slots=True)
class Pledged:
    """What the place has promised: its scheme and the criteria that its newest whole check says are met."""

    scheme: str = ""
    met: frozenset[str] = field(default_factory=frozenset)

    def by(self, rule: MeasureRule) -> str | None:
        """The pledge that a rule is about: "criterion@scheme", "" for the capacity; None: nothing was promised."""
        if "*" in rule.pledges:
            return rule.pledges["*"]
        criterion = rule.pledges.get(self.scheme)
        return f"{criterion}@{self.scheme}" if criterion in self.met else None


@cache
def measure_rules() -> tuple[MeasureRule, ...]:
    """The rules that ship. Raises ValueError for one that asks for a fact that nobody measures."""
    rules = tuple(MeasureRule(**one) for one in tomllib.loads(FILE.read_text("utf-8"))["rule"])
    if any(rule.fact not in FACTS or (rule.above is None) == (rule.below is None) for rule in rules):
        raise ValueError("measures.toml")
    return rules


def against(
    hours: Sequence[Hour], capacity: int | None, pledged: Pledged, rules: Sequence[MeasureRule]
) -> list[Against]:
    """Every row of hours that speaks against a pledge; `hours` by time."""
    found = []
    for rule in rules:
        criterion = pledged.by(rule)
        if criterion is not None:
            found += [
                Against(rule, criterion, row[0][0], row[-1][0] + HOUR_MS, _worst(rule, row))
                for row in _rows(hours, capacity, rule)
                if len(row) >= rule.hours
            ]
    return found


def _rows(hours: Sequence[Hour], capacity: int | None, rule: MeasureRule) -> list[list[tuple[int, int]]]:
    rows: list[list[tuple[int, int]]] = []
    for hour in hours:
        value = hour.fact(rule.fact, capacity)
        if value is None or not rule.beyond(value):
            continue
        if rows and rows[-1][-1][0] + HOUR_MS == hour.hour_ms:
            rows[-1].append((hour.hour_ms, value))
        else:
            rows.append([(hour.hour_ms, value)])
    return rows


def _worst(rule: MeasureRule, row: Sequence[tuple[int, int]]) -> int:
    values = [value for _, value in row]
    return max(values) if rule.above is not None else min(values)
