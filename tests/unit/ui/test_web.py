"""The web app: strangers stay outside, nothing is stored, no page can starve the gate."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import ui
from tests.browser.screens import ALLOW, Gate, MovingPicture, open_gate
from tests.parts.waits import wait_for
from ui.app import Place, make_app, serve
from ui.screen import Feed
from ui.streams import EVENT_STREAMS, PREVIEW_STREAMS

HOST = "127.0.0.1:8080"
OURS = {"Host": HOST, "Origin": f"http://{HOST}"}
FOLDER = Path(ui.__file__).parent


@pytest.fixture
def presses() -> list[str]:
    return []


@pytest.fixture
def client(presses: list[str]) -> FlaskClient:
    place = Place("Chợ Mẫu", "Cửa A", "both", hosts=(HOST,), framed_by=("http://127.0.0.1:9090",))
    return make_app(Feed(), place, presses.append, MovingPicture()).test_client()


class Pages:
    """Pages that are open on one gate, closed at the end of the test."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._open: list[tuple[http.client.HTTPConnection, http.client.HTTPResponse]] = []

    def get(self, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.gate.server.port, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        self._open.append((connection, answer))
        return answer

    def json(self, path: str) -> Any:
        return json.loads(self.get(path).read())

    def close(self) -> None:
        for connection, answer in self._open:
            answer.close()
            connection.close()
        self._open.clear()


@pytest.fixture
def pages() -> Iterator[Pages]:
    pages = Pages(open_gate())
    yield pages
    pages.close()
    pages.gate.server.close()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:8081", "localhost:8080"])
def test_a_foreign_name_that_resolves_to_this_box_gets_nothing(client: FlaskClient, host: str) -> None:
    for path in ("/", "/poll", "/events", "/preview", "/healthz", "/static/visitor.js"):
        assert client.get(path, headers={"Host": host}).status_code == 421, path


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:8081", f"ftp://{HOST}"])
def test_a_press_from_a_foreign_page_never_reaches_the_gate(
    client: FlaskClient, presses: list[str], origin: str | None
) -> None:
    headers = {"Host": HOST} | ({"Origin": origin} if origin else {})
    assert client.post("/press", json={"name": "in"}, headers=headers).status_code == 403
    assert presses == []


@pytest.mark.parametrize("name", ["in", "out", "cancel", "no_code", "language:vi", "language:en"])
def test_a_press_reaches_the_gate(client: FlaskClient, presses: list[str], name: str) -> None:
    assert client.post("/press", json={"name": name}, headers=OURS).status_code == 204
    assert presses == [name]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"name":7}', b'{"name":"language:xx"}', b'{"name":"open"}'])
def test_an_unknown_press_is_refused(client: FlaskClient, presses: list[str], body: bytes) -> None:
    answer = client.post("/press", data=body, content_type="application/json", headers=OURS)
    assert answer.status_code == 400
    assert presses == []


def test_a_press_of_unreasonable_size_is_refused(client: FlaskClient, presses: list[str]) -> None:
    assert client.post("/press", data=b"x" * 5000, content_type="application/json", headers=OURS).status_code != 204
    assert presses == []


def test_pages_load_nothing_from_outside_set_no_cookie_and_are_not_stored(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": HOST})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors http://127.0.0.1:9090" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert client.get("/poll", headers={"Host": HOST}).headers["Cache-Control"] == "no-store"
    with client.get("/static/visitor.js", headers={"Host": HOST}) as static:
        assert static.headers["Cache-Control"] == "no-cache"  # asked again at each use, answered 304 by its ETag
        known = {"If-None-Match": static.headers["ETag"]}
    with client.get("/static/visitor.js", headers={"Host": HOST} | known) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("path", sorted(FOLDER.glob("templates/*.html")), ids=lambda path: path.name)
def test_no_page_has_inline_code_or_an_outside_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert " style=" not in text
    assert " onclick" not in text
    assert "<style" not in text
    assert "//" not in text.replace("http://www.w3.org", "")


def test_a_poll_without_a_number_gives_the_newest_view_at_once(pages: Pages) -> None:
    pages.gate.feed.publish(ALLOW)
    view = pages.json("/poll")["view"]
    assert (view["n"], view["signal"], view["said"]["vi"]["word"]) == (2, "ALLOW", "Mời vào")


def test_no_name_and_no_number_of_a_person_can_be_in_a_view(pages: Pages) -> None:
    allowed = {"n", "alive", "age_ms", "page", "signal", "direction", "at", "stays_ms", "lamps", "starting", "said"}
    allowed |= {"progress", "declare", "due"}  # parts of a declaration by light; whether, and what, one may declare
    allowed |= {"private", "taps"}  # whether there is more to read alone, and never what; whether tags are heard
    allowed |= {"check"}  # whether the place's self-check waits for this screen; no token stands in it
    allowed |= {"say"}  # whether a word about the place may be said
    allowed |= {"offer", "code"}  # whether a pass may be had; the drawing of one, on its own view alone
    assert set(pages.json("/poll")["view"]) == allowed
    assert pages.json("/poll")["view"]["code"] is None


def test_a_fifth_event_stream_is_refused_while_presses_and_polls_still_answer(pages: Pages) -> None:
    assert [pages.get("/events").status for _ in range(EVENT_STREAMS)] == [200] * EVENT_STREAMS
    assert pages.get("/events").status == 503
    started = time.monotonic()
    assert pages.json("/healthz")["events"] == EVENT_STREAMS
    assert time.monotonic() - started < 1


def test_a_third_live_picture_is_refused(pages: Pages) -> None:
    assert [pages.get("/preview").status for _ in range(PREVIEW_STREAMS)] == [200] * PREVIEW_STREAMS
    assert pages.get("/preview").status == 503


def test_streams_of_pages_that_have_gone_are_given_back(pages: Pages) -> None:
    for _ in range(EVENT_STREAMS):
        pages.get("/events")
    pages.close()
    wait_for(lambda: pages.json("/healthz")["events"] == 0, "all streams given back", seconds=5)


def test_a_stream_starts_with_the_newest_view_and_beats(pages: Pages) -> None:
    pages.gate.feed.publish(ALLOW)
    answer = pages.get("/events")
    lines = [answer.readline().decode().strip() for _ in range(9)]
    assert "event: view" in lines
    assert "id: 2" in lines
    assert b'event: beat\ndata: {"alive": true}' in b"".join(answer.readline() for _ in range(3))


def test_health_tells_a_gate_whose_loop_hangs(presses: list[str]) -> None:
    clock = [0.0]
    feed = Feed(now=lambda: clock[0])
    place = Place("Chợ Mẫu", "Cửa A", "both", hosts=(HOST,))
    client = make_app(feed, place, presses.append, MovingPicture()).test_client()
    feed.beat()
    assert client.get("/healthz", headers={"Host": HOST}).status_code == 200
    clock[0] = 2.0
    assert client.get("/healthz", headers={"Host": HOST}).status_code == 503


def test_the_server_closes_within_seconds_under_open_streams_and_frees_its_port(pages: Pages) -> None:
    pages.get("/events")
    pages.get("/preview")
    started = time.monotonic()
    pages.gate.server.close()
    assert time.monotonic() - started < 4
    pages.gate.again()
    assert pages.json("/healthz")["ok"]


def test_a_unix_socket_serves_and_is_removed(tmp_path: Path, presses: list[str]) -> None:
    place = Place("Chợ Mẫu", "Cửa A", "in", hosts=(HOST,))
    path = tmp_path / "screen.sock"
    server = serve(make_app(Feed(), place, presses.append, MovingPicture()), unix_socket=str(path))
    assert path.is_socket()
    server.close()
    assert not path.exists()
