"""PURE. Roles, rights, areas and purposes: read from roles.toml, the one file that says who may do what.

- A right is one thing that a page, a command or the opener does. A role is a set of rights, each for named purposes.
- An officer holds a role in an area. An area is written as the scope of a bulletin: "all", "province-79", "ward-26740",
  "venue-v-cho-mau". A role in a province reaches its wards and venues, never the other way round.
- The purposes are closed: none of them is the investigation of an offence, and nothing can be done without one.
- What holds for all roles stands under [rules]: rights for a session with a second factor alone, roles that two
  administrators grant, roles that may be taken in an emergency, and when whoever was looked at is told.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from wire.refusal import Refused

FILE = Path(__file__).with_name("roles.toml")


class Right(StrEnum):
    """One thing to do. The list is closed: a role that names another is refused when the file is read."""

    CASES_READ = "cases.read"
    CASES_OPEN = "cases.open"
    CASES_DECIDE = "cases.decide"  # the second officer
    CONTACTS_READ = "contacts.read"
    CONTACTS_WORK = "contacts.work"
    NAMES_OPEN = "names.open"
    LINKS_EDIT = "links.edit"
    TRACE_RUN = "trace.run"
    ALERTS_PROPOSE = "alerts.propose"
    ALERTS_RELEASE = "alerts.release"  # the second officer
    ALERTS_STOP = "alerts.stop"
    ZONES_PROPOSE = "zones.propose"
    ZONES_DECIDE = "zones.decide"
    DECLARATIONS_WORK = "declarations.work"
    ARRIVALS_WORK = "arrivals.work"
    REPORT_READ = "report.read"
    RULES_PROPOSE = "rules.propose"
    RULES_RELEASE = "rules.release"
    REQUESTS_WORK = "requests.work"  # of the people whom data are about
    REQUESTS_DECIDE = "requests.decide"  # the second officer: a deletion, a correction
    RETENTION_RUN = "retention.run"
    ACCOUNTS_MANAGE = "accounts.manage"
    AUDIT_READ = "audit.read"
    LOOKS_READ = "looks.read"  # who waits to be told that they were looked at
    LOOKS_SUSPEND = "looks.suspend"  # puts it off, with a reason and an end
    COUNTS_READ = "counts.read"  # numbers without anybody in them: a venue's owner has this and nothing else
    PLACES_MANAGE = "places.manage"
    PLACES_CONFIRM = "places.confirm"  # a ward says that a place is there and whose it is
    VENUE_MANAGE = "venue.manage"  # a place's own desk: posters, staff, passes, self-checks, answers
    VENUE_CHECK = "venue.check"  # staff of a place: its self-checks and rosters, nothing else
    INSPECTIONS_WORK = "inspections.work"
    FEEDBACK_MODERATE = "feedback.moderate"
    FLEET_READ = "fleet.read"
    FLEET_CHANGE = "fleet.change"  # groups, quiet hours, claims, alarms seen to; proposing and stopping a roll-out
    FLEET_RELEASE = "fleet.release"  # the second person of a roll-out
    API_READ = "api.read"


class Purpose(StrEnum):
    """What a look is for. Closed; docs/privacy.md says each in both languages."""

    TRACING = "tracing"  # to find who was near a confirmed or suspected case
    CARE = "care"  # to reach a contact and see them through
    ZONING = "zoning"
    BORDER_HEALTH = "border_health"
    DECLARATION = "declaration"  # to follow up what a person has declared
    DATA_SUBJECT = "data_subject"  # a request of the person themselves
    OVERSIGHT = "oversight"  # to check those who look
    UPKEEP = "upkeep"  # to keep the machines running; never with a person in it


class Grant(NamedTuple):
    """A role that an officer holds in an area."""

    role: str
    area: str


@dataclass(frozen=True, slots=True)
class Officer:
    """Whoever is signed in. `account` is the login; `name` is a staff name, shown beside what they did."""

    account: str
    name: str
    grants: tuple[Grant, ...] = ()


class Glass(NamedTuple):
    """Who may take a role in an emergency: holders of one of `by`, in their own areas or (`anywhere`) in any."""

    by: frozenset[str]
    anywhere: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all roles."""

    strong: frozenset[Right] = frozenset()
    two_persons: frozenset[str] = frozenset()
    glass: Mapping[str, Glass] = field(default_factory=dict)
    told_days: Mapping[Purpose, int] = field(default_factory=dict)


class Roles:
    """role -> right -> purposes, as roles.toml has them, and `rules` for all of them."""

    def __init__(self, table: Mapping[str, Mapping[Right, frozenset[Purpose]]], rules: Rules | None = None) -> None:
        self._table = table
        self.rules = rules or Rules()

    def __contains__(self, role: str) -> bool:
        return role in self._table

    def names(self) -> list[str]:
        """Every role, in the order of the file."""
        return list(self._table)

    def rights_of(self, role: str) -> frozenset[Right]:
        """What a role may do; nothing for a role that is not in the file any more."""
        return frozenset(self._table.get(role, {}))

    def areas(self, officer: Officer, right: Right) -> frozenset[str]:
        """Where the officer holds `right`: areas as granted."""
        return frozenset(grant.area for grant in officer.grants if right in self._table.get(grant.role, {}))

    def purposes(self, officer: Officer, right: Right) -> frozenset[Purpose]:
        """For which purposes the officer holds `right`, in any area."""
        found: set[Purpose] = set()
        for grant in officer.grants:
            found |= self._table.get(grant.role, {}).get(right, frozenset())
        return frozenset(found)

    def giving(self, officer: Officer, right: Right) -> str:
        """The first role that gives the officer `right`; "" for none."""
        return next((one.role for one in officer.grants if right in self._table.get(one.role, {})), "")

    def may(self, officer: Officer, right: Right, within: Iterable[str] = ()) -> bool:
        """Whether the officer holds `right` in one of the areas `within` (a place's own: see `areas_of_place`).

        Without `within`: whether they hold it anywhere. A right over "all" reaches everywhere.
        """
        held = self.areas(officer, right)
        wanted = frozenset(within)
        return bool(held) if not wanted else bool(held & (wanted | {"all"}))


def areas_of_place(venue: str, ward: str, province: str) -> frozenset[str]:
    """Every area that a place lies in."""
    named = (("venue", venue), ("ward", ward), ("province", province))
    return frozenset({"all", *(f"{kind}-{value}" for kind, value in named if value)})


_AREA = re.compile(r"all|(province|ward|venue)-[A-Za-z0-9._-]{1,60}")


def is_area(text: str) -> bool:
    """Whether `text` is written as an area."""
    return _AREA.fullmatch(text) is not None


def load_roles(path: Path = FILE) -> Roles:
    """The roles of a file. Raises Refused("bad_roles") for a right, a role or a purpose that does not exist."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        rules = document.pop("rules", {})
        table = {
            role: {Right(right): frozenset(map(Purpose, purposes)) for right, purposes in rights.items()}
            for role, rights in document.items()
        }
        return Roles(table, _rules(rules, frozenset(table)))
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise Refused("bad_roles", str(error)) from error


@cache
def roles() -> Roles:
    """roles.toml, read once a process."""
    return load_roles()


def _rules(document: Mapping[str, Any], roles: frozenset[str]) -> Rules:
    glass = {role: _glass(one) for role, one in document.get("glass", {}).items()}
    named = {*document.get("two_persons", ()), *glass, *(role for one in glass.values() for role in one.by)}
    if unknown := named - roles:
        raise ValueError(f"no such role: {sorted(unknown)}")
    return Rules(
        frozenset(map(Right, document.get("strong", ()))),
        frozenset(document.get("two_persons", ())),
        glass,
        {Purpose(purpose): int(days) for purpose, days in document.get("told_days", {}).items()},
    )


def _glass(one: Mapping[str, Any]) -> Glass:
    if one["where"] not in ("own", "any"):
        raise ValueError(f"where: {one['where']!r}")
    return Glass(frozenset(one["by"]), one["where"] == "any")
