"""The rules that ship: they say what the age of each bulletin does, stop nobody and never run out."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import rules
from rules.decide import decide
from rules.known import Exposure, Known, LastDeclaration
from rules.ruleset import load_rules, newest_first, read_rules
from rules.sight import Case, look
from tests.unit.rules.cases import DAY, DEFAULT, NOW, PATHS, STOPPING, VISITOR, body, rule, rule_set, visitors
from wire import cbor
from wire.records import Signal
from wire.refusal import Refused

LIBRARY = Path(rules.__file__).parent / "library"


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.json")), ids=lambda path: path.name)
def test_every_shipped_set_can_be_read_and_none_can_stop(path: Path) -> None:
    shipped = load_rules(path.read_text("utf-8"))
    assert shipped.order == ""
    assert all(one.signal is not Signal.STOP for one in shipped.rules)
    assert shipped.runs(NOW)
    assert shipped.runs(None)


@settings(deadline=None)
@given(visitors())
def test_the_shipped_rules_stop_nobody_and_can_always_be_worked_out(known: Known) -> None:
    answer = decide(known, DEFAULT)
    assert answer.signal is not Signal.STOP
    unread = known.declaration is not None and known.declaration.outcome is None
    assert unread or "could_not_check" not in answer.reasons


def test_every_path_that_a_shipped_rule_looks_at_is_documented() -> None:
    case = Case(VISITOR, (STOPPING,), False, frozenset(), False, False, False)
    seen = look(case, frozenset({""}))
    for one in DEFAULT.rules:
        for path in (*one.when.fields, *map(".".join, one.needs)):
            assert path in PATHS
            assert path.partition(".")[0] in seen


def test_what_rules_see_holds_no_name_and_no_number_of_the_visitor() -> None:
    code = replace(VISITOR.code, fields={**VISITOR.code.fields, "address": "Xã Mẫu", "phone": "0900000000"})
    known = replace(VISITOR, code=code, declaration=LastDeclaration("f|1", 0))
    everything = json.dumps(look(Case(known, (STOPPING,), True, frozenset(), True, False, False), frozenset({""})))
    assert not [secret for secret in ("THỬ", "099099000001", "Xã Mẫu", "0900000000", "f|1") if secret in everything]


def test_a_set_that_has_run_out_leaves_the_word_to_the_shipped_one_and_the_guard_is_told() -> None:
    over = rule_set(rule(True), validTo="2026-06-01T00:00:00+07:00").above(DEFAULT)
    answer = decide(VISITOR, over)
    assert (answer.signal, answer.reasons, answer.rules) == (Signal.ALLOW, ("registered", "rules_old"), 0)
    assert decide(replace(VISITOR, clock="unset"), over).signal is Signal.ASK


def test_a_set_that_does_not_run_yet_changes_nothing() -> None:
    early = rule_set(rule(True), validFrom="2027-06-01T00:00:00+07:00")
    assert decide(VISITOR, early.above(DEFAULT)) == decide(VISITOR, DEFAULT)
    running = rule_set(rule(True, "ASK", "no_papers"), version=6)
    assert decide(VISITOR, newest_first((early, running), DEFAULT)).reasons == ("no_papers",)


def test_a_set_runs_no_longer_than_its_bulletin() -> None:
    assert read_rules(body(rule(True)), NOW).above(DEFAULT).in_force(NOW) == (DEFAULT, True)


def test_the_newest_of_several_sets_decides_and_its_version_is_recorded() -> None:
    older, newer = rule_set(rule(True), version=7), rule_set(version=8)
    for held in ((older, newer), (newer, older)):
        answer = decide(VISITOR, newest_first(held, DEFAULT))
        assert (answer.signal, answer.rules) == (Signal.ALLOW, 8)


def test_a_set_reads_the_same_from_json_and_from_a_bulletin() -> None:
    listed = body(rule({"in": [{"var": "venue.kind"}, ["border", "school"]]}, "ASK", "no_papers"))
    one, other = load_rules(json.dumps(listed)), read_rules(cbor.loads(cbor.dumps(listed), 1 << 20))
    for venue, reason in (("border", "no_papers"), ("market", "registered")):
        known = replace(VISITOR, venue=venue)
        assert decide(known, one) == decide(known, other)
        assert decide(known, one).reasons == (reason,)


def test_a_rule_whose_data_are_missing_does_not_speak() -> None:
    speaks = rule_set(rule({"!": [{"var": "facts.travel"}]}, needs=["facts.travel"]))
    assert decide(VISITOR, speaks).signal is Signal.ALLOW
    assert decide(replace(VISITOR, declaration=LastDeclaration("f|1", DAY)), speaks).signal is Signal.ASK


def test_a_reason_of_a_newer_kiosk_is_left_out_and_the_signal_stays() -> None:
    assert decide(VISITOR, rule_set(rule(True, "ASK", "of_a_newer_version"))).reasons == ("see_desk",)
    assert decide(VISITOR, rule_set(rule(True, "ALLOW", "of_a_newer_version"))).reasons == ("registered",)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("version", {"version": -1}),
        ("version", {"version": True}),
        ("validFrom", {"validFrom": "2026-01-01"}),
        ("validFrom", {"validFrom": "2026-01-01T00:00:00"}),
        ("validTo", {"validTo": "2025-01-01T00:00:00Z"}),
        ("order", {"order": None}),
        ("id", {"id": ""}),
        ("rules", {"rules": {}}),
        ("rules", {"rules": [rule(True)] * 65}),
        ("rules", {"rules": [rule(True), rule(False)]}),
        (r"rules\[0\].signal", {"rules": [rule(True, "FAULT")]}),
        (r"rules\[0\].reasons", {"rules": [{**rule(True), "reasons": []}]}),
        (r"rules\[0\].audience", {"rules": [rule(True, audience="all")]}),
        (r"rules\[0\].needs", {"rules": [rule(True, needs=[""])]}),
        (r"rules\[0\].messages", {"rules": [rule(True, messages={"vi": 1})]}),
        (r"rules\[0\].extra", {"rules": [rule(True, extra=1)]}),
        (r"rules\[0\].when", {"rules": [rule({"var": 1})]}),
        ("extra", {"extra": 1}),
    ],
)
def test_a_set_with_a_flaw_is_refused_with_the_place(place: str, change: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"bad_rules: {place}"):
        read_rules(body(**change))


def test_what_is_no_json_is_refused() -> None:
    for text in ("", "{", "[" * 100_000):
        with pytest.raises(Refused, match="bad_rules"):
            load_rules(text)


def test_a_rule_may_look_at_the_time_and_at_the_exposure_list() -> None:
    after = {"after": [{"plusTime": [{"var": "now"}, 0, "day"]}, {"plusTime": ["2027-01-01T00:00:00Z", 0, "day"]}]}
    assert decide(VISITOR, rule_set(rule(after, "ASK", "no_papers"))).reasons == ("no_papers",)
    exposed = replace(VISITOR, exposure=Exposure(NOW + DAY))
    assert decide(exposed, rule_set(rule({"var": "exposure"}, "ASK", "exposure"))).reasons == ("see_desk", "exposure")
