"""A rule set's own test cases, and what a change reads like."""

import json
from typing import Any

import pytest

from central.ruling.differing import Change, difference, in_words
from central.ruling.replay import Seen, replay
from central.ruling.tried import Tried, read_paper, try_tests
from rules.ruleset import load_rules
from rules.travel import pack_logic
from tests.unit.central.orders import rule_set
from wire.records import Direction, IdentityKind
from wire.refusal import Refused

HOSPITAL = {"===": [{"var": "venue.kind"}, "hospital"]}
MONDAY_MS = 1_789_966_800_000


def tried(tests: list[Any], **rule: Any) -> list[Tried]:
    paper = read_paper(json.dumps(json.loads(rule_set(**rule)) | {"tests": tests}))
    return try_tests(load_rules(paper.text), paper.tests)


def test_a_case_holds_when_the_gate_answers_so() -> None:
    at_hospital = {"known": {"venue": "hospital"}, "expect": {"signal": "ASK", "reasons": ["see_desk"]}}
    good = tried([at_hospital, {"name": "chợ", "known": {"venue": "market"}, "expect": "ALLOW"}])
    assert [one.good for one in good] == [True, True]
    (bad,) = tried([{"name": "bệnh viện", "known": {"venue": "hospital"}, "expect": "ALLOW"}])
    assert (bad.good, bad.name, bad.got) == (False, "bệnh viện", "ASK")
    (bad,) = tried([at_hospital | {"expect": {"signal": "ASK", "reasons": ["full"]}}])
    assert (bad.good, bad.wrong) == (False, ("full",))


def test_a_stop_is_tried_under_its_order() -> None:
    text = json.loads(rule_set(signal="STOP", reasons=["order_stop"], when={"===": [{"var": "venue.kind"}, "border"]}))
    paper = read_paper(json.dumps(text | {"order": "lenh-thu"}))
    known = {"venue": "border", "orders": ["lenh-thu"]}
    answers = try_tests(
        load_rules(paper.text),
        ({"known": known, "expect": "STOP"}, {"known": {"venue": "border"}, "expect": "ALLOW"}),
    )
    assert answers[0].got == "STOP"


@pytest.mark.parametrize(
    "test",
    [
        [],
        {"expect": "GREEN"},
        {"expect": "ASK", "because": 1},
        {"expect": "ASK", "known": {"name": "NGUYỄN VĂN THỬ"}},
        {"expect": "ASK", "known": {"people": 11}},
        {"expect": "ASK", "known": {"people": True}},
        {"expect": "ASK", "known": {"facts": ["tired"]}},
        {"expect": "ASK", "known": {"now": "soon"}},
        {"expect": "ASK", "known": {"code": "stamp"}},
        {"expect": "ASK", "known": {"code": ["cccd"]}},
        {"expect": "ASK", "known": {"direction": []}},
        {"expect": "ASK", "known": {"clock": {}}},
        {"expect": {"signal": ["ASK"]}},
        {"expect": {"signal": "ASK", "reasons": ["no_such"]}},
        {"expect": {"signal": "ASK", "reasons": [["see_desk"]]}},
    ],
)
def test_a_case_that_cannot_be_read_is_refused_with_its_place(test: Any) -> None:
    with pytest.raises(Refused) as refused:
        tried([test])
    assert refused.value.reason == "bad_test" and refused.value.detail.startswith("tests[0]")


def test_tests_do_not_travel() -> None:
    paper = read_paper(json.dumps(json.loads(rule_set()) | {"tests": [1]}))
    assert "tests" not in paper.rules and paper.tests == (1,)


def test_a_change_is_told_by_rule_and_sentence() -> None:
    before = json.loads(rule_set(messages={"vi": "Mời đến bàn.", "en": "Please."}))
    after = json.loads(rule_set(messages={"vi": "Mời đến bàn hướng dẫn.", "en": "Please."}, signal="ALLOW"))
    assert difference(before, before) == []
    assert difference(before, after) == [
        Change("r-1", "changed", (("signal", "ASK", "ALLOW"), ("message vi", "Mời đến bàn.", "Mời đến bàn hướng dẫn.")))
    ]
    other = {**after, "rules": [{**after["rules"][0], "id": "r-2"}]}
    assert [(one.rule, one.what) for one in difference(after, other)] == [("r-1", "removed"), ("r-2", "added")]


def test_logic_that_travelled_as_text_is_no_change() -> None:
    deep: Any = {"var": "venue.kind"}
    for _ in range(8):
        deep = {"!": [deep]}
    before = json.loads(rule_set(when=deep))
    assert difference(before, {**before, "rules": [before["rules"][0] | {"when": pack_logic(deep)}]}) == []


@pytest.mark.parametrize(
    ("logic", "words"),
    [
        (HOSPITAL, 'venue.kind = "hospital"'),
        ({"and": [HOSPITAL, {"!": [{"var": "cleared"}]}]}, '(venue.kind = "hospital" and not (cleared))'),
        ({">": [{"var": "ages.trust"}, 720]}, "ages.trust > 720"),
        ({"if": [{"var": "exposure"}, True, False]}, "if exposure then true else false"),
        ({"plusTime": [{"var": "now"}, -21, "day"]}, 'plusTime(now, -21, "day")'),
        (True, "true"),
    ],
)
def test_logic_is_read_in_words(logic: Any, words: str) -> None:
    assert in_words(logic) == words


def seen(venue: str, code: int = IdentityKind.CCCD) -> Seen:
    return Seen(venue, int(Direction.IN), 1, int(code), 0, MONDAY_MS)


def test_visits_are_decided_anew_by_both_sets_and_nothing_else_is_guessed() -> None:
    nothing = load_rules(rule_set(when={"===": [{"var": "venue.kind"}, "nowhere"]}))
    stricter = load_rules(rule_set(2))
    week = {seen("hospital"): 6, seen("market"): 9, seen("hospital", IdentityKind.NONE): 4}
    found = replay(2, week, nothing, stricter)
    assert (found.visits, found.changed, found.venues) == (15, {("ALLOW", "ASK"): 6}, {"hospital": 6})
    assert found.hours == {(MONDAY_MS // 3_600_000 + 7) % 24: 6}


@pytest.mark.parametrize("field", ["facts.symptoms", "exposure", "person.nationality", "orders", "occupancy"])
def test_a_rule_about_what_is_sealed_is_named_and_left_out(field: str) -> None:
    secret = load_rules(rule_set(2, when={"!": [{"!": [{"var": field}]}]}))
    found = replay(1, {seen("hospital"): 6}, load_rules(rule_set(when={"var": "rules.expired"})), secret)
    assert (found.changed, found.left_out) == ({}, {"r-1": (field,)})
