"""What holds for each disease, read from rules/*.toml: infectious window, contacts, labels, follow-up.

- Nothing here knows a disease by name: a new one is a new file, a new version is a new block with its first day.
- A case keeps the name of the rule under which it was opened, so that a later version changes no case behind its back.
- Days are days of Viet Nam (UTC+7). A window begins with its first day and ends with its last one.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from central.authority.days import HOUR_MS, MINUTE_MS, day_of, start_of
from central.tracing.model import ContactRule
from wire.refusal import Refused

FOLDER = Path(__file__).with_name("rules")
Anchor = Literal["onset", "sample"]


@dataclass(frozen=True, slots=True)
class Window:
    """From `before_days` before the anchor's day to `after_days` after it, both days included."""

    name: str
    anchor: Anchor
    first: date
    before_days: int
    after_days: int

    def around(self, anchor_ms: int) -> tuple[int, int]:
        """[from, to) in Unix ms."""
        day = day_of(anchor_ms)
        return start_of(day - self.before_days), start_of(day + self.after_days + 1)


@dataclass(frozen=True, slots=True)
class Nearness:
    """Who is a contact, under a name and from a day on."""

    first: date
    rule: ContactRule

    @property
    def name(self) -> str:
        """The rule's."""
        return self.rule.name


@dataclass(frozen=True, slots=True)
class Definition:
    """What F1, F2 and F3 mean: label -> (Vietnamese, English)."""

    name: str
    first: date
    labels: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Asked once a day, by `hour` o'clock, for `days` days after the last exposure; only people with these labels."""

    name: str
    first: date
    days: int
    hour: int
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Disease:
    """`names` are (Vietnamese, English). Each tuple is in the order of the file."""

    code: str
    names: tuple[str, str]
    suspect_ms: int
    windows: tuple[Window, ...]
    contacts: tuple[Nearness, ...]
    definitions: tuple[Definition, ...]
    follow_ups: tuple[FollowUp, ...]

    def window(self, anchor: Anchor, at_ms: int) -> Window:
        """The window rule in force. Raises Refused("no_rule")."""
        return _in_force([one for one in self.windows if one.anchor == anchor], at_ms)

    def contact_rule(self, at_ms: int) -> ContactRule:
        """Who is a contact, by the rule in force. Raises Refused("no_rule")."""
        return _in_force(self.contacts, at_ms).rule

    def definition(self, at_ms: int) -> Definition:
        """The labels' meaning in force. Raises Refused("no_rule")."""
        return _in_force(self.definitions, at_ms)

    def follow_up(self, at_ms: int) -> FollowUp:
        """The follow-up in force. Raises Refused("no_rule")."""
        return _in_force(self.follow_ups, at_ms)


@dataclass(frozen=True, slots=True)
class Calls:
    """How contacts are called; times in ms."""

    name: str
    first_ms: int
    again_ms: int
    tries: int
    visit_ms: int
    call_back_ms: int


class _Dated(Protocol):
    @property
    def first(self) -> date: ...


_D = TypeVar("_D", bound=_Dated)


def _in_force(known: Sequence[_D], at_ms: int) -> _D:
    day = date.fromordinal(day_of(at_ms) + date(1970, 1, 1).toordinal())
    running = [one for one in known if one.first <= day]
    if not running:
        raise Refused("no_rule", day.isoformat())
    return max(running, key=lambda one: one.first)


def read_disease(text: str) -> Disease:
    """One file's disease. Raises Refused("bad_rules") with what is missing or out of bounds."""
    try:
        table = tomllib.loads(text)
        disease = Disease(
            table["code"],
            (table["vi"], table["en"]),
            _within(table["suspect_hours"], 1, 24 * 30) * HOUR_MS,
            tuple(map(_window, table["window"])),
            tuple(map(_nearness, table["contact"])),
            tuple(map(_definition, table["definition"])),
            tuple(map(_follow_up, table["follow_up"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("bad_rules", str(error)) from error
    return disease


@cache
def diseases() -> dict[str, Disease]:
    """Every disease that ships, by code."""
    read = [read_disease(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml")) if path != _CALLS]
    return {one.code: one for one in read}


def disease_of(code: str) -> Disease:
    """Raises Refused("disease_unknown")."""
    found = diseases().get(code)
    if found is None:
        raise Refused("disease_unknown", code[:32])
    return found


@cache
def calls() -> Calls:
    """rules/calls.toml."""
    table = tomllib.loads(_CALLS.read_text(encoding="utf-8"))
    return Calls(
        table["name"],
        table["first_hours"] * HOUR_MS,
        table["again_minutes"] * MINUTE_MS,
        table["tries"],
        table["visit_hours"] * HOUR_MS,
        table["call_back_minutes"] * MINUTE_MS,
    )


_CALLS = FOLDER / "calls.toml"


def _window(table: dict[str, Any]) -> Window:
    if table["anchor"] not in ("onset", "sample"):
        raise ValueError("anchor is onset or sample")
    days = _within(table["before_days"], 0, 60), _within(table["after_days"], 0, 60)
    return Window(table["name"], table["anchor"], table["from"], *days)


def _nearness(table: dict[str, Any]) -> Nearness:
    rule = ContactRule(
        table["name"],
        _within(table["min_overlap_minutes"], 0, 24 * 60) * MINUTE_MS,
        _within(table["max_stay_hours"], 1, 72) * HOUR_MS,
        _within(table["hops"], 1, 3),
    )
    return Nearness(table["from"], rule)


def _definition(table: dict[str, Any]) -> Definition:
    labels = {label: (table[label][0], table[label][1]) for label in ("F1", "F2", "F3")}
    return Definition(table["name"], table["from"], labels)


def _follow_up(table: dict[str, Any]) -> FollowUp:
    days, hour = _within(table["days"], 1, 60), _within(table["hour"], 0, 23)
    return FollowUp(table["name"], table["from"], days, hour, frozenset(table["labels"]))


def _within(value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{value!r} is not between {least} and {most}")
    return value
