"""Rules that nobody can bend: what holds for every visitor under every rule set that can be read, hostile ones too."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.decide import Decision, decide
from rules.known import FACTS, RISKS, Clearance, Exposure, Known
from rules.messages import heard_by
from rules.ruleset import RuleSet
from tests.unit.rules.cases import (
    CARD,
    DAY,
    DEFAULT,
    NOW,
    SEVERITY,
    STOPPING,
    any_rules,
    declarations,
    orders,
    rule,
    rule_set,
    said,
    visitors,
)
from wire.reasons import REASONS, STANDS_FOR, public
from wire.records import Signal

# Where a STOP is possible at all, or the promises about it would be kept for want of trying.
ABLE = {"code": CARD, "orders": (STOPPING,), "clock": "synced", "now_ms": NOW, "direction": "in", "venue": "border"}


@settings(deadline=None)
@given(visitors(), any_rules())
def test_every_answer_is_a_signal_with_one_to_eight_reasons_that_have_a_number(known: Known, rules: RuleSet) -> None:
    answer = decide(known, rules)
    assert answer.signal in SEVERITY
    assert 1 <= len(answer.reasons) <= 8
    assert set(answer.reasons) <= REASONS.keys()
    assert len(set(answer.reasons)) == len(answer.reasons)
    assert answer.rules == rules.version


@settings(deadline=None)
@given(
    st.one_of(
        visitors(code=CARD, direction="in"),
        visitors(**ABLE | {"venue": "hospital"}),
        visitors(**ABLE | {"clock": "unset"}),
        visitors(**ABLE | {"now_ms": None}),
        visitors(**ABLE | {"orders": (replace(STOPPING, mandatory=False),)}),
        visitors(**ABLE),
    ),
    st.one_of(any_rules(), any_rules(STOPPING.id), st.just(rule_set(rule(True, "STOP"), order=STOPPING.id))),
)
def test_stop_needs_a_running_order_that_allows_it_a_set_clock_and_is_never_said_at_a_hospital(
    known: Known, rules: RuleSet
) -> None:
    answer = decide(known, rules)
    if answer.signal is not Signal.STOP:
        return
    assert known.venue != "hospital"
    assert known.time_ms is not None
    assert known.direction == "in"
    order = next(order for order in known.orders if order.id == rules.order)
    assert order.stops
    assert order.mandatory
    assert order.start_ms <= known.time_ms < order.end_ms
    assert answer.order == order.id
    assert answer.reasons[0] == "order_stop"


@settings(deadline=None)
@given(
    visitors(**ABLE),
    any_rules(STOPPING.id),
    st.frozensets(st.sampled_from(["symptoms", "severe_symptoms", "exposure"])),
    st.sampled_from([None, Exposure(NOW + DAY)]),
    st.sampled_from([{}, {"province": "079"}, {"ward": "00004"}]),
)
def test_symptoms_exposure_and_address_neither_bring_a_stop_nor_lift_one(
    known: Known, rules: RuleSet, facts: frozenset[str], exposure: Exposure | None, person: dict[str, str]
) -> None:
    last = known.declaration
    if last is not None:
        last = said(last.form, last.age_ms, last.facts & {"travel", "positive_test"} | facts)
    other = replace(known, declaration=last, exposure=exposure, person=person)
    assert (decide(known, rules).signal is Signal.STOP) == (decide(other, rules).signal is Signal.STOP)


@settings(deadline=None)
@given(visitors(**ABLE, declaration=None), any_rules(STOPPING.id), declarations())
def test_nobody_is_stopped_or_let_through_for_a_declaration_that_the_gate_did_not_keep(
    known: Known, rules: RuleSet, last: object
) -> None:
    kept = replace(known, declaration=said(last.form, last.age_ms, last.facts & {"symptoms", "exposure"}))
    assert (decide(known, rules).signal is Signal.STOP) == (decide(kept, rules).signal is Signal.STOP)


@settings(deadline=None)
@given(visitors(**ABLE), orders(), st.sampled_from(["", "person", "person.province"]))
def test_an_order_that_chooses_by_address_stops_nobody(known: Known, held: tuple, path: str) -> None:
    chosen = replace(STOPPING, who={"!": [{"===": [{"var": path}, "001"]}]})
    others = tuple(order for order in held if order.id != chosen.id)
    assert decide(replace(known, orders=(*others, chosen)), rule_set(rule(True, "STOP"), order=chosen.id)).signal in (
        Signal.ALLOW,
        Signal.ASK,
    )


@settings(deadline=None)
@given(
    st.one_of(visitors(), visitors(**ABLE)),
    any_rules(),
    declarations(),
    st.frozensets(st.sampled_from(sorted(FACTS))),
    st.sampled_from([None, Exposure(NOW - 1), Exposure(NOW + DAY)]),
)
def test_more_evidence_of_risk_never_makes_the_signal_greener(
    known: Known, rules: RuleSet, last: object, more: frozenset[str], exposure: Exposure | None
) -> None:
    less = replace(known, declaration=last)
    worse = replace(
        less,
        declaration=said(last.form, last.age_ms, last.facts | more),
        exposure=less.exposure or exposure,
    )
    assert SEVERITY[decide(worse, rules).signal] >= SEVERITY[decide(less, rules).signal]


@settings(deadline=None)
@given(visitors(direction="in", clearance=None), any_rules(), st.sampled_from(sorted(RISKS)), st.integers(0, 21 * DAY))
def test_symptoms_a_positive_test_or_an_exposure_are_never_green(
    known: Known, rules: RuleSet, fact: str, age_ms: int
) -> None:
    known = replace(known, declaration=said("f|1", age_ms, frozenset({fact})))
    cleared = known.code is not None and known.code.fields.get("outcome") == 1
    if not (cleared and fact == "exposure"):
        assert decide(known, rules).signal is not Signal.ALLOW


@settings(deadline=None)
@given(visitors(clock="unset"), any_rules())
def test_with_an_unset_clock_no_signed_code_is_green(known: Known, rules: RuleSet) -> None:
    if known.code is not None and known.code.kind == "pass":
        assert decide(known, rules).signal is Signal.ASK


@settings(deadline=None)
@given(visitors(), any_rules(), st.sampled_from(["expired", "revoked", "bad_signature", "clock_unset", "not_fresh"]))
def test_no_rule_makes_a_bad_code_green(known: Known, rules: RuleSet, reason: str) -> None:
    assert known.code is not None
    if known.code.kind is None:
        assert decide(known, rules).reasons == ("unreadable",)
        return
    bad = replace(known, code=replace(known.code, status="invalid", reason=reason))
    assert decide(bad, rules) == Decision(Signal.ASK, (reason,), rules.version)


@settings(deadline=None)
@given(visitors(), any_rules())
def test_bystanders_never_read_of_health_exposure_or_clearance(known: Known, rules: RuleSet) -> None:
    assert not set(public(decide(known, rules).reasons)) & STANDS_FOR.keys()


@settings(deadline=None)
@given(
    visitors(clearance=None),
    any_rules(),
    st.frozensets(st.sampled_from(sorted(FACTS)), min_size=1),
    st.frozensets(st.sampled_from(sorted(FACTS)), min_size=1),
)
def test_what_bystanders_read_does_not_tell_one_risk_from_another(
    known: Known, rules: RuleSet, one: frozenset[str], other: frozenset[str]
) -> None:
    shown = []
    for facts in (one | {"symptoms"}, other | {"symptoms"}):
        answer = decide(replace(known, declaration=said("f|1", DAY, facts)), rules)
        if answer.signal is Signal.STOP:  # an order may stop for a test or a journey, and then says so
            return
        shown.append((public(answer.reasons), heard_by("public", answer.messages), heard_by("guard", answer.messages)))
    assert shown[0] == shown[1]


@settings(deadline=None)
@given(visitors(), any_rules(), st.sampled_from([Exposure(NOW - 1), Exposure(NOW + DAY)]))
def test_a_clearance_outweighs_an_exposure_at_once(known: Known, rules: RuleSet, exposure: Exposure) -> None:
    cleared = replace(known, clock="synced", now_ms=NOW, clearance=Clearance(NOW + 1))
    assert decide(replace(cleared, exposure=exposure), rules) == decide(replace(cleared, exposure=None), rules)


@settings(deadline=None)
@given(visitors(), any_rules(), st.integers(0, 1000 * DAY))
def test_an_exposure_ends_by_itself(known: Known, rules: RuleSet, ago: int) -> None:
    known = replace(known, clock="holdover", now_ms=NOW)
    ended = replace(known, exposure=Exposure(NOW - ago))
    assert decide(ended, rules) == decide(replace(known, exposure=None), rules)


@settings(deadline=None)
@given(visitors(clock="synced", now_ms=NOW), any_rules())
def test_rules_that_have_run_out_stop_nobody_and_leave_the_word_to_the_shipped_table(
    known: Known, rules: RuleSet
) -> None:
    over = replace(rules, valid_to_ms=NOW).above(DEFAULT)
    answer = decide(known, over)
    shipped = decide(known, DEFAULT)
    assert answer.signal == shipped.signal is not Signal.STOP
    assert tuple(reason for reason in answer.reasons if reason != "rules_old") == shipped.reasons[: len(answer.reasons)]
    assert answer.rules == DEFAULT.version


@settings(deadline=None)
@given(visitors(code=None, refused=False, declaration=None), any_rules())
def test_nobody_is_green_for_nothing(known: Known, rules: RuleSet) -> None:
    assert decide(known, rules).reasons == ("no_code",)


@settings(deadline=None)
@given(visitors(direction="out"), any_rules())
def test_whoever_leaves_is_not_held_by_orders_lists_or_rules(known: Known, rules: RuleSet) -> None:
    bare = Known(known.code, direction="out", clock=known.clock)
    assert (decide(known, rules).signal, decide(known, rules).reasons) == (decide(bare).signal, decide(bare).reasons)


@settings(deadline=None)
@given(visitors(), any_rules(), st.sampled_from(["allow", "refuse"]))
def test_a_guards_word_stands(known: Known, rules: RuleSet, word: str) -> None:
    answer = decide(replace(known, override=word), rules)
    allowed = (Signal.ALLOW, ("guard_allowed",)) if word == "allow" else (Signal.ASK, ("guard_refused",))
    assert (answer.signal, answer.reasons) == allowed
