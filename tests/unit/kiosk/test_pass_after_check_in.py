"""Whoever checks in without a pass is offered one: it stands for that visitor, and for nobody else's touch."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.bench.samples import SAMPLES
from kiosk.events import LightComing, Tick
from kiosk.gate import Rules
from kiosk.pass_desk import KioskPassDesk
from kiosk.temporary_passes import TemporaryPasses
from tests.unit.kiosk.site import CARD, OTHER, Kiosk, Time
from tests.unit.kiosk.test_form_desk import Place as Form
from tests.unit.kiosk.test_form_desk import ill, order, well
from tests.unit.kiosk.test_loop import commits_of
from ui.guard.stream import view_for_guards
from ui.place import Place
from ui.screen import View
from ui.words import Words
from wire.envelope import pass_of, record_id
from wire.records import IdentityKind, Visit

HOUR_MS = 3_600_000
BHYT, PERSONAL = (sample["text"] for sample in SAMPLES if sample["id"] in ("bhyt", "personal"))


class Gate:
    """A gate that goes both ways, and a finger on its screen."""

    def __init__(self, folder: Path, time: Time, boot: bytes = b"bootboot", rules: Rules | None = None) -> None:
        self.time, self.kiosk = time, Kiosk(folder, time, boot, rules)
        self.kiosk.ledger.give_passes(TemporaryPasses(folder, lambda: time.wall_ms // 1000))
        self.desk = KioskPassDesk(self.kiosk.loop)

    def show(self, text: str) -> View:
        """The screen after this code, an hour after the one before."""
        self.time.pass_ms(HOUR_MS)
        self.kiosk.show(text)
        return self.view()

    def view(self) -> View:
        return self.kiosk.feed.latest()[1]

    def touch(self, view: int | None = None, after_ms: int = 600) -> str:
        """The pass that a touch on view number `view`, by default the one shown, gives."""
        number = self.kiosk.feed.latest()[0] if view is None else view
        self.time.pass_ms(after_ms)
        return self.during(lambda: self.desk.give(number))

    def during(self, work: Callable[[], str]) -> str:
        """`work` on another thread, as the web does it, while the gate turns on this one."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(work)
            while not done.done():
                self.kiosk.loop.take(*self.kiosk.loop._wait())
            return done.result(5)


@pytest.fixture
def gate(tmp_path: Path, time: Time) -> Gate:
    return Gate(tmp_path, time)


@pytest.mark.parametrize("card", [CARD, BHYT, PERSONAL])
def test_whoever_comes_with_a_card_leaves_with_the_pass_and_the_other_way_round(gate: Gate, card: str) -> None:
    assert gate.show(card).offer
    text = gate.touch()
    steps = [gate.show(code) for code in (text, card, card, text, text, card)]
    assert [view.direction for view in steps] == ["out", "in", "out", "in", "out", "in"]
    assert [view.occupancy for view in steps] == [0, 1, 0, 1, 0, 1]


def test_the_pass_is_shown_until_a_photo_is_taken_and_the_lamps_rest_meanwhile(gate: Gate, time: Time) -> None:
    gate.show(CARD)
    text = gate.touch()
    assert (gate.view().page, gate.view().code) == ("pass", text)
    assert gate.kiosk.outside.shown[-1] == ("idle", None)
    time.pass_ms(20_000)
    gate.kiosk.loop.take(Tick())
    assert gate.view().page == "idle"
    assert gate.kiosk.loop.state.view.code == ""


def test_a_restart_knows_whose_pass_it_is(gate: Gate, tmp_path: Path, time: Time) -> None:
    gate.show(CARD)
    text = gate.touch()
    again = Gate(tmp_path, time)
    assert (again.show(text).direction, again.view().occupancy) == ("out", 0)
    assert again.show(CARD).direction == "in"


def test_after_a_power_cut_the_gate_asks_as_it_asks_of_a_card(gate: Gate, tmp_path: Path, time: Time) -> None:
    gate.show(CARD)
    text = gate.touch()
    for key in (tmp_path / "run").iterdir():
        key.unlink()
    assert Gate(tmp_path, time, b"anewboot").show(text).page == "choose"


def test_the_same_card_again_is_offered_the_same_pass(gate: Gate, time: Time) -> None:
    gate.show(CARD)
    first = gate.touch()
    time.pass_ms(5_000)
    gate.kiosk.show(CARD)
    assert gate.view().reasons == ("already_in",) and gate.view().offer
    again = gate.touch()
    assert [gate.kiosk.ledger.read(text).normal_form for text in (first, again)] == [
        gate.kiosk.ledger.read(first).normal_form
    ] * 2


def test_a_touch_after_the_next_scan_gives_nobody_somebody_elses_pass(gate: Gate) -> None:
    gate.show(CARD)
    number = gate.kiosk.feed.latest()[0]
    gate.show(OTHER)
    assert gate.touch(number) == ""
    assert gate.view().page == "result"
    assert gate.touch() != "", "it is the other one's to take"


def test_a_finger_that_was_on_its_way_when_the_page_changed_takes_nothing(gate: Gate) -> None:
    gate.show(CARD)
    gate.kiosk.loop.take(gate.kiosk.loop.read(OTHER))
    assert gate.touch(after_ms=499) == ""
    assert gate.view().page == "result"


def test_a_scan_that_waits_on_the_queue_is_answered_first_and_the_touch_is_late(gate: Gate) -> None:
    gate.show(CARD)
    number = gate.kiosk.feed.latest()[0]
    gate.kiosk.loop.see(OTHER)
    assert gate.touch(number) == ""
    assert (gate.view().page, gate.view().occupancy) == ("result", 2)


def test_a_second_touch_prints_no_second_pass(gate: Gate) -> None:
    gate.show(CARD)
    number = gate.kiosk.feed.latest()[0]
    assert gate.touch(number) != ""
    assert gate.touch(number) == gate.touch() == ""


def test_the_next_visitor_takes_the_screen_from_a_pass_at_once(gate: Gate) -> None:
    gate.show(CARD)
    gate.touch()
    gate.kiosk.loop.take(LightComing(1, 9))
    assert gate.view().page == "light"
    gate.show(CARD), gate.show(CARD)
    gate.touch()
    gate.kiosk.show(OTHER)
    assert (gate.view().page, gate.view().code) == ("result", "")


def test_the_offer_goes_with_its_page(gate: Gate, time: Time) -> None:
    gate.show(CARD)
    number = gate.kiosk.feed.latest()[0]
    time.pass_ms(3_000)
    gate.kiosk.loop.take(Tick())
    assert not gate.view().offer
    assert gate.touch(number) == ""


def test_nobody_is_offered_what_they_have_or_cannot_use(gate: Gate, tmp_path: Path, time: Time) -> None:
    gate.show(CARD)
    text = gate.touch()
    assert not gate.show(text).offer, "who leaves"
    assert not gate.show(text).offer, "who comes with a pass"
    assert not gate.show(CARD.replace("Nam", "Nữ")).offer, "whom a person has to look at"
    assert not gate.show("a code of something else").offer
    time.synchronised = False
    unset = Gate(tmp_path / "unset", time)
    assert unset.show(CARD).signal == "ALLOW"
    assert not unset.view().offer, "a pass without a date would be looked at again at every gate"


def test_a_stay_over_midnight_is_paired_by_either(gate: Gate, time: Time) -> None:
    gate.show(CARD)
    text = gate.touch()
    time.pass_ms(16 * HOUR_MS)
    assert [gate.show(code).direction for code in (text, CARD, text)] == ["out", "in", "out"]


def test_the_centre_knows_whose_pass_left_from_the_record_of_who_came(gate: Gate) -> None:
    gate.show(CARD)
    gate.show(gate.touch())
    came, left = (one for one in gate.kiosk.opened_records() if isinstance(one, Visit))
    assert (came.identity_kind, left.identity_kind) == (IdentityKind.CCCD, IdentityKind.PASS)
    (epoch,) = gate.kiosk.store.execute("SELECT epoch FROM epoch").fetchone()
    (seq,) = gate.kiosk.store.execute("SELECT min(seq) FROM outbox WHERE kind = ?", (Visit.KIND,)).fetchone()
    assert left.identity == pass_of(record_id("t-gate", epoch, seq)).hex()


def test_giving_a_pass_writes_nothing_on_the_card(gate: Gate, tmp_path: Path) -> None:
    gate.show(CARD)
    assert commits_of(gate.kiosk, gate.touch) == 0
    text = gate.view().code
    pass_id = str(gate.kiosk.ledger.read(text).normal_form)
    card = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(word in card for word in (bytes.fromhex(pass_id), pass_id.encode(), text.encode()))


def test_the_guards_page_hears_nothing_of_a_pass(gate: Gate) -> None:
    gate.show(CARD)
    text = gate.touch()
    number, view = gate.kiosk.feed.latest()
    place = Place("Chợ Mẫu", "Cửa A", "both")
    told = view_for_guards(gate.kiosk.feed, Words(("vi",)), place, "vi", number, view)
    assert told["page"] == "idle"
    assert text not in repr(told) and text not in repr(view)


def test_many_touches_at_once_give_one_pass(gate: Gate) -> None:
    gate.show(CARD)
    gate.time.pass_ms(600)
    number = gate.kiosk.feed.latest()[0]
    given: list[str] = []

    def touch() -> None:
        given.append(gate.desk.give(number))

    threads = [threading.Thread(target=touch) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        gate.kiosk.loop.take(*gate.kiosk.loop._wait())
    assert len([text for text in given if text]) == 1


def test_the_passes_date_is_a_day_from_now(gate: Gate) -> None:
    gate.show(CARD)
    fields = gate.kiosk.ledger.read(gate.touch()).fields
    assert str(fields["expires"]).startswith("2026-09-22")


def test_a_form_that_lets_in_by_a_card_ends_with_the_pass_of_that_check_in(tmp_path: Path, time: Time) -> None:
    place = Form(Kiosk(tmp_path, time), tmp_path)
    place.kiosk.ledger.give_passes(place.passes)
    place.publish(order())
    assert place.kiosk.show(CARD) == "yellow"
    outcome = place.submit(well(place.form()), ("cccd", "099099000001"))
    time.pass_ms(HOUR_MS)
    assert place.kiosk.show(outcome.pass_text) == "green"
    view = place.kiosk.feed.latest()[1]
    assert (view.direction, view.occupancy) == ("out", 0)
    time.pass_ms(HOUR_MS)
    assert place.kiosk.show(outcome.pass_text) == "green", "what was declared with the card counts with the pass"
    assert place.submit(ill(place.form()), ("cccd", "099194000002")).pass_text == "", "who is not let in gets none"
