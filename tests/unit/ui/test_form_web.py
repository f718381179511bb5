"""The form on the web: what is sent in from outside, who may see what, and what nobody can break."""

import gzip
import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ui
from forms.load import load
from forms.model import Key, Value
from tests.browser.screens import MovingPicture
from tests.parts.form_desk import CCCD, MemoryDesk, library_form, make_offer, sample_desk
from tests.unit.ui.own_form import own_form
from ui.app import Place, make_app
from ui.form.between import problems_between
from ui.form.desk import Extras, Outcome
from ui.form.seats import SEATS, Seats
from ui.form.session import begin
from ui.screen import Feed

HOST = "127.0.0.1:8080"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FOLDER = Path(ui.__file__).parent


class Visitor:
    """One browser at the form."""

    def __init__(self, client: FlaskClient, host: str = HOST) -> None:
        self.client, self.host = client, host
        self.token, self.turn = "", 0
        self.last: TestResponse

    def post(self, path: str, body: object, **more: Any) -> TestResponse:
        headers = {"Host": self.host, "Origin": f"https://{self.host}"}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.last = self.client.post(path, data=data, content_type="application/json", headers=headers, **more)
        found = re.search(r'data-token="([^"]*)"(?: data-turn="(\d+)")?', self.last.get_data(as_text=True))
        if found:
            self.token, self.turn = found[1], int(found[2] or 0)
        return self.last

    def begin(self, offer: str | None = "own") -> "Visitor":
        self.post("/form/begin", {"language": "vi", "offer": offer})
        return self

    def act(self, action: str, **body: object) -> str:
        self.post(f"/form/{self.token}/{action}", {"turn": self.turn, "language": "vi", **body})
        return self.page

    @property
    def page(self) -> str:
        found = re.search(r'data-page="([^"]*)"', self.text)
        return found[1] if found else ""

    @property
    def text(self) -> str:
        return self.last.get_data(as_text=True)

    @property
    def problem(self) -> str:
        found = re.search(r'class="problem".*?<span>(.*?)</span>', self.text, re.S)
        return found[1] if found else ""

    def get(self, path: str) -> TestResponse:
        self.last = self.client.get(path, headers={"Host": self.host})
        return self.last


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk((make_offer(own_form(), "own", True), make_offer(library_form("entry"), "entry", True)))


@pytest.fixture
def client(desk: MemoryDesk) -> Iterator[FlaskClient]:
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi", "en"), hosts=(HOST,))
    app = make_app(Feed(), place, lambda name: None, MovingPicture(), desk)
    yield app.test_client()
    app.extensions["gatepost.stop"]()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    return Visitor(client)


def test_a_gate_without_a_desk_has_no_form(desk: MemoryDesk) -> None:
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi",), hosts=(HOST,))
    app = make_app(Feed(), place, lambda name: None, MovingPicture())
    assert app.test_client().get("/form/", headers={"Host": HOST}).status_code == 404


@pytest.mark.parametrize(
    ("host", "origin"), [("evil.example", f"http://{HOST}"), (HOST, "http://evil.example"), (HOST, "http://[")]
)
def test_a_foreign_page_cannot_begin_or_answer(client: FlaskClient, host: str, origin: str) -> None:
    answer = client.post("/form/begin", json={"offer": "own"}, headers={"Host": host, "Origin": origin})
    assert answer.status_code in (403, 421)


def test_pages_set_no_cookie_and_are_not_stored(visitor: Visitor) -> None:
    visitor.begin().act("agree")
    for answer in (visitor.last, visitor.get(f"/form/{visitor.token}/"), visitor.get("/form/")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_cannot_be_guessed_and_an_unknown_one_shows_nothing(visitor: Visitor) -> None:
    tokens = {visitor.begin().token for _ in range(8)}
    assert len(tokens) == 8
    assert all(len(token) == 22 for token in tokens)  # 128 bits in base64url
    assert visitor.get("/form/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 303
    visitor.token = "AAAAAAAAAAAAAAAAAAAAAA"
    assert visitor.act("send") == "gone"


def test_a_second_tap_of_the_same_page_answers_nothing_else(visitor: Visitor, desk: MemoryDesk) -> None:
    visitor.begin().act("agree")
    visitor.act("type")
    turn = visitor.turn
    visitor.act("answer", typed=["THỬ"])
    first = visitor.text
    visitor.post(f"/form/{visitor.token}/answer", {"turn": turn, "typed": ["HAI"]})
    assert visitor.text == first


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"x"',
        b'{"turn": 2}',
        b'{"turn": 2, "picked": {"a": 1}, "typed": 7}',
        b'{"turn": 2, "picked": ["1000000000000"], "typed": []}',
        b'{"turn": 2, "linkId": "fever", "answers": {"fever": true}, "typed": [""]}',
        b'{"turn": "2", "typed": ["THU"]}',
        b'{"turn": true, "typed": ["THU"]}',
        b'{"turn": 2, "typed": ["\\ud800"]}',
        b'{"turn": 2, "typed": ["\\u0000"]}',
        b"{" + b'"a":' * 3000 + b"1" + b"}" * 3000,
    ],
)
def test_a_tampered_answer_changes_nothing_and_the_page_goes_on(visitor: Visitor, body: bytes) -> None:
    visitor.begin().act("agree")
    visitor.act("type")
    visitor.post(f"/form/{visitor.token}/answer", body)
    assert (visitor.last.status_code, visitor.page) == (200, "question")
    assert "Họ tên?" in visitor.text
    visitor.act("answer", typed=["THỬ"])
    assert "Tỉnh nào?" in visitor.text


def test_an_answer_to_a_question_that_is_not_asked_is_not_taken(visitor: Visitor, desk: MemoryDesk) -> None:
    """No request names a question: an answer belongs to the page shown. A change to a closed one finds none."""
    _to_review(visitor)
    page = visitor.text
    for place in (-1, 99, "fever", None, True):
        visitor.act("change", place=place)
        assert visitor.page == "review"
    for remove in ({"link": "fever", "at": [], "number": 0}, {"link": "person", "at": "x"}, {"link": 7}):
        visitor.act("remove", **remove)
        assert visitor.page == "review"
    assert "Sốt trên" not in page
    visitor.act("send")
    assert ("fever", ()) not in desk.filled[0].answers


def _to_review(visitor: Visitor) -> None:
    visitor.begin().act("agree")
    visitor.act("type")
    visitor.act("answer", typed=["THỬ"])
    visitor.act("answer", picked=["0"])
    visitor.act("answer", picked=["0"])
    visitor.act("answer", picked=["3"])
    visitor.act("answer", typed=[""])
    assert visitor.act("more", wanted=False) == "review"


def test_what_is_written_is_shown_as_text_and_never_as_code(visitor: Visitor) -> None:
    visitor.begin().act("agree")
    visitor.act("type")
    for text in ('<script>alert(1)</script>"><img src=x>', "{{ 7 * 7 }}", "'; DROP TABLE visits; --"):
        visitor.act("answer", typed=[text[:40]])
        visitor.act("back")
        assert text[:8] not in visitor.text or not text.startswith("<")
        assert "49" not in re.sub(r"data-\w+=\"[^\"]*\"|<[^>]*>", "", visitor.text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 5000, "Xin viết ngắn hơn"),
        ("\u202eTHỬ", "ký tự máy không nhận"),
        ("A\u0000B", "ký tự máy không nhận"),
    ],
)
def test_input_that_cannot_be_kept_is_told_beside_the_question(visitor: Visitor, text: str, said: str) -> None:
    visitor.begin().act("agree")
    visitor.act("type")
    visitor.act("answer", typed=[text])
    assert said in visitor.problem


def test_a_megabyte_is_refused_and_the_form_goes_on(visitor: Visitor) -> None:
    visitor.begin().act("agree")
    visitor.act("type")
    visitor.post(f"/form/{visitor.token}/answer", {"turn": visitor.turn, "typed": ["x" * 1_000_000]})
    assert visitor.last.status_code in (200, 413)
    visitor.get(f"/form/{visitor.token}/")
    assert "Họ tên?" in visitor.text


def test_a_rule_between_answers_is_told_in_the_visitors_language(visitor: Visitor, desk: MemoryDesk) -> None:
    rule = {
        "id": "not-thu",
        "linkId": "symptoms",
        "logic": {"!": [{"===": [{"var": "answers.name"}, "THỬ"]}]},
        "text": {"vi": "Xin xem lại tên và dấu hiệu.", "en": "Please look again."},
    }
    desk.orders = (make_offer(own_form(), "own", True, rules=[rule]),)
    visitor.begin().act("agree")
    visitor.act("type")
    visitor.act("answer", typed=["THỬ"])
    visitor.act("answer", picked=["0"])
    visitor.act("answer", picked=["0"])
    visitor.act("answer", picked=["3"])
    assert visitor.problem == "Xin xem lại tên và dấu hiệu."
    visitor.act("language", language="en")
    assert visitor.problem == "Please look again."


def test_the_entry_forms_own_rules_are_kept(visitor: Visitor, desk: MemoryDesk) -> None:
    file = Path(__file__).parents[3] / "forms" / "library" / "entry.rules.json"
    rules = json.loads(file.read_text(encoding="utf-8"))
    form = library_form("entry")
    answers: dict[Key, tuple[Value, ...]] = {
        ("arrival_date", ()): ("2026-11-20",),
        ("departure_date", ()): ("2026-11-22",),
    }
    found = problems_between(make_offer(form, "entry", rules=rules), answers, "2026-11-23")
    assert found["arrival_date"].texts["vi"]
    answers[("departure_date", ())] = ("2026-11-19",)
    assert problems_between(make_offer(form, "entry", rules=rules), answers, "2026-11-23") == {}


def test_a_card_is_waited_for_on_its_own_page_only_and_for_a_moment(visitor: Visitor, desk: MemoryDesk) -> None:
    visitor.begin().act("card")
    assert (visitor.last.status_code, desk.waits) == (204, 0)
    visitor.act("agree")
    desk.cards.put({**CCCD})
    assert visitor.act("card") == "question"
    assert "Tỉnh nào?" in visitor.text


def test_when_all_seats_are_taken_the_one_silent_longest_makes_room(client: FlaskClient) -> None:
    visitors = [Visitor(client).begin() for _ in range(SEATS)]
    assert Visitor(client).begin().page == "notice"
    assert visitors[0].get(f"/form/{visitors[0].token}/").status_code == 303
    assert visitors[1].get(f"/form/{visitors[1].token}/").status_code == 200


def test_a_seat_is_wiped_by_time_alone() -> None:
    clock = [0]
    seats = Seats(lambda: clock[0])
    token = seats.open(begin(make_offer(own_form(), "own"), "vi", 0))
    clock[0] = 80_000
    seats.sweep()
    with seats.use(token or "") as seat:
        assert seat is None
    assert len(seats) == 0
    seats.close()


def test_a_failed_hand_over_keeps_the_answers_and_may_be_tried_again(visitor: Visitor, desk: MemoryDesk) -> None:
    _to_review(visitor)
    desk.failing = "store_failed"
    assert visitor.act("send") == "failed"
    desk.failing = ""
    assert visitor.act("back") == "review"
    assert visitor.act("send") == "receipt"
    assert len(desk.filled) == 1
    assert "THỬ" not in visitor.text


def test_a_desk_that_breaks_is_told_as_not_recorded(visitor: Visitor, desk: MemoryDesk) -> None:
    _to_review(visitor)
    desk.breaks = True
    assert visitor.act("send") == ""
    assert visitor.last.status_code == 500
    visitor.get(f"/form/{visitor.token}/")
    assert visitor.page == "failed"


def test_nothing_of_a_visitor_is_logged(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _to_review(visitor)
        visitor.act("send")
    assert "THỬ" not in caplog.text


def test_an_order_that_ended_while_the_page_stood_open_leads_back_to_the_start(
    visitor: Visitor, desk: MemoryDesk
) -> None:
    desk.orders = ()
    assert visitor.begin().page == "start"


TYPES = ("boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "quantity", "display")


def test_every_type_of_question_has_a_page(client: FlaskClient, desk: MemoryDesk) -> None:
    items: list[dict[str, Any]] = [{"linkId": kind, "type": kind, "text": f"Câu {kind}"} for kind in TYPES]
    items += [{"linkId": f"many-{kind}", "type": kind, "text": f"Câu {kind}", "repeats": True} for kind in TYPES[2:8]]
    options = [{"valueString": f"Số {n}"} for n in range(500)]
    for kind in ("choice", "open-choice"):
        for count in (3, 30, 500):
            for repeats in (False, True):
                name = f"{kind}-{count}-{repeats}"
                more = {"repeats": repeats, "answerOption": options[:count]}
                items.append({"linkId": name, "type": kind, "text": f"Câu {name}", **more})
    resource = {
        "resourceType": "Questionnaire", "url": "https://gatepost.example/form/all", "version": "1",
        "status": "active", "language": "vi", "title": "Mọi kiểu", "item": items,
    }  # fmt: skip
    desk.orders = (make_offer(load(resource), "all", True),)
    visitor = Visitor(client).begin("all")
    visitor.act("agree")
    for item in items:
        if item["type"] == "display":
            continue  # a note stands over the next question
        assert f"Câu {item['linkId'].removeprefix('many-')}" in visitor.text
        if "500" in item["linkId"]:
            found = visitor.client.post(
                f"/form/{visitor.token}/find",
                json={"text": "so 499"},
                headers={"Host": HOST, "Origin": f"http://{HOST}"},
            )
            assert "Số 499" in found.get_data(as_text=True)
        visitor.act("answer")
    assert visitor.page == "review"


LIBRARY = sorted(path.stem for path in FOLDER.parent.glob("forms/library/*.json") if "." not in path.stem)


def _any_answer(visitor: Visitor) -> dict[str, object]:
    """A good answer to whatever is asked: the first option, a number that fits, a text."""
    picks = re.findall(r'data-pick="([^"]+)"', visitor.text)
    if picks:
        return {"picked": [picks[-1]], "typed": []}  # the last one stands alone where any does
    if "<gp-wheels" in visitor.text:
        return {"picked": [], "typed": ["2026-11-20"]}
    keyboard = re.search(r'class="answer"[^>]*data-keyboard="(\w+)"', visitor.text)
    typed = {"digits": "1980", "phone": "+84912345678", "latin": "B1234567", "email": "thu@example.com"}
    return {"picked": [], "typed": [typed.get(keyboard[1] if keyboard else "", "Thử")]}


@pytest.mark.parametrize("name", LIBRARY)
def test_every_form_of_the_library_can_be_filled_in_to_its_end(
    client: FlaskClient, desk: MemoryDesk, name: str
) -> None:
    desk.orders = (make_offer(library_form(name), name, True),)
    visitor = Visitor(client).begin(name)
    visitor.act("agree")
    if visitor.page == "card":
        visitor.act("type")
    for _ in range(150):
        if visitor.page == "review":
            break
        if visitor.page == "more":
            visitor.act("more", wanted=False)
            continue
        visitor.act("answer", **_any_answer(visitor))
        if visitor.problem:
            visitor.act("answer", picked=[], typed=["5"])
        assert visitor.problem == ""
    assert visitor.act("send") == "receipt", visitor.problem


def test_a_page_is_read_aloud_where_there_is_a_voice_and_says_no_answer(desk: MemoryDesk) -> None:
    said: list[str] = []

    def speak(text: str, language: str) -> bytes | None:
        said.append(text)
        return b"RIFF" if language == "vi" else None

    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi", "en"), hosts=(HOST,))
    app = make_app(Feed(), place, lambda name: None, MovingPicture(), desk, Extras(speak=speak))
    visitor = Visitor(app.test_client())
    assert [visitor.get(f"/form/voice?language={tag}").status_code for tag in ("vi", "en", "xx")] == [200, 204, 204]
    visitor.begin()
    assert visitor.get(f"/form/{visitor.token}/say").data == b"RIFF"
    notice = said[-1]
    visitor.act("agree")
    visitor.act("type")
    visitor.act("answer", typed=["THỬ"])
    visitor.act("back")
    assert visitor.get(f"/form/{visitor.token}/say").data == b"RIFF"
    assert notice.startswith("Tờ khai này là bắt buộc. ")
    assert "Họ tên?" in said[-1]
    assert "THỬ" not in said[-1]


def test_where_only_the_first_sentence_has_a_recording_that_one_is_heard(desk: MemoryDesk) -> None:
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi",), hosts=(HOST,))
    extras = Extras(speak=lambda text, language: b"RIFF" if text == "Tờ khai này là bắt buộc" else None)
    app = make_app(Feed(), place, lambda name: None, MovingPicture(), desk, extras)
    visitor = Visitor(app.test_client()).begin()
    assert visitor.get(f"/form/{visitor.token}/say").data == b"RIFF"
    visitor.act("agree")
    assert visitor.get(f"/form/{visitor.token}/say").status_code == 204
    app.extensions["gatepost.stop"]()


def test_a_receipt_is_printed_where_there_is_a_printer(desk: MemoryDesk) -> None:
    paper: list[str] = []
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi",), hosts=(HOST,))

    def print_receipt(outcome: Outcome, language: str) -> bool:
        paper.append(outcome.code)
        return len(paper) == 1

    app = make_app(Feed(), place, lambda name: None, MovingPicture(), desk, Extras(print_receipt=print_receipt))
    visitor = Visitor(app.test_client())
    _to_review(visitor)
    visitor.act("send")
    visitor.act("print")
    assert "Đã in" in visitor.text
    visitor.act("print")
    assert "Máy in chưa sẵn sàng" in visitor.text
    assert 'data-act="print"' not in visitor.text
    visitor.act("print")
    assert paper == ["K7QF-2M9D-44TX"] * 2
    app.extensions["gatepost.stop"]()


def test_thousands_of_brackets_are_refused_and_the_form_goes_on(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.begin()
    answer = visitor.post(f"/form/{visitor.token}/agree", b"[" * 16_000)
    assert (answer.status_code, "nested too deeply" in visitor.text) == (400, True)
    assert visitor.token not in caplog.text
    assert visitor.act("agree") == "card"


def test_a_page_is_answered_within_its_time(client: FlaskClient, desk: MemoryDesk) -> None:
    """50 ms is the promise; this machine is shared, so the median is asserted."""
    visitor = Visitor(client).begin("entry")
    visitor.act("agree")
    visitor.act("type")
    times = []
    for _ in range(15):
        started = time.perf_counter()
        visitor.act("answer", typed=[""])
        times.append(time.perf_counter() - started)
    assert sorted(times)[7] < 0.05


def test_the_page_weighs_little(client: FlaskClient) -> None:
    static = FOLDER / "static"
    files = [*(static / "form").iterdir(), static / "feed.js", static / "icon.svg"]
    page = client.get("/form/", headers={"Host": HOST}).data
    weight = sum(len(gzip.compress(file.read_bytes())) for file in files if file.is_file()) + len(gzip.compress(page))
    assert weight < 150_000


@pytest.mark.parametrize("path", sorted(FOLDER.glob("templates/form/*.html")), ids=lambda path: path.name)
def test_no_page_has_inline_code_or_an_outside_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text)
    assert "<style" not in text
    assert "//" not in text


def test_the_sample_desk_offers_the_mandatory_form_first() -> None:
    assert [offer.mandatory for offer in sample_desk().offers()] == [True, False, False]
