"""What people would try at the form and around it: the next visitor, somebody with a phone, a curious guard, the thief
with the card, a bulletin that is signed and hostile. The app, the gate, its queue and its database are the real ones.
"""

import contextlib
import gc
import json
import logging
import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from credentials.pass_qr import Pass, encode_pass
from forms.model import PREFILL, Form, Key
from kiosk.events import Tick
from kiosk.gate import Rules
from kiosk.guard_accounts import StoredAccounts
from kiosk.guard_desk import KioskGuardDesk
from kiosk.light import MAX_SETS, Collector, NotTaken
from kiosk.lightway import LightWay
from kiosk.phone_numbers import check_phone
from kiosk.receipt import receipt_lines
from kiosk.temporary_passes import FILE
from store import guards
from store.db import open_store
from tests.browser.screens import MovingPicture
from tests.parts import visitor as walking
from tests.parts.light_sender import declare as light_declaration
from tests.parts.waits import wait_for
from tests.unit.forms.library import questionnaire
from tests.unit.kiosk.site import CARD, NOON, OTHER, PASS_KEY, Kiosk, Time
from tests.unit.kiosk.test_form_desk import HOUR_MS, Place, ill, order, well
from tests.unit.ui.test_form_web import HOST, Visitor
from ui.app import make_app
from ui.form.desk import Extras, Filled, Outcome
from ui.form.seats import SEATS
from ui.guard.door import Door
from ui.guard.pins import digest_of
from ui.place import Place as Where
from ui.words import LOCALES, read_language
from wire.bulletin import Bulletin
from wire.crypto import SealingKey, signing_key
from wire.light import Core, LightDeclaration, sign_outcome
from wire.light_frames import make_frames, read_frame, write_frame
from wire.records import Declaration, SealedDeclaration, Signal, Visit

A, B = ("cccd", "099099000001"), ("cccd", "099194000002")  # the numbers on CARD and OTHER
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"
DAILY = "https://gatepost.example/form/daily"
LIGHT_FORM = "https://gatepost.example/form/domestic|1.0.0"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def place(tmp_path: Path, time: Time) -> Iterator[Place]:
    yield Place(Kiosk(tmp_path, time, rules=Rules("in", minimum_stay_ms=10_000)), tmp_path)
    while Kiosk.opened:
        Kiosk.opened.pop().store.close()


class Screen:
    """The gate's web app, asked on another thread while the gate turns on this one."""

    def __init__(self, place: Place) -> None:
        self.place, self.printed = place, list[Outcome]()
        where = Where("Chợ Mẫu", "Cửa A", "in", languages=("vi", "en"), hosts=(HOST,))
        extras = Extras(check_phone, None, self._print)
        kiosk = place.kiosk
        self.app = make_app(kiosk.feed, where, kiosk.loop.press, MovingPicture(), place.desk, extras)
        self.client: FlaskClient = self.app.test_client()

    def _print(self, outcome: Outcome, language: str) -> bool:
        self.printed.append(outcome)
        return True

    def do(self, work: Callable[[], Any]) -> Any:
        return self.place.during(work)

    def visitor(self) -> Visitor:
        return Visitor(self.client)


@pytest.fixture
def screen(place: Place) -> Iterator[Screen]:
    made = Screen(place)
    yield made
    made.app.extensions["gatepost.stop"]()


class Walker(walking.Visitor):
    """Walks a whole form; writes `secret` where a name is asked, and knocks with `knock` before each touch."""

    def __init__(self, screen: Screen, secret: str = "", knock: Callable[[walking.Page], None] | None = None) -> None:
        super().__init__(f"http://{HOST}")
        self.client, self.secret, self.knock = screen.client, secret, knock

    def _touch(
        self, page: walking.Page, form: Form, answers: dict[Key, Any], known: Mapping[Key, Any]
    ) -> tuple[str, dict[str, Any]]:
        if self.knock is not None:
            self.knock(page)
        action, body = super()._touch(page, form, answers, known)
        if page.name == "question":
            key = next(reversed(answers))
            if self.secret and form.by_id[key[0]].code_of(PREFILL) == "full_name":
                answers[key], body["typed"] = (self.secret,), [self.secret]
        return action, body

    def _ask(self, path: str, body: Mapping[str, Any]) -> walking.Page:
        headers = {"Host": HOST, "Origin": f"http://{HOST}"}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)
        return walking.Page(answer.get_data(as_text=True))


def records(place: Place, kind: type[Any]) -> list[Any]:
    return [record for record in place.kiosk.opened_records() if isinstance(record, kind)]


def lamps(place: Place) -> list[str]:
    return [pattern for pattern, _ in place.kiosk.outside.shown if not pattern.startswith("sound")]


def filled(place: Place, identity: tuple[str, str] | None) -> Filled:
    offer = place.desk.offers()[0]
    return Filled(offer.key, well(offer.form), "vi", "2026-09-21T12:00:00+07:00", offer.consent["vi"], identity, 1)


# --- on the page ---------------------------------------------------------------------------------------------------


def test_taps_on_send_from_six_tabs_at_once_record_one_declaration(place: Place, screen: Screen) -> None:
    place.publish(order())
    form = place.form()

    def knock(page: walking.Page) -> None:
        if page.name == "review":
            with ThreadPoolExecutor(6) as pool:
                path, body = f"/form/{page.token}/send", {"turn": page.turn}
                list(pool.map(lambda _: screen.visitor().post(path, body), range(6)))

    assert screen.do(lambda: Walker(screen, knock=knock).declare("thu-1", form)).code
    assert len(records(place, Declaration)) == 1


def test_requests_that_no_page_sends_change_nothing_on_any_page(place: Place, screen: Screen) -> None:
    place.publish(order())
    form, shown = place.form(), set[str]()
    stale: list[dict[str, Any]] = [{}, {"turn": "1"}, {"turn": -1}, {"turn": [1]}, {"turn": 10**400}]
    junk = [b"", b"[]", b"\xff", b'{"turn":' + b"1" * 5000 + b"}", b'{"turn":1e999}', b'{"turn":NaN}']
    wrong = {"picked": ["99999", "-1", "x"], "typed": [], "place": 10**9, "link": "x", "at": [-1], "number": -1}
    acts = ["agree", "refuse", "refuse-surely", "type", "answer", "more", "remove", "back", "change", "send", "x"]

    def knock(page: walking.Page) -> None:
        shown.add(page.name)
        requests = [(f"{page.token}/{act}", json.dumps(one).encode()) for act in acts for one in stale[:2]]
        requests += [(f"{page.token}/answer", one) for one in (*junk, *(json.dumps(one).encode() for one in stale))]
        requests += [
            (f"{page.token}/{act}", json.dumps({**wrong, "turn": page.turn}).encode()) for act in ("change", "remove")
        ]
        requests += [(f"{guess}/{act}", b"{}") for act in acts for guess in (page.token[:-1], "A" * 22, "..", "%00")]
        for path, body in requests:
            assert screen.visitor().post(f"/form/{path}", body).status_code in (200, 204, 404), path
        now = walking.Page(screen.visitor().get(f"/form/{page.token}/").get_data(as_text=True))
        assert (now.name, now.turn, now.title) == (page.name, page.turn, page.title)

    declared = screen.do(lambda: Walker(screen, knock=knock).declare("thu-1", form))
    assert shown >= {"notice", "question", "review"}
    assert declared.code and len(records(place, Declaration)) == 1


@pytest.mark.parametrize("origin", ["null", f"http://{HOST}@evil.example", f"http://evil.example/{HOST}", "data:,", ""])
def test_a_page_from_elsewhere_cannot_press_anything(screen: Screen, origin: str) -> None:
    for path in ("/form/begin", "/form/start", "/press", "/form/x/send"):
        answer = screen.client.post(
            path, data=b"{}", content_type="text/plain", headers={"Host": HOST, "Origin": origin}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "query",
    ["offer=thu-1&theme=//evil.example", "papers&text=%0d%0aLocation:%20//evil.example", "offer=//evil.example"],
)
def test_the_form_never_leads_to_another_place(place: Place, screen: Screen, query: str) -> None:
    place.publish(order())
    answer = screen.client.get(f"/form/?{query}", headers={"Host": HOST})
    assert answer.headers.get("Location", "/form/").startswith("/form/")


class Tags(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _with_markup(node: Any) -> Any:
    """A questionnaire with EVIL in every text that a visitor reads, in every language."""
    if isinstance(node, dict):
        return {
            key: f"{value} {EVIL}"
            if isinstance(value, str)
            and (key in ("text", "display", "title") or (node.get("url") == "content" and key == "valueString"))
            else _with_markup(value)
            for key, value in node.items()
        }
    return [_with_markup(value) for value in node] if isinstance(node, list) else node


def test_markup_in_a_form_an_order_or_an_answer_is_shown_as_text(place: Place, screen: Screen) -> None:
    body = _with_markup({**questionnaire("domestic"), "version": "2"})
    publish_form(place, body)
    texts: dict[str, Any] = {
        part: {"vi": EVIL, "en": EVIL} for part in ("legal_basis", "purpose", "notice", "consequence")
    }
    place.publish(order(form=f"{body['url']}|2", **texts))
    assert EVIL in place.form().title.in_("vi"), "the attack itself must work"
    seen: list[str] = []

    def knock(page: walking.Page) -> None:
        seen.append(page.text)
        seen.append(screen.visitor().get(f"/form/{page.token}/").get_data(as_text=True))

    form = place.form()
    screen.do(lambda: Walker(screen, EVIL[:40], knock).declare("thu-1", form))
    assert sum("&lt;script&gt;" in text for text in seen) > 10
    for tag, attributes in (found for text in seen for found in Tags(text).found):
        assert tag != "img" and not any(name.startswith("on") for name in attributes)
        assert (
            tag != "script" or attributes.get("type") == "application/json" or "/static/" in (attributes["src"] or "")
        )


def publish_form(place: Place, body: Any) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    whole = json.loads(text) if not isinstance(body, str) else {"url": f"{DAILY}-x", "version": "1"}
    sent = {"url": whole["url"], "version": whole["version"], "questionnaire": text}
    place.publish(Bulletin("form", "all", "thu", 1, NOON - HOUR_MS, NOON + 60 * HOUR_MS, sent))


def test_begun_and_left_forms_take_no_more_memory_and_the_gate_has_room(place: Place, screen: Screen) -> None:
    place.publish(order())

    def flood() -> str:
        for _ in range(3 * SEATS):
            screen.visitor().begin("thu-1|1")
        return screen.visitor().begin("thu-1|1").page

    assert screen.do(flood) == "notice"
    states = [one for one in gc.get_objects() if type(one).__name__ == "Seat"]
    assert len(states) <= SEATS


def _held_in_memory(secret: str) -> int:
    """How many texts and bytes with `secret` any object still holds."""
    gc.collect()
    texts, raw = dict[int, str | bytes](), secret.encode()
    rest = gc.get_objects()
    while rest:
        found = gc.get_referents(*rest)
        texts |= {id(one): one for one in found if type(one) in (str, bytes)}
        rest = [one for one in found if type(one) in (tuple, dict) and not gc.is_tracked(one)]
    others = (one for one in texts.values() if one is not secret and one is not raw)
    return sum(secret in one if isinstance(one, str) else raw in one for one in others)


@pytest.mark.parametrize("ending", ["wipe", "send"])
def test_who_has_gone_leaves_nothing_in_memory(place: Place, screen: Screen, time: Time, ending: str) -> None:
    place.publish(order())
    secret, form = f"NGUYỄN VĂN {os.urandom(6).hex()}", place.form()
    held: list[int] = []

    def knock(page: walking.Page) -> None:
        if page.name == "review":
            held.append(_held_in_memory(secret))
            if ending == "wipe":
                screen.visitor().post(f"/form/{page.token}/wipe", {})
                raise InterruptedError

    def walk() -> None:
        with contextlib.suppress(InterruptedError):
            Walker(screen, secret, knock).declare("thu-1", form)

    screen.do(walk)
    time.pass_ms(600_000)
    place.kiosk.show(OTHER)
    assert held[0] > 0, "the attack itself must work"
    assert _held_in_memory(secret) == 0


def test_what_was_declared_is_in_no_log_and_not_readable_on_the_card(
    place: Place, screen: Screen, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    place.publish(order())
    secret, form = f"NGUYỄN VĂN {os.urandom(6).hex()}", place.form()
    screen.do(lambda: Walker(screen, secret).declare("thu-1", form))
    place.kiosk.show(CARD)
    assert place.submit(ill(form), A).signal == "ASK"
    private = (secret, "Trần Văn Thử", A[1], "fever", "symptom")
    card = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    logs = capfd.readouterr()
    for word in private:
        assert word not in caplog.text + logs.out + logs.err
        assert word.encode() not in card and word.encode("utf-16-le") not in card
    declared = place.kiosk.store.execute("SELECT count(*) FROM declared").fetchone()
    assert declared == (1,), "of whoever is not well there is no readable row"


def test_paper_says_nothing_of_anybody(place: Place) -> None:
    place.publish(order())
    place.kiosk.show(CARD)
    outcome = place.submit(ill(place.form()), A)
    assert "symptoms" in outcome.reasons
    for language in ("vi", "en", "zh", "ko", "ja", "km", "lo", "th"):
        texts = read_language(LOCALES / language)
        said = " ".join(line.text for line in receipt_lines(outcome, "Chợ Mẫu", texts))
        private = (A[1], "Trần", "1999", texts["mine.symptoms"], texts["why.symptoms"], outcome.signal)
        assert not any(word in said for word in private)


# --- by bulletin and by light ----------------------------------------------------------------------------------------


def _questions(*items: dict[str, Any]) -> dict[str, Any]:
    made = [{"linkId": f"q{n}", "type": "string", "text": "Thử?", **item} for n, item in enumerate(items)]
    return {**questionnaire("daily"), "version": "9", "item": made}


def _when(question: str) -> dict[str, Any]:
    return {"enableWhen": [{"question": question, "operator": "exists", "answerBoolean": True}]}


HOSTILE: dict[str, Any] = {
    "10,000 items": _questions(*[{}] * 10_000),
    "a cycle": _questions(_when("q1"), _when("q2"), _when("q0")),
    "a long chain": _questions(*[_when(f"q{n + 1}") for n in range(1500)], {}),
    "a megabyte of text": _questions({"text": "x" * 1_000_000}),
    "half a character": _questions({"text": "\ud800"}),
    "marks that turn text around": _questions({"text": "A\u202eB"}),
    "nesting": "[" * 100_000,
    "no JSON": "{",
    "numbers": '{"resourceType": "Questionnaire", "item": ' + "9" * 5000 + "}",
    "another shape": json.dumps({"resourceType": "Questionnaire", "item": {"linkId": []}, "title": 5}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_form_that_is_signed_is_passed_over_and_the_gate_goes_on(place: Place, what: str) -> None:
    publish_form(place, HOSTILE[what])
    form = f"{DAILY}-x|1" if isinstance(HOSTILE[what], str) else f"{DAILY}|9"
    place.publish(order(form=form, mandatory=False))
    assert place.desk.offers() == []
    assert place.kiosk.show(CARD) == "green"


class Light:
    """A phone before the camera of the gate."""

    def __init__(self, place: Place) -> None:
        kiosk, self.place = place.kiosk, place
        duties = kiosk.ledger.board
        self.way = LightWay(
            kiosk.clock, kiosk.loop.see, kiosk.loop.put, lambda: kiosk.ledger.root, lambda: duties.duties.orders
        )

    def show(self, declaration: LightDeclaration) -> str:
        """The lamp after all its frames."""
        self.place.kiosk.loop.take(Tick())
        before = len(lamps(self.place))
        for text in make_frames(declaration.blob):
            self.way.take(text)
        while (event := self.place.kiosk.loop._get(0)) is not None:
            self.place.kiosk.loop.take(event)
        return [lamp for lamp in lamps(self.place)[before:] if lamp != "idle"][-1]


def _good_by_light() -> LightDeclaration:
    made = light_declaration(SealingKey(b"c" * 32), order="thu-1")
    return sign_outcome(made, Signal.ALLOW, NOON // 1000 + 3600, PASS_KEY)


def test_somebody_elses_declaration_by_light_turns_green_once(place: Place, time: Time) -> None:
    place.publish(order(form=LIGHT_FORM))
    light, good = Light(place), _good_by_light()
    assert light.show(good) == "green"
    time.pass_ms(60_000)
    assert light.show(good) == "yellow"
    time.pass_ms(60_000)
    assert light.show(LightDeclaration(good.core, good.sealed, None)) == "yellow"
    time.pass_ms(60_000)
    moved = LightDeclaration(Core(good.core.key_id, LIGHT_FORM, "thu-1", 7, 0), good.sealed, good.token)
    assert light.show(moved) == "yellow", "a word for one declaration says nothing of another"
    assert [one.outcome for one in records(place, SealedDeclaration)].count(Signal.ALLOW) == 1


def test_forged_frames_spoil_one_set_and_never_fill_the_memory() -> None:
    collector, good = Collector(), _good_by_light()
    texts = make_frames(good.blob)
    forged = read_frame(texts[1])._replace(number=0, chunk=bytes(len(read_frame(texts[1]).chunk)))
    collector.step(texts[0], 0)
    assert isinstance(collector.step(write_frame(forged), 1), NotTaken)
    for n in range(2000):
        collector.step(write_frame(forged._replace(set_id=n.to_bytes(8, "big"), number=n % 200)), n)
    assert len(collector._sets) <= MAX_SETS
    assert any(type(collector.step(text, 3000)).__name__ == "Complete" for text in texts)


# --- once open, mended since -----------------------------------------------------------------------------------------


def test_the_card_of_the_visitor_before_is_not_in_the_next_visitors_form(
    place: Place, screen: Screen, time: Time
) -> None:
    place.publish(order())
    place.submit(well(place.form()), B)
    assert place.kiosk.show(CARD) == "yellow"
    time.pass_ms(20_000)
    assert place.kiosk.show(OTHER) == "green"  # whoever has declared already; the first one has gone to the desk

    def read_on() -> str:
        visitor = screen.visitor().begin("thu-1|1")
        visitor.act("agree")
        return visitor.page + visitor.text

    assert screen.do(read_on).startswith("card"), "the form begins with nobody's name in it"


def test_a_form_and_a_guards_slip_do_not_wait_for_the_same_card(place: Place) -> None:
    cards = place.kiosk.loop.cards
    with ThreadPoolExecutor(2) as pool:
        waits: list[Future[Any]] = [pool.submit(place.desk.scanned, 2.0), pool.submit(cards.wait, 2.0)]
        wait_for(lambda: cards._waiting + sum(one.done() for one in waits) == 2, "both")
        place.kiosk.loop.see(CARD)
        wait_for(lambda: any(one.done() for one in waits), "the first card")
        place.kiosk.loop.see(OTHER)
        assert sum(one.result(5) is not None for one in waits) == 1, "the second one is told to wait its turn"


def test_a_card_that_a_strangers_form_took_is_answered_when_it_is_still_there(place: Place, time: Time) -> None:
    with ThreadPoolExecutor(1) as pool:
        form = pool.submit(place.desk.scanned, 1.0)
        wait_for(lambda: place.kiosk.loop.cards.wanted, "the form's wait")
        place.kiosk.show(OTHER)
        assert form.result(5) is not None
    for _ in range(100):
        time.pass_ms(200)
        place.kiosk.show(OTHER)
    assert records(place, Visit) != []


@pytest.mark.parametrize("text", ["a pass to be looked at", CARD.replace("Nam", "Nữ")])
def test_a_code_that_needs_a_look_does_not_turn_green_by_way_of_a_form(place: Place, time: Time, text: str) -> None:
    place.publish(order(mandatory=False))
    if "|" not in text:
        text = encode_pass(Pass(bytes(16), NOON // 1000 + 3600, 0, int(Signal.ASK)), PASS_KEY)
    assert place.kiosk.show(text) == "yellow"
    time.pass_ms(60_000)
    with ThreadPoolExecutor(1) as pool:
        form = pool.submit(place.desk.scanned, 1.0)
        wait_for(lambda: place.kiosk.loop.cards.wanted, "the form's wait")
        place.kiosk.show(text)
        held = form.result(5)
    assert held is None or place.submit(well(place.form()), (held["kind"], held["normal_form"])).signal != "ALLOW"


def test_the_key_on_the_card_makes_no_clearance(place: Place, tmp_path: Path) -> None:
    place.publish(order(mandatory=False))
    place.kiosk.ledger.trust_passes(place.passes.issuers)
    stolen = signing_key((tmp_path / FILE).read_bytes())
    place.kiosk.show(encode_pass(Pass(bytes(16), NOON // 1000 + 5 * 365 * 86_400, 9, int(Signal.ALLOW)), stolen))
    assert [visit.reasons for visit in records(place, Visit)] != [(6,)]


def test_a_form_is_not_filed_under_an_order_that_changed_meanwhile(place: Place) -> None:
    place.publish(order())
    begun = filled(place, A)
    place.publish(order(2, form=f"{DAILY}|1", notice={"vi": "Khác"}))
    outcome = place.during(lambda: place.desk.submit(begun))
    assert outcome.failed == "order_over" and records(place, Declaration) == []


def test_nothing_is_collected_under_an_order_that_has_ended(place: Place, time: Time) -> None:
    place.publish(order())
    begun = filled(place, A)
    time.pass_ms(49 * HOUR_MS)
    assert place.desk.offers() == []
    assert place.during(lambda: place.desk.submit(begun)).failed == "order_over"


def test_what_was_told_as_not_recorded_is_not_recorded(place: Place) -> None:
    place.publish(order())
    outcome = place.desk.submit(filled(place, None))  # the gate hangs, as on a worn card, and then goes on
    assert outcome.failed == "stalled"
    place.kiosk.loop.take(*place.kiosk.loop._wait())
    assert records(place, Declaration) == []


def test_a_guard_lets_in_whom_the_guard_saw(place: Place, tmp_path: Path) -> None:
    place.publish(order())
    kiosk = place.kiosk
    store = partial(open_store, tmp_path / "data", now_ms=kiosk.clock.now_ms)
    desk = KioskGuardDesk(kiosk.loop, kiosk.loop.cards, kiosk.feed, kiosk.clock, store)
    try:
        assert kiosk.show(CARD) == "yellow"
        number, _ = kiosk.feed.latest()
        kiosk.loop.see(OTHER)
        place.during(lambda: desk.override("Lan Thử", True, 1, number))
    finally:
        desk.close()
    assert [visit.identity for visit in records(place, Visit) if visit.signal is Signal.ALLOW] in ([], [A[1]])


def test_the_last_card_is_forgotten_when_nobody_comes(place: Place, time: Time) -> None:
    place.publish(order())
    secret = f"Trần Văn {os.urandom(6).hex()}"
    assert place.kiosk.show(CARD.replace("Trần Văn Thử", secret)) == "yellow"
    time.pass_ms(600_000)
    place.kiosk.loop.take(Tick())
    assert _held_in_memory(secret) == 0


def test_a_form_that_comes_after_its_order_is_offered(place: Place) -> None:
    later = {**questionnaire("daily"), "version": "7"}
    place.publish(order(form=f"{DAILY}|7"))
    assert place.desk.offers() == []
    publish_form(place, later)
    assert len(place.desk.offers()) == 1


def test_a_hostile_list_of_revoked_passes_does_not_end_the_gate(place: Place) -> None:
    bad = Bulletin("passes", "all", "thu", 1, NOON - HOUR_MS, NOON + HOUR_MS, {"revoked": 5})
    place.publish(bad)
    place.kiosk.ledger._version = -1
    place.kiosk.ledger.refresh()


def test_the_longest_name_of_an_order_does_not_end_the_gate(place: Place) -> None:
    sent = order()
    place.publish(Bulletin("order", "all", "o" * 64, (1 << 53) - 1, sent.issued_ms, sent.expires_ms, sent.body))
    assert not place.desk.offers() or place.submit(well(place.form()), A).failed == ""


def test_an_order_of_a_far_year_does_not_blank_the_screen(tmp_path: Path, time: Time, place: Place) -> None:
    time.synchronised = False
    here = Place(Kiosk(tmp_path / "unset", time), tmp_path)
    far = order(start=1 << 52, end=(1 << 52) + HOUR_MS)
    here.publish(Bulletin("order", "all", "thu-1", 1, 0, (1 << 53) - 1, far.body))
    assert len(here.desk.offers()) <= 1


def test_no_phone_ends_the_gate_by_light(place: Place) -> None:
    sent = order(form=LIGHT_FORM)
    place.publish(Bulletin("order", "all", "o" * 64, 1, sent.issued_ms, sent.expires_ms, sent.body))
    good = _good_by_light()
    core = Core(good.core.key_id, LIGHT_FORM, "o" * 64, (1 << 53) - 1, 0)
    assert Light(place).show(LightDeclaration(core, good.sealed, None)) == "yellow"


def test_a_declaration_by_light_turns_green_once_though_the_gate_starts_again(
    place: Place, time: Time, tmp_path: Path
) -> None:
    place.publish(order(form=LIGHT_FORM))
    good = _good_by_light()
    assert Light(place).show(good) == "green"
    time.pass_ms(60_000)
    assert Light(place).show(good) == "yellow"
    again = Place(Kiosk(tmp_path, time, rules=Rules("in", minimum_stay_ms=10_000)), tmp_path)
    assert Light(again).show(good) == "yellow"
    assert again.kiosk.feed.latest()[1].reasons == ("light_again",)
    assert [one.outcome for one in records(again, SealedDeclaration)] == [Signal.ALLOW]


def test_nobody_empties_the_roll_of_paper(screen: Screen) -> None:
    visitor = screen.visitor()
    screen.do(lambda: (visitor.begin(None), visitor.act("papers")))
    for _ in range(20):
        visitor.post(f"/form/{visitor.token}/print", {"turn": -1})
    assert len(screen.printed) <= 1


def test_deep_nesting_is_no_fault_and_no_token_is_logged(
    place: Place, screen: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    place.publish(order())
    visitor = screen.visitor().begin("thu-1|1")
    assert visitor.post(f"/form/{visitor.token}/agree", b"[" * 16_000).status_code == 400
    assert visitor.token not in caplog.text


def test_the_waiting_at_the_door_does_not_tell_which_guards_there_are(place: Place, tmp_path: Path) -> None:
    store = partial(open_store, tmp_path / "data", now_ms=place.kiosk.clock.now_ms)
    guards.grant(place.kiosk.store, "Án Thử", bytes(16), digest_of("24061781", bytes(16)), NOON + HOUR_MS)
    waits = []
    for name in ("Án Thử", "Én Thử"):
        door = Door(StoredAccounts(store, place.kiosk.clock.now_ms), lambda: 0.0, lambda: "token", bytes)
        for _ in range(6):
            door.enter(name, "000000", "vi")
        waits.append(door.enter(unicodedata.normalize("NFD", name), "000000", "vi").wait_s > 0)
    assert waits[0] == waits[1]
