"""PURE. Which declaration somebody has to look at, and how soon: rules as data, in CertLogic.

    {"id", "version", "rules": [{"id", "rank", "hours", "when"}], "call_again_hours", "calls"}

- A rule sees: kind (declaration, light, feedback, overdue), declared (one of the first two), outcome (ALLOW, ASK, STOP,
  FAULT, or ""), reasons (public codes, suspected_case), topic, exposed (the person is a contact of a case), missing
  (reports, in days).
- Every rule that holds is named; the one with the lowest rank says where in the queue and until when.
- A rule that cannot be evaluated does not hold. No rule sees an answer: those are sealed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from rules.certlogic import CertLogicError, Prepared, prepare, validate
from wire.records import Signal
from wire.refusal import Refused

HOUR_MS = 3_600_000
LOWEST_RANK = 9
FACTS = frozenset({"kind", "declared", "outcome", "reasons", "topic", "exposed", "missing"})


class Place(NamedTuple):
    """Where an item stands: rank (1 first), hours until it is due, and the rules that hold, the deciding one first."""

    rank: int
    hours: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriageRule:
    """One rule that was read."""

    id: str
    rank: int
    hours: int
    logic: Prepared


@dataclass(frozen=True, slots=True)
class TriageRules:
    """A rule file that was read. `name` is id|version."""

    name: str
    rules: tuple[TriageRule, ...]
    call_again_hours: int
    calls: int


def facts(
    kind: str,
    outcome: int = 0,
    reasons: Sequence[str] = (),
    topic: str = "",
    *,
    exposed: bool = False,
    missing: int = 0,
) -> dict[str, Any]:
    """What a rule sees."""
    signal = Signal(outcome).name if outcome else ""
    declared = kind in ("declaration", "light")
    known = {"kind": kind, "declared": declared, "outcome": signal, "reasons": list(reasons), "topic": topic}
    return {**known, "exposed": exposed, "missing": missing}


def place_in_queue(rules: TriageRules, known: Mapping[str, Any]) -> Place | None:
    """Where the item belongs; None where nobody has to look."""
    holding = sorted((rule for rule in rules.rules if _holds(rule, known)), key=lambda rule: (rule.rank, rule.hours))
    if not holding:
        return None
    return Place(holding[0].rank, holding[0].hours, tuple(rule.id for rule in holding))


def read_triage(document: Any) -> TriageRules:
    """Check and read a rule file. Raises Refused("bad_triage")."""
    try:
        rules = tuple(_rule(entry) for entry in document["rules"])
        name = f"{document['id']}|{document['version']}"
        again, calls = int(document["call_again_hours"]), int(document["calls"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("bad_triage", str(error)[:100]) from error
    if len({rule.id for rule in rules}) != len(rules) or again < 1 or calls < 1:
        raise Refused("bad_triage", "ids must differ; hours and calls are above 0")
    return TriageRules(name, rules, again, calls)


@cache
def shipped_triage() -> TriageRules:
    """The rules of this package."""
    return read_triage(json.loads(files(__package__).joinpath("rules/triage.json").read_text(encoding="utf-8")))


def _rule(entry: Any) -> TriageRule:
    logic = prepare(entry["when"])
    unknown = {str(field).partition(".")[0] for field in logic.fields} - FACTS
    if validate(entry["when"]) or unknown:
        raise ValueError(f"{entry['id']}: {unknown or 'its logic'}")
    rank, hours = int(entry["rank"]), int(entry["hours"])
    if not 1 <= rank <= LOWEST_RANK or hours < 1:
        raise ValueError(f"{entry['id']}: rank or hours")
    return TriageRule(str(entry["id"]), rank, hours, logic)


def _holds(rule: TriageRule, known: Mapping[str, Any]) -> bool:
    try:
        return rule.logic.evaluate(dict(known)) is True
    except CertLogicError:
        return False
