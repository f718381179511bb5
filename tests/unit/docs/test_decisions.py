"""docs/decisions.md says what the code decides."""

import json
import re

from rules.decide import decide
from rules.rule import looks_at
from rules.ruleset import load_rules
from rules.sight import Case, look
from tests.unit.docs.decisions_page import PAGE, SITUATIONS, page
from tests.unit.rules.cases import VISITOR
from wire.records import Signal

TEXT = PAGE.read_text("utf-8")


def test_the_tables_are_those_that_the_rules_give() -> None:
    assert page(TEXT) == TEXT, "run .venv/bin/python -m tests.unit.docs.decisions_page"


def test_every_signal_of_a_decision_is_among_the_situations() -> None:
    assert {decide(known, rules).signal for _, known, rules in SITUATIONS} == set(Signal) - {Signal.FAULT}


def test_the_example_of_a_rule_set_can_be_read_and_looks_at_what_there_is() -> None:
    example = re.search(r"^```json\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert example
    rules = load_rules(example[1])
    assert json.loads(example[1])["version"] == rules.version
    seen = tuple(look(Case(VISITOR, (), False, None, False, False, False), frozenset({""})))
    for one in rules.rules:
        assert all(looks_at(frozenset({path}), seen) for path in one.when.fields)
