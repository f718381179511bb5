"""The operator's pages: who may look, what is shown, and that nobody's identity is among it."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Connection

from central.fleet.health import beat
from central.fleet.noting import note_state
from central.web import visits
from central.web.app import Site, make_app
from central.web.words import WORDS
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import make_visit


@pytest.fixture
def web(centre: Centre) -> FlaskClient:
    """The app without a socket; its client is nobody yet."""
    return make_app(
        Site(centre.engine, centre.ring, ["mqtt://b"], frozenset({"trung-tam.example"}), lambda: NOW_MS)
    ).test_client()


@pytest.fixture
def operator(centre: Centre, web: FlaskClient) -> FlaskClient:
    """A client that came by the operator's link."""
    answer = web.get(f"/?token={centre.ring.operator_token()}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    return web


@pytest.mark.parametrize("path", ["/", "/health", "/api/state.json", "/?token=wrong", "/nowhere"])
def test_a_stranger_sees_nothing(web: FlaskClient, path: str) -> None:
    assert web.get(path).status_code == 401


def test_the_token_is_not_the_cookie(centre: Centre, operator: FlaskClient) -> None:
    cookie = operator.get_cookie("gatepost_operator")
    assert cookie is not None
    assert centre.ring.operator_token() not in cookie.value
    assert cookie.http_only


def test_health_json_is_open_on_this_machine_alone(web: FlaskClient) -> None:
    assert web.get("/health.json").status_code == 200
    assert web.get("/health.json", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    assert web.get("/health.json", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403


def test_a_foreign_host_name_is_refused(operator: FlaskClient) -> None:
    assert operator.get("/", headers={"Host": "evil.example"}).status_code == 403
    for ours in ("127.0.0.1:8470", "[::1]:8470", "trung-tam.example"):
        assert operator.get("/health.json", headers={"Host": ours}).status_code == 200


def test_pages_bring_no_script_and_nothing_from_elsewhere(centre: Centre, operator: FlaskClient) -> None:
    centre.take(centre.device().batch(1, 20))
    for path in ("/", "/health"):
        answer = operator.get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|style=|\son\w+=|https?://(?!www\.w3\.org)", answer.text)


def test_the_list_shows_no_identity(centre: Centre, operator: FlaskClient) -> None:
    centre.take(centre.device(full=True).batch(1, 20))
    text = operator.get(f"/?day={_day()}").text + operator.get("/api/state.json").text
    assert "cho-mau" in text
    for i in range(1, 21):
        assert make_visit(i).identity not in text
    for (person,) in centre.rows("SELECT DISTINCT person FROM visit"):
        assert person.hex() not in text


def test_the_state_for_the_bench_page(centre: Centre, operator: FlaskClient) -> None:
    device = centre.device()
    centre.take(device.batch(1, 20))
    state = operator.get("/api/state.json").get_json()
    assert (state["visits"], state["devices"], state["alarms"]) == (20, 1, [])
    assert state["last"][0] == {
        "at": "2026-09-21T21:13:40.000+07:00",
        "direction": "out",
        "signal": "ALLOW",
        "device": device.device,
    }
    bearer = {"Authorization": f"Bearer {centre.ring.operator_token()}"}
    assert operator.application.test_client().get("/api/state.json", headers=bearer).status_code == 200


def test_paging_shows_each_visit_once(centre: Centre) -> None:
    for name in ("t-gate-1", "t-gate-2"):
        centre.take(centre.device(name).batch(1, 120))
    with centre.engine.connect() as connection:
        shown = _all_pages(connection, visits.Filter())
        assert len(shown) == len(set(shown)) == 240
        assert [s.at_ms for s in shown] == sorted((s.at_ms for s in shown), reverse=True)
        assert len(_all_pages(connection, visits.Filter(device="t-gate-2"))) == 120
        assert _all_pages(connection, visits.Filter(venue="v-nowhere")) == []
        assert _all_pages(connection, visits.Filter(day=date(2020, 1, 1))) == []
        ins, outs = visits.per_hour(connection, visits.Filter(), date.fromisoformat(_day()))
        assert (sum(ins), sum(outs), ins[21]) == (120, 120, 120)


def test_health_says_what_to_do_when_no_ingest_runs(operator: FlaskClient) -> None:
    assert "python -m central ingest" in operator.get("/health?lang=en").text
    assert operator.get("/health.json").get_json()["ok"] is False


def test_health_names_backlog_gaps_and_alarms(centre: Centre, operator: FlaskClient) -> None:
    device = centre.device()
    centre.take(device.batch(1, 5), b"noise")
    centre.take(device.batch(11, 5))
    with centre.engine.begin() as connection:
        note_state(connection, device.device, b'{"online": true, "backlog": 77}', NOW_MS)
        beat(connection, "gatepost-ingest-1-0", True, 0, 10, NOW_MS)
    state = operator.get("/health.json").get_json()
    assert state["ok"] is True
    assert state["refused"] == {"malformed": 1}
    (shown,) = state["devices"]
    assert (shown["backlog"], shown["online"]) == (77, True)
    assert shown["streams"][0]["through"] == 5
    assert shown["streams"][0]["missing"] == [[6, 10]]
    assert "77" in operator.get("/health").text


@pytest.mark.parametrize(
    "query", ["before=x", "before=1-2", "before=" + "9" * 30 + "-1-1", "day=2026-13-45", "venue=%00"]
)
def test_no_query_crashes_the_list(operator: FlaskClient, query: str) -> None:
    assert operator.get(f"/?{query}").status_code == 200


def test_both_languages_say_everything() -> None:
    for key, (vi, en) in WORDS.items():
        assert vi and en, key
        assert set(re.findall(r"{\w+}", vi)) == set(re.findall(r"{\w+}", en)), key


def _day() -> str:
    return "2026-09-21"


def _all_pages(connection: Connection, chosen: visits.Filter) -> list[visits.Shown]:
    shown: list[visits.Shown] = []
    mark = None
    while page := visits.latest(connection, chosen, mark):
        shown += page
        mark = page[-1].mark
    return shown
