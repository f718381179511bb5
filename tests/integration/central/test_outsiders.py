"""Attacks on the pages for everybody: from outside with no account, and from inside with somebody else's.

Each test is named by the attack. The app is `central public`'s own, and for managers and offices the officers' one.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.access.roles import Right
from central.authority.once import token
from central.places.places import Place, describe_place
from central.safety.states import Cause, State, put_state
from central.statements import run
from central.web.app import Site, make_app
from central.web.console import OpenPage, all_pages, open_pages
from central.web.public import STAFF, make_public_app
from credentials.pass_qr import PREFIX, encode_rotating
from credentials.venue_qr import Venue, encode_venue
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.officers import signed_in
from wire import base45, cbor
from wire.crypto import SigningKey

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
FORMULA = "=HYPERLINK(0)"
MINE, OTHERS, HIDDEN, CLOSED = "v-26743-aaaa", "v-00070-bbbb", "v-26743-cccc", "v-26743-dddd"
OPEN = [page for page in open_pages() if page not in STAFF]
"""Every address that anybody may ask of the public process."""


@dataclass(slots=True)
class Town:
    """A centre with four places: two on the map, one that never came there, one that is closed."""

    centre: Centre
    site: Site
    public: Flask
    officers: Flask
    now_ms: int = NOW_MS


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    made = Town(centre, None, None, None)  # type: ignore[arg-type]
    made.site = Site(centre.engine, centre.ring, [], frozenset(), lambda: made.now_ms)
    with centre.engine.begin() as connection:
        for venue, ward, province in ((MINE, "26743", "79"), (OTHERS, "00070", "01"), (HIDDEN, "26743", "79")):
            name = FORMULA if venue == OTHERS else f"{venue} {EVIL}"
            place = describe_place(connection, Place(0, venue, name, "market", ward, province), NOW_MS)
            if venue != HIDDEN:
                run(connection, "UPDATE place SET listed_ms = ?, address = ? WHERE id = ?", (NOW_MS, EVIL, venue))
            put_state(connection, place.number, State.NOT_ASSESSED, Cause.LISTED, NOW_MS)
        place = describe_place(connection, Place(0, CLOSED, CLOSED, "market", "26743", "79"), NOW_MS)
        run(connection, "UPDATE place SET listed_ms = ?, closed_ms = ? WHERE id = ?", (NOW_MS, NOW_MS, CLOSED))
        put_state(connection, place.number, State.NOT_ASSESSED, Cause.CLOSED, NOW_MS)
    made.public, made.officers = make_public_app(made.site), make_app(made.site)
    yield made
    centre.engine.dispose()


@pytest.fixture
def anybody(town: Town) -> FlaskClient:
    return town.public.test_client()


# --- what every open address holds to -------------------------------------------------------------------------------


def test_the_public_process_serves_the_open_pages_and_nothing_else(town: Town) -> None:
    served = {rule.endpoint for rule in town.public.url_map.iter_rules()}
    assert served == {page.name for page in OPEN} | {"static"}
    assert not any(rule.endpoint in {page.name for page in all_pages()} for rule in town.public.url_map.iter_rules())


@pytest.mark.parametrize("page", [page for page in OPEN if "GET" in page.methods], ids=lambda page: page.name)
def test_no_open_page_is_framed_by_others_but_the_map_made_for_it(
    town: Town, anybody: FlaskClient, page: OpenPage
) -> None:
    answer = _ask(anybody, page, "GET")
    if page.rule == "/map/snapshot.json":
        return  # answered before Flask, thousands of times a second: JSON that nobody looks at
    policy = answer.headers["Content-Security-Policy"]
    framed = "frame-ancestors *" in policy
    assert framed == (page.rule == "/map/embed"), page.rule
    assert framed or "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "script-src 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    cookies = answer.headers.getlist("Set-Cookie")
    assert all("gatepost_language" in cookie or "Max-Age=0" in cookie for cookie in cookies)
    answer.close()


@pytest.mark.parametrize("page", [page for page in OPEN if "POST" in page.methods], ids=lambda page: page.name)
def test_no_form_or_statement_is_taken_from_somebody_elses_page(
    town: Town, anybody: FlaskClient, page: OpenPage
) -> None:
    for foreign in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert _ask(anybody, page, "POST", headers=foreign).status_code == 403, (page.rule, foreign)


@pytest.mark.parametrize("page", [page for page in OPEN if "POST" in page.methods], ids=lambda page: page.name)
def test_a_giant_body_is_refused_and_rubbish_is_no_fault_of_ours(
    town: Town, anybody: FlaskClient, page: OpenPage
) -> None:
    form = "application/x-www-form-urlencoded"
    for data, kind in [*_rubbish(), (b"a=" + b"x" * (4 << 20), form)]:
        answer = _ask(anybody, page, "POST", data=data, content_type=kind)
        assert answer.status_code < 500, (page.rule, kind, data[:60])
        assert len(data) < 1 << 20 or answer.status_code in (400, 404, 413), page.rule
        answer.close()


@pytest.mark.parametrize("page", [page for page in OPEN if "GET" in page.methods], ids=lambda page: page.name)
def test_rubbish_in_an_address_is_no_fault_of_ours(town: Town, anybody: FlaskClient, page: OpenPage) -> None:
    for part in ("%00", "..%2f..%2fetc%2fpasswd", "%F0%9F%92%A9" * 40, "x" * 3000, "-1", "'; DROP TABLE place; --"):
        query = {"q": part, "province": part, "ward": part, "state": part, "kind": part, "page": part, "to": part}
        query |= {"lang": part, "canonical": part, "place": part, "since": part}
        answer = _ask(anybody, page, "GET", part=part, query_string=query)
        assert answer.status_code < 500, (page.rule, part[:30])
        answer.close()


def test_the_public_process_begins_no_session(town: Town, anybody: FlaskClient) -> None:
    for path in ("/sign-in", "/welcome", "/me"):
        assert anybody.get(path).status_code == 404, path


def test_no_open_page_leads_a_visitor_to_another_house(town: Town, anybody: FlaskClient) -> None:
    for page in OPEN:
        if "GET" not in page.methods:
            continue
        for to in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
            query = dict.fromkeys(("to", "next", "back", "url", "return"), to)
            answer = _ask(anybody, page, "GET", query_string=query)
            assert "elsewhere" not in answer.headers.get("Location", ""), page.rule
            answer.close()


# --- what strangers have typed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/map?province=79", "/map?q=aaaa", f"/map/place/{MINE}", "/map/list?province=79"])
def test_a_places_name_is_never_markup(town: Town, anybody: FlaskClient, path: str) -> None:
    page = anybody.get(path)
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<img src=x" not in page.text
    assert "&lt;script&gt;" in page.text, "the page shows the name at all"


def test_no_cell_of_the_open_data_begins_a_formula(town: Town, anybody: FlaskClient) -> None:
    text = anybody.get("/map/open/places.csv").text
    assert "'=HYPERLINK" in text and ",=HYPERLINK" not in text


@pytest.mark.parametrize("venue", [HIDDEN, CLOSED])
def test_a_place_that_is_not_listed_stands_nowhere_in_public(town: Town, anybody: FlaskClient, venue: str) -> None:
    assert anybody.get(f"/map/place/{venue}").status_code == 404
    assert anybody.get(f"/map/place/{venue}.json").status_code == 404
    for path in (
        *("/map/snapshot.json", "/map/places/79.json", "/map/open/places.csv", "/map/open/places.geojson"),
        *(
            "/map/open/history.csv",
            "/map?province=79",
            f"/map?q={venue[-4:]}",
            f"/map/list?q={venue[-4:]}",
            "/map/embed",
        ),
    ):
        answer = anybody.get(path)
        assert venue not in answer.text, path
    if any(page.rule == "/say/<venue>" for page in OPEN):
        assert anybody.get(f"/say/{venue}").status_code == 404


def test_a_service_worker_reaches_no_further_than_its_own_folder(town: Town, anybody: FlaskClient) -> None:
    for page in OPEN:
        if "GET" in page.methods:
            answer = _ask(anybody, page, "GET")
            assert "Service-Worker-Allowed" not in answer.headers, page.rule
            answer.close()
    script = anybody.get("/v/sw.js")
    assert script.mimetype == "text/javascript"


# --- a visitor's pass -----------------------------------------------------------------------------------------------


class Phone:
    """A phone that speaks to the test client."""

    def __init__(self, town: Town, key: Ed25519PrivateKey | None = None, signed: str = "") -> None:
        self.town, self.client = town, town.public.test_client()
        self.key, self.signed, self.pass_id = key or Ed25519PrivateKey.generate(), signed, ""

    def take_a_pass(self) -> "Phone":
        sent = {"holder": _b64(self.key.public_key().public_bytes_raw()), "companions": 0}
        made = self.client.post("/v/api/passes", json=sent).get_json()
        self.signed, self.pass_id = made["signed"], made["id"]
        return self

    def statement(self, path: str, body: object, at_ms: int | None = None) -> dict[str, Any]:
        text, at_ms = json.dumps(body), self.town.now_ms if at_ms is None else at_ms
        signature = self.key.sign(f"gatepost/1 phone\n{path}\n{at_ms}\n{text}".encode())
        return {"pass": self.signed, "at_ms": at_ms, "body": text, "signature": _b64(signature)}

    def send(self, path: str, statement: object) -> tuple[int, str]:
        answer = self.client.post(path, json=statement)
        return answer.status_code, answer.get_json().get("error", "")

    def say(self, path: str, body: object, **more: Any) -> tuple[int, str]:
        return self.send(path, self.statement(path, body, **more))


VISITS = "/v/api/visits"


def _check_in(town: Town, code: str) -> dict[str, Any]:
    town.now_ms += 1000
    return {"visits": [{"poster": code, "direction": "in", "at_ms": town.now_ms, "companions": 0}], "held": []}


def poster(town: Town, key: SigningKey | None = None, venue: str = MINE) -> str:
    text = encode_venue(Venue(venue, "Chợ Thử"), key or town.centre.ring.signing("venue"), "gatepost.example")
    return text.rpartition("/")[2]


def test_whoever_photographs_a_pass_can_say_nothing_for_its_holder(town: Town) -> None:
    holder = Phone(town).take_a_pass()
    thief = Phone(town, signed=holder.signed)
    assert thief.say(VISITS, _check_in(town, poster(town))) == (403, "bad_signature")
    for path in ("/v/api/end", "/v/api/renew"):
        assert thief.say(path, {"delete": True} if path.endswith("end") else {}) == (403, "bad_signature"), path
    # The light of the rotating code is signed by the same key, under another label: it is no statement either.
    key, pass_id = SigningKey(holder.key.private_bytes_raw()), bytes.fromhex(holder.pass_id)
    shown = encode_rotating(base64.b64decode(holder.signed), pass_id, key, town.now_ms // 1000)
    _, slot, signature = cbor.loads(base45.decode(shown.removeprefix(PREFIX)), 1024)
    said = thief.statement(VISITS, _check_in(town, poster(town))) | {"signature": _b64(signature), "at_ms": slot}
    assert thief.send(VISITS, said)[1] in ("bad_signature", "bad_request")


def test_a_statement_that_was_overheard_is_worth_nothing(town: Town) -> None:
    phone = Phone(town).take_a_pass()
    said = phone.statement(VISITS, _check_in(town, poster(town)))
    assert phone.send(VISITS, said) == (200, "")
    assert phone.send(VISITS, said) == (409, "again")
    assert phone.send("/v/api/end", said) == (403, "bad_signature"), "for another address"
    later = said | {"at_ms": said["at_ms"] + 1}
    assert phone.send(VISITS, later) == (403, "bad_signature")
    town.now_ms += 3_600_000
    assert phone.send(VISITS, said)[1] in ("clock", "again")
    assert phone.say(VISITS, _check_in(town, poster(town)), at_ms=town.now_ms + 3_600_000) == (409, "clock")


def test_one_pass_does_not_speak_for_another(town: Town) -> None:
    mine, yours = Phone(town).take_a_pass(), Phone(town).take_a_pass()
    body = _check_in(town, poster(town)) | {"held": [yours.signed]}
    assert mine.say(VISITS, body) == (403, "bad_pass")


def test_a_poster_that_somebody_printed_at_home_leads_nowhere(town: Town) -> None:
    phone = Phone(town).take_a_pass()
    forged = (
        poster(town, SigningKey(bytes(range(32)))),  # a key of nobody
        poster(town, town.centre.ring.signing("pass")),  # ours, for something else
        poster(town)[:-8] + "AAAAAAAA",
        poster(town).replace("B", "C", 1),
    )
    for code in forged:
        assert phone.client.get(f"/v/api/place/{code}").status_code == 404
        answer = phone.client.post(VISITS, json=phone.statement(VISITS, _check_in(town, code))).get_json()
        assert answer["visits"][0]["error"] == "poster_unknown"


def test_a_phone_of_yesterday_or_tomorrow_moves_no_visit_beyond_belief(town: Town) -> None:
    phone, code = Phone(town).take_a_pass(), poster(town)
    now_ms = town.now_ms
    said = {"poster": code, "direction": "in", "at_ms": now_ms - 15 * 86_400_000, "companions": 0}
    ahead = {**said, "at_ms": now_ms + 86_400_000}
    found = phone.client.post(VISITS, json=phone.statement(VISITS, {"visits": [said, ahead]})).get_json()["visits"]
    assert found[0]["error"] == "too_old"
    assert found[1]["at_ms"] <= now_ms and "phone_clock" in found[1]["reasons"]


def test_a_pass_that_was_ended_is_dead_at_once(town: Town) -> None:
    phone = Phone(town).take_a_pass()
    assert phone.say("/v/api/end", {"delete": False}) == (200, "")
    town.now_ms += 1
    assert phone.say(VISITS, _check_in(town, poster(town))) == (403, "pass_revoked")


# --- with somebody else's account -----------------------------------------------------------------------------------


def _of_one_place(rights: frozenset[Right]) -> list[Any]:
    return [page for page in all_pages() if page.needs in rights and "<venue>" in page.rule]


@pytest.mark.parametrize(
    "page", _of_one_place(frozenset({Right.VENUE_MANAGE, Right.VENUE_CHECK})), ids=lambda page: page.name
)
def test_a_manager_does_nothing_at_anothers_desk(town: Town, page: Any) -> None:
    client = _client(town, "venue_owner", f"venue-{MINE}")
    for method in page.methods:
        path = _filled(page.rule, OTHERS)
        assert client.open(path, method=method, data=_form(method)).status_code in (403, 404), (method, path)


@pytest.mark.parametrize("page", _of_one_place(frozenset({Right.PLACES_CONFIRM})), ids=lambda page: page.name)
def test_a_ward_decides_nothing_in_another(town: Town, page: Any) -> None:
    client = _client(town, "ward_office", "ward-26743")
    for method in page.methods:
        path = _filled(page.rule, OTHERS)
        assert client.open(path, method=method, data=_form(method)).status_code in (403, 404), (method, path)


@pytest.mark.parametrize("page", _of_one_place(frozenset({Right.VENUE_MANAGE})), ids=lambda page: page.name)
def test_staff_do_not_do_what_is_the_managers(town: Town, page: Any) -> None:
    client = _client(town, "venue_staff", f"venue-{MINE}")
    for method in page.methods:
        assert client.open(_filled(page.rule, MINE), method=method).status_code == 403, (method, page.rule)


_CLIENTS: dict[tuple[int, str], FlaskClient] = {}


def _client(town: Town, role: str, area: str) -> FlaskClient:
    key = (id(town), role)
    if key not in _CLIENTS:
        login = f"t.{role.replace('_', '-')}"
        _CLIENTS[key] = signed_in(town.officers, town.centre.engine, role, area, login=login, now_ms=town.now_ms)
    return _CLIENTS[key]


def _filled(rule: str, venue: str = MINE, part: str = "1") -> str:
    """The address of a rule."""
    parts = []
    for piece in rule.split("/"):
        name = piece.partition("<")[2].partition(">")[0].rpartition(":")[2]
        whole = f"<{piece.partition('<')[2].partition('>')[0]}>"
        known = {"": "", "venue": venue, "language": "vi", "province": "79", "side": "192"}
        parts.append(piece.replace(whole, known.get(name, part)) if name else piece)
    return "/".join(parts)


def _ask(client: FlaskClient, page: OpenPage, method: str, *, part: str = "1", **more: Any) -> TestResponse:
    venue = MINE if part == "1" else part
    return client.open(_filled(page.rule, venue, part), method=method, **more)


def _form(method: str) -> dict[str, str] | None:
    """What an honest page's form would send along, so that nothing else is refused first."""
    return {"once": token(), "words": "x", "pledge": "1"} if method == "POST" else None


def _rubbish() -> list[tuple[bytes, str]]:
    form, sent, parts = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"
    deep = b"[" * 20_000 + b"]" * 20_000
    return [
        (b"", form),
        (b"a=%00&once=%ff%fe&code=%F0%9F%92%A9", form),
        (b"&".join(b"f%d=1" % n for n in range(3000)), form),
        (b"{", sent),
        (deep, sent),
        (b'{"pass": 1, "at_ms": 1e400, "body": [], "signature": null}', sent),
        (b'{"holder": "' + b"A" * 60_000 + b'", "companions": 99999999999999999999999}', sent),
        (b'"\\ud800"', sent),
        (
            b"--x\r\nContent-Disposition: form-data; name=picture; filename=a.png\r\n\r\nGIF89a\r\n--x--\r\n",
            f"{parts}; boundary=x",
        ),
    ]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
