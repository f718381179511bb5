"""The gate's side of the guards' page, on a real loop and a real database: what is answered, what is recorded, what is
counted, and what goes on when the database does not."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from kiosk.events import Tick
from kiosk.guard_accounts import StoredAccounts
from kiosk.guard_desk import TEST_MS, KioskGuardDesk
from store import guards
from store.db import FILE, Store, StoreError, connect, open_store
from tests.parts.guards import NAME, PIN, MemoryAccounts, make_account
from tests.parts.waits import wait_for
from tests.unit.kiosk.site import CARD, NOON, Kiosk, Time
from ui.guard.app import make_guard_app
from ui.guard.desk import Said, Slip
from ui.place import Place
from wire.overrides import ALLOW, KEEP_OUT
from wire.records import Direction, IdentityKind, Override, Signal, Source, Visit

GUARD = "Lan Thử"
SLIP = Slip(1, NOON - 3_600_000, "in", 2, ("cccd", "099099000009"))
BROKEN = "hello"
_T = TypeVar("_T")


class Post:
    """A guard's desk beside a gate; `do` lets the gate turn while a guard waits for its answer."""

    def __init__(self, kiosk: Kiosk, time: Time) -> None:
        self.kiosk, self.time = kiosk, time
        self.opens = True
        self.desk = KioskGuardDesk(kiosk.loop, kiosk.loop.cards, kiosk.feed, kiosk.clock, self.open)

    def open(self) -> Store:
        if not self.opens:
            raise StoreError("store_failed", "as the test wishes")
        return open_store(self.kiosk.store.folder, now_ms=self.kiosk.clock.now_ms)

    def do(self, act: Callable[[], _T]) -> _T:
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(act)
            for _ in range(2000):
                if future.done():
                    break
                self.kiosk.loop.take(*self.kiosk.loop._wait())
            return future.result(5)

    def show(self, text: str) -> str:
        lamp = self.kiosk.show(text)
        self.settle()
        return lamp

    def settle(self) -> None:
        """The desk has heard of the newest view."""
        number, view = self.kiosk.feed.latest()
        if view.page == "result":
            wait_for(lambda: self.desk._last_result == number, "the desk to hear the view", seconds=5)


@pytest.fixture
def post(kiosk: Kiosk, time: Time) -> Iterator[Post]:
    post = Post(kiosk, time)
    yield post
    post.desk.close()


def number_of(post: Post) -> int:
    return post.kiosk.feed.latest()[0]


def test_letting_in_is_recorded_with_guard_and_reason_before_the_lamp(post: Post) -> None:
    assert post.show(BROKEN) == "yellow"
    view = number_of(post)
    assert post.do(lambda: post.desk.override(GUARD, True, ALLOW["papers_seen"], view)).ok
    override, visit = post.kiosk.opened_records()[-2:]
    assert isinstance(override, Override) and isinstance(visit, Visit)
    assert (override.guard, override.reason) == (GUARD, ALLOW["papers_seen"])
    assert (visit.source, visit.signal) == (Source.GUARD, Signal.ALLOW)
    post.settle()
    assert (post.desk.state().in_15, post.desk.state().scanned_15) == (1, 0)


def test_keeping_out_is_recorded_and_nobody_is_counted(post: Post) -> None:
    post.show(CARD)
    view = number_of(post)
    assert post.do(lambda: post.desk.override(GUARD, False, KEEP_OUT["danger"], view)).ok
    override = post.kiosk.opened_records()[-1]
    assert isinstance(override, Override) and override.reason == KEEP_OUT["danger"]
    assert post.kiosk.feed.latest()[1].signal != "ALLOW"


def test_a_word_about_a_visitor_who_is_not_the_last_any_more_is_too_late(post: Post) -> None:
    post.show(BROKEN)
    seen_by_guard = number_of(post)
    post.show(CARD)
    before = len(post.kiosk.opened_records())
    assert post.desk.override(GUARD, True, ALLOW["known"], seen_by_guard) == Said(False, "too_late")
    assert len(post.kiosk.opened_records()) == before


def test_what_cannot_be_committed_is_said_not_to_be_recorded(post: Post) -> None:
    post.show(CARD)
    view = number_of(post)
    blocker = connect(post.kiosk.store.folder / FILE)
    post.kiosk.store.execute("PRAGMA busy_timeout=50")
    blocker.execute("BEGIN IMMEDIATE")
    try:
        assert post.do(lambda: post.desk.override(GUARD, True, 1, view)) == Said(False, "not_recorded")
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()


def test_a_gate_that_does_not_turn_is_busy_within_two_seconds(post: Post) -> None:
    assert post.desk.help(GUARD, True) == Said(False, "busy")
    assert post.desk.state().help == ""


def test_a_call_for_help_sounds_the_buzzer_and_names_who_calls(post: Post) -> None:
    assert post.do(lambda: post.desk.help(GUARD, True)).ok
    assert post.desk.state().help == GUARD
    assert post.do(lambda: post.desk.help("Minh Thử", False)).ok
    assert post.desk.state().help == ""


def test_lamps_are_tested_between_two_visitors_only(post: Post) -> None:
    post.show(CARD)
    assert post.desk.test_lights(GUARD) == Said(False, "busy")
    post.time.pass_ms(10_000)
    post.kiosk.loop.take(Tick())
    assert post.do(lambda: post.desk.test_lights(GUARD)).ok
    assert post.kiosk.outside.shown[-1][0] == "test"
    assert post.desk.test_lights(GUARD) == Said(False, "busy")
    post.time.pass_ms(TEST_MS)
    assert post.do(lambda: post.desk.test_lights(GUARD)).ok


def test_a_slip_becomes_a_visit_with_the_slips_own_time_and_number(post: Post) -> None:
    assert [post.desk.next_slip(GUARD).number for _ in range(2)] == [1, 2]
    assert post.desk.state().slips == (1, 2)
    assert post.do(lambda: post.desk.enter_slips(GUARD, [SLIP])).ok
    visit = post.kiosk.opened_records()[-1]
    assert isinstance(visit, Visit)
    assert (visit.source, visit.identity_kind, visit.identity) == (Source.PAPER, IdentityKind.CCCD, "099099000009")
    assert (visit.direction, visit.companions, visit.paper) == (Direction.IN, 1, (NOON - 3_600_000, 1))
    assert post.desk.state().slips == (2,)
    assert post.desk.enter_slips(GUARD, [SLIP]) == Said(False, "slip_known")


def test_a_slip_without_a_number_of_a_person_counts_people(post: Post) -> None:
    slip = Slip(5, NOON, "out", 1)
    assert post.do(lambda: post.desk.enter_slips(GUARD, [slip])).ok
    visit = post.kiosk.opened_records()[-1]
    assert isinstance(visit, Visit)
    assert (visit.identity_kind, visit.identity, visit.direction) == (IdentityKind.NONE, "", Direction.OUT)
    assert post.desk.next_slip(GUARD).number == 6


def test_a_slip_whose_number_the_record_has_no_kind_for_is_asked_about(post: Post) -> None:
    slip = Slip(5, NOON, "in", 1, ("unheard-of", "X1"))
    assert post.desk.enter_slips(GUARD, [slip]) == Said(False, "slip_identity")


def test_numbers_go_on_while_the_database_fails_and_after_a_restart(post: Post) -> None:
    assert post.desk.next_slip(GUARD).number == 1
    post.opens = False
    assert [post.desk.next_slip(GUARD).number for _ in range(2)] == [2, 3]
    post.opens = True
    assert post.desk.next_slip(GUARD).number == 4
    again = Post(post.kiosk, post.time)
    try:
        assert again.desk.next_slip(GUARD).number == 5
        assert again.desk.state().slips == (1, 4, 5)
    finally:
        again.desk.close()


def test_a_card_that_a_guard_scans_for_a_slip_is_no_check_in(post: Post) -> None:
    with ThreadPoolExecutor(1) as pool:
        scanned = pool.submit(post.desk.scan, GUARD, 10.0)
        wait_for(lambda: post.kiosk.loop.cards.wanted, "a guard who waits for a card")
        post.kiosk.loop.take(post.kiosk.loop.read(CARD))
        assert scanned.result(5) == ("cccd", "099099000001")
    assert post.kiosk.loop.state.occupancy == 0


def test_the_last_signals_are_kept_with_their_seconds_and_nobodys_number(post: Post) -> None:
    post.show(CARD)
    post.show(BROKEN)
    recent = post.desk.state().recent
    assert [(one.signal, one.direction, one.people) for one in recent] == [("ASK", "in", 1), ("ALLOW", "in", 1)]
    assert all(len(one.at) == len("06:42:08") for one in recent)
    assert "0990" not in repr(post.desk.state())


def test_a_kiosk_without_the_time_shows_none(post: Post) -> None:
    post.time.synchronised = False
    blind = Kiosk(post.kiosk.store.folder.parent / "blind", post.time)
    desk = KioskGuardDesk(blind.loop, blind.loop.cards, blind.feed, blind.clock, post.open)
    try:
        blind.show(CARD)
        wait_for(lambda: desk.state().recent, "a signal")
        assert (desk.state().clock, desk.state().recent[0].at) == ("", "")
    finally:
        desk.close()


def test_from_the_button_on_the_page_to_the_record_and_the_lamp(post: Post) -> None:
    host = "192.0.2.7:8443"
    place = Place("Chợ Mẫu", "Cửa A", "both", hosts=(host,))
    accounts = MemoryAccounts(make_account())
    app = make_guard_app(post.kiosk.feed, post.desk, accounts, place, lambda: 0.0, lambda: NOON)
    page = app.test_client()
    asks = {"base_url": f"https://{host}", "headers": {"Origin": f"https://{host}"}}
    page.post("/login", json={"name": NAME, "pin": PIN, "language": "vi"}, **asks)
    post.show(BROKEN)
    body = {"allow": True, "reason": ALLOW["emergency"], "view": number_of(post)}
    answer = post.do(lambda: page.post("/override", json=body, **asks))
    assert answer.get_json()["ok"]
    lamp, ref = next(shown for shown in reversed(post.kiosk.outside.shown) if not shown[0].startswith("sound"))
    assert lamp == "green" and ref is not None
    override = next(one for one in post.kiosk.opened_records() if isinstance(one, Override))
    assert (override.guard, override.reason) == (NAME, ALLOW["emergency"])
    assert page.get("/poll", base_url=f"https://{host}").get_json()["view"]["signal"] == "ALLOW"


def test_accounts_are_known_from_memory_when_the_database_fails(post: Post) -> None:
    accounts = StoredAccounts(post.open, post.kiosk.clock.now_ms)
    guards.grant(post.kiosk.store, GUARD, bytes(16), bytes(32), NOON + 1000)
    found = accounts.find("LAN THỬ")
    assert found is not None and found.once
    assert accounts.choose(found, bytes(16), b"\1" * 32)
    chosen = accounts.find(GUARD)
    assert chosen is not None and not chosen.once
    post.opens = False
    assert accounts.find(GUARD) == chosen
    assert accounts.find("nobody") is None
    assert not accounts.choose(chosen, bytes(16), bytes(32))


def test_a_one_time_pin_runs_out(post: Post) -> None:
    accounts = StoredAccounts(post.open, post.kiosk.clock.now_ms)
    guards.grant(post.kiosk.store, GUARD, bytes(16), bytes(32), NOON + 1000)
    assert accounts.find(GUARD) is not None
    post.time.pass_ms(2000)
    assert accounts.find(GUARD) is None
