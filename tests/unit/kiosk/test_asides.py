"""What is said of a place at its kiosk, and by the place of itself: recorded sealed, without lamp, visit or person."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import pytest

from forms.model import LANGUAGES, Answers, Coding, Form, Value
from kiosk.asides import CHECKS, DAILY, MOST_WORDS, WHOLE, WORDS_MS, Asides, check_name
from kiosk.check_desk import KioskCheckDesk
from kiosk.events import FaultChanged
from kiosk.form_desk import FormDesk
from kiosk.temporary_passes import TemporaryPasses
from kiosk.touches import LookAgain
from store.db import Store, open_store
from tests.unit.forms.library import filled as well_filled
from tests.unit.kiosk.site import Kiosk, Time
from ui.form.desk import Filled, Offer, Outcome
from ui.form.seats import Seats
from ui.words import Words
from wire.records import DeviceEvent, Feedback, SelfCheck

TEXTS = Words(LANGUAGES).labels("form.aside.")
DAY_MS = 86_400_000
_T = TypeVar("_T")


def during(kiosk: Kiosk, work: Callable[[], _T]) -> _T:
    """Run `work` as the web does, while the gate turns."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        for _ in range(500):
            if done.done():
                break
            kiosk.loop.take(*kiosk.loop._wait())
        return done.result(5)


def asides_of(kiosk: Kiosk, check: str = "market") -> Asides:
    return Asides(kiosk.loop, TEXTS, check, kiosk.clock.mono_ms)


def filled(offer: Offer, answers: Answers) -> Filled:
    return Filled(offer.key, answers, "vi", "2026-09-21T12:00:00+07:00", offer.consent["vi"], None, 1)


def say(form: Form, **codes: str) -> Answers:
    system = next(one.value.system for one in form.by_id["topic"].options if isinstance(one.value, Coding))
    return {(link, ()): (Coding(system, code),) for link, code in codes.items()}


def records(kiosk: Kiosk) -> list[object]:
    return [one for one in kiosk.opened_records() if not isinstance(one, DeviceEvent)]


def test_a_word_is_recorded_as_topic_and_rating_and_disturbs_nobody(kiosk: Kiosk) -> None:
    asides, shown = asides_of(kiosk), list(kiosk.outside.shown)
    offer = asides.feedback
    outcome = during(kiosk, lambda: asides.take_word(filled(offer, say(offer.form, topic="crowded", rating="2"))))
    assert outcome == Outcome("ALLOW", ("feedback_taken",), "", aside="feedback")
    assert records(kiosk) == [Feedback("crowded", 2)]
    assert kiosk.outside.shown == shown
    assert kiosk.store.execute("SELECT count(*) FROM visit").fetchone() == (0,)


def test_a_word_may_leave_the_rating_open(kiosk: Kiosk) -> None:
    asides = asides_of(kiosk)
    during(kiosk, lambda: asides.take_word(filled(asides.feedback, say(asides.feedback.form, topic="good"))))
    assert records(kiosk) == [Feedback("good", 0)]


def test_one_finger_makes_no_crowd_of_words(kiosk: Kiosk, time: Time) -> None:
    asides = asides_of(kiosk)
    word = filled(asides.feedback, say(asides.feedback.form, topic="air", rating="1"))
    for _ in range(MOST_WORDS):
        assert not during(kiosk, lambda: asides.take_word(word)).failed
    assert asides.take_word(word).failed == "busy"
    assert len(records(kiosk)) == MOST_WORDS
    time.pass_ms(WORDS_MS)
    assert not during(kiosk, lambda: asides.take_word(word)).failed


def test_the_forms_desk_takes_a_word_without_any_order_and_visitors_cannot_open_a_self_check(kiosk: Kiosk) -> None:
    asides = asides_of(kiosk)
    folder = kiosk.store.folder
    passes = TemporaryPasses(folder, lambda: 0, os.urandom)
    desk = FormDesk(kiosk.loop, kiosk.ledger.board, kiosk.clock, passes, "t-gate", "market", asides)
    word = filled(asides.feedback, say(asides.feedback.form, topic="masks", rating="4"))
    assert not during(kiosk, lambda: desk.submit(word)).failed
    assert [offer.key for offer in desk.offers()] == []
    assert (asides.offer(DAILY), asides.offer(WHOLE), asides.offer("")) == (None, None, None)
    check = asides.checks[DAILY]
    assert desk.submit(filled(check, well_filled(check.form))).failed == "order_over"


def test_while_nothing_can_be_recorded_the_visitor_is_told_so(kiosk: Kiosk) -> None:
    asides = asides_of(kiosk)
    kiosk.loop.take(FaultChanged("disk_full", True))
    word = filled(asides.feedback, say(asides.feedback.form, topic="masks"))
    assert during(kiosk, lambda: asides.take_word(word)).failed == "disk_full"
    assert records(kiosk) == []


@pytest.mark.parametrize(("key", "count"), [(DAILY, 5), (WHOLE, 14)])
def test_a_market_answers_its_self_check_with_the_pledge_and_its_names_sealed(
    kiosk: Kiosk, key: str, count: int
) -> None:
    asides = asides_of(kiosk)
    offer = asides.checks[key]
    answers: dict[tuple[str, tuple[int, ...]], tuple[Value, ...]] = {**well_filled(offer.form)}
    answers["commitment", ()] = (True,)
    answers["manager-name", ()], answers["manager-role", ()] = ("NGUYỄN VĂN THỬ",), ("Trưởng ban thử",)
    answers["4", ()] = (Coding("urn:gatepost:yes-no", "yes"),)
    outcome = during(kiosk, lambda: asides.take_check("Lan Thử", filled(offer, answers)))
    assert (outcome.failed, outcome.reasons, outcome.aside) == ("", ("check_taken",), "check")
    (check,) = records(kiosk)
    assert isinstance(check, SelfCheck)
    assert check.scheme == f"check-market/{key}|1"
    assert (check.scores["4"], check.scores["commitment"]) == (1, 1)
    assert len(check.scores) == count + 1
    assert check.author == "Lan Thử: NGUYỄN VĂN THỬ, Trưởng ban thử"


@pytest.mark.parametrize("name", sorted({*CHECKS.values(), "supermarket", "restaurant", "lodging", "factory"}))
def test_every_kind_of_place_has_a_short_check_that_ends_with_the_pledge(kiosk: Kiosk, name: str) -> None:
    checks = asides_of(kiosk, name).checks
    short, whole = ([item.link_id for item in checks[key].form.flat if item.asked] for key in (DAILY, WHOLE))
    assert short[-3:] == whole[-3:] == ["manager-name", "manager-role", "commitment"]
    assert 4 < len(short) - 3 < len(whole) - 3
    assert set(short) < set(whole)


def test_a_self_check_at_the_gates_screen_is_recorded_for_its_guard_and_the_screen_looks_again(
    kiosk: Kiosk, opener: Callable[[], Store]
) -> None:
    desk = KioskCheckDesk(asides_of(kiosk), kiosk.clock, opener, lambda: kiosk.loop.put(LookAgain()))
    seats = Seats(kiosk.clock.mono_ms)
    desk.handed.bind(seats, kiosk.clock.mono_ms)
    kiosk.loop.take(FaultChanged("starting", False))
    number, resting = kiosk.feed.latest()
    offer = desk.check_offers()[0]
    assert desk.hand("Lan Thử", offer, "vi").ok
    kiosk.loop.take(*kiosk.loop._wait())
    assert kiosk.feed.latest() == (number + 1, resting), "a resting screen hears of it at once"
    sheet = replace(filled(offer, well_filled(offer.form)), by="Lan Thử")
    assert not during(kiosk, lambda: desk.handed.submit(sheet)).failed
    (check,) = records(kiosk)
    assert isinstance(check, SelfCheck) and check.author.startswith("Lan Thử: ")
    assert not desk.check_due()
    seats.close()


def test_which_self_check_a_place_answers() -> None:
    assert check_name("market", "") == "market"
    assert check_name("border", "") == ""
    assert check_name("office", "factory") == "factory"
    assert check_name("school", "none") == ""


@pytest.fixture
def opener(kiosk: Kiosk) -> Iterator[Callable[[], Store]]:
    yield lambda: open_store(kiosk.store.folder, now_ms=kiosk.clock.now_ms)


def test_the_reminder_ends_with_the_check_and_comes_back_the_next_day_also_after_a_restart(
    kiosk: Kiosk, time: Time, opener: Callable[[], Store]
) -> None:
    asides = asides_of(kiosk)
    desk = KioskCheckDesk(asides, kiosk.clock, opener)
    offer = desk.check_offers()[0]
    assert desk.check_due()
    done: Outcome = during(kiosk, lambda: desk.take_check("Lan Thử", filled(offer, well_filled(offer.form))))
    assert not done.failed
    assert not desk.check_due()
    assert not KioskCheckDesk(asides, kiosk.clock, opener).check_due()
    time.pass_ms(DAY_MS)
    assert desk.check_due()


def test_a_gate_without_a_self_check_and_one_without_the_time_remind_nobody(
    kiosk: Kiosk, time: Time, opener: Callable[[], Store]
) -> None:
    assert not KioskCheckDesk(asides_of(kiosk, ""), kiosk.clock, opener).check_due()
    time.synchronised, time.wall_ms = False, 0
    clock = time.clock(b"lostboot")
    assert not KioskCheckDesk(asides_of(kiosk), clock, opener).check_due()
