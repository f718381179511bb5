"""From a signed order to a recorded declaration: the form's desk, the gate's queue and a real database."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from credentials.types import Credential
from forms.model import Answers, Coding, Form
from forms.packed import unpack
from kiosk.asking import MOST, Asking
from kiosk.board import Board
from kiosk.cards import KEEP_MS, Cards
from kiosk.events import Overridden
from kiosk.form_desk import FormDesk, spoken
from kiosk.gate import Rules
from kiosk.temporary_passes import FILE, TemporaryPasses
from store import bulletins
from tests.parts.waits import wait_for
from tests.unit.kiosk.site import CARD, NOON, OTHER, Kiosk, Time
from ui.form.desk import Filled, Outcome
from wire.bulletin import Bulletin
from wire.records import Declaration, IdentityKind, Override, Signal

DOMESTIC = "https://gatepost.example/form/domestic|1"
HOUR_MS = 3_600_000
TEXTS = {"vi": "Văn bản thử", "en": "A text for tests"}


def order(version: int = 1, **changes: Any) -> Bulletin:
    body = {
        "mandatory": True,
        "form": DOMESTIC,
        "start": NOON - HOUR_MS,
        "end": NOON + 48 * HOUR_MS,
        "valid": 12 * HOUR_MS,
        "who": None,
        "disease": "",
        "names_fields": False,
        "stops": False,
        **dict.fromkeys(("legal_basis", "purpose", "notice", "consequence"), TEXTS),
    } | changes
    return Bulletin("order", "all", "thu-1", version, NOON - HOUR_MS, NOON + 60 * HOUR_MS, body)


class Place:
    """A gate under an order, its loop in a thread as in the field, and the form's desk beside it."""

    def __init__(self, kiosk: Kiosk, folder: Path) -> None:
        self.kiosk = kiosk
        self.passes = TemporaryPasses(folder, lambda: NOON // 1000, os.urandom)
        self.desk = FormDesk(kiosk.loop, kiosk.ledger.board, kiosk.clock, self.passes, "t-gate", "market")
        self._thread: threading.Thread | None = None

    def publish(self, bulletin: Bulletin) -> None:
        bulletins.keep(self.kiosk.store, bulletin, b"signed", NOON)
        self.kiosk.ledger.board.refresh()

    def during(self, work: Any) -> Any:
        """Run `work` on another thread, as the web does, while the gate turns on this one."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(work)
            for _ in range(2000):
                if done.done():
                    break
                self.kiosk.loop.take(*self.kiosk.loop._wait())
            return done.result(5)

    def form(self) -> Form:
        return self.desk.offers()[0].form

    def submit(self, answers: Answers, identity: tuple[str, str] | None, **changes: Any) -> Outcome:
        offer = self.desk.offers()[0]
        filled = Filled(offer.key, answers, "vi", "2026-09-21T12:00:00+07:00", offer.consent["vi"], identity, 1)
        done: Outcome = self.during(lambda: self.desk.submit(replace(filled, **changes)))
        return done


@pytest.fixture
def place(kiosk: Kiosk, tmp_path: Path) -> Iterator[Place]:
    yield Place(kiosk, tmp_path)


@pytest.fixture
def kiosk(tmp_path: Path, time: Time) -> Kiosk:
    return Kiosk(tmp_path, time, rules=Rules("in", minimum_stay_ms=10_000))


def well(form: Form) -> Answers:
    """The exclusive option of every question that has one."""
    answers: dict[Any, Any] = {}
    for item in form.flat:
        exclusive = next((option.value for option in item.options if option.exclusive), None)
        if exclusive is not None:
            answers[item.link_id, ()] = (exclusive,)
    return answers


def ill(form: Form) -> Answers:
    answers = dict(well(form))
    for item in form.flat:
        if any(coding.code == "symptoms" for coding in item.codes):
            fever = next(o.value for o in item.options if isinstance(o.value, Coding) and o.value.code == "fever")
            answers[item.link_id, ()] = (fever,)
    return answers


def test_without_an_order_nothing_is_asked_and_nothing_offered(place: Place) -> None:
    assert place.desk.offers() == []
    assert place.kiosk.show(CARD) == "green"


def test_under_a_mandatory_order_a_card_alone_is_asked_to_declare(place: Place) -> None:
    place.publish(order())
    assert place.kiosk.show(CARD) == "yellow"
    assert place.kiosk.feed.latest()[1].reasons == ("declaration_due",)
    held = place.desk.held()
    assert held is not None and held["full_name"] == "Trần Văn Thử" and held["birth_year"] == "1999"
    assert place.desk.held() is None, "a card is given to a form once"


def test_a_finished_declaration_lets_in_and_the_next_time_one_scan_is_enough(place: Place, time: Time) -> None:
    place.publish(order())
    place.kiosk.show(CARD)
    outcome = place.submit(well(place.form()), ("cccd", "099099000001"))
    assert (outcome.signal, outcome.failed) == ("ALLOW", "")
    assert "declared" in outcome.reasons
    time.pass_ms(11 * HOUR_MS)
    assert place.kiosk.show(CARD) == "green"
    time.pass_ms(2 * HOUR_MS)
    assert place.kiosk.show(CARD) == "yellow", "the declaration counts for the order's hours"


def test_symptoms_lead_to_the_desk_and_bystanders_read_no_more_than_that(place: Place) -> None:
    place.publish(order())
    outcome = place.submit(ill(place.form()), ("cccd", "099099000001"))
    assert outcome.signal == "ASK" and "symptoms" in outcome.reasons
    view = place.kiosk.feed.latest()[1]
    assert view.signal == "ASK" and "symptoms" not in view.reasons and "see_desk" in view.reasons
    assert place.kiosk.show(CARD) == "yellow", "a scan after it does not wash it away"


def test_what_was_declared_is_sealed_and_can_be_rebuilt_by_whoever_holds_the_case_key(place: Place) -> None:
    place.publish(order())
    form = place.form()
    answers = well(form)
    place.submit(answers, ("cccd", "099099000001"))
    record = next(r for r in place.kiosk.opened_records() if isinstance(r, Declaration))
    assert (record.identity_kind, record.identity, record.outcome) == (IdentityKind.CCCD, "099099000001", Signal.ALLOW)
    assert record.form == DOMESTIC and record.order == "thu-1|1" and len(record.consent) == 32
    assert dict(unpack(form, record.answers)) == dict(answers)


def test_a_refusal_is_recorded_and_leads_to_a_person(place: Place) -> None:
    place.publish(order())
    outcome = place.submit({}, ("cccd", "099099000001"), refused=True)
    assert outcome.signal == "ASK" and "declaration_refused" in outcome.reasons
    record = next(r for r in place.kiosk.opened_records() if isinstance(r, Declaration))
    assert record.refused and record.answers == b""
    assert place.kiosk.show(CARD) == "yellow"


def test_when_the_order_ends_the_form_stops_by_itself(place: Place, time: Time) -> None:
    place.publish(order())
    assert len(place.desk.offers()) == 1
    time.pass_ms(49 * HOUR_MS)
    assert place.desk.offers() == []
    assert place.kiosk.show(CARD) == "green"


def test_no_papers_and_no_card_gives_a_pass_that_the_gate_reads(place: Place) -> None:
    outcome = place.during(lambda: place.desk.temporary_pass("vi"))
    assert outcome.signal == "ALLOW" and outcome.pass_text.startswith("GP1:")
    assert len(outcome.code) == 14
    place.kiosk.ledger.trust_passes(place.passes.issuers)
    assert place.kiosk.ledger.read(outcome.pass_text).status == "valid"


def test_a_form_without_a_card_is_made_out_to_a_pass(place: Place) -> None:
    place.publish(order())
    outcome = place.submit(well(place.form()), None)
    assert outcome.signal == "ALLOW" and outcome.pass_text
    place.kiosk.ledger.trust_passes(place.passes.issuers)
    assert place.kiosk.show(outcome.pass_text) == "green", "that pass is inside, and has declared"


def test_scans_go_on_while_a_form_waits_for_its_card(place: Place) -> None:
    place.publish(order(mandatory=False))
    assert place.kiosk.show(OTHER) == "green"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(place.desk.scanned, 5.0)
        wait_for(lambda: place.kiosk.loop.cards.wanted, "the form waits for a card")
        lamps = len(place.kiosk.outside.shown)
        place.kiosk.loop.see(CARD)
        card = waiting.result(5)
    assert card is not None and card["normal_form"] == "099099000001"
    place.kiosk.loop.take(*place.kiosk.loop._wait())
    assert place.kiosk.outside.shown[lamps:] == [], "a card that fills in a form is no check-in"


def test_a_form_that_cannot_be_committed_says_so(place: Place) -> None:
    place.publish(order())
    answers = well(place.form())
    place.kiosk.store.execute("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END")
    outcome = place.submit(answers, ("cccd", "099099000001"))
    assert outcome.failed == "store_failed" and outcome.code == ""


def test_what_was_answered_too_late_is_not_recorded_so_that_it_may_be_sent_again(place: Place) -> None:
    place.publish(order())
    offer = place.desk.offers()[0]
    filled = Filled(offer.key, well(offer.form), "vi", "2026-09-21T12:00:00+07:00", offer.consent["vi"], None, 1)
    assert place.desk.submit(filled).failed == "stalled", "nobody turns the loop"
    while place.kiosk.loop._queue.qsize():
        place.kiosk.loop.take(*place.kiosk.loop._wait())
    assert not [record for record in place.kiosk.opened_records() if isinstance(record, Declaration)]


def test_a_bulletin_that_cannot_be_read_does_not_close_the_gate(place: Place) -> None:
    place.publish(order(form=7))
    assert place.desk.offers() == []
    assert place.kiosk.show(CARD) == "green"


def test_a_guards_word_is_about_the_visit_that_was_just_answered_or_about_none(place: Place) -> None:
    place.publish(order())
    place.kiosk.show(CARD)
    visits = place.kiosk.store.execute("SELECT max(place) & 1099511627775 FROM visit").fetchone()[0]
    _let_in(place)
    place.kiosk.show("no code at all")
    _let_in(place)
    said = [record.about for record in place.kiosk.opened_records() if isinstance(record, Override)]
    assert said == [visits, 0]


def _let_in(place: Place) -> None:
    answer = place.during(lambda: place.kiosk.loop.ask(lambda _, asked: Overridden("bao-ve-1", True, 1, asked=asked)))
    assert answer.signal is Signal.ALLOW


def test_a_card_is_kept_for_a_minute(time: Time) -> None:
    cards = Cards(lambda: time.mono_ms)
    cards.keep(Credential("cccd", "valid", "ok", (), "099099000001"))
    time.pass_ms(KEEP_MS)
    assert cards.kept() is None


def test_too_many_who_wait_are_told_at_once() -> None:
    asking = Asking()
    assert all(asking.begin() is not None for _ in range(MOST))
    assert asking.begin() is None


def test_a_cut_short_pass_key_is_drawn_anew(tmp_path: Path) -> None:
    first = TemporaryPasses(tmp_path, lambda: 0).issuers
    assert TemporaryPasses(tmp_path, lambda: 0).issuers == first
    (tmp_path / FILE).write_bytes(b"short")
    assert TemporaryPasses(tmp_path, lambda: 0).issuers != first


def test_a_code_can_be_read_out_over_the_telephone() -> None:
    assert spoken(bytes(16)) == "0000-0000-0000"
    assert spoken(b"\xff" * 16) == "ZZZZ-ZZZZ-ZZZZ"


def test_the_shipped_forms_are_found_by_their_names(kiosk: Kiosk) -> None:
    board: Board = kiosk.ledger.board
    for name in ("entry", "domestic", "voluntary", "daily"):
        form = board.form(f"https://gatepost.example/form/{name}|1")
        assert form is not None, name


def test_an_order_for_some_people_is_offered_and_the_visitor_it_concerns_is_led_to_it(place: Place) -> None:
    everybody = order()
    some = replace(
        everybody, name="thu-2", body=everybody.body | {"who": {"===": [{"var": "person.nationality"}, "VN"]}}
    )
    others = {"and": [{"===": [{"var": "venue.kind"}, "border"]}, {"===": [{"var": "person.nationality"}, "VN"]}]}
    elsewhere = replace(everybody, name="thu-3", body=everybody.body | {"who": others})
    foreign = {"===": [{"var": "person.nationality"}, "KR"]}
    strangers = replace(everybody, name="thu-0", body=everybody.body | {"who": foreign})
    for bulletin in (strangers, some, elsewhere):
        place.publish(bulletin)
    assert {offer.key for offer in place.desk.offers()} == {"thu-0|1", "thu-2|1"}
    assert place.kiosk.show(CARD) == "yellow"
    assert place.kiosk.feed.latest()[1].due == "thu-2|1"
