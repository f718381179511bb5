"""PURE. What a rule set changes against the one in force, rule by rule and sentence by sentence, in words."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from rules.travel import read_logic

_SET = ("validFrom", "validTo", "order")
_RULE = ("signal", "reasons", "audience", "needs")
_INFIX = {"===": "=", "in": "in", ">": ">", "<": "<", ">=": "≥", "<=": "≤", "+": "+"}
_BETWEEN = {"and": " and ", "or": " or "}


class Change(NamedTuple):
    """One rule ("" for the set itself): added, removed, changed or moved. `parts`: (what, before, after) as text."""

    rule: str
    what: str
    parts: tuple[tuple[str, str, str], ...]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every change from one set to the other, as JSON objects that were read. Nothing for equal sets."""
    found = []
    if own := tuple((name, _text(before.get(name, "")), _text(after.get(name, ""))) for name in _SET):
        changed = tuple(part for part in own if part[1] != part[2])
        found += [Change("", "changed", changed)] if changed else []
    old, new = _by_id(before), _by_id(after)
    found += [Change(name, "removed", _parts(rule, {})) for name, rule in old.items() if name not in new]
    for name, rule in new.items():
        if name not in old:
            found.append(Change(name, "added", _parts({}, rule)))
        elif parts := _parts(old[name], rule):
            found.append(Change(name, "changed", parts))
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        found.append(Change("", "moved", (("rules", ", ".join(kept), ", ".join(n for n in new if n in old)),)))
    return found


def in_words(logic: Any) -> str:
    """CertLogic in one line, with operators between their operands."""
    if not isinstance(logic, dict) or len(logic) != 1:
        return json.dumps(logic, ensure_ascii=False)
    ((name, given),) = logic.items()
    if name == "var":
        return given if isinstance(given, str) and given else "it"
    parts = [in_words(one) for one in (given if isinstance(given, list) else [given])]
    if name == "!":
        return f"not ({parts[0]})"
    if name in _BETWEEN:
        return f"({_BETWEEN[name].join(parts)})"
    if name in _INFIX:
        return f" {_INFIX[name]} ".join(parts)
    if name == "if" and len(parts) == 3:
        return f"if {parts[0]} then {parts[1]} else {parts[2]}"
    return f"{name}({', '.join(parts)})"


def _by_id(rules: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(rule.get("id")): rule for rule in rules.get("rules", [])}


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    parts = [("when", _when(before), _when(after))]
    parts += [(name, _text(before.get(name, "")), _text(after.get(name, ""))) for name in _RULE]
    old, new = before.get("messages", {}), after.get("messages", {})
    parts += [(f"message {tag}", old.get(tag, ""), new.get(tag, "")) for tag in dict.fromkeys([*old, *new])]
    return tuple(part for part in parts if part[1] != part[2])


def _when(rule: Mapping[str, Any]) -> str:
    return in_words(read_logic(rule["when"])) if "when" in rule else ""


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
