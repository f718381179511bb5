"""Whoever was heard together with a case is told alone, on the gate's own screen; all others see "the desk"."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import pytest

from credentials.pass_qr import Pass, encode_pass
from kiosk.alone_desk import KioskAloneDesk
from kiosk.duties import Duties
from kiosk.events import Tick
from kiosk.gate import Rules
from kiosk.temporary_passes import TemporaryPasses
from tests.unit.kiosk.site import CARD, NOON, OTHER, PASS_KEY, Kiosk, Time
from tests.unit.rules.cases import rule, rule_set
from ui.alone import Alone, lines_of
from ui.guard.stream import view_for_guards
from ui.place import Place
from ui.screen import Feed, View
from ui.words import Words
from wire.records import Signal, Visit

DAY_S = 86_400
ID = b"e" * 16
ENDS_MS = NOON + 12 * DAY_S * 1000
PLACE = Place("Chợ Mẫu", "Cửa A", "both", "market", ("vi", "en"))
WORDS = Words(("vi", "en"))
MASK = {"vi": "Mời nhận một khẩu trang", "en": "Please take a mask"}
_T = TypeVar("_T")


class Gate:
    """A gate that has heard the pass ID together with a case, and a finger on its screen."""

    def __init__(self, folder: Path, time: Time, rules: Rules | None = None) -> None:
        self.time, self.kiosk = time, Kiosk(folder, time, rules=rules)
        self.kiosk.ledger.nearby.exposed = {ID: ENDS_MS}
        self.printed: list[list[str]] = []
        self.desk = KioskAloneDesk(self.kiosk.loop, self._print)

    def _print(self, lines: object, language: str) -> bool:
        self.printed.append([str(line) for line in lines])  # type: ignore[attr-defined]
        return True

    def show(self, text: str) -> View:
        self.kiosk.show(text)
        return self.view()

    def tap(self) -> View:
        self.kiosk.loop.take(self.kiosk.loop._arrivals.tap(ID, NOON // 1000 + DAY_S, 0, self.kiosk.loop.state))
        return self.view()

    def view(self) -> View:
        return self.kiosk.feed.latest()[1]

    def touch(self, view: int | None = None, after_ms: int = 600, again: bool = False) -> Alone | None:
        """What a touch on the view of that number, by default the one shown, is answered."""
        number = self.kiosk.feed.latest()[0] if view is None else view
        self.time.pass_ms(after_ms)
        return self.during(lambda: self.desk.read(number, again))

    def during(self, work: Callable[[], _T]) -> _T:
        """`work` on another thread, as the web does it, while the gate turns on this one."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(work)
            while not done.done():
                self.kiosk.loop.take(*self.kiosk.loop._wait())
            return done.result(5)


@pytest.fixture
def gate(tmp_path: Path, time: Time) -> Gate:
    return Gate(tmp_path, time)


def printed_pass(outcome: int | None = None, pass_id: bytes = ID) -> str:
    return encode_pass(Pass(pass_id, NOON // 1000 + DAY_S, 0, outcome), PASS_KEY)


def guards(view: View) -> dict[str, object]:
    return view_for_guards(Feed(view, now=lambda: 0.0), WORDS, PLACE, "en", 1, view)


def test_the_tag_and_the_code_of_an_exposed_pass_lead_to_the_desk_and_to_nothing_more(gate: Gate, time: Time) -> None:
    for shown in (gate.tap, lambda: gate.show(printed_pass())):
        view = shown()
        assert (view.signal, view.reasons, view.private, view.lamps) == ("ASK", ("see_desk",), True, "yellow")
        time.pass_ms(60_000)
    visits = [record for record in gate.kiosk.opened_records() if isinstance(record, Visit)]
    assert [(visit.signal, visit.reasons) for visit in visits] == [(Signal.ASK, (31, 58))] * 2
    assert gate.show(CARD).signal == "ALLOW", "nobody else is asked"


def test_no_view_and_no_guards_page_differs_from_that_of_any_other_who_is_sent_to_the_desk(gate: Gate) -> None:
    exposed = gate.tap()
    assert exposed == gate.show(printed_pass(Signal.ASK, b"o" * 16)), "the centre wants to see the other one"
    assert "expos" not in repr(asdict(exposed)) and "expos" not in repr(guards(exposed)).replace("exposures", "")


def test_one_touch_gives_the_reason_and_its_end_to_whoever_touched(gate: Gate) -> None:
    gate.tap()
    alone = gate.touch()
    assert alone == Alone(("exposure",), (), "2026-10-03")
    view = gate.view()
    assert (view.page, view.stays_ms, view.reasons, view.private) == ("private", 30_000, ("see_desk",), False)
    assert "expos" not in repr(asdict(view))


def test_lamps_and_guards_stay_with_the_answer_while_it_is_read(gate: Gate) -> None:
    before = guards(gate.tap())
    lamps = list(gate.kiosk.outside.shown)
    gate.touch()
    assert gate.kiosk.outside.shown == lamps
    assert {**guards(gate.view()), "stays_ms": before["stays_ms"]} == before


def test_it_is_given_once_and_a_second_time_only_for_the_printer(gate: Gate) -> None:
    gate.tap()
    number = gate.kiosk.feed.latest()[0]
    assert gate.touch(number, again=True) is None, "nobody prints what nobody reads"
    assert gate.touch(number) is not None
    assert gate.touch(number) is None
    assert gate.touch(number, again=True) is not None


def test_the_next_visitor_takes_the_screen_and_nothing_is_left(gate: Gate) -> None:
    gate.tap()
    number = gate.kiosk.feed.latest()[0]
    gate.touch(number)
    assert gate.show(OTHER).signal == "ALLOW"
    assert gate.kiosk.loop.state.private is None
    assert gate.touch(number) is None and gate.touch(number, again=True) is None


def test_a_finger_that_was_meant_for_the_answer_before_opens_nothing(gate: Gate) -> None:
    gate.show(printed_pass())
    first = gate.kiosk.feed.latest()[0]
    gate.tap()
    assert gate.touch(after_ms=0) is None
    assert gate.touch(first) is None
    assert gate.view().page == "result"


@pytest.mark.parametrize("read", [False, True])
def test_when_its_time_is_over_it_is_gone_from_the_gate_too(gate: Gate, time: Time, read: bool) -> None:
    gate.tap()
    number = gate.kiosk.feed.latest()[0]
    if read:
        gate.touch(number)
    time.pass_ms(30_001)
    gate.kiosk.loop.take(Tick())
    assert (gate.view().page, gate.kiosk.loop.state.private) == ("idle", None)
    assert gate.touch(number) is None and gate.touch(number, again=True) is None


def test_done_wipes_it_at_once(gate: Gate) -> None:
    gate.tap()
    gate.touch()
    gate.kiosk.loop.press("cancel")
    gate.kiosk.loop.take(*gate.kiosk.loop._wait())
    assert (gate.view().page, gate.kiosk.loop.state.private) == ("idle", None)


def test_who_leaves_is_not_held_and_the_end_ends_it(gate: Gate, tmp_path: Path, time: Time) -> None:
    out = Gate(tmp_path / "out", time, Rules("out"))
    assert out.tap().signal == "ALLOW"
    gate.kiosk.ledger.nearby.exposed = {ID: NOON - 1}
    assert gate.tap().signal == "ALLOW"


def test_a_clearance_of_the_centre_outweighs_it_and_says_nothing(gate: Gate) -> None:
    view = gate.show(printed_pass(Signal.ALLOW))
    assert (view.signal, view.reasons, view.private) == ("ALLOW", ("registered",), False)


def test_a_pass_that_the_gate_gave_out_itself_is_nobodys_exposure(gate: Gate, time: Time) -> None:
    passes = TemporaryPasses(gate.kiosk.store.folder, lambda: time.wall_ms // 1000)
    gate.kiosk.ledger.give_passes(passes)
    assert gate.show(passes.new()[1]).signal == "ALLOW"


def test_a_private_word_of_a_rule_reaches_whoever_showed_a_code(gate: Gate) -> None:
    rules = rule_set(rule({"var": "exposure"}, "ASK", audience="private", messages=MASK))
    gate.kiosk.ledger.board.duties = Duties(rules=rules)
    view = gate.tap()
    assert MASK["en"] not in repr(asdict(view)) and MASK["en"] not in repr(guards(view))
    alone = gate.touch()
    assert alone is not None and alone.messages == (MASK,)


def test_the_page_says_same_place_and_time_and_no_distance_and_no_person() -> None:
    texts = WORDS.labels("")
    lines = lines_of(Alone(("exposure",), (MASK,), "2026-12-05"), texts["en"], PLACE, "en")
    assert lines == [texts["en"]["alone.exposure"], lines[1], MASK["en"], "This notice ends by itself on 05/12/2026."]
    said = " ".join(lines)
    assert "not a diagnosis" in said and "same time" in said and "the help desk near the gate" in said
    assert not any(
        word in said.lower() for word in ("metre", "meter", "close", "near somebody", "bluetooth", "contact")
    )


def test_who_is_sent_to_the_desk_for_no_private_reason_reads_where_it_is() -> None:
    texts = WORDS.labels("")["en"]
    assert lines_of(Alone(("see_desk",)), texts, PLACE, "en") == ["Please go to: the help desk near the gate"]
    assert lines_of(Alone(("reason_900",)), texts, PLACE, "en") == ["Please go to: the help desk near the gate"]
