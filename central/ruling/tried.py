"""PURE. A rule set's own test cases: what is known of a visitor, and what the gate must then answer.

They stand in the file of the rule set and are never sent:

    "tests": [{"name": text, "known": {...}, "expect": "ASK", or {"signal": "ASK", "reasons": ["see_desk"]}}]

`known`, all of it may be left out: venue, direction, people, occupancy, capacity, code (a kind, null: a form was just
finished), person {nationality, birth_date, province, ward}, facts [symptoms, ...] of a declaration, declared, exposure,
cleared, orders [id, ...] that run and may stop, clock, now (ISO 8601; without it the beginning of the set). `expect`
without reasons asks for the signal alone; named reasons must be among those that are given.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from credentials.types import Credential
from rules.decide import decide
from rules.known import FACTS, Clearance, Exposure, Known, LastDeclaration
from rules.orders import Order
from rules.ruleset import RuleSet
from wire.reasons import REASONS
from wire.refusal import Refused
from wire.times import unix_ms

MOST = 200
_DAY_MS = 86_400_000
_FORM = "urn:gatepost:test|1"
_FIELDS = frozenset(
    {
        *("venue", "direction", "people", "occupancy", "capacity", "code", "person", "facts", "declared", "exposure"),
        *("cleared", "orders", "clock", "now"),
    }
)
_CODES = ("cccd", "bhyt", "personal-qr", "pass", "passport", "typed")
_NUMBERS = {"people": (1, 10), "occupancy": (0, 100_000), "capacity": (0, 100_000)}
_PERSON = frozenset({"nationality", "birth_date", "province", "ward"})


class Paper(NamedTuple):
    """A file: the rule set as it is sent, and its test cases."""

    rules: dict[str, Any]
    tests: tuple[Any, ...]

    @property
    def text(self) -> str:
        """The set as JSON."""
        return json.dumps(self.rules, ensure_ascii=False)


class Tried(NamedTuple):
    """One test case with what came of it. `wrong` are reasons that were named and not given."""

    name: str
    expected: str
    got: str
    reasons: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether the gate answers as the case says."""
        return self.expected == self.got and not self.wrong


def read_paper(text: str) -> Paper:
    """Take a file apart. Raises Refused: bad_rules, bad_test."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_rules", "not JSON") from error
    if type(document) is not dict:
        raise Refused("bad_rules", "body: a map expected")
    tests = document.pop("tests", [])
    if type(tests) is not list or len(tests) > MOST:
        raise Refused("bad_test", f"tests: a list of at most {MOST}")
    return Paper(document, tuple(tests))


def try_tests(rules: RuleSet, tests: tuple[Any, ...]) -> list[Tried]:
    """Every case, in order. Raises Refused("bad_test") with the place."""
    return [_try(rules, case, f"tests[{n}]") for n, case in enumerate(tests)]


def _try(rules: RuleSet, case: Any, place: str) -> Tried:
    if type(case) is not dict or not case.keys() <= {"name", "known", "expect"}:
        raise _bad(place, "name, known and expect")
    expect = case.get("expect")
    expect = {"signal": expect} if type(expect) is str else expect
    if type(expect) is not dict or not expect.keys() <= {"signal", "reasons"}:
        raise _bad(f"{place}.expect", "a signal, or signal and reasons")
    if expect.get("signal") not in ("ALLOW", "ASK", "STOP"):
        raise _bad(f"{place}.expect", "ALLOW, ASK or STOP")
    named = expect.get("reasons", [])
    if type(named) is not list or not all(type(one) is str and one in REASONS for one in named):
        raise _bad(f"{place}.expect.reasons", "codes of wire.reasons")
    decision = decide(known_of(case.get("known", {}), rules, f"{place}.known"), rules)
    wrong = tuple(one for one in named if one not in decision.reasons)
    return Tried(str(case.get("name", place))[:120], expect["signal"], decision.signal.name, decision.reasons, wrong)


def known_of(said: Any, rules: RuleSet, place: str = "known") -> Known:
    """What a case says is known. Raises Refused("bad_test")."""
    if type(said) is not dict:
        raise _bad(place, "a map expected")
    if unknown := said.keys() - _FIELDS:
        raise _bad(f"{place}.{sorted(unknown)[0][:24]}", "unknown field")
    now_ms = _now(said, rules, place)
    numbers = {name: _number(said, name, place) for name in _NUMBERS if name in said}
    declaration = None
    if said.get("declared") or said.get("facts") or said.get("orders"):
        declaration = None if said.get("declared") is False else LastDeclaration(_FORM, 0, _facts(said, place))
    times = (now_ms - _DAY_MS, now_ms + _DAY_MS, _DAY_MS)
    orders = tuple(Order(_text(one, f"{place}.orders"), 1, True, _FORM, *times, stops=True) for one in _orders(said))
    code = said.get("code", "cccd")
    if code is not None and code not in _CODES:
        raise _bad(f"{place}.code", f"null or one of {', '.join(sorted(_CODES))}")
    if said.get("direction", "in") not in ("in", "out") or said.get("clock", "synced") not in _CLOCKS:
        raise _bad(place, "direction in or out; clock synced, holdover or unset")
    return Known(
        None if code is None else Credential(code, "valid", "ok", (), "THU"),
        venue=_text(said.get("venue", "other"), f"{place}.venue"),
        direction=said.get("direction", "in"),
        declaration=declaration or (LastDeclaration(_FORM, 0) if code is None else None),
        orders=orders,
        exposure=Exposure(now_ms + _DAY_MS) if said.get("exposure") else None,
        clearance=Clearance(now_ms + _DAY_MS) if said.get("cleared") else None,
        clock=said.get("clock", "synced"),
        now_ms=now_ms,
        person=_person(said, place),
        by="form" if code is None else "code",
        **numbers,
    )


_CLOCKS = ("synced", "holdover", "unset")


def _now(said: Mapping[str, Any], rules: RuleSet, place: str) -> int:
    try:
        return unix_ms(said["now"]) if "now" in said else max(rules.valid_from_ms, 0)
    except ValueError as error:
        raise _bad(f"{place}.now", "a time with its offset") from error


def _number(said: Mapping[str, Any], name: str, place: str) -> Any:
    value, (least, most) = said[name], _NUMBERS[name]
    if value is None and name == "capacity":
        return None
    if type(value) is not int or not least <= value <= most:
        raise _bad(f"{place}.{name}", f"a whole number, {least} to {most}")
    return value


def _facts(said: Mapping[str, Any], place: str) -> frozenset[str]:
    facts = said.get("facts", [])
    if type(facts) is not list or not all(type(one) is str and one in FACTS for one in facts):
        raise _bad(f"{place}.facts", f"a list of {', '.join(sorted(FACTS))}")
    return frozenset(facts)


def _orders(said: Mapping[str, Any]) -> list[Any]:
    orders = said.get("orders", [])
    return orders if type(orders) is list else [orders]


def _person(said: Mapping[str, Any], place: str) -> dict[str, str]:
    person = said.get("person", {})
    if type(person) is not dict or not person.keys() <= _PERSON:
        raise _bad(f"{place}.person", ", ".join(sorted(_PERSON)))
    return {name: _text(value, f"{place}.person.{name}") for name, value in person.items()}


def _text(value: Any, place: str) -> str:
    if type(value) is not str or len(value) > 64:
        raise _bad(place, "a text")
    return value


def _bad(place: str, what: str) -> Refused:
    return Refused("bad_test", f"{place}: {what}")
