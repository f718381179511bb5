"""Looking at a rule set before it goes anywhere: lint, its own tests, the difference, last week's visits."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

import rules
from central.declaring import publish_rules
from central.keys import Keyring
from central.published import published
from central.ruling.differing import Change, difference
from central.ruling.replay import Replay, replay, sample
from central.ruling.tried import Paper, Tried, read_paper, try_tests
from rules.ruleset import RuleSet, load_rules, newest_first, read_rules
from wire.refusal import Refused

_SHIPPED = Path(rules.__file__).parent / "library" / "default.json"


class Looked(NamedTuple):
    """What is to be known of a rule set. `before`: (id, version) of what is in force."""

    paper: Paper
    rules: RuleSet
    warnings: tuple[tuple[str, str], ...]
    tests: list[Tried]
    before: tuple[str, int]
    changes: list[Change]
    replay: Replay

    @property
    def failed(self) -> list[Tried]:
        """Test cases that the gate answers otherwise."""
        return [one for one in self.tests if not one.good]


def look_at(connection: Connection, ring: Keyring, text: str, scope: str, now_ms: int) -> Looked:
    """Everything about a file; nothing of it stays. Raises Refused as publishing would, and bad_test."""
    paper = read_paper(text)
    with connection.begin_nested() as attempt:
        notice = publish_rules(connection, ring, paper.text, scope, now_ms)
        attempt.rollback()
    table = load_rules(paper.text)
    shipped = load_rules(_SHIPPED.read_text("utf-8"))
    held, body = in_force(connection, ring, scope, now_ms)
    places, seen = sample(connection, now_ms)
    before = newest_first([] if held is None else [held], shipped)
    return Looked(
        paper,
        table,
        notice.warnings,
        try_tests(table.above(shipped), paper.tests),
        (before.id, before.version),
        difference(body, paper.rules),
        replay(places, seen, before, table.above(shipped)),
    )


def in_force(connection: Connection, ring: Keyring, scope: str, now_ms: int) -> tuple[RuleSet | None, dict[str, Any]]:
    """The newest published set that runs in a scope, with its body; (None, the shipped one) where there is none."""
    found: tuple[RuleSet | None, dict[str, Any]] = (None, json.loads(_SHIPPED.read_text("utf-8")))
    for bulletin in published(connection, ring.root(), "rules"):
        if bulletin.scope not in (scope, "all"):
            continue
        try:
            table = read_rules(bulletin.body, bulletin.expires_ms)
        except Refused:
            continue
        if table.runs(now_ms) and (found[0] is None or table.version > found[0].version):
            found = (table, bulletin.body)
    return found
