"""Rule sets: rules as data, in signed bulletins of kind "rules"; the one that ships is rules/library/default.json.

    {"id": text, "version": n, "validFrom": time, "validTo": time, "order": id of an order or "",
     "rules": [{"id": text, "when": CertLogic, "signal": "ALLOW" | "ASK" | "STOP", "reasons": [code, ...],
                "needs": [path, ...], "audience": "public" | "guard" | "private", "messages": {language: text}}]}

Times are ISO 8601 with an offset. `when` looks at the data of rules/sight.py. `needs` (may be left out) names what must
be known for the rule to speak at all. All rules that hold add their reasons; ALLOW only adds a note.

What reading a set makes sure of, whatever it says:
- Every rule is well-formed CertLogic, and no set can hold the gate: at most 64 rules and 4,000 nodes in all, `reduce`
  over data alone (16 entries at most) and never within another.
- A STOP that looks at symptoms, exposure, the registered address or a missing declaration becomes ASK.
- A rule that looks at what is private speaks privately: `see_desk` stands for it in public, whatever reason it names.
- A reason that this version does not know is left out; where none is left, `see_desk` stands in. What only the machine,
  a guard or a welcome may say is refused. `order_stop` is said of a STOP that stands, never of one that became ASK.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

from rules.certlogic import Prepared, prepare
from wire.reasons import REASONS, Audience, audience_of
from wire.records import Signal
from wire.refusal import Refused

FOREVER_MS = 1 << 53
MAX_RULES = 64
MAX_NODES = 4_000
MAX_REASONS = 4
MAX_TEXT = 1_000
_NOT_OF_A_RULE = frozenset(
    {
        *("store_failed", "disk_full", "camera_lost", "not_enrolled", "starting", "database_moved", "stalled"),
        *("registered", "checked_out", "already_in", "declared", "declared_by_light", "cleared", "temporary_pass"),
        *("guard_allowed", "guard_refused", "paper_entry"),
    }
)
_ANSWERS = {"ALLOW": Signal.ALLOW, "ASK": Signal.ASK, "STOP": Signal.STOP}
_SET_FIELDS = frozenset({"id", "version", "validFrom", "validTo", "order", "rules"})
_RULE_FIELDS = frozenset({"id", "when", "signal", "reasons", "needs", "audience", "messages"})

# Nobody is stopped for these, not even together with something else. A missing declaration is among them: a gate keeps
# nothing of those who declared and were not well, so that to stop whoever has not declared would be to stop them.
NEVER_A_STOP = (
    "declared.any",
    "declared.due",
    "facts.symptoms",
    "facts.severe_symptoms",
    "facts.exposure",
    "exposure",
    "person.province",
    "person.ward",
)
# What bystanders must not learn of, in whatever words.
PRIVATE = ("facts", "exposure", "cleared")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read. `reasons` may be shown, `secrets` may not. It looks at what is `private`, at declared `facts`."""

    id: str
    when: Prepared
    signal: Signal
    reasons: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    audience: Audience = "public"
    messages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    private: bool = False
    facts: bool = False


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
    _only(body, _SET_FIELDS, "")
    version, listed = body.get("version"), body.get("rules")
    if type(version) is not int or not 0 <= version <= 0xFFFF:
        raise _bad("version", "0 to 65535")
    if type(listed) is not list or len(listed) > MAX_RULES:
        raise _bad("rules", f"a list of at most {MAX_RULES}")
    if _nodes(listed) > MAX_NODES:
        raise _bad("rules", f"more than {MAX_NODES} nodes")
    begin, end = _time(body.get("validFrom"), "validFrom"), _time(body.get("validTo"), "validTo")
    if begin >= end:
        raise _bad("validTo", "after validFrom")
    rules = tuple(_rule(entry, f"rules[{n}]") for n, entry in enumerate(listed))
    if len({rule.id for rule in rules}) < len(rules):
        raise _bad("rules", "two of one id")
    order = body.get("order", "")
    if type(order) is not str or len(order) > 64:
        raise _bad("order", "the id of an order")
    return RuleSet(_name(body.get("id"), "id"), version, begin, min(end, expires_ms), order, rules)


def messages(rules: RuleSet, rule_ids: tuple[str, ...], audience: Audience, language: str) -> tuple[str, ...]:
    """What rules say in `language` to that audience, in their order; the guard also reads what is public."""
    may = {"public": ("public",), "guard": ("public", "guard"), "private": ("public", "private")}[audience]
    said = [rule.messages.get(language, "") for rule in rules.rules if rule.id in rule_ids and rule.audience in may]
    return tuple(text for text in said if text)


def looks_at(fields: frozenset[str], secrets: tuple[str, ...]) -> bool:
    """Whether one of these paths reaches one of `secrets`, from above, from below or as a whole."""
    return any(
        name in ("", secret) or name.startswith(f"{secret}.") or secret.startswith(f"{name}.")
        for name in fields
        for secret in secrets
    )


def _rule(entry: Any, place: str) -> Rule:
    _only(entry, _RULE_FIELDS, place)
    when = _prepared(entry.get("when"), f"{place}.when")
    needs = _needs(entry.get("needs", []), f"{place}.needs")
    fields = when.fields | {".".join(need) for need in needs}
    signal = _ANSWERS.get(entry["signal"]) if type(entry.get("signal")) is str else None
    if signal is None:
        raise _bad(f"{place}.signal", "ALLOW, ASK or STOP")
    if signal is Signal.STOP and looks_at(fields, NEVER_A_STOP):
        signal = Signal.ASK
    private = looks_at(fields, PRIVATE)
    audience = entry.get("audience", "private")
    if audience not in ("public", "guard", "private"):
        raise _bad(f"{place}.audience", "public, guard or private")
    return Rule(
        _name(entry.get("id"), f"{place}.id"),
        when,
        signal,
        *_reasons(entry.get("reasons"), signal, private, f"{place}.reasons"),
        needs,
        "private" if private else audience,
        _messages(entry.get("messages", {}), f"{place}.messages"),
        private,
        looks_at(fields, ("facts",)),
    )


def _reasons(value: Any, signal: Signal, private: bool, place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what may be shown, what is private) of the reasons that a rule names."""
    if type(value) is not list or not 1 <= len(value) <= MAX_REASONS or not all(type(code) is str for code in value):
        raise _bad(place, f"1 to {MAX_REASONS} reason codes")
    if not _NOT_OF_A_RULE.isdisjoint(value):
        raise _bad(place, "a fault, a welcome or a guard's word is no reason of a rule")
    known = [code for code in dict.fromkeys(value) if code in REASONS and code != "order_stop"]
    if signal is Signal.ALLOW:
        return () if private else tuple(code for code in known if audience_of(code) != "private"), ()
    shown = [] if private else [code for code in known if audience_of(code) != "private"]
    return tuple(shown), tuple(code for code in known if audience_of(code) == "private")


def _prepared(logic: Any, place: str) -> Prepared:
    when = prepare(logic)
    if when.problems:
        problem = when.problems[0]
        raise _bad(f"{place}{problem.path}", problem.text)
    return when


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
                raise _bad("rules", "reduce goes over data of the visitor, and never within another")
            stack.extend((item, within or "reduce" in node) for item in node.values())
    return count


def _is_over_data(operands: Any) -> bool:
    return type(operands) is list and len(operands) > 0 and type(operands[0]) is dict and list(operands[0]) == ["var"]


def _needs(value: Any, place: str) -> tuple[tuple[str, ...], ...]:
    if (
        type(value) is not list
        or len(value) > 8
        or not all(type(path) is str and 0 < len(path) <= 64 for path in value)
    ):
        raise _bad(place, "at most 8 paths")
    return tuple(tuple(path.split(".")) for path in value)


def _messages(value: Any, place: str) -> Mapping[str, str]:
    if type(value) is not dict or len(value) > 32:
        raise _bad(place, "a text for each language")
    for language, text in value.items():
        if type(language) is not str or type(text) is not str or len(language) > 16 or len(text) > MAX_TEXT:
            raise _bad(place, f"texts of at most {MAX_TEXT} characters")
    return MappingProxyType(dict(value))


def _time(value: Any, place: str) -> int:
    try:
        moment = datetime.fromisoformat(value if type(value) is str else "")
        if moment.tzinfo is None:
            raise ValueError
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise _bad(place, "a time with its offset, such as 2026-01-01T00:00:00+07:00") from error


def _name(value: Any, place: str) -> str:
    if type(value) is not str or not 1 <= len(value) <= 64:
        raise _bad(place, "text of 1 to 64 characters")
    return value


def _only(value: Any, names: frozenset[str], place: str) -> None:
    if type(value) is not dict:
        raise _bad(place or "body", "a map expected")
    for name in value:
        if name not in names:
            raise _bad(f"{place}.{str(name)[:24]}".lstrip("."), "unknown field")


def _bad(place: str, what: str) -> Refused:
    return Refused("bad_rules", f"{place}: {what}")
