"""What the gate answers, by duty, with the rules that ship."""

from dataclasses import replace
from typing import Any

import pytest

from credentials.types import Credential, Unreadable
from rules.decide import Decision, decide
from rules.known import Ages, Clearance, Exposure, Known, LastDeclaration
from tests.unit.rules.cases import CARD, DAY, DEFAULT, ENTRY, FORM, NOW, ORDER, PASS, PASSPORT, VISITOR, WELL
from wire.records import Signal

ALLOW, ASK = Signal.ALLOW, Signal.ASK


def answer(**changes: Any) -> tuple[Signal, tuple[str, ...]]:
    decision = decide(replace(VISITOR, **changes), DEFAULT)
    return decision.signal, decision.reasons


def declared(*facts: str, **changes: Any) -> LastDeclaration:
    return replace(WELL, facts=frozenset(facts), outcome=ASK if facts else ALLOW, **changes)


@pytest.mark.parametrize("code", [CARD, PASS, PASSPORT])
def test_a_good_code_is_registered_and_no_more_is_said(code: Credential) -> None:
    assert answer(code=code) == (ALLOW, ("registered",))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (Unreadable("unknown_code"), "unreadable"),
        (Unreadable("foreign_poster"), "foreign_poster"),
        (replace(PASS, status="invalid", reason="revoked"), "revoked"),
        (replace(CARD, normal_form=None), "no_identity"),
        (replace(CARD, warnings=("sex_against_number",)), "implausible_code"),
        (replace(CARD, warnings=("sex_against_number", "damaged_text")), "damaged_text"),
        (Credential("venue-qr", "valid", "ok", (), "cho-thu-01"), "place_code"),
    ],
)
def test_a_code_that_must_not_count_asks_a_person(code: Credential | Unreadable, reason: str) -> None:
    assert answer(code=code, orders=(ORDER,)) == (ASK, (reason,))


def test_with_an_unset_clock_a_card_is_registered_and_a_pass_asks() -> None:
    assert answer(clock="unset") == (ALLOW, ("registered",))
    assert answer(clock="unset", code=PASS) == (ASK, ("clock_unset",))


def test_a_full_place_asks_and_counts_companions() -> None:
    assert answer(occupancy=4, capacity=5) == (ALLOW, ("registered",))
    assert answer(occupancy=4, capacity=5, people=2) == (ASK, ("full",))


def test_whoever_leaves_a_full_place_under_an_order_just_leaves() -> None:
    assert answer(direction="out", occupancy=5, capacity=5, orders=(ORDER,)) == (ALLOW, ("checked_out",))


def test_a_mandatory_order_asks_for_the_declaration_until_it_is_there() -> None:
    assert answer(orders=(ORDER,)) == (ASK, ("declaration_due",))
    assert answer(orders=(ORDER,), declaration=declared()) == (ALLOW, ("registered",))


def test_a_voluntary_form_asks_nobody() -> None:
    assert answer(orders=(replace(ORDER, mandatory=False),)) == (ALLOW, ("registered",))


@pytest.mark.parametrize("now_ms", [ORDER.start_ms - 1, ORDER.end_ms])
def test_an_order_begins_and_ends_by_itself(now_ms: int) -> None:
    assert answer(orders=(ORDER,), now_ms=now_ms) == (ALLOW, ("registered",))
    assert answer(orders=(ORDER,), now_ms=ORDER.start_ms)[0] is ASK


def test_with_an_unset_clock_the_last_word_about_an_order_stands() -> None:
    assert answer(orders=(ORDER,), clock="unset", now_ms=ORDER.end_ms) == (ASK, ("declaration_due",))


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (declared(age_ms=DAY), False),
        (declared(age_ms=DAY + 1), True),
        (declared(age_ms=-60_000), False),  # the clock was corrected backwards by a minute
        (declared(age_ms=-DAY), True),
        (declared(form=ENTRY), True),
        (declared(form=FORM.replace("|1", "|2")), True),
    ],
)
def test_a_declaration_counts_for_its_form_as_long_as_the_order_says(last: LastDeclaration, due: bool) -> None:
    assert ("declaration_due" in answer(orders=(ORDER,), declaration=last)[1]) is due


def test_two_orders_are_satisfied_by_two_declarations() -> None:
    orders = (ORDER, replace(ORDER, id="thu-09", form=ENTRY))
    assert answer(orders=orders, declaration=declared())[1] == ("declaration_due",)
    assert answer(orders=orders, declaration=declared(), earlier=(declared(form=ENTRY),))[0] is ALLOW


def test_an_order_asks_those_whom_it_names() -> None:
    foreigners = replace(ORDER, who={"!": [{"===": [{"var": "person.nationality"}, "VN"]}]})
    assert answer(orders=(foreigners,)) == (ALLOW, ("registered",))
    assert answer(orders=(foreigners,), code=PASSPORT) == (ASK, ("declaration_due",))
    minors = {"after": [{"dccDateOfBirth": [{"var": "person.birth_date"}]}, {"plusTime": ["2015-01-01", 0, "day"]}]}
    assert answer(orders=(replace(ORDER, who=minors),)) == (ALLOW, ("registered",))


@pytest.mark.parametrize("who", [{">": [{"var": "person.birth_date"}, 3]}, {"var": "venue"}, {"var": "person.ward"}])
def test_an_order_that_cannot_be_worked_out_concerns_everybody(who: Any) -> None:
    assert answer(orders=(replace(ORDER, who=who),)) == (ASK, ("declaration_due",))


def test_a_finished_form_lets_in_whoever_is_well() -> None:
    assert answer(code=None, by="form", declaration=declared(age_ms=0)) == (ALLOW, ("declared",))


@pytest.mark.parametrize(
    ("facts", "private"),
    [
        (("symptoms",), ("symptoms",)),
        (("symptoms", "severe_symptoms"), ("severe_symptoms", "symptoms")),
        (("exposure",), ("exposure",)),
        (("positive_test", "travel"), ("positive_test",)),
    ],
)
def test_symptoms_and_exposure_lead_to_the_desk_and_the_reason_is_private(
    facts: tuple[str, ...], private: tuple[str, ...]
) -> None:
    assert answer(by="form", declaration=declared(*facts)) == (ASK, ("see_desk", *private))


def test_a_journey_alone_asks_nobody() -> None:
    assert answer(declaration=replace(WELL, facts=frozenset({"travel"}))) == (ALLOW, ("registered",))


def test_symptoms_are_asked_about_for_21_days() -> None:
    assert answer(declaration=declared("symptoms", age_ms=21 * DAY))[0] is ASK
    assert answer(declaration=declared("symptoms", age_ms=21 * DAY + 1))[0] is ALLOW


def test_a_refusal_under_an_order_asks_and_one_of_a_voluntary_form_does_not() -> None:
    refused = {"by": "form", "refused": True}
    assert answer(**refused, orders=(ORDER,)) == (ASK, ("declaration_refused",))
    assert answer(**refused) == (ALLOW, ("registered",))
    assert answer(**refused, code=None) == (ASK, ("no_code",))


def test_a_declaration_by_light_is_believed_as_far_as_the_centre_has_signed() -> None:
    by_light = {"code": None, "by": "light", "orders": (ORDER,)}
    assert answer(**by_light, declaration=declared()) == (ALLOW, ("declared_by_light",))
    assert answer(**by_light, declaration=replace(WELL, outcome=ASK)) == (ASK, ("see_desk",))
    assert answer(**by_light, declaration=replace(WELL, outcome=None)) == (ASK, ("could_not_check",))


def test_an_exposure_leads_to_the_desk_until_it_ends() -> None:
    assert answer(exposure=Exposure(NOW + 1)) == (ASK, ("see_desk", "exposure"))
    assert answer(exposure=Exposure(NOW)) == (ALLOW, ("registered",))
    assert answer(exposure=Exposure(NOW), clock="unset") == (ASK, ("see_desk", "exposure"))


CLEARED = replace(PASS, fields={"companions": 0, "outcome": 1})


@pytest.mark.parametrize("known", [{"code": CLEARED}, {"clearance": Clearance(NOW + 1)}])
def test_a_clearance_outweighs_an_exposure_and_nothing_else(known: dict[str, Any]) -> None:
    exposed = {"exposure": Exposure(NOW + DAY), **known}
    assert answer(**exposed) == (ALLOW, ("cleared",))
    assert answer(**exposed, declaration=declared("exposure")) == (ALLOW, ("cleared",))
    assert answer(**exposed, declaration=declared("exposure", "symptoms"))[1] == ("see_desk", "symptoms")
    assert answer(**exposed, orders=(ORDER,)) == (ASK, ("declaration_due",))


def test_a_clearance_that_has_ended_or_cannot_be_dated_clears_nobody() -> None:
    exposed = {"exposure": Exposure(NOW + DAY), "clearance": Clearance(NOW)}
    assert answer(**exposed)[0] is ASK
    assert answer(**exposed | {"clearance": Clearance(NOW + 1)}, clock="unset")[0] is ASK


@pytest.mark.parametrize("outcome", [2, 3])
def test_a_pass_that_the_centre_wants_looked_at_asks(outcome: int) -> None:
    assert answer(code=replace(PASS, fields={"outcome": outcome})) == (ASK, ("see_desk",))


def test_the_gravest_reason_comes_first() -> None:
    everything = {"orders": (ORDER,), "capacity": 1, "occupancy": 1, "exposure": Exposure(NOW + 1)}
    assert answer(**everything) == (ASK, ("see_desk", "declaration_due", "full", "exposure"))


def test_a_guards_word_outweighs_everything() -> None:
    bad = {"code": Unreadable("empty"), "orders": (ORDER,), "exposure": Exposure(NOW + 1)}
    assert answer(**bad, override="allow") == (ALLOW, ("guard_allowed",))
    assert answer(override="refuse") == (ASK, ("guard_refused",))


@pytest.mark.parametrize(
    ("ages", "notes"),
    [
        (Ages(), ()),
        (Ages(30 * DAY, 7 * DAY, 60 * DAY, 400 * DAY), ()),
        (Ages(trust=31 * DAY), ("trust_old",)),
        (Ages(exposures=8 * DAY), ("exposures_old",)),
        (Ages(orders=61 * DAY), ("orders_old",)),
    ],
)
def test_old_bulletins_are_told_to_the_guard_and_close_no_gate(ages: Ages, notes: tuple[str, ...]) -> None:
    assert answer(ages=ages) == (ALLOW, ("registered", *notes))


def test_passes_are_looked_at_when_nothing_has_been_heard_of_issuers_for_half_a_year() -> None:
    old = Ages(trust=181 * DAY)
    assert answer(ages=old, code=PASS) == (ASK, ("trust_old",))
    assert answer(ages=old) == (ALLOW, ("registered", "trust_old"))


def test_nothing_prints_what_is_known_of_a_visitor() -> None:
    known = Known(CARD, declaration=declared("symptoms"), person={"ward": "00004"})
    assert not {"099099000001", "THỬ", "symptoms", "00004"} & set(repr((known, known.declaration)).split("'"))
    assert "099099000001" not in repr(known)
    assert isinstance(decide(known), Decision)
