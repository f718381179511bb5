"""A declaration from a visitor's own phone at the gate: what it changes, what it cannot, and whom it may not harm."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forms.model import Answers, Coding, Form
from kiosk.events import DeclaredByPhone, Filing, Last
from kiosk.gate import Rules
from kiosk.phoneway import typed_number
from tests.parts.form_desk import library_form
from tests.unit.kiosk.site import CARD, OTHER, Kiosk, Time
from tests.unit.kiosk.test_form_desk import HOUR_MS, Place, ill, order, well
from tests.unit.kiosk.test_gate import BOTH, Desk, seen
from ui.form.desk import Outcome
from wire.records import Declaration, Direction, IdentityKind, Signal, Visit

NUMBER = "099099000001"  # on CARD: a man, born in 1999
SHOWN = ("cccd", NUMBER)


@pytest.fixture
def place(tmp_path: Path, time: Time) -> Iterator[Place]:
    made = Place(Kiosk(tmp_path, time, rules=Rules("in", minimum_stay_ms=10_000)), tmp_path)
    made.publish(order())
    yield made


def typed(answers: Answers, number: str = NUMBER, year: int = 1999) -> Answers:
    """With what somebody types who shows no card."""
    return {**answers, ("id_number", ()): (number,), ("birth_year", ()): (year,)}


def declare(place: Place, answers: Answers, shown: tuple[str, str] | None = None, **changes: Any) -> Outcome:
    return place.submit(answers, shown, by_phone=True, **changes)


def declarations(place: Place) -> list[Declaration]:
    return [record for record in place.kiosk.opened_records() if isinstance(record, Declaration)]


def test_nothing_at_the_gate_moves_by_a_phone(place: Place) -> None:
    place.kiosk.show(CARD)
    shown, number = list(place.kiosk.outside.shown), place.kiosk.feed.latest()[0]
    state = place.kiosk.loop.state
    for answers in (well(place.form()), ill(place.form()), typed(well(place.form()))):
        for card in (None, SHOWN):
            outcome = declare(place, answers, card)
            assert outcome.code and not outcome.pass_text and not outcome.failed
    declare(place, {}, SHOWN, refused=True)
    assert (place.kiosk.outside.shown, place.kiosk.feed.latest()[0]) == (shown, number)
    assert place.kiosk.loop.state == state
    visits = [record for record in place.kiosk.opened_records() if isinstance(record, Visit)]
    assert [visit.signal for visit in visits] == [Signal.ASK], "of the scan alone"
    assert len(declarations(place)) == 7


@pytest.mark.parametrize("number", [NUMBER, "099 099 000001", "099.099.000001", "０９９０９９０００００１"])
def test_who_typed_the_own_number_passes_with_one_scan(place: Place, time: Time, number: str) -> None:
    assert place.kiosk.show(CARD) == "yellow"
    outcome = declare(place, typed(well(place.form()), number))
    assert (outcome.signal, outcome.by_card) == ("ALLOW", True)
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "green"
    time.pass_ms(13 * HOUR_MS)
    assert place.kiosk.show(CARD) == "yellow", "it counts for the order's hours, as at the kiosk"
    (record,) = declarations(place)
    assert (record.identity_kind, record.identity) == (IdentityKind.TYPED, NUMBER), "typed, and recorded as typed"


def test_it_counts_for_the_card_that_was_shown_for_it(place: Place, time: Time) -> None:
    place.kiosk.show(CARD)
    assert declare(place, well(place.form()), SHOWN).by_card
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "green"
    assert place.kiosk.show(OTHER) == "yellow"
    assert declarations(place)[0].identity_kind is IdentityKind.CCCD


def test_without_a_number_it_is_recorded_and_the_gate_knows_nobody_by_it(place: Place) -> None:
    outcome = declare(place, well(place.form()))
    assert (outcome.signal, outcome.by_card) == ("ALLOW", False)
    assert place.kiosk.show(CARD) == "yellow"
    assert declarations(place)[0].identity_kind is IdentityKind.NONE


def test_symptoms_under_a_number_that_was_only_typed_make_no_stranger_be_asked(place: Place, time: Time) -> None:
    form = place.form()
    place.submit(well(form), SHOWN)
    outcome = declare(place, typed(ill(form)))
    assert outcome.signal == "ASK" and "symptoms" in outcome.reasons, "who declared it is sent to the desk"
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "green"
    assert declarations(place)[-1].outcome is Signal.ASK


def test_symptoms_with_the_card_that_was_shown_are_remembered(place: Place, time: Time) -> None:
    place.kiosk.show(CARD)
    declare(place, ill(place.form()), SHOWN)
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "yellow"
    assert place.kiosk.feed.latest()[1].reasons == ("see_desk",)


@pytest.mark.parametrize("card", [None, SHOWN])
def test_no_phone_washes_away_what_was_declared(place: Place, time: Time, card: tuple[str, str] | None) -> None:
    place.submit(ill(place.form()), SHOWN)
    declare(place, typed(well(place.form())), card)
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "yellow"
    assert place.kiosk.feed.latest()[1].reasons == ("see_desk",)


def test_a_phone_learns_nothing_of_a_number_that_it_types(place: Place) -> None:
    form = place.form()
    before = declare(place, typed(well(form)))
    place.submit(ill(form), SHOWN)
    after = declare(place, typed(well(form)))
    assert replace(after, code="") == replace(before, code="")


def test_who_refuses_on_a_phone_has_not_declared(place: Place, time: Time) -> None:
    outcome = declare(place, {}, SHOWN, refused=True)
    assert (outcome.signal, outcome.reasons) == ("ASK", ("declaration_refused",))
    time.pass_ms(60_000)
    assert place.kiosk.show(CARD) == "yellow"
    (record,) = declarations(place)
    assert (record.refused, record.answers) == (True, b"")


def test_a_full_hall_is_no_matter_for_a_phone(tmp_path: Path, time: Time) -> None:
    place = Place(Kiosk(tmp_path, time, rules=Rules("in", capacity=0)), tmp_path)
    place.publish(order())
    assert declare(place, well(place.form())).signal == "ALLOW"


def test_what_cannot_be_recorded_is_told_to_the_phone(place: Place) -> None:
    answers = well(place.form())
    place.kiosk.loop.state = place.kiosk.loop.state._replace(faults=frozenset({"disk_full"}))
    assert declare(place, answers).failed == "disk_full"
    assert declarations(place) == []


def test_the_longest_answers_of_every_form_can_be_recorded(place: Place) -> None:
    """A record that cannot be committed would turn the lamps to fault: no phone may send one."""
    form = place.form()
    long: dict[Any, Any] = dict(well(form))
    for item in form.flat:
        if item.type in ("string", "text"):
            long[item.link_id, ()] = ("Ẫ" * (item.max_length or 4000),)
    assert declare(place, long).code


def test_whoever_is_asked_for_the_direction_is_not_passed_over_by_a_phone() -> None:
    desk = Desk(BOTH)
    desk.do(seen(unsure=True))
    waiting = desk.state
    filing = Filing("f|1", "o|1", "vi", "2026-09-21T12:00:00+07:00", b"", b"", frozenset())
    visitor = seen(2, last=Last(Direction.IN, desk.mono_ms))
    desk.do(DeclaredByPhone(filing, visitor, False, 7), after_ms=100)
    assert desk.state == waiting


FORM = library_form("domestic")


def _answers(form: Form, sex: str = "male", **changes: Any) -> Answers:
    item = form.by_id["sex"]
    chosen = next(o.value for o in item.options if isinstance(o.value, Coding) and o.value.code == sex)
    told: dict[str, Any] = {"sex": chosen, "birth_year": 1999, "id_number": NUMBER} | changes
    return {(name, ()): (value,) for name, value in told.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"id_number": None},
        {"id_number": "B1234567"},
        {"id_number": "0990990000011"},
        {"id_number": "GD4990000000001"},
        {"birth_year": 1970},
        {"sex": "female"},
    ],
)
def test_a_number_that_cannot_be_this_persons_names_nobody(changes: dict[str, Any]) -> None:
    assert typed_number(FORM, _answers(FORM)) == NUMBER
    assert typed_number(FORM, _answers(FORM, **changes)) == ""


def test_a_number_of_another_person_in_the_form_is_not_the_declarers() -> None:
    assert typed_number(library_form("voluntary"), {("id_number", (1,)): (NUMBER,)}) == ""
