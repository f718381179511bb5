"""A guard's word at the gate: recorded first, counted, and never more than a guard may say."""

import os
from dataclasses import replace
from pathlib import Path

from kiosk.effects import Answered, Effect, RecordOther, RecordVisit, ShowLamps
from kiosk.events import HelpCalled, LampsTested, Overridden, PaperMode, SlipEntered, StickCarried, StoreFailed, Tick
from kiosk.gate import Rules
from kiosk.stick_mark import StickMark
from tests.unit.kiosk.test_gate import BOTH, IN, Desk, card, seen, signals
from wire.reasons import name_of
from wire.records import Direction, IdentityKind, Override, Signal, Source

DOUBTED = replace(seen(7), code=card(7, warnings=("implausible_birth_date",)))


def visits(effects: list[Effect]) -> list[RecordVisit]:
    return [effect for effect in effects if isinstance(effect, RecordVisit)]


def test_whoever_was_asked_about_is_let_in_under_the_same_identity_and_counted() -> None:
    desk = Desk(IN)
    assert signals(desk.do(DOUBTED)) == ["yellow"]
    effects = desk.do(Overridden("bao-ve-1", True, 3, about=12, asked=5))
    kinds = [type(effect) for effect in effects]
    assert kinds[:2] == [RecordOther, RecordVisit] and kinds[-1] is Answered
    record = effects[0]
    assert isinstance(record, RecordOther) and isinstance(record.record, Override)
    assert (record.record.about, record.record.guard, record.record.reason) == (12, "bao-ve-1", 3)
    visit = visits(effects)[0].visit
    assert (visit.identity, visit.source, visit.signal) == ("099099000007", Source.GUARD, Signal.ALLOW)
    assert [name_of(n) for n in visit.reasons] == ["guard_allowed", "no_declaration_due"]
    assert signals(effects) == ["green"] and desk.state.occupancy == 1


def test_a_guard_may_take_three_minutes_to_come_and_no_longer() -> None:
    for wait_ms, identity in ((8_000, "099099000007"), (180_000, "")):
        desk = Desk(IN)
        desk.do(DOUBTED)
        desk.do(Tick(), after_ms=wait_ms)
        assert desk.state.view.page == "idle"
        assert visits(desk.do(Overridden("bao-ve-1", True, 3)))[0].visit.identity == identity


def test_a_visitor_without_any_code_is_let_in_and_counted_without_a_name() -> None:
    desk = Desk(IN)
    visit = visits(desk.do(Overridden("bao-ve-1", True, 1)))[0].visit
    assert (visit.identity_kind, visit.identity) == (IdentityKind.NONE, "")
    assert desk.state.occupancy == 1


def test_a_guards_word_is_about_one_visitor_only() -> None:
    desk = Desk(IN)
    desk.do(DOUBTED)
    desk.do(Overridden("bao-ve-1", True, 3))
    assert visits(desk.do(Overridden("bao-ve-1", True, 3)))[0].visit.identity == ""


def test_keeping_somebody_out_is_recorded_and_counts_nobody() -> None:
    desk = Desk(IN)
    desk.do(DOUBTED)
    effects = desk.do(Overridden("bao-ve-1", False, 4))
    assert not visits(effects) and desk.state.occupancy == 0
    assert signals(effects) != ["green"]


def test_a_slip_keeps_its_own_time_and_leaves_lamps_and_screen_alone() -> None:
    desk = Desk(BOTH)
    desk.do(seen(1))
    view = desk.state.view
    effects = desk.do(SlipEntered("bao-ve-1", 17, 1_790_000_000_000, Direction.IN, 3, seen(2), asked=9))
    visit = visits(effects)[0].visit
    assert (visit.paper, visit.source, visit.companions) == ((1_790_000_000_000, 17), Source.PAPER, 2)
    assert signals(effects) == [] and desk.state.view == view
    assert desk.state.occupancy == 4


def test_while_the_store_fails_a_guards_word_is_refused_and_says_so() -> None:
    desk = Desk(IN)
    desk.do(StoreFailed("store_failed"))
    for event in (
        Overridden("bao-ve-1", True, 1, asked=3),
        SlipEntered("bao-ve-1", 1, 0, Direction.IN, 1, None, asked=3),
    ):
        answers = [effect for effect in desk.do(event) if isinstance(effect, Answered)]
        assert [(answer.signal, answer.reasons) for answer in answers] == [(Signal.FAULT, ("store_failed",))]
    assert desk.state.occupancy == 0


def test_a_lamp_test_ends_by_itself_and_the_next_visitor_pre_empts_it() -> None:
    desk = Desk(IN)
    assert signals(desk.do(LampsTested("bao-ve-1"))) == ["test"]
    assert signals(desk.do(Tick(), after_ms=5_999)) == []
    assert signals(desk.do(Tick(), after_ms=1)) == ["idle"]
    desk.do(LampsTested("bao-ve-1"))
    assert signals(desk.do(seen(3))) == ["green"]


def test_a_stick_that_may_be_pulled_is_told_by_the_lamps_and_a_visitor_comes_first() -> None:
    desk = Desk(IN)
    assert signals(desk.do(StickCarried())) == ["carried"]
    assert signals(desk.do(Tick(), after_ms=4_999)) == []
    assert signals(desk.do(Tick(), after_ms=1)) == ["idle"]
    desk.do(StickCarried())
    assert signals(desk.do(seen(3))) == ["green"]
    assert desk.do(StickCarried()) == [], "whoever is being answered has the lamps"


def test_a_stick_of_before_the_start_is_not_told_again(tmp_path: Path) -> None:
    mark = tmp_path / "carried"
    mark.touch()
    watch = StickMark(tmp_path)
    assert not watch.is_new()
    os.utime(mark, ns=(mark.stat().st_mtime_ns + 10**9,) * 2)
    assert watch.is_new() and not watch.is_new()


def test_a_call_for_help_sounds_and_leaves_the_lamps_as_they_are() -> None:
    desk = Desk(IN)
    desk.do(seen(1))
    effects = desk.do(HelpCalled("bao-ve-1", True, asked=1))
    assert [(e.pattern, e.buzzer) for e in effects if isinstance(e, ShowLamps)] == [("green", "help")]
    assert desk.state.help
    desk.do(HelpCalled("bao-ve-1", False))
    assert not desk.state.help


def test_writing_on_paper_does_not_stop_the_gate() -> None:
    desk = Desk(Rules("in"))
    desk.do(PaperMode("bao-ve-1", True))
    assert desk.state.paper and signals(desk.do(seen(1))) == ["green"]
