"""A rule set signed by somebody with the key and no good will: each attack by name."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.decide import decide
from rules.known import Exposure
from rules.messages import heard_by, in_language
from rules.ruleset import read_rules
from tests.unit.rules.cases import DAY, DEFAULT, NOW, STOPPING, VISITOR, WELL, body, rule, rule_set
from wire.reasons import Audience, public
from wire.records import Signal
from wire.refusal import Refused

UNDER_ORDER = replace(VISITOR, venue="border", orders=(STOPPING,), declaration=WELL)
READERS: tuple[Audience, ...] = ("public", "guard", "private")
EVERYBODY = rule_set(rule(True, "STOP"), order=STOPPING.id)


def declared(*facts: str) -> Any:
    return replace(UNDER_ORDER, declaration=replace(WELL, facts=frozenset(facts)))


def test_an_order_that_allows_it_can_close_a_gate() -> None:
    answer = decide(UNDER_ORDER, EVERYBODY)
    assert (answer.signal, answer.reasons, answer.order) == (Signal.STOP, ("order_stop",), STOPPING.id)


@pytest.mark.parametrize(
    "change",
    [
        {"venue": "hospital"},
        {"clock": "unset"},
        {"now_ms": None},
        {"now_ms": STOPPING.end_ms},
        {"now_ms": STOPPING.start_ms - 1},
        {"orders": ()},
        {"orders": (replace(STOPPING, stops=False),)},
        {"orders": (replace(STOPPING, mandatory=False),)},
        {"orders": (replace(STOPPING, id="another"),)},
        {"orders": (replace(STOPPING, who=False),)},
        {"orders": (replace(STOPPING, who={"===": [{"var": "person.ward"}, "00004"]}),), "person": {"ward": "00004"}},
        {"direction": "out"},
    ],
)
def test_stop_for_everybody_stops_nobody_where_no_order_carries_it(change: dict[str, Any]) -> None:
    answer = decide(replace(UNDER_ORDER, **change), EVERYBODY)
    assert answer.signal is not Signal.STOP
    assert "order_stop" not in answer.reasons
    assert answer.order == ""


def test_a_newer_order_of_the_same_name_that_no_longer_stops_takes_the_stop_away() -> None:
    newer = replace(STOPPING, version=2, stops=False)
    for orders in ((STOPPING, newer), (newer, STOPPING)):
        assert decide(replace(UNDER_ORDER, orders=orders), EVERYBODY).signal is Signal.ASK


@pytest.mark.parametrize("path", ["facts.symptoms", "facts.exposure", "facts", "exposure", "person.ward", "person", ""])
@pytest.mark.parametrize("turned", [False, True])
def test_a_stop_that_looks_at_symptoms_exposure_or_address_asks_at_most(path: str, turned: bool) -> None:
    var = {"var": path}
    hostile = rule_set(rule({"if": [var, not turned, turned]}, "STOP"), order=STOPPING.id)
    ill = replace(declared("symptoms", "exposure"), exposure=Exposure(NOW + DAY), person={"ward": "00004"})
    for visitor in (ill, UNDER_ORDER):
        assert decide(visitor, hostile).signal is not Signal.STOP


@pytest.mark.parametrize("path", ["declared.due", "declared.any"])
def test_whoever_was_not_well_and_is_therefore_not_remembered_is_not_stopped_for_it(path: str) -> None:
    hostile = rule_set(rule({"if": [{"var": path}, path == "declared.due", path != "declared.due"]}, "STOP"))
    assert decide(replace(UNDER_ORDER, declaration=None), replace(hostile, order=STOPPING.id)).signal is Signal.ASK


def test_who_refuses_to_declare_may_be_stopped_by_an_order_that_says_so() -> None:
    refusal = rule_set(rule({"var": "declared.refused"}, "STOP", "declaration_refused"), order=STOPPING.id)
    refused = decide(replace(UNDER_ORDER, declaration=None, by="form", refused=True), refusal)
    assert refused.signal is Signal.STOP
    assert refused.reasons == ("order_stop", "declaration_refused")


@pytest.mark.parametrize("signal", ["ASK", "STOP"])
@pytest.mark.parametrize("fact", ["travel", "positive_test"])
def test_a_rule_against_those_who_declared_nothing_does_not_open_for_those_who_did(fact: str, signal: str) -> None:
    hostile = rule_set(rule({"!": [{"var": f"facts.{fact}"}]}, signal), order=STOPPING.id)
    honest, silent = decide(declared(fact), hostile), decide(declared(), hostile)
    assert honest.signal is silent.signal is (Signal.STOP if signal == "STOP" else Signal.ASK)


def test_a_rule_that_breaks_off_for_the_honest_alone_does_not_lift_the_stop() -> None:
    hostile = rule_set(
        rule({"if": [{"var": "facts.travel"}, {">": ["x", 1]}, True]}, "STOP"),
        order=STOPPING.id,
    )
    assert decide(declared("travel"), hostile).signal is Signal.STOP


@pytest.mark.parametrize("word", ["damaged_text", "full", "declaration_due", "could_not_check"])
def test_a_public_reason_is_no_code_word_for_symptoms(word: str) -> None:
    hostile = rule_set(
        rule({"var": "facts.symptoms"}, "ASK", word),
        rule({"var": "facts.symptoms"}, "ALLOW", "trust_old"),
        rule({"if": [{"var": "facts.symptoms"}, {">": ["x", 1]}, False]}, "ASK"),
    )
    assert public(decide(declared("symptoms"), hostile).reasons) == ("see_desk",)


def test_what_a_rule_says_about_health_is_said_in_private_whatever_audience_it_names() -> None:
    told = {"messages": {"vi": "Bạn có khai ho"}, "audience": "public"}
    to_all = {"messages": {"vi": "Ai cũng đọc được"}, "audience": "public"}
    hostile = rule_set(rule({"var": "facts.symptoms"}, **told), rule(True, **to_all))
    answer = decide(declared("symptoms"), hostile)
    said = {reader: [in_language(texts, "th") for texts in heard_by(reader, answer.messages)] for reader in READERS}
    assert said["public"] == said["guard"] == ["Ai cũng đọc được"]
    assert said["private"] == ["Bạn có khai ho", "Ai cũng đọc được"]


@pytest.mark.parametrize("reason", ["store_failed", "registered", "cleared", "guard_allowed", "stalled"])
def test_a_rule_cannot_speak_as_the_machine_the_guard_or_the_welcome(reason: str) -> None:
    with pytest.raises(Refused, match="bad_rules"):
        rule_set(rule(True, "ASK", reason))


def test_no_rule_lets_in_whom_the_code_asks_about() -> None:
    for visitor in (declared("symptoms"), replace(VISITOR, capacity=3, occupancy=3)):
        assert decide(visitor, rule_set(rule(True, "ALLOW", "trust_old"))).signal is Signal.ASK


def test_a_set_without_rules_is_no_way_round_an_order() -> None:
    assert decide(replace(UNDER_ORDER, declaration=None), rule_set()).reasons == ("declaration_due",)


def test_a_rule_that_cannot_be_worked_out_asks_and_stops_nobody() -> None:
    answer = decide(UNDER_ORDER, rule_set(rule({">": [{"var": "venue.kind"}, 1]}, "STOP"), order=STOPPING.id))
    assert (answer.signal, answer.reasons) == (Signal.ASK, ("could_not_check",))


def test_a_rule_that_gives_no_yes_or_no_asks() -> None:
    assert decide(VISITOR, rule_set(rule({"var": "people"}))).reasons == ("could_not_check",)


def test_reasons_beyond_what_a_record_holds_are_cut_from_the_end() -> None:
    many = [rule(True, "ASK", *four) for four in (("expired", "revoked", "full", "no_papers"), ("not_fresh",))]
    answer = decide(declared("symptoms", "severe_symptoms", "positive_test"), rule_set(*many))
    assert len(answer.reasons) == 8
    assert answer.reasons[0] == "see_desk"
    assert answer.reasons[-2:] == ("severe_symptoms", "symptoms")


@pytest.mark.parametrize(
    "logic",
    [
        {"reduce": [list(range(100)), {"var": "current"}, 0]},
        {"reduce": [{"var": "orders"}, {"reduce": [{"var": "current"}, True, 0]}, 0]},
        {"and": [True] * 5_000},
        {"unheard": [1]},
        {"and": [True]},
        None,
    ],
)
def test_a_set_that_would_hold_the_gate_or_is_malformed_is_not_taken(logic: Any) -> None:
    with pytest.raises(Refused, match="bad_rules"):
        rule_set(rule(logic))


def test_the_costliest_set_that_can_be_read_holds_the_gate_for_less_than_a_glance() -> None:
    lap = {"reduce": [{"var": "orders"}, {"and": [True] * 40}, True]}
    costly = rule_set(*[rule({"and": [{"!": [{"var": "facts.travel"}]}, lap]})] * 64)
    orders = tuple(replace(STOPPING, id=f"o{n}") for n in range(16))
    visitor = replace(declared("travel", "positive_test"), orders=orders)
    best = min(_time_of(lambda: decide(visitor, costly)) for _ in range(5))
    assert best < 0.1


def test_a_country_set_of_25_rules_takes_less_than_2_ms() -> None:
    kinds = [
        rule(
            {"and": [{"===": [{"var": "venue.kind"}, "border"]}, {"in": [{"var": "person.nationality"}, ["UT", "ZZ"]]}]}
        ),
        rule({"after": [{"plusTime": ["1999-06-05", 3, "year"]}, {"plusTime": [{"var": "now"}, 0, "day"]}]}),
        rule({"and": [{"var": "facts.travel"}, {">": [{"var": "ages.exposures"}, 240]}]}, needs=["ages.exposures"]),
        rule({"!": [{"in": [{"var": "code.kind"}, ["cccd", "pass", "passport", "bhyt"]]}]}),
        rule({"if": [{"var": "declared.any"}, False, {"===": [{"var": "direction"}, "out"]}]}),
    ]
    country = rule_set(*kinds * 5)
    best = min(_time_of(lambda: decide(declared("travel"), country)) for _ in range(20))
    assert decide(declared("travel"), country).signal is Signal.ALLOW
    assert best < 0.002


def test_an_ordinary_visitor_is_decided_about_in_far_less_than_a_millisecond() -> None:
    assert min(_time_of(lambda: decide(VISITOR, DEFAULT)) for _ in range(50)) < 0.000_2


def _time_of(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


_scraps = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.binary(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from([*body(), *rule(True)]), st.integers()), inner, max_size=6),
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(_scraps, st.sampled_from([*body(), "more"]))
def test_a_body_of_any_shape_is_read_or_refused(scrap: Any, place: str) -> None:
    for hostile in (scrap, {**body(), place: scrap}, body({**rule(True), place: scrap})):
        try:
            read_rules(hostile)
        except Refused as refusal:
            assert refusal.reason == "bad_rules"
