"""The bench page: every button reaches the desk, and nobody but this machine may press one."""

import pytest
from flask.testing import FlaskClient

from tests.browser.desk import MemoryDesk
from ui.bench import MOST_TEXT, is_loopback, make_bench

OURS = {"Host": "127.0.0.1:8090", "Origin": "http://127.0.0.1:8090"}


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk("http://127.0.0.1:8080/")


@pytest.fixture
def client(desk: MemoryDesk) -> FlaskClient:
    return make_bench(desk).test_client()


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost:8090", "[::1]:8090"])
def test_loopback_names_are_ours(client: FlaskClient, host: str) -> None:
    assert is_loopback(host)
    assert client.get("/state", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8090", "192.168.1.5:8090"])
def test_other_names_get_nothing(client: FlaskClient, host: str) -> None:
    assert not is_loopback(host)
    assert client.get("/state", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["[", "", "@", "a]b", "[::1"])
def test_a_broken_host_is_not_ours(host: str) -> None:
    assert not is_loopback(host)


def test_another_machine_gets_nothing(client: FlaskClient) -> None:
    answer = client.get("/state", headers={"Host": "127.0.0.1:8090"}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 403


def test_a_foreign_page_cannot_kill_a_process(client: FlaskClient, desk: MemoryDesk) -> None:
    headers = OURS | {"Origin": "http://evil.example"}
    body = {"name": "kiosk", "action": "kill"}
    assert client.post("/process", json=body, headers=headers).status_code == 403
    assert desk.calls == []


def test_the_page_may_frame_the_visitor_screen_and_nothing_else(client: FlaskClient) -> None:
    policy = client.get("/", headers=OURS).headers["Content-Security-Policy"]
    assert "frame-src http://127.0.0.1:8080" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("action", ["kill", "stop", "start", "pause", "resume", "restart"])
def test_process_actions_reach_the_desk(client: FlaskClient, desk: MemoryDesk, action: str) -> None:
    assert client.post("/process", json={"name": "broker", "action": action}, headers=OURS).json == {"error": None}
    assert desk.calls == [(action, "broker")]


@pytest.mark.parametrize(
    "body", [{"name": "sshd", "action": "kill"}, {"name": "kiosk", "action": "rm"}, {}, {"name": 1}]
)
def test_unknown_processes_and_actions_are_refused(client: FlaskClient, desk: MemoryDesk, body: object) -> None:
    assert client.post("/process", json=body, headers=OURS).status_code == 400
    assert desk.calls == []


def test_cable_camera_reader_and_buttons_reach_the_desk(client: FlaskClient, desk: MemoryDesk) -> None:
    for path, body in (
        ("/network", {"action": "cut"}),
        ("/camera", {"action": "unplug"}),
        ("/type", {"text": "abc|def"}),
        ("/press", {"button": "in"}),
        ("/text", {"text": "abc", "style": {"tilt": 10}}),
    ):
        assert client.post(path, json=body, headers=OURS).json == {"error": None}
    assert desk.wire == "cut"
    assert desk.calls == [("type", "abc|def"), ("press", "in"), ("text", "abc", "{'tilt': 10}")]


def test_the_air_around_the_gate_is_filled_held_unplugged_and_silenced(client: FlaskClient, desk: MemoryDesk) -> None:
    for path, body in (
        ("/phones", {"count": 120}),
        ("/tag", {"id": "0121-1"}),
        ("/radio", {"action": "unplug"}),
        ("/radio", {"action": "silence"}),
        ("/process", {"name": "radio", "action": "kill"}),
    ):
        assert client.post(path, json=body, headers=OURS).json == {"error": None}
    assert (desk.radio.phones, desk.radio.unplugged, desk.radio.silent) == (120, True, True)
    assert desk.calls == [("hold", "0121-1"), ("kill", "radio")]
    for action in ("plug", "speak"):
        client.post("/radio", json={"action": action}, headers=OURS)
    assert (desk.radio.unplugged, desk.radio.silent) == (False, False)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/phones", {"count": -1}),
        ("/phones", {"count": 1001}),
        ("/phones", {"count": True}),
        ("/phones", {"count": "40"}),
        ("/tag", {"id": "9999-9"}),
        ("/radio", {"action": "explode"}),
    ],
)
def test_what_no_radio_can_do_is_refused(client: FlaskClient, desk: MemoryDesk, path: str, body: object) -> None:
    assert client.post(path, json=body, headers=OURS).status_code == 400
    assert (desk.calls, desk.radio.phones) == ([], 40)


def test_what_is_not_a_picture_is_answered_with_a_sentence(client: FlaskClient) -> None:
    answer = client.post("/picture", data=b"not a picture", headers=OURS)
    assert answer.status_code == 200
    assert "not a picture" in answer.get_json()["error"]


def test_a_code_is_drawn_from_a_text_and_a_text_that_fits_no_code_is_said_so(client: FlaskClient) -> None:
    modules = client.post("/qr", json={"text": "Trần Văn Thử"}, headers=OURS).get_json()["modules"]
    assert len(modules) == len(modules[0]) >= 21
    assert modules[0].startswith("1111111")
    answer = client.post("/qr", json={"text": "ử" * MOST_TEXT}, headers=OURS)
    assert (answer.status_code, answer.json) == (400, {"error": "too_long"})
