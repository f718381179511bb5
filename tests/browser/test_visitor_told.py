"""What the visitor's page shows of what others did: an alert, the call that was asked for, who looked, a card's visits.

All of it came by its own way: the poster, a gate's batch, two officers' pages, the job that sends, and the opener.
"""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from central.phones.receipt import written
from central.places.places import Place, describe_place
from tests.browser.visitor_page import kept
from tests.integration.central.phones.test_told import release
from tests.parts.centre import make_centre
from tests.parts.exposed import DAY_MS, HOUR_MS, MARKET, Person, make_world, see
from tests.parts.phone_pages import Clock, PhonePages, poster
from tests.parts.waits import wait_for
from wire.envelope import record_id
from wire.records import Direction, IdentityKind, Signal, Source, Visit

CARD = "099000000177"


class Moved(Clock):
    """This machine's clock, set forward by hand: days go by at the centre, and the phone takes its time from there."""

    ahead_ms = 0

    def now_ms(self) -> int:
        """Unix ms."""
        self.ms = time.time_ns() // 1_000_000 + self.ahead_ms
        return self.ms


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonePages]:
    folder = tmp_path_factory.mktemp("told")
    centre, clock = make_centre(f"sqlite:///{folder}/central.db", folder), Moved()
    with centre.engine.begin() as connection:
        describe_place(connection, MARKET, clock.now_ms())
    with PhonePages(centre, clock) as made:
        yield made
    centre.engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True)
    made = context.new_page()
    made.set_default_timeout(15_000)
    yield made
    context.close()


def checked_in(pages: PhonePages, page: Page) -> bytes:
    """By the market's poster, in one tap; the id of the pass that this made."""
    page.goto(f"{pages.address}/GPV1/{poster(pages.centre, MARKET.id)}")
    page.locator("button.big").click()
    page.wait_for_selector("main.result.ALLOW")
    wait_for(lambda: pages.centre.one("SELECT count(*) FROM visit"), "the visit has come in")
    (pass_id,) = pages.centre.rows("SELECT id FROM phone_pass ORDER BY made_ms DESC LIMIT 1")[0]
    return bytes(pass_id)


def test_a_card_visit_is_shown_to_who_has_its_slip_and_its_number(pages: PhonePages, page: Page) -> None:
    centre, clock = pages.centre, pages.clock
    checked_in(pages, page)
    gate = centre.device("t-gate-slip")
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, "v-tram", "Trạm Thử", "hospital", "99001", "99"), 1)
    came = Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, CARD, (1,), source=Source.CAMERA)
    centre.take(see(gate, came, clock.now_ms() - HOUR_MS), now_ms=clock.now_ms())
    slip = written(record_id(gate.device, gate.epoch, 1))
    for number, outcome in (("099000000178", "none"), (CARD, "found")):
        page.goto(f"{pages.address}/v/#claim")
        page.reload()
        page.locator("#code").fill(slip.lower())
        page.locator("#number").fill(number)
        page.locator("button.big").click()
        page.get_by_role("link").first.wait_for()
        state = "SELECT state FROM phone_claim ORDER BY id DESC LIMIT 1"
        wait_for(lambda: centre.one("SELECT max(length(sealed)) FROM phone_claim") == 0, "ingest has said what it is")
        assert centre.one(state) == outcome
    page.goto(f"{pages.address}/v/#history")
    page.reload()
    expect(page.locator("main")).to_contain_text(slip)
    assert CARD not in kept(page), "the number is not kept on the phone"


def test_a_case_at_the_market_is_read_answered_and_accounted_for_on_the_phone(pages: PhonePages, page: Page) -> None:
    centre, clock = pages.centre, pages.clock
    exposed = Person("099000000101", passes=(checked_in(pages, page),))
    world = make_world(
        centre, [exposed, *(Person(f"09900000020{n}") for n in range(3))], now_ms=clock.now_ms() - HOUR_MS
    )
    release(centre, world, clock)

    page.goto(f"{pages.address}/v/#more")
    page.reload()
    page.wait_for_selector("section.card.warn")  # nobody had to look for it
    assert page.url.endswith("#alerts")
    expect(page.locator("section.card.warn")).to_contain_text("Trạm y tế Phường Mẫu")
    assert "v-cho-mau" not in page.inner_text("main"), "an alert names a day, never a place"
    page.get_by_role("button", name="Nhờ gọi lại cho tôi").click()
    expect(page.locator("h1")).to_have_text("Đã ghi, sẽ có người gọi lại")
    wait_for(lambda: centre.one("SELECT count(*) FROM task WHERE kind = 'call_back'") == 1, "the desk has the wish")

    assert isinstance(clock, Moved)
    clock.ahead_ms += 15 * DAY_MS  # before that a look is not told, so that nobody who is searched for is warned
    page.goto(f"{pages.address}/v/#data")
    page.reload()
    rows = page.locator("ul.rows").first
    expect(rows).to_contain_text("Cán bộ điều tra dịch · Truy vết tiếp xúc")
    assert "099000000101" not in kept(page)
