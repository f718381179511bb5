"""Rule sets: rules as data, in signed bulletins of kind "rules"; the one that ships is rules/library/default.json.

    {"id": text, "version": n, "validFrom": time, "validTo": time, "order": id of an order or "",
     "rules": [{"id": text, "when": CertLogic, "signal": "ALLOW" | "ASK" | "STOP", "reasons": [code, ...],
                "needs": [path, ...], "audience": "public" | "guard" | "private", "messages": {language: text}}]}

Times are ISO 8601 with an offset. `when` looks at the data of rules/sight.py. `needs` (may be left out) names what must
be known for the rule to speak at all. All rules that hold add their reasons; ALLOW only adds a note. In a bulletin,
logic that is nested deeply stands as its JSON text (rules.travel).

What reading a set makes sure of, whatever it says:
- Every rule is well-formed CertLogic, and no set can hold the gate: at most 64 rules and 4,000 nodes in all, `reduce`
  over data alone (16 entries at most) and never within another.
- What is promised of each rule by itself stands in rules.rule.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from rules.rule import Rule, bad, name_of, only, read_rule
from rules.travel import pack_logic, read_logic
from wire.refusal import Refused
from wire.times import unix_ms

FOREVER_MS = 1 << 53
MAX_RULES = 64
MAX_NODES = 4_000
_SET_FIELDS = frozenset({"id", "version", "validFrom", "validTo", "order", "rules"})


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that were read. `order` is the id of the order that a STOP needs. `reads`: the parts of the data looked at.

    `otherwise` decides when this set does not run: the shipped one.
    """

    id: str
    version: int
    valid_from_ms: int
    valid_to_ms: int
    order: str = ""
    rules: tuple[Rule, ...] = ()
    otherwise: "RuleSet | None" = None
    reads: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        fields = {name for rule in self.rules for name in rule.when.fields}
        needed = {need[0] for rule in self.rules for need in rule.needs}
        object.__setattr__(self, "reads", frozenset({name.partition(".")[0] for name in fields} | needed))

    def runs(self, now_ms: int | None) -> bool:
        """Whether it is in force. An unset clock (None) proves no end: the last word stands."""
        return now_ms is None or self.valid_from_ms <= now_ms < self.valid_to_ms

    def above(self, default: "RuleSet") -> Self:
        """This set, with `default` deciding when it does not run."""
        return replace(self, otherwise=default)

    def in_force(self, now_ms: int | None) -> "tuple[RuleSet, bool]":
        """(the set that decides now, whether one that has run out was passed over on the way to it)."""
        table, expired = self, False
        while not table.runs(now_ms):
            expired = expired or (now_ms is not None and table.valid_to_ms <= now_ms)
            if table.otherwise is None:
                return NO_RULES, expired
            table = table.otherwise
        return table, expired


NO_RULES = RuleSet("none", 0, 0, FOREVER_MS)


def newest_first(held: Iterable[RuleSet], default: RuleSet) -> RuleSet:
    """The newest of the sets that are held, each above the next older one, the shipped one below them all."""
    table = default
    for one in sorted(held, key=lambda one: one.version):
        table = one.above(table)
    return table


def load_rules(json_text: str) -> RuleSet:
    """The rule set of a JSON text: the shipped one, or one before it is published. Raises Refused("bad_rules")."""
    try:
        return read_rules(json.loads(json_text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("bad_rules", "not JSON") from error


def read_rules(body: Any, expires_ms: int = FOREVER_MS) -> RuleSet:
    """The rule set of a bulletin's body, which runs no longer than the bulletin (`expires_ms`).

    Raises Refused("bad_rules") with the place and what is wrong there.
    """
    only(body, _SET_FIELDS, "")
    version, listed = body.get("version"), body.get("rules")
    if type(version) is not int or not 0 <= version <= 0xFFFF:
        raise bad("version", "0 to 65535")
    if type(listed) is not list or len(listed) > MAX_RULES:
        raise bad("rules", f"a list of at most {MAX_RULES}")
    listed = [_unpacked(entry, f"rules[{n}]") for n, entry in enumerate(listed)]
    if _nodes(listed) > MAX_NODES:
        raise bad("rules", f"more than {MAX_NODES} nodes")
    begin, end = _time(body.get("validFrom"), "validFrom"), _time(body.get("validTo"), "validTo")
    if begin >= end:
        raise bad("validTo", "after validFrom")
    rules = tuple(read_rule(entry, f"rules[{n}]") for n, entry in enumerate(listed))
    if len({rule.id for rule in rules}) < len(rules):
        raise bad("rules", "two of one id")
    order = body.get("order", "")
    if type(order) is not str or len(order) > 64:
        raise bad("order", "the id of an order")
    return RuleSet(name_of(body.get("id"), "id"), version, begin, min(end, expires_ms), order, rules)


def body_of(rules_json: dict[str, Any]) -> dict[str, Any]:
    """A rule set that read_rules has read, as the body of a bulletin."""
    return {**rules_json, "rules": [{**rule, "when": pack_logic(rule.get("when"))} for rule in rules_json["rules"]]}


def _unpacked(entry: Any, place: str) -> Any:
    """The rule with its logic as it was written."""
    if type(entry) is not dict or type(entry.get("when")) is not str:
        return entry
    try:
        return {**entry, "when": read_logic(entry["when"])}
    except ValueError as error:
        raise bad(f"{place}.when", "CertLogic, or its JSON text") from error


def _nodes(listed: list[Any]) -> int:
    """How many nodes the logic of these rules has; counting ends where there are too many."""
    count = 0
    stack = [(entry.get("when"), False) for entry in listed if type(entry) is dict]
    while stack and count <= MAX_NODES:
        node, within = stack.pop()
        count += 1
        if type(node) is list:
            stack.extend((item, within) for item in node)
        elif type(node) is dict:
            if "reduce" in node and (within or not _is_over_data(node["reduce"])):
                raise bad("rules", "reduce goes over data of the visitor, and never within another")
            stack.extend((item, within or "reduce" in node) for item in node.values())
    return count


def _is_over_data(operands: Any) -> bool:
    return type(operands) is list and len(operands) > 0 and type(operands[0]) is dict and list(operands[0]) == ["var"]


def _time(value: Any, place: str) -> int:
    try:
        return unix_ms(value)
    except ValueError as error:
        raise bad(place, "a time with its offset, such as 2026-01-01T00:00:00+07:00") from error
