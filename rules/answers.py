"""What the rules of a set say about one visitor. The promises about STOP and about risk are kept here, see decide.py.

- A rule that looks at what was declared is also asked about the visitor without the travel and without the test, and
  holds when it holds for one of them: nobody fares better for having declared more. (The other facts are ASK before any
  rule is asked.)
- A STOP is asked about the visitor without symptoms and exposure, and without the orders that chose the visitor by
  address; which rules may be a STOP at all, rules.ruleset has seen to.
- That a private rule could not be worked out may itself depend on what is private: it reads `see_desk`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from rules.certlogic import CertLogicError
from rules.messages import Message
from rules.rule import Rule, looks_at
from rules.ruleset import RuleSet
from rules.sight import Case, look
from wire.records import Signal

_ADDRESS = ("person.province", "person.ward")
_TRIED_WITHOUT = frozenset({"travel", "positive_test"})


@dataclass(slots=True)
class Answers:
    """Reasons by the signal of the rules that held; `private` ones apart. `messages` are what those rules say,
    `suspected`: one of them takes what was declared for a suspected case."""

    stops: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    suspected: bool = False


def answers(case: Case, table: RuleSet, now_ms: int | None) -> Answers:
    """Every rule of `table` asked about `case`. Never raises."""
    said = Answers()
    if not table.rules:
        return said
    bare_case = _bare(case, table, now_ms)
    worlds = _worlds(case, table)
    bare = () if bare_case is None else _worlds(bare_case, table)
    for rule in table.rules:
        stops = bare_case is not None and rule.signal is Signal.STOP
        _take(said, rule, bare if stops else worlds, stops)
    return said


def _take(said: Answers, rule: Rule, worlds: Sequence[dict[str, Any]], stops: bool) -> None:
    holds = False
    for world in worlds if rule.facts else worlds[:1]:
        if rule.needs and not all(_has(world, path) for path in rule.needs):
            continue
        answer = _value(rule, world)
        if answer is None:
            said.asks.append("see_desk" if rule.private else "could_not_check")
        elif answer:
            holds = True
    if not holds:
        return
    if rule.message is not None and (stops or rule.signal is not Signal.STOP):
        said.messages.append(rule.message)
    said.suspected = said.suspected or rule.suspects
    said.private.extend(rule.secrets)
    if stops:
        said.stops += ["order_stop", *rule.reasons]
    elif rule.signal is Signal.ALLOW:
        said.notes += rule.reasons
    else:
        said.asks += rule.reasons or ["see_desk"]


def _value(rule: Rule, world: dict[str, Any]) -> bool | None:
    """Whether the rule holds; None when it gives no yes or no."""
    try:
        value = rule.when.evaluate(world)
    except CertLogicError:
        return None
    return value if type(value) is bool else None


def _has(world: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        world = world.get(name) if type(world) is dict else None
    return world is not None


def _worlds(case: Case, table: RuleSet) -> tuple[dict[str, Any], ...]:
    """The data as it is, and as it were without some of what was declared."""
    as_it_is = look(case, table.reads)
    doubtful = () if case.facts is None else sorted(case.facts & _TRIED_WITHOUT)
    if not doubtful or "facts" not in as_it_is:
        return (as_it_is,)
    without = [gone for count in range(1, len(doubtful) + 1) for gone in combinations(doubtful, count)]
    facts = as_it_is["facts"]
    return (as_it_is, *({**as_it_is, "facts": {**facts, **dict.fromkeys(gone, False)}} for gone in without))


def _bare(case: Case, table: RuleSet, now_ms: int | None) -> Case | None:
    """What a STOP is worked out from; None where there may be none."""
    if not table.order or now_ms is None or case.known.venue == "hospital":
        return None
    orders = tuple([order for order in case.orders if not looks_at(order.whom.fields, _ADDRESS)])
    if not any(order.id == table.order and order.stops and order.mandatory for order in orders):
        return None
    facts = (case.facts or frozenset()) & _TRIED_WITHOUT  # whether anything was declared is not looked at either
    return replace(case, orders=orders, facts=facts, exposed=False)
