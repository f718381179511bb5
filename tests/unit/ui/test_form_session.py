"""A visitor's way through a form: the order of pages, what is kept and what is let go."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.model import Form
from tests.parts.form_desk import CCCD, CHILD, make_offer
from tests.unit.ui.own_form import own_form
from ui.form.desk import Filled, Outcome
from ui.form.reading import Draft, Reading, read
from ui.form.session import begin, step
from ui.form.state import (
    IDLE_MS,
    LIFE_MS,
    PHONE_IDLE_MS,
    SLACK_MS,
    WARN_MS,
    Agree,
    Answered,
    Back,
    Change,
    Event,
    Held,
    Look,
    MakePass,
    More,
    Move,
    NoCard,
    Refuse,
    RefuseSurely,
    Remove,
    Send,
    Sent,
    Speak,
    State,
    Stir,
    Submit,
    UseCard,
    Wipe,
)
from ui.form.walk import asked, page_id, shown_page

OWN: Form = own_form()
DUTY = make_offer(OWN, "order-1", mandatory=True)
FREE = make_offer(OWN, "voluntary")
NOW = "2026-11-23T09:00:00+07:00"
RECEIVED = Outcome("ALLOW", ("declared",), "K7QF-2M9D-44TX")
BROKEN = Outcome("FAULT", (), "", failed="store_failed")


def go(state: State, *events: Event, at: int = 0) -> State:
    for event in events:
        state, _ = step(state, event, at)
    return state


def answer(state: State, *picked: str, typed: tuple[str, ...] = ()) -> State:
    page = shown_page(state)
    assert page is not None
    return go(state, Answered(read(page.item, Draft(picked, typed))))


def question(state: State) -> str:
    """The linkId shown, "more" and the other pages by their name."""
    page = shown_page(state)
    if state.page != "question" or page is None:
        return state.page
    return "more" if page.kind == "more" else page.item.link_id


def started(offer=DUTY) -> State:  # type: ignore[no-untyped-def]
    return go(begin(offer, "vi", 0), Agree(ticked=True), NoCard())


def at_review() -> State:
    state = answer(started(), typed=("NGUYỄN VĂN THỬ",))
    state = answer(state, "1")  # province B
    state = answer(state, "2")  # ward of B
    state = answer(state, "3")  # no symptoms
    state = answer(state, typed=("THỬ HAI",))
    return go(state, More(False))


def sent(state: State) -> Filled:
    _, effects = step(state, Send(NOW), 0)
    assert len(effects) == 1
    assert isinstance(effects[0], Submit)
    return effects[0].filled


def test_the_pages_come_in_the_forms_order() -> None:
    state = started()
    seen = [question(state)]
    for picked, typed in (((), ("THỬ",)), (("0",), ()), (("0",), ()), (("0",), ()), (("yes",), ()), ((), ())):
        state = answer(state, *picked, typed=typed)
        seen.append(question(state))
    assert seen == ["name", "province", "ward", "symptoms", "fever", "person_name", "more"]


def test_nothing_is_agreed_to_before_the_box_is_touched() -> None:
    state = go(begin(FREE, "vi", 0), Agree())
    assert (state.page, state.problems[0].key) == ("notice", "agree")
    assert go(state, Agree(ticked=True)).page == "card"


def test_consent_is_to_the_text_in_the_language_it_was_read_in() -> None:
    state = go(begin(DUTY, "vi", 0), Speak("ko"), Agree(), NoCard(), Speak("vi"))
    assert state.consent == DUTY.consent["ko"] != DUTY.consent["vi"]


def test_a_voluntary_form_is_skipped_at_one_touch_and_a_duty_is_refused_at_two() -> None:
    assert go(begin(FREE, "vi", 0), Refuse()).page == "wiped"
    state = go(begin(DUTY, "vi", 0), Refuse())
    assert state.page == "refusing"
    assert go(state, Back()).page == "notice"
    after, effects = step(state, RefuseSurely(NOW), 0)
    assert after.page == "sending"
    assert isinstance(effects[0], Submit)
    assert (effects[0].filled.refused, effects[0].filled.answers) == (True, {})
    receipt = go(after, Sent(Outcome("ASK", ("declaration_refused",), "K7QF-2M9D-44TX")))
    assert (receipt.page, receipt.refused) == ("receipt", True)


def test_what_a_card_filled_in_is_not_asked_and_only_what_the_form_asks_is_taken() -> None:
    state = go(begin(DUTY, "vi", 0), Agree(), Held({**CCCD, "full_name": "NGUYỄN VĂN THỬ"}))
    assert question(state) == "province"
    assert state.identity == ("cccd", "099070000001")
    assert "Giả Định" not in repr(state)


def test_a_card_shown_at_the_gate_before_fills_in_without_a_page_of_its_own() -> None:
    state = go(begin(DUTY, "vi", 0), Held(CCCD), Agree())
    assert question(state) == "province"


def test_a_card_is_not_asked_for_on_a_phone() -> None:
    state = go(begin(DUTY, "vi", 0, by_phone=True), Agree())
    assert question(state) == "name"


def test_a_card_of_another_person_fills_in_that_person_alone() -> None:
    state = answer(answer(answer(answer(started(), typed=("THỬ",)), "0"), "0"), "3")
    assert question(state) == "person_name"
    state = go(state, UseCard())
    assert state.page == "card"
    assert question(go(state, Back())) == "person_name"
    state = go(state, Held(CHILD))
    assert question(state) == "more"
    assert state.answers["person_name", (0,)] == ("TRẦN THỊ MẪU",)
    assert state.answers["name", ()] == ("THỬ",)
    assert state.identity is None


def test_back_leads_one_page_back_and_keeps_what_can_be_read() -> None:
    state = answer(started(), typed=("THỬ",))
    state = go(state, Back(read(OWN.by_id["province"], Draft(("0",)))))
    assert question(state) == "name"
    assert state.answers["province", ()]
    assert question(go(state, Back())) == "notice"


def test_a_person_added_by_a_slip_goes_with_back() -> None:
    state = answer(answer(answer(answer(started(), typed=("THỬ",)), "0"), "0"), "3")
    state = go(answer(state, typed=("HAI",)), More(True))
    assert (question(state), shown_page(state).at) == ("person_name", (1,))  # type: ignore[union-attr]
    state = go(state, Back())
    assert question(state) == "more"
    assert state.answers["person", ()] == (1,)


def test_a_person_can_be_taken_out_and_those_behind_move_up() -> None:
    state = go(at_review(), Back(), More(True))
    state = go(answer(state, typed=("BA",)), More(True))
    state = go(answer(state, typed=("TƯ",)), More(False))
    assert sent(state).people == 3
    state = go(state, Remove("person", (), 1))
    assert [state.answers["person_name", (n,)] for n in range(2)] == [("THỬ HAI",), ("TƯ",)]
    assert sent(state).people == 2
    assert go(state, Remove("person", (), 0)) == replace(state, turn=state.turn + 1)  # one is needed


def test_a_change_from_the_review_leads_straight_back_to_it() -> None:
    state = go(at_review(), Change(("question", "name", ())))
    assert question(state) == "name"
    assert question(answer(state, typed=("KHÁC",))) == "review"
    assert question(go(state, Back())) == "review"


def test_a_change_that_opens_new_questions_asks_them_and_then_returns() -> None:
    state = answer(go(at_review(), Change(("question", "symptoms", ()))), "0")
    assert question(state) == "fever"
    assert question(answer(state, "yes")) == "review"


def test_what_a_card_filled_in_can_be_changed() -> None:
    state = go(begin(DUTY, "vi", 0), Agree(), Held(CCCD))
    state = answer(answer(answer(answer(state, "0"), "0"), "3"), typed=("HAI",))
    state = go(state, More(False), Change(("question", "name", ())))
    assert question(state) == "name"


def test_a_ward_goes_with_the_province_it_belongs_to() -> None:
    state = answer(go(at_review(), Change(("question", "province", ()))), "0")
    assert state.answers["ward", ()] == ()
    blocked = go(state, Send(NOW))
    assert (question(blocked), blocked.problems[0].key) == ("ward", "required")


def test_answers_that_another_answer_closed_are_not_handed_over() -> None:
    state = answer(go(at_review(), Change(("question", "symptoms", ()))), "0")
    state = answer(answer(state, "yes"), typed=()) if question(state) == "person_name" else answer(state, "yes")
    state = answer(go(state, Change(("question", "symptoms", ()))), "3")
    assert ("fever", ()) in state.answers
    assert ("fever", ()) not in sent(state).answers


def test_an_answer_with_a_fault_stays_on_its_page_with_the_reason() -> None:
    state = answer(started(), typed=("x" * 500,))
    assert (question(state), state.problems[0].key) == ("name", "too_long")
    assert state.draft == Draft((), ("x" * 500,))
    state = answer(started())
    assert (question(state), state.problems[0].key) == ("name", "required")
    assert answer(state, typed=("THỬ",)).problems == ()


def test_a_language_change_keeps_answers_and_what_stands_half_typed() -> None:
    state = go(at_review(), Change(("question", "name", ())), Speak("km", Draft((), ("NGUYỄN V",))))
    assert state.language == "km"
    assert state.draft == Draft((), ("NGUYỄN V",))
    assert state.answers == at_review().answers


def test_recorded_leaves_the_receipt_alone_and_failed_leaves_everything() -> None:
    sending = go(at_review(), Send(NOW))
    failed = go(sending, Sent(BROKEN))
    assert (failed.page, failed.answers) == ("failed", at_review().answers)
    assert question(go(failed, Back())) == "review"
    receipt = go(sending, Sent(RECEIVED))
    assert receipt.page == "receipt"
    assert (receipt.answers, receipt.identity, receipt.offer) == ({}, None, None)


def test_nothing_is_handed_over_twice() -> None:
    state, first = step(at_review(), Send(NOW), 0)
    _, second = step(state, Send(NOW), 0)
    assert (len(first), second) == (1, ())


def test_without_papers_a_pass_is_three_touches_away() -> None:
    state, effects = step(begin(None, "lo", 0), MakePass(), 0)
    assert len(effects) == 1
    assert go(state, Sent(Outcome("ASK", ("temporary_pass",), "X", "GP1:X"))).page == "pass"


def test_no_phone_makes_itself_a_pass() -> None:
    assert step(begin(None, "lo", 0, by_phone=True), MakePass(), 0)[1] == ()


def test_a_receipt_at_the_gate_is_gone_after_half_a_minute_and_stays_on_a_phone() -> None:
    for by_phone, page in ((False, "wiped"), (True, "receipt")):
        receipt = State("receipt", "vi", 0, 0, by_phone=by_phone, outcome=RECEIVED)
        assert go(receipt, Look(), at=30_000 + SLACK_MS - 1).page == "receipt"
        assert go(receipt, Look(), at=30_000 + SLACK_MS).page == page


@pytest.mark.parametrize("by_phone", [False, True])
def test_the_silent_are_wiped_and_the_busy_are_not(by_phone: bool) -> None:
    idle = PHONE_IDLE_MS if by_phone else IDLE_MS + WARN_MS + SLACK_MS
    state = go(begin(DUTY, "vi", 0, by_phone), Held(CCCD))
    assert go(state, Look(), at=idle - 1).page == "notice"
    assert go(state, Look(), at=idle).page == "wiped"
    stirred = go(state, Stir(), at=idle - 1)
    assert go(stirred, Look(), at=idle + 1000).page == "notice"


def test_nobody_keeps_a_seat_for_ever() -> None:
    state = begin(DUTY, "vi", 0)
    for at in range(0, LIFE_MS, IDLE_MS):
        state = go(state, Stir(), at=at)
    assert go(state, Stir(), at=LIFE_MS).page == "wiped"


# --- any walk at all

DRAFTS = st.builds(
    Draft,
    st.lists(st.sampled_from(["0", "1", "2", "3", "9", "yes", "no", "x"]), max_size=3).map(tuple),
    st.lists(st.sampled_from(["", "THỬ", "1980", "\u202e", "x" * 300, "0900000000"]), max_size=2).map(tuple),
)
ITEMS = st.sampled_from([item for item in OWN.flat if item.asked])
READINGS = st.builds(read, ITEMS, DRAFTS)
PAGES = st.builds(
    lambda kind, item, at: (kind, item.link_id, at),
    st.sampled_from(["question", "more"]),
    st.sampled_from(OWN.flat),
    st.sampled_from([(), (0,), (1,)]),
)
EVENTS = st.one_of(
    st.builds(Agree, st.booleans()),
    st.just(Refuse()),
    st.just(RefuseSurely(NOW)),
    st.sampled_from([Held(CCCD), Held(CHILD), Held({})]),
    st.just(UseCard()),
    st.just(NoCard()),
    st.builds(Answered, READINGS),
    st.builds(lambda draft: draft, DRAFTS),
    st.builds(More, st.booleans()),
    st.builds(Remove, st.just("person"), st.just(()), st.integers(0, 4)),
    st.builds(Back, st.none() | READINGS),
    st.builds(Change, PAGES),
    st.just(Send(NOW)),
    st.just(MakePass()),
    st.sampled_from([Sent(RECEIVED), Sent(BROKEN)]),
    st.builds(Speak, st.sampled_from(["vi", "en", "th"]), st.none() | DRAFTS),
    st.just(Move()),
    st.just(Stir()),
    st.just(Look()),
    st.just(Wipe()),
)


@given(st.sampled_from([DUTY, FREE, None]), st.lists(st.tuples(EVENTS, st.integers(0, 9000)), max_size=60))
def test_any_walk_keeps_the_promises(offer: object, walk: list[tuple[Event | Draft, int]]) -> None:
    now = 0
    state = begin(offer, "vi", 0)  # type: ignore[arg-type]
    for event, later in walk:
        now += later
        if isinstance(event, Draft):  # a good or bad answer to whatever is shown
            page = shown_page(state)
            event = Answered(read(page.item, event)) if page and page.kind == "question" else Stir()
        before = state
        state, effects = step(state, event, now)
        if before.page == "wiped":
            assert state == before
        if state.page in ("wiped", "receipt", "pass"):
            assert not state.answers
            assert (state.offer, state.identity, state.draft, state.known) == (None, None, None, frozenset())
        if isinstance(event, Speak) and state.page != "wiped":
            assert state.answers == before.answers
        if state.page == "question":
            assert state.here in [page_id(page) for page in asked(state)]
        for effect in effects:
            if isinstance(effect, Submit) and not effect.filled.refused:
                _complete(effect.filled)


def _complete(filled: Filled) -> None:
    assert filled.answers[("name", ())]
    assert filled.answers[("symptoms", ())]
    assert filled.consent


def test_a_reading_of_another_question_is_judged_again_before_it_is_handed_over() -> None:
    """Whatever stands under a key, a hand-over is checked as a whole."""
    state = replace(at_review(), answers={**at_review().answers, ("name", ()): (7,)})
    state, effects = step(state, Send(NOW), 0)
    assert effects == ()
    assert question(state) == "name"
    assert Reading() == Reading(Draft(), (), ())
