"""The place's self-check on the gate's own screen: who may bring it there, who comes before it, and what is kept."""

from collections.abc import Iterator

import pytest

from tests.browser.screens import MovingPicture
from tests.parts.form_desk import MemoryDesk, library_form, make_offer
from tests.unit.ui.test_form_web import HOST, Visitor
from ui.app import Place, make_app
from ui.form.desk import Extras, Filled, Outcome
from ui.form.handed import PATH, Handed
from ui.form.seats import SEATS, Seats
from ui.form.state import PHONE_IDLE_MS
from ui.screen import Feed, View

OFFER = make_offer(library_form("feedback"), "daily")
OTHER = make_offer(library_form("feedback"), "periodic")
NAME = "Lan Thử"


class Site:
    """A gate whose guards have one self-check to give; `taken` are those that were recorded."""

    def __init__(self) -> None:
        self.looks = 0
        self.taken: list[tuple[str, Filled]] = []
        self.handed = Handed(self._take, self._look)
        place = Place("Chợ Mẫu", "Cửa A", "both", hosts=(HOST,))
        self.feed = Feed(View("idle"))
        extras = Extras(handed=self.handed)
        self.app = make_app(self.feed, place, lambda name: None, MovingPicture(), MemoryDesk([]), extras)
        self.visitor = Visitor(self.app.test_client())

    def _take(self, guard: str, filled: Filled) -> Outcome:
        self.taken.append((guard, filled))
        return Outcome("ALLOW", ("check_taken",), "", aside="check")

    def _look(self) -> None:
        self.looks += 1

    def opened(self) -> Visitor:
        """The screen at the form, as its own page finds the way."""
        where = self.visitor.get(PATH).headers["Location"]
        self.visitor.token = where.strip("/").split("/")[-1]
        text = self.visitor.get(where).get_data(as_text=True)
        self.visitor.turn = int(text.split('data-turn="')[1].split('"')[0])
        return self.visitor


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.app.extensions["gatepost.stop"]()


def told(site: Site) -> object:
    return site.visitor.get("/poll").get_json()["view"]["check"]


def test_the_screen_goes_to_a_check_that_a_guard_gave_and_to_no_other(site: Site) -> None:
    assert told(site) == ""
    assert site.visitor.get(PATH).headers["Location"] == "/"
    site.visitor.begin("daily")
    assert site.visitor.page == "start", "a visitor opens none"
    assert site.handed.give(NAME, OFFER, "vi")
    assert (told(site), site.looks, site.handed.standing()) == (PATH, 1, "shown")
    assert "data-handed" in site.opened().text


def test_what_was_answered_waits_and_only_the_same_guard_brings_it_back(site: Site) -> None:
    site.handed.give(NAME, OFFER, "vi")
    visitor = site.opened()
    assert visitor.act("agree", ticked=True) == "question"
    token = visitor.token
    visitor.act("wait")
    assert (told(site), site.handed.standing()) == ("", "waiting")
    assert site.visitor.get(PATH).headers["Location"] == "/"
    assert not site.handed.give("Minh Thử", OFFER, "vi")
    assert not site.handed.give(NAME, OTHER, "vi")
    assert site.handed.give(NAME, OFFER, "vi")
    assert site.opened().token == token
    assert site.visitor.page == "question"


def test_it_is_recorded_under_the_guard_who_gave_it_and_is_over_then(site: Site) -> None:
    site.handed.give(NAME, OFFER, "vi")
    visitor = site.opened()
    visitor.act("agree", ticked=True)
    visitor.act("answer", picked=["0"], typed=[])
    visitor.act("answer", picked=["0"], typed=[])
    visitor.act("answer", picked=[], typed=[])
    assert visitor.act("send") == "receipt"
    assert [(guard, filled.offer, filled.by) for guard, filled in site.taken] == [(NAME, "daily", NAME)]
    assert (told(site), site.handed.standing()) == ("", "")
    assert site.handed.give("Minh Thử", OTHER, "vi"), "the next guard need not wait for the receipt"


@pytest.mark.parametrize("end", ["taken back", "cancelled"])
def test_nothing_of_it_is_left_when_it_was(site: Site, end: str) -> None:
    site.handed.give(NAME, OFFER, "vi")
    site.opened().act("agree", ticked=True)
    token = site.visitor.token
    if end == "cancelled":
        assert site.visitor.act("wipe") == "gone"
    else:
        site.handed.take_back()
    assert site.handed.standing() == ""
    assert site.visitor.get(f"/form/{token}/").headers["Location"] == "/form/"
    assert site.taken == []


def test_a_crowd_of_visitors_takes_no_seat_from_it(site: Site) -> None:
    site.handed.give(NAME, OFFER, "vi")
    crowd = Visitor(site.app.test_client())
    for _ in range(SEATS + 4):
        crowd.begin("")
    assert site.handed.standing() == "shown"


def test_what_waits_for_ten_minutes_is_wiped(site: Site) -> None:
    now_ms = [1_000_000]
    seats = Seats(lambda: now_ms[0])
    site.handed.bind(seats, lambda: now_ms[0])
    site.handed.give(NAME, OFFER, "vi")
    now_ms[0] += PHONE_IDLE_MS - 1
    assert site.handed.standing() == "shown"
    now_ms[0] += 1
    assert site.handed.standing() == ""
    seats.close()
