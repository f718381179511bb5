"""The guards' web app without its proxy: nobody sees or does anything without a session of this very host."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ui
from tests.parts.guards import BUSY_DAY, NAME, NOW_MS, PIN, MemoryAccounts, NotedDesk, make_account
from ui.guard.app import COOKIE, make_guard_app
from ui.guard.desk import Said
from ui.place import Place
from ui.screen import Feed, View
from wire.overrides import ALLOW, KEEP_OUT
from wire.reasons import STANDS_FOR

HOST = "192.0.2.7:8443"
HEADERS = {"Host": HOST, "Origin": f"https://{HOST}"}
FOLDER = Path(ui.__file__).parent
ACTIONS = {
    "/override": {"allow": True, "reason": 2, "view": 1},
    "/help": {"on": True},
    "/lights": {},
    "/paper": {"on": True},
    "/slip": {},
    "/scan": {},
    "/slips": {"slips": [{"number": 1, "told": "2026-09-21T06:42", "direction": "in", "people": 1, "identity": ""}]},
    "/language": {"language": "en"},
    "/leave": {},
}


class Site:
    """One app and a browser's cookie jar."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.feed, self.desk = Feed(), NotedDesk(BUSY_DAY)
        self.accounts = MemoryAccounts(make_account())
        place = Place("Chợ Mẫu", "Cửa A", "both", hosts=(HOST, "gatepost.local:8443"))
        self.app = make_guard_app(self.feed, self.desk, self.accounts, place, lambda: self.now, lambda: NOW_MS)
        self.client: FlaskClient = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=f"https://{HOST}")

    def post(self, path: str, body: object, headers: dict[str, str] = HEADERS) -> TestResponse:
        return self.client.post(path, json=body, headers=headers, base_url=f"https://{HOST}")

    def enter(self, name: str = NAME, pin: str = PIN) -> TestResponse:
        return self.post("/login", {"name": name, "pin": pin, "language": "vi"})


@pytest.fixture
def site() -> Iterator[Site]:
    yield Site()


def test_without_a_session_there_is_only_the_door(site: Site) -> None:
    site.feed.publish(View("result", "ASK", "in", ("expired",), "06:42"))
    page = site.get("/")
    assert page.status_code == 200
    assert b'id="enter"' in page.data
    for secret in ("Chợ Mẫu", "Cửa A", "06:42", "214", NAME):
        assert secret not in page.text
    for path in ("/events", "/poll", "/poll?after=1"):
        assert site.get(path).status_code == 401, path
    for path, body in ACTIONS.items():
        assert site.post(path, body).status_code == 401, path
    assert site.desk.acts == []


def test_the_cookie_is_for_this_host_and_tls_only(site: Site) -> None:
    cookie = site.enter().headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(re.split("; ?", cookie))
    assert "Domain" not in cookie
    assert COOKIE.startswith("__Host-")


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", f"http://{HOST}", "https://gatepost.local:8443", "https://192.0.2.7"],
)
def test_a_foreign_page_can_do_nothing_in_a_guards_name(site: Site, path: str, origin: str | None) -> None:
    site.enter()
    headers = {"Host": HOST} | ({"Origin": origin} if origin else {})
    assert site.post(path, ACTIONS[path], headers).status_code == 403
    assert site.desk.acts == []


def test_a_foreign_name_that_resolves_to_this_box_gets_nothing(site: Site) -> None:
    assert site.client.get("/", headers={"Host": "evil.example:8443"}).status_code == 421


@pytest.mark.parametrize(("path", "act"), [
    ("/override", ("override", NAME, True, 2, 1)), ("/help", ("help", NAME, True)), ("/lights", ("lights", NAME)),
    ("/paper", ("paper", NAME, True)),
])  # fmt: skip
def test_each_action_reaches_the_gate_with_the_guards_name(site: Site, path: str, act: tuple[object, ...]) -> None:
    site.enter()
    answer = site.post(path, ACTIONS[path])
    assert (answer.status_code, answer.get_json()["ok"]) == (200, True)
    assert site.desk.acts == [act]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/override", {"allow": True, "reason": 999, "view": 1}),
        ("/override", {"allow": True, "reason": KEEP_OUT["danger"], "view": 1}),
        ("/override", {"allow": False, "reason": ALLOW["known"], "view": 1}),
        ("/override", {"allow": True, "reason": True, "view": 1}),
        ("/override", {"allow": 1, "reason": 2, "view": 1}),
        ("/override", {"allow": True, "reason": 2, "view": "1"}),
        ("/override", []),
        ("/help", {"on": "yes"}),
        ("/paper", {}),
        ("/slips", {"slips": []}),
        ("/slips", {"slips": [{}] * 21}),
        ("/slips", {"slips": "1"}),
        ("/language", {"language": "xx"}),
        ("/language", {"language": 7}),
        ("/login", {"name": 7, "pin": "1", "language": "vi"}),
        ("/login", {"name": "x" * 201, "pin": "1", "language": "vi"}),
        ("/pin", {}),
    ],
)
def test_what_no_page_sends_is_refused(site: Site, path: str, body: object) -> None:
    site.enter()
    assert site.post(path, body).status_code == 400
    assert site.desk.acts == []


def test_what_the_gate_did_not_do_is_told_as_a_problem(site: Site) -> None:
    site.enter()
    site.desk.said = Said(False, "not_recorded")
    answer = site.post("/override", ACTIONS["/override"])
    assert (answer.status_code, answer.get_json()["problem"]) == (409, "not_recorded")


def test_too_many_wrong_pins_are_answered_with_how_long_to_wait(site: Site) -> None:
    for _ in range(5):
        assert site.enter(pin="000111").status_code == 401
    answer = site.enter()
    assert (answer.status_code, answer.get_json()["problem"]) == (429, "wait")
    assert 0 < int(answer.headers["Retry-After"]) <= 31
    assert "Set-Cookie" not in answer.headers


def test_leaving_ends_the_session_on_the_kiosk_too(site: Site) -> None:
    cookie = site.enter().headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    site.post("/leave", {})
    site.client.set_cookie(COOKIE, cookie, domain="192.0.2.7", secure=True)
    assert site.get("/poll").status_code == 401


def test_a_view_holds_words_and_codes_of_nobody(site: Site) -> None:
    site.enter()
    site.feed.publish(View("result", "ASK", "in", ("expired",), "06:42", 214, 300, 8000, "yellow"))
    told = site.get("/poll").get_json()
    assert set(told["view"]) == {
        "n", "alive", "age_ms", "page", "signal", "direction", "at", "stays_ms", "starting", "word", "reason", "next",
        "why",
    }  # fmt: skip
    assert set(told["now"]["recent"][0]) == {"signal", "direction", "people", "at"}
    assert told["view"]["why"] == ["Thẻ vào cửa đã hết hạn; cấp lại ở bàn hướng dẫn"]


@pytest.mark.parametrize("code", STANDS_FOR)
def test_a_private_reason_that_slipped_into_a_view_is_not_told_to_guards(site: Site, code: str) -> None:
    site.enter()
    site.feed.publish(View("result", "ASK", "in", (code,), "06:42"))
    first = site.get("/poll").get_json()["view"]
    site.feed.publish(View("result", "ASK", "in", (STANDS_FOR[code],), "06:42"))
    second = site.get("/poll").get_json()["view"]
    assert (first["reason"], first["why"]) == (second["reason"], second["why"])


def test_a_scanned_card_never_leaves_the_kiosk_and_is_used_once(site: Site) -> None:
    site.enter()
    scanned = site.post("/scan", {})
    assert scanned.get_json() == {"ok": True, "problem": "", "kind": "cccd"}
    slip = {"number": 7, "told": "2026-09-21T06:42", "direction": "out", "people": 2, "card": True}
    assert site.post("/slips", {"slips": [slip]}).status_code == 200
    entered = site.desk.acts[-1][2]
    assert (entered.identity, entered.direction, entered.people) == (("cccd", "099099000001"), "out", 2)
    assert "099099000001" not in repr(entered)
    again = site.post("/slips", {"slips": [slip | {"number": 8}]})
    assert again.get_json()["problem"] == "no_card"


def test_a_slip_twice_in_one_hand_is_asked_about(site: Site) -> None:
    site.enter()
    slip = {"number": 7, "told": "2026-09-21T06:42", "direction": "in", "people": 1, "identity": ""}
    assert site.post("/slips", {"slips": [slip, slip]}).get_json()["problem"] == "slip_known"


def test_pages_load_nothing_from_outside_and_are_not_stored(site: Site) -> None:
    for enters in (False, True):
        if enters:
            site.enter()
        page = site.get("/")
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert "//" not in page.text.replace("http://www.w3.org", "")
        assert " style=" not in page.text
    assert {path.name for path in (FOLDER / "static" / "guard").iterdir()} == {
        "ask.js", "door.js", "guard.css", "guard.js", "icon.svg", "link.js", "paper.js",
    }  # fmt: skip


def test_the_stream_says_hello_view_and_what_is_known_and_ends_with_the_session(site: Site) -> None:
    site.enter()
    stream = site.get("/events").iter_encoded()
    head = next(iter(stream)).decode() + next(iter(stream)).decode()
    assert head.index("event: hello") < head.index("event: view") < head.index("event: now")
    site.desk.now = replace(BUSY_DAY, help="Minh Thử")
    later = "".join(next(iter(stream)).decode() for _ in range(2))
    assert '"help": "Minh Thử"' in later
    site.accounts.by_key.clear()
    site.now += 10
    assert "event: ended" in "".join(part.decode() for part in stream)


def test_the_page_weighs_little_on_a_weak_network(site: Site) -> None:
    import gzip

    site.enter()
    parts = [site.get("/").data, *(path.read_bytes() for path in (FOLDER / "static" / "guard").iterdir())]
    assert sum(len(gzip.compress(part)) for part in parts) < 30_000
