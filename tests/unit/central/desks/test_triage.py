"""What the triage rules put where, and rule files that are refused."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from central.desks.triage import facts, place_in_queue, read_triage, shipped_triage
from central.desks.words import WORDS
from wire.records import Signal
from wire.refusal import Refused

RULES = shipped_triage()


def _document(**changes: Any) -> dict[str, Any]:
    text = files("central.desks").joinpath("rules/triage.json").read_text(encoding="utf-8")
    return json.loads(text) | changes  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("known", "rank", "why"),
    [
        (facts("declaration", Signal.STOP, ["order_stop"]), 1, ("stopped",)),
        (facts("declaration", Signal.ASK, ["see_desk"]), 3, ("health",)),
        (facts("light", Signal.ASK, ["see_desk"]), 3, ("health",)),
        (facts("declaration", Signal.ALLOW, ["declared"], exposed=True), 2, ("exposed",)),
        (facts("declaration", Signal.STOP, ["see_desk"], exposed=True), 1, ("stopped", "exposed")),
        (facts("declaration", Signal.ASK, ["declaration_refused"]), 4, ("refused",)),
        (facts("feedback", topic="suspected_case"), 1, ("reported_case",)),
        (facts("overdue", missing=1), 2, ("overdue",)),
        (facts("overdue", missing=3), 1, ("overdue_long", "overdue")),
    ],
)
def test_the_lowest_rank_decides_and_every_rule_that_holds_is_named(
    known: dict[str, Any], rank: int, why: tuple[str, ...]
) -> None:
    place = place_in_queue(RULES, known)
    assert place is not None and (place.rank, place.why) == (rank, why)


@pytest.mark.parametrize(
    "known",
    [
        facts("declaration", Signal.ALLOW, ["declared"]),
        facts("declaration", Signal.ASK, ["clock_unset"]),
        facts("feedback", topic="cleanliness"),
        facts("feedback", topic="", exposed=True),
        facts("overdue", missing=0),
    ],
)
def test_nobody_has_to_look_at_the_rest(known: dict[str, Any]) -> None:
    assert place_in_queue(RULES, known) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"rules": [{"id": "x", "rank": 0, "hours": 1, "when": True}]},
        {"rules": [{"id": "x", "rank": 1, "hours": 0, "when": True}]},
        {"rules": [{"id": "x", "rank": 1, "hours": 1, "when": {"var": "answers.fever"}}]},
        {"rules": [{"id": "x", "rank": 1, "hours": 1, "when": {"burn": []}}]},
        {"rules": [{"id": "x", "rank": 1, "hours": 1, "when": True}] * 2},
        {"rules": [{"id": "x"}]},
        {"rules": None},
        {"calls": 0},
        {"call_again_hours": "soon"},
    ],
)
def test_a_rule_file_that_is_not_whole_or_wants_an_answer_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad_triage"):
        read_triage(_document(**changes))
    with pytest.raises(Refused, match="bad_triage"):
        read_triage([])


def test_every_reason_and_sentence_stands_in_both_languages() -> None:
    for rule in RULES.rules:
        assert f"desks.why_{rule.id}" in WORDS
    for key, (vi, en) in WORDS.items():
        assert key.startswith("desks.") and vi and en
        assert set(re.findall(r"{\w+}", vi)) == set(re.findall(r"{\w+}", en)), key
