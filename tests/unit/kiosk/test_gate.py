"""The gate, by duty. A fake clock, invented people, no device."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.types import Credential, Unreadable
from kiosk.effects import Effect, PlaySound, RecordVisit, ShowLamps, ShowScreen
from kiosk.events import CodeHeld, CodeSeen, DayTurned, Event, FaultChanged, Last, Pressed, StoreFailed, Tick
from kiosk.gate import Now, Rules, State, begin, step
from wire.records import Direction, Signal

IN, OUT, BOTH = Rules("in"), Rules("out"), Rules("both")


def card(number: int = 1, **changes: object) -> Credential:
    return replace(Credential("cccd", "valid", "ok", (), f"099099{number:06d}"), **changes)


def seen(number: int = 1, **changes: object) -> CodeSeen:
    digest = number.to_bytes(16, "big")
    return replace(CodeSeen(digest, card(number), visitor=digest), **changes)


class Desk:
    """Drives a gate with a clock that only moves when told."""

    def __init__(self, rules: Rules, occupancy: int = 0) -> None:
        self.rules, self.mono_ms = rules, 1_000_000
        self.state: State = begin(occupancy)
        self.do(FaultChanged("starting", False))

    def do(self, event: Event, after_ms: int = 0) -> list[Effect]:
        self.mono_ms += after_ms
        self.state, effects = step(self.state, event, Now(self.mono_ms, "06:42"), self.rules)
        return effects


def signals(effects: list[Effect]) -> list[str]:
    return [effect.pattern for effect in effects if isinstance(effect, ShowLamps)]


def records(effects: list[Effect]) -> list[RecordVisit]:
    return [effect for effect in effects if isinstance(effect, RecordVisit)]


def test_the_record_comes_before_lamp_sound_and_screen() -> None:
    kinds = [type(effect) for effect in Desk(IN).do(seen())]
    assert kinds == [RecordVisit, ShowLamps, PlaySound, ShowScreen]


def test_a_good_code_at_an_in_gate_is_a_green_check_in() -> None:
    desk = Desk(IN)
    effects = desk.do(seen())
    assert signals(effects) == ["green"]
    assert records(effects)[0].visit.direction is Direction.IN
    assert desk.state.view.reasons == ("registered",)
    assert desk.state.occupancy == 1


def test_when_the_store_fails_the_gate_shows_fault_and_nobody_was_counted() -> None:
    desk = Desk(IN)
    before = desk.state
    step(before, seen(), Now(desk.mono_ms, "06:42"), IN)  # what the shell throws away
    effects = desk.do(StoreFailed("store_failed"))
    assert signals(effects) == ["fault"]
    assert desk.state.occupancy == 0
    assert signals(desk.do(seen(2))) == ["fault"]
    assert not records(desk.do(seen(3)))


def test_the_gate_serves_again_when_the_fault_is_gone() -> None:
    desk = Desk(IN)
    desk.do(StoreFailed("disk_full"))
    desk.do(FaultChanged("disk_full", False))
    assert signals(desk.do(seen())) == ["green"]


def test_a_held_code_is_one_visit() -> None:
    desk = Desk(IN)
    desk.do(seen())
    for _ in range(100):
        assert desk.do(seen(), after_ms=66) == []
    for _ in range(100):
        assert desk.do(CodeHeld(seen().digest), after_ms=66) == []


def test_two_people_quickly_after_each_other_both_get_their_light() -> None:
    desk = Desk(IN)
    assert signals(desk.do(seen(1))) == ["green"]
    assert signals(desk.do(seen(2), after_ms=200)) == ["green"]
    assert desk.state.occupancy == 2


def test_the_same_visitor_again_soon_sees_the_answer_and_is_not_written_twice() -> None:
    desk = Desk(IN)
    desk.do(seen())
    effects = desk.do(seen(last=Last(Direction.IN, desk.mono_ms)), after_ms=10_000)
    assert signals(effects) == ["green"]
    assert not records(effects)
    assert desk.state.view.reasons == ("already_in",)
    assert desk.state.occupancy == 1


def test_re_entry_after_the_minimum_stay_is_a_new_visit() -> None:
    desk = Desk(IN)
    desk.do(seen())
    effects = desk.do(seen(last=Last(Direction.IN, desk.mono_ms)), after_ms=IN.minimum_stay_ms)
    assert records(effects)[0].visit.direction is Direction.IN


def test_only_both_toggles_and_only_after_the_minimum_stay() -> None:
    desk = Desk(BOTH)
    desk.do(seen())
    came = desk.mono_ms
    early = desk.do(seen(last=Last(Direction.IN, came)), after_ms=BOTH.minimum_stay_ms - 1)
    assert not records(early)
    late = desk.do(seen(last=Last(Direction.IN, came)), after_ms=BOTH.hold_ms)
    assert records(late)[0].visit.direction is Direction.OUT
    assert desk.state.view.reasons == ("checked_out",)
    assert desk.state.occupancy == 0


def test_an_out_gate_checks_out_even_whom_it_never_saw() -> None:
    desk = Desk(OUT, occupancy=5)
    effects = desk.do(seen())
    assert records(effects)[0].visit.direction is Direction.OUT
    assert desk.state.occupancy == 4


def test_unsure_after_a_reboot_asks_in_or_out_and_the_button_decides() -> None:
    desk = Desk(BOTH, occupancy=3)
    effects = desk.do(seen(unsure=True))
    assert not records(effects)
    assert desk.state.view.page == "choose"
    effects = desk.do(Pressed("out"))
    assert records(effects)[0].visit.direction is Direction.OUT
    assert desk.state.occupancy == 2


def test_nobody_answers_the_question_and_the_screen_wipes_itself() -> None:
    desk = Desk(BOTH)
    desk.do(seen(unsure=True))
    desk.do(Tick(), after_ms=BOTH.choose_ms)
    assert desk.state.view.page == "idle"
    assert desk.do(Pressed("in")) == []


def test_the_next_visitor_pre_empts_the_question() -> None:
    desk = Desk(BOTH)
    desk.do(seen(1, unsure=True))
    assert signals(desk.do(seen(2))) == ["green"]
    assert desk.do(Pressed("out")) == []


def test_a_full_place_asks_and_says_so() -> None:
    desk = Desk(Rules("in", capacity=1))
    desk.do(seen(1))
    effects = desk.do(seen(2))
    assert signals(effects) == ["yellow"]
    assert records(effects)[0].visit.signal is Signal.ASK
    assert desk.state.occupancy == 1


def test_companions_of_a_pass_are_counted() -> None:
    desk = Desk(IN)
    family = Credential("pass", "valid", "ok", (), "ab" * 16, {"companions": 2})
    effects = desk.do(seen(code=family))
    assert records(effects)[0].visit.companions == 2
    assert desk.state.occupancy == 3


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (Unreadable("unknown_code"), "unreadable"),
        (Unreadable("foreign_poster"), "foreign_poster"),
        (Credential("venue-qr", "valid", "ok", (), "cho-mau"), "place_code"),
        (card(warnings=("sex_against_number",)), "implausible_code"),
        (card(warnings=("damaged_text",)), "damaged_text"),
        (card(status="invalid", reason="expired"), "expired"),
        (card(normal_form=None), "no_identity"),
    ],
)
def test_a_doubtful_code_is_asked_about_never_refused(code: Credential | Unreadable, reason: str) -> None:
    desk = Desk(IN)
    effects = desk.do(seen(code=code, visitor=None))
    assert signals(effects) == ["yellow"]
    assert desk.state.view.reasons == (reason,)


def test_nobody_is_checked_in_by_a_places_poster() -> None:
    poster = Credential("venue-qr", "valid", "ok", (), "cho-mau")
    assert not records(Desk(IN).do(seen(code=poster, visitor=None)))


def test_a_result_leaves_the_screen_after_its_named_time() -> None:
    desk = Desk(IN)
    desk.do(seen())
    assert desk.do(Tick(), after_ms=IN.allow_ms - 1) == []
    assert signals(desk.do(Tick(), after_ms=1)) == ["idle"]
    assert desk.state.view.page == "idle"


def test_a_lost_camera_is_shown_but_a_typed_code_still_counts() -> None:
    desk = Desk(IN)
    assert signals(desk.do(FaultChanged("camera_lost", True))) == ["fault"]
    assert desk.state.view.reasons == ("camera_lost",)
    assert records(desk.do(seen()))
    assert signals(desk.do(Tick(), after_ms=IN.allow_ms)) == ["fault"]


def test_i_have_no_code_leads_to_the_desk() -> None:
    desk = Desk(IN)
    assert signals(desk.do(Pressed("no_code"))) == ["yellow"]
    assert desk.state.view.reasons == ("no_code",)


def test_counting_begins_anew_when_the_day_turns() -> None:
    desk = Desk(IN, occupancy=7)
    desk.do(DayTurned())
    assert desk.state.occupancy == 0


def test_more_leave_than_came_and_the_count_stays_at_zero() -> None:
    desk = Desk(OUT)
    desk.do(seen())
    assert desk.state.occupancy == 0


events = st.one_of(
    st.builds(
        seen,
        st.integers(0, 3),
        unsure=st.booleans(),
        last=st.none() | st.builds(Last, st.sampled_from(Direction), st.integers(0, 3_000_000)),
    ),
    st.builds(Pressed, st.sampled_from(["in", "out", "cancel", "no_code", "nonsense"])),
    st.builds(FaultChanged, st.sampled_from(["disk_full", "camera_lost", "not_enrolled"]), st.booleans()),
    st.sampled_from([StoreFailed("store_failed"), DayTurned(), Tick()]),
)


@given(st.sampled_from([IN, OUT, BOTH]), st.lists(st.tuples(events, st.integers(0, 20_000)), max_size=40))
def test_green_follows_a_record_or_repeats_an_answer_whatever_happens(
    rules: Rules, story: list[tuple[Event, int]]
) -> None:
    desk = Desk(rules)
    for event, after_ms in story:
        effects = desk.do(event, after_ms)
        assert desk.state.occupancy >= 0
        if "green" in signals(effects):
            repeated = desk.state.view.reasons in (("already_in",), ("checked_out",))
            assert isinstance(effects[0], RecordVisit) or repeated
        if records(effects):
            assert isinstance(effects[0], RecordVisit)
