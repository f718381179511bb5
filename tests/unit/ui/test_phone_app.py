"""The forms on visitors' own phones: who may begin one, what a phone may ask for, and what it cannot touch."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from flask import Flask

from tests.browser.screens import MovingPicture
from tests.parts.form_desk import CCCD, MemoryDesk, make_offer
from tests.unit.ui.own_form import own_form
from tests.unit.ui.test_form_web import HOST, Visitor
from ui.app import Place, make_app
from ui.form.desk import Extras, Outcome
from ui.form.seats import SEATS
from ui.phone import make_phone_app
from ui.phone_invitations import LIFE_MS, MOST, Invitations
from ui.screen import Feed

PHONES = "khai.cho-mau.example:8443"
CARD = ("cccd", "099070000001")
PLACE = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi", "en", "km"), hosts=(PHONES,))


class Site:
    """A kiosk's invitations and desk, and the app for phones; a clock that moves when told."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.desk = MemoryDesk((make_offer(own_form(), "own", True),))
        self.invitations = Invitations(f"https://{PHONES}", lambda: self.now_ms)
        self.printed: list[Outcome] = []
        extras = Extras(speak=lambda text, language: b"RIFF", print_receipt=self._print)
        self.app: Flask = make_phone_app(self.desk, PLACE, self.invitations, extras, lambda: self.now_ms)

    def _print(self, outcome: Outcome, language: str) -> bool:
        self.printed.append(outcome)
        return True

    def invite(self, language: str = "vi", identity: tuple[str, str] | None = None) -> str:
        """The key of a new link."""
        link = self.invitations.invite("own", language, identity)
        found = re.fullmatch(rf"https://{PHONES}/form/([A-Za-z0-9_-]{{22}})/", link)
        assert found is not None
        return found[1]

    def phone(self, key: str = "") -> Visitor:
        """A phone that has read the code of `key`."""
        phone = Visitor(self.app.test_client(), PHONES)
        if key:
            phone.token = key
            assert phone.get(f"/form/{key}/").status_code == 200
        return phone


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.app.extensions["gatepost.stop"]()


def fill_in(phone: Visitor) -> str:
    """From the notice to the receipt of somebody well."""
    phone.act("agree")
    phone.act("answer", typed=["THỬ"])
    for pick in ("0", "0", "3"):
        phone.act("answer", picked=[pick])
    phone.act("answer", typed=[""])
    assert phone.act("more", wanted=False) == "review"
    return phone.act("send")


def test_a_form_is_finished_on_a_phone_and_says_so(site: Site) -> None:
    phone = site.phone(site.invite(identity=CARD))
    assert phone.page == "notice"
    assert fill_in(phone) == "receipt"
    (filled,) = site.desk.filled
    assert (filled.by_phone, filled.identity, filled.refused) == (True, CARD, False)


def test_a_refusal_on_a_phone_is_handed_over_as_one(site: Site) -> None:
    phone = site.phone(site.invite())
    assert phone.act("refuse") == "refusing"
    assert phone.act("refuse-surely") == "receipt"
    assert [(one.refused, one.by_phone) for one in site.desk.filled] == [(True, True)]


def test_a_link_can_be_read_often_and_begun_once(site: Site) -> None:
    key = site.invite()
    for _ in range(3):  # a program that looks at the link before its owner does
        assert site.phone(key).page == "notice"
    first, second = site.phone(key), site.phone(key)
    assert first.act("agree") == "question"
    assert first.token != key
    assert second.act("agree") == "gone"
    assert second.get(f"/form/{key}/").status_code == 303
    assert first.act("answer", typed=["THỬ"]) == "question"


def test_of_phones_that_begin_at_once_one_is_let_in(site: Site) -> None:
    key, together = site.invite(), Barrier(8)
    phones = [site.phone(key) for _ in range(8)]

    def begin(phone: Visitor) -> str:
        together.wait(5)
        return phone.act("agree")

    with ThreadPoolExecutor(8) as pool:
        pages = sorted(pool.map(begin, phones))
    assert pages == ["gone"] * 7 + ["question"]


def test_a_saved_link_is_dead_after_three_minutes(site: Site) -> None:
    key = site.invite()
    phone = site.phone(key)
    site.now_ms = LIFE_MS
    assert phone.act("agree") == "gone"
    assert phone.get(f"/form/{key}/").status_code == 303
    assert "Quét mã ở cửa" in phone.get("/form/").get_data(as_text=True)


def test_a_begun_form_goes_on_when_its_link_is_dead(site: Site) -> None:
    phone = site.phone(site.invite())
    phone.act("agree")
    site.now_ms = 2 * LIFE_MS
    assert phone.act("answer", typed=["THỬ"]) == "question"


@pytest.mark.parametrize("key", ["A" * 22, "..", "%00", "own", "begin"])
def test_without_an_invitation_there_is_no_form(site: Site, key: str) -> None:
    phone = site.phone()
    phone.token = key
    assert phone.act("agree") in ("gone", "")
    assert phone.post("/form/begin", {"offer": "own"}).status_code in (308, 404, 405)
    phone.get("/form/?offer=own&papers=1")
    assert phone.page == "scan"
    assert site.desk.filled == []


def test_the_first_page_changes_its_language_and_begins_in_it(site: Site) -> None:
    phone = site.phone(site.invite("km"))
    assert 'lang="km"' in phone.text
    assert phone.act("language", language="en") == "notice"
    phone.post(f"/form/{phone.token}/agree", {"turn": phone.turn, "language": "en"})
    assert (phone.page, 'lang="en"' in phone.text) == ("question", True)


def test_who_looks_away_or_goes_back_has_used_nothing_up(site: Site) -> None:
    key = site.invite()
    phone = site.phone(key)
    phone.act("alive")
    assert phone.last.status_code == 204
    for action in ("back", "wipe"):
        assert site.phone(key).act(action) == "gone"
    assert site.phone(key).act("agree") == "question"


def test_an_order_that_has_ended_begins_no_form(site: Site) -> None:
    key = site.invite()
    phone = site.phone(key)
    site.desk.orders = ()
    assert phone.act("agree") == "gone"


def test_a_phone_never_gets_a_card_that_was_held_up_at_the_gate(site: Site) -> None:
    site.desk.held_card = CCCD
    site.desk.cards.put(CCCD)
    phone = site.phone(site.invite(identity=CARD))
    assert phone.act("agree") == "question", "and no page that waits for a card"
    assert "Họ tên?" in phone.text and CCCD["full_name"] not in phone.text and CARD[1] not in phone.text
    for action in ("card", "use-card", "type", "print", "papers", "phone"):
        assert phone.act(action) == "question"
    assert (site.desk.held_card, site.desk.waits, site.desk.passes, site.printed) == (CCCD, 0, [], [])


def test_a_receipt_on_a_phone_leads_to_the_gate_and_prints_nothing(site: Site) -> None:
    phone = site.phone(site.invite())
    fill_in(phone)
    assert "đưa trang này cho bảo vệ xem" in phone.text
    assert 'data-act="print"' not in phone.text and "Mời bạn vào" not in phone.text
    phone.act("print")
    assert site.printed == []


@pytest.mark.parametrize("path", ["/press", "/events", "/poll", "/preview", "/healthz", "/login", "/static/visitor.js"])
def test_a_phone_finds_nothing_of_the_kiosk_but_the_form(site: Site, path: str) -> None:
    phone = site.phone()
    assert phone.get(path).status_code == 404
    assert phone.post(path, {"name": "in"}).status_code in (404, 405)


def test_what_the_forms_pages_load_is_there(site: Site) -> None:
    phone = site.phone(site.invite())
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', phone.text):
        with phone.get(path) as answer:
            assert answer.status_code == 200, path


@pytest.mark.parametrize(
    ("host", "origin"),
    [(HOST, f"http://{HOST}"), (PHONES, f"http://{PHONES}"), (PHONES, "https://evil.example"), (PHONES, "null")],
)
def test_a_foreign_page_cannot_begin_or_answer(site: Site, host: str, origin: str) -> None:
    key = site.invite()
    answer = site.app.test_client().post(f"/form/{key}/agree", json={}, headers={"Host": host, "Origin": origin})
    assert answer.status_code in (403, 421)
    assert site.phone(key).page == "notice"


def test_a_crowd_of_phones_waits_and_takes_no_seat_of_the_gate(site: Site) -> None:
    feed = Feed()
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi",), hosts=(HOST,))
    gate = make_app(feed, place, lambda name: None, MovingPicture(), site.desk, Extras(invite=site.invitations.invite))
    waiting = Visitor(gate.test_client()).begin()
    for _ in range(SEATS):
        assert site.phone(site.invite()).act("agree") == "question"
    late = site.phone(site.invite())
    assert late.act("agree") == "notice"
    assert "Đang có nhiều người khai" in late.text
    assert waiting.act("agree") == "card"
    gate.extensions["gatepost.stop"]()


def test_who_was_told_to_wait_may_begin_when_a_seat_is_free(site: Site) -> None:
    begun = [site.phone(site.invite()) for _ in range(SEATS)]
    for phone in begun:
        phone.act("agree")
    late = site.phone(site.invite())
    assert late.act("agree") == "notice"
    begun[0].act("wipe")
    assert late.act("agree") == "question"


def test_no_more_invitations_are_open_than_one_finger_makes(site: Site) -> None:
    keys = [site.invite() for _ in range(MOST + 1)]
    assert site.invitations.look(keys[0]) is None
    assert site.invitations.look(keys[1]) is not None
    assert len(set(keys)) == len(keys)


def test_the_kiosks_code_is_for_the_card_that_was_shown_and_names_nobody(site: Site) -> None:
    feed, desk = Feed(), site.desk
    desk.held_card = CCCD
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi",), hosts=(HOST,))
    app = make_app(feed, place, lambda name: None, MovingPicture(), desk, Extras(invite=site.invitations.invite))
    visitor = Visitor(app.test_client()).begin()
    assert visitor.act("phone") == "phone"
    assert "một lần, trong ba phút" in visitor.text
    (key,) = site.invitations._open
    invitation = site.invitations.look(key)
    assert invitation is not None and invitation.identity == CARD
    assert CARD[1] not in key
    assert visitor.act("back") == "notice"
    app.extensions["gatepost.stop"]()


def test_a_kiosk_without_phones_shows_no_way_to_them() -> None:
    desk = MemoryDesk((make_offer(own_form(), "own", True),))
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi",), hosts=(HOST,))
    app = make_app(Feed(), place, lambda name: None, MovingPicture(), desk)
    visitor = Visitor(app.test_client()).begin()
    assert 'data-act="phone"' not in visitor.text
    assert visitor.act("phone") == "notice"
    app.extensions["gatepost.stop"]()


def test_one_phone_is_read_to_at_a_time(site: Site) -> None:
    speaking, done = Event(), Event()

    def speak(text: str, language: str) -> bytes:
        speaking.set()
        done.wait(5)
        return b"RIFF"

    app = make_phone_app(site.desk, PLACE, site.invitations, Extras(speak=speak), lambda: 0)
    path = f"/form/{site.invite()}/say"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(app.test_client().get, path, headers={"Host": PHONES})
        assert speaking.wait(5)
        assert app.test_client().get(path, headers={"Host": PHONES}).status_code == 204
        done.set()
        assert first.result(5).mimetype == "audio/wav"
    app.extensions["gatepost.stop"]()
