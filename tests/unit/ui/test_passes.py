"""The web side of the offer of a pass: who may ask, what a page is told, what is printed."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.browser.screens import ALLOW, IDLE, MovingPicture
from tests.parts.form_desk import PASS
from ui.app import Place, make_app
from ui.form.desk import Extras, Outcome
from ui.screen import Feed, View

HOST = "127.0.0.1:8080"
OURS = {"Host": HOST, "Origin": f"http://{HOST}"}
SHOWN = View("pass", at="06:42", stays_ms=20_000, lamps="idle", code=PASS)


@dataclass
class Desk:
    """Gives `text` for view 2 alone, and notes what was asked and printed."""

    text: str = PASS
    asked: list[int] = field(default_factory=list)
    printed: list[tuple[Outcome, str]] = field(default_factory=list)

    def give(self, view: int) -> str:
        self.asked.append(view)
        return self.text if view == 2 else ""

    def print(self, outcome: Outcome, language: str) -> bool:
        self.printed.append((outcome, language))
        return False  # the paper is out: the pass is on the screen all the same


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def feed() -> Feed:
    return Feed(IDLE)


@pytest.fixture
def client(feed: Feed, desk: Desk) -> FlaskClient:
    place = Place("Chợ Mẫu", "Cửa A", "both", languages=("vi", "en"), hosts=(HOST,))
    extras = Extras(print_receipt=desk.print)
    return make_app(feed, place, lambda _: None, MovingPicture(), None, extras, desk).test_client()


def view(client: FlaskClient, query: str = "") -> Any:
    return client.get(f"/poll{query}", headers={"Host": HOST}).get_json()["view"]


def test_a_touch_names_the_view_that_it_saw_and_the_pass_is_printed(client: FlaskClient, desk: Desk) -> None:
    answer = client.post("/pass", json={"view": 2, "language": "en"}, headers=OURS)
    assert (answer.status_code, answer.get_json()) == (200, {"shown": True})
    assert [(outcome.pass_text, outcome.code, language) for outcome, language in desk.printed] == [(PASS, "", "en")]
    assert PASS not in answer.get_data(as_text=True), "the pass comes with its view"


def test_a_touch_that_is_late_prints_nothing(client: FlaskClient, desk: Desk) -> None:
    assert client.post("/pass", json={"view": 3, "language": "vi"}, headers=OURS).get_json() == {"shown": False}
    assert desk.printed == []


@pytest.mark.parametrize(
    "body",
    [
        *(None, [], {}, {"view": "2", "language": "vi"}, {"view": True, "language": "vi"}),
        *({"view": 2, "language": "xx"}, {"view": 2, "language": ["vi"]}, {"view": 2.0, "language": "vi"}),
    ],
)
def test_what_no_page_sends_never_reaches_the_gate(client: FlaskClient, desk: Desk, body: object) -> None:
    assert client.post("/pass", json=body, headers=OURS).status_code == 400
    assert desk.asked == []


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
def test_a_foreign_page_gets_no_pass(client: FlaskClient, desk: Desk, origin: str | None) -> None:
    headers = {"Host": HOST} | ({"Origin": origin} if origin else {})
    assert client.post("/pass", json={"view": 2, "language": "vi"}, headers=headers).status_code == 403
    assert desk.asked == []


def test_the_code_is_on_its_own_view_alone_and_never_as_text(client: FlaskClient, feed: Feed) -> None:
    feed.publish(ALLOW)
    assert view(client)["code"] is None
    number = feed.publish(SHOWN)
    told = view(client)
    assert told["code"]["size"] >= 45 and told["code"]["path"].startswith("M0 0h1v1h-1z")
    assert PASS not in client.get("/poll", headers={"Host": HOST}).get_data(as_text=True)
    feed.publish(ALLOW)
    assert view(client, f"?after={number - 1}")["page"] == "pass"
    assert view(client, f"?after={number - 1}")["code"] is None, "a page that comes late sees an empty frame"


def test_the_offer_is_told_where_a_gate_can_give_passes_and_nowhere_else(client: FlaskClient, feed: Feed) -> None:
    offering = View("result", "ALLOW", "in", ("registered",), "06:42", 1, None, 3000, "green", offer=True)
    feed.publish(offering)
    assert view(client)["offer"] is True
    assert 'id="offer"' in client.get("/", headers={"Host": HOST}).get_data(as_text=True)
    other = Feed(offering)
    bare = make_app(other, Place("Chợ Mẫu", "Cửa A", "both", hosts=(HOST,)), lambda _: None, MovingPicture())
    assert view(bare.test_client())["offer"] is False
    assert 'id="offer"' not in bare.test_client().get("/", headers={"Host": HOST}).get_data(as_text=True)
    assert bare.test_client().post("/pass", json={"view": 1, "language": "vi"}, headers=OURS).status_code == 404
