"""The web side of what a visitor reads alone: who may ask, what is told to whom, what is printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.browser.screens import ASK, IDLE, MovingPicture
from ui.alone import MOST_LINES, Alone
from ui.app import Place, make_app
from ui.screen import Feed, View

HOST = "127.0.0.1:8080"
OURS = {"Host": HOST, "Origin": f"http://{HOST}"}
EXPOSED = Alone(("exposure",), (), "2026-12-05")
WRONG = [None, [], {}, {"view": "2"}, {"view": True}, {"view": 2.0}, {"view": [2]}]


@dataclass
class Desk:
    """Gives `alone` for view 2, and notes what was asked and printed."""

    alone: Alone = EXPOSED
    prints: bool = True
    asked: list[tuple[int, bool]] = field(default_factory=list)
    printed: list[list[str]] = field(default_factory=list)

    def read(self, view: int, again: bool = False) -> Alone | None:
        self.asked.append((view, again))
        return self.alone if view == 2 else None

    def print(self, lines: Sequence[str], language: str) -> bool:
        self.printed.append([language, *lines])
        return False  # the paper is out


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def feed() -> Feed:
    return Feed(IDLE)


@pytest.fixture
def client(feed: Feed, desk: Desk) -> FlaskClient:
    place = Place("Chợ Mẫu", "Cửa A", "in", languages=("vi", "en"), hosts=(HOST,), help={"en": "Sign 2"})
    return make_app(feed, place, lambda _: None, MovingPicture(), alone=desk).test_client()


def post(client: FlaskClient, path: str, body: object) -> Any:
    return client.post(path, json=body, headers=OURS)


def test_a_touch_gets_the_words_in_each_language_of_the_place_and_no_copy_is_kept(client: FlaskClient) -> None:
    answer = post(client, "/alone", {"view": 2})
    told = answer.get_json()
    assert set(told["said"]) == {"vi", "en"} and told["prints"] is True
    assert told["said"]["en"]["lines"][-1] == "This notice ends by itself on 05/12/2026."
    assert "Sign 2" in told["said"]["en"]["lines"][1] and "bàn hướng dẫn" in told["said"]["vi"]["lines"][1]
    assert answer.headers["Cache-Control"] == "no-store"
    assert post(client, "/alone", {"view": 3}).get_json()["said"] is None


def test_the_printer_is_asked_only_for_what_is_being_read(client: FlaskClient, desk: Desk) -> None:
    assert post(client, "/alone/print", {"view": 2, "language": "en"}).get_json() == {"printed": False}
    assert desk.asked == [(2, True)]
    assert desk.printed[0][:3] == ["en", "Chợ Mẫu", "For you alone"]
    assert post(client, "/alone/print", {"view": 3, "language": "en"}).get_json() == {"printed": False}
    desk.prints = False
    assert post(client, "/alone/print", {"view": 2, "language": "en"}).get_json() == {"printed": False}
    assert len(desk.printed) == 1 and desk.asked == [(2, True), (3, True)]


@pytest.mark.parametrize("body", WRONG)
@pytest.mark.parametrize("path", ["/alone", "/alone/print"])
def test_what_no_page_sends_never_reaches_the_gate(client: FlaskClient, desk: Desk, path: str, body: object) -> None:
    assert post(client, path, body).status_code == 400
    assert post(client, "/alone/print", {"view": 2, "language": ["vi"]}).status_code == 400
    assert desk.asked == []


@pytest.mark.parametrize("path", ["/alone", "/alone/print"])
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
def test_a_foreign_page_reads_nothing(client: FlaskClient, desk: Desk, path: str, origin: str | None) -> None:
    headers = {"Host": HOST} | ({"Origin": origin} if origin else {})
    assert client.post(path, json={"view": 2, "language": "vi"}, headers=headers).status_code == 403
    assert desk.asked == []


def test_the_feed_says_that_there_is_more_and_never_what(client: FlaskClient, feed: Feed) -> None:
    feed.publish(View("result", "ASK", "in", ("see_desk",), "06:42", 1, None, 15_000, "yellow", private=True))
    answer = client.get("/poll", headers={"Host": HOST})
    assert answer.get_json()["view"]["private"] is True
    assert not any(word in answer.get_data(as_text=True) for word in ("exposure", "diagnosis", "chẩn đoán"))
    bare = make_app(Feed(ASK), Place("Chợ Mẫu", "Cửa A", "in", hosts=(HOST,)), lambda _: None, MovingPicture())
    assert 'id="alone"' not in bare.test_client().get("/", headers={"Host": HOST}).get_data(as_text=True)
    assert bare.test_client().post("/alone", json={"view": 1}, headers=OURS).status_code == 404


def test_a_page_of_many_reasons_keeps_room_for_the_rules_own_word(client: FlaskClient, desk: Desk) -> None:
    rules = ({"vi": "Mời đo nhiệt độ", "en": "Please have your temperature taken"},)
    desk.alone = Alone(("symptoms", "positive_test", "exposure", "declaration_due", "full"), rules, "2026-12-05")
    lines = post(client, "/alone", {"view": 2}).get_json()["said"]["en"]["lines"]
    assert len(lines) == MOST_LINES + 1
    assert lines[-2:] == [rules[0]["en"], "This notice ends by itself on 05/12/2026."]
