"""A kiosk's first contact, over HTTP as a kiosk makes it."""

import base64
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from central.enrolment import ERRORS, TOKEN_DAYS, invite
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import SyntheticDevice
from wire.certificates import make_csr, make_tls_key
from wire.root import pin_root

TLS_KEY = make_tls_key()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.ms = NOW_MS

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    """The centre's time."""
    return Clock()


@pytest.fixture
def web(centre: Centre, clock: Clock) -> FlaskClient:
    """The app without a socket."""
    brokers = ["mqtts://trung-tam.example:8883"]
    return make_app(Site(centre.engine, centre.ring, brokers, frozenset(), clock)).test_client()


def token_for(centre: Centre, device: str = "t-gate-1") -> str:
    """A fresh token."""
    with centre.engine.begin() as connection:
        return invite(connection, device, "cho-mau", "a", NOW_MS)


def ask(web: FlaskClient, token: str, device: SyntheticDevice, /, **changes: Any) -> tuple[int, dict[str, Any]]:
    """POST /enrol as `device`; `changes` replace fields."""
    csr = make_csr(TLS_KEY, device.device).decode()
    body = {"token": token, "device": device.device, "public": device.public.hex(), "csr": csr} | changes
    answer = web.post("/enrol", json=body)
    return answer.status_code, answer.get_json()


def test_an_enrolled_kiosk_is_trusted_and_knows_whom_to_trust(centre: Centre, web: FlaskClient) -> None:
    device = SyntheticDevice("t-gate-1", ingest=centre.ring.root().recipients["ingest"])
    status, answer = ask(web, token_for(centre), device)
    assert status == 200
    root = pin_root(base64.b64decode(answer["roots"][0]), centre.ring.fingerprint())
    assert root == centre.ring.root()
    assert (answer["device"], answer["venue"], answer["gate"]) == ("t-gate-1", "cho-mau", "a")
    assert answer["brokers"] == ["mqtts://trung-tam.example:8883"]
    assert answer["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    assert centre.take(device.batch(1, 3))[0].new == 3


def test_a_lost_reply_does_not_lock_the_kiosk_out(centre: Centre, web: FlaskClient) -> None:
    token, device = token_for(centre), SyntheticDevice("t-gate-1")
    assert ask(web, token, device) == ask(web, token, device)
    assert centre.one("SELECT count(*) FROM device") == 1


def test_a_copied_token_is_refused_and_alarmed(centre: Centre, web: FlaskClient) -> None:
    token, device = token_for(centre), SyntheticDevice("t-gate-1")
    ask(web, token, device)
    status, answer = ask(web, token, SyntheticDevice("t-gate-1", seed=2))
    assert (status, answer["error"]) == (403, "token_used")
    assert centre.rows("SELECT kind, device FROM alarm") == [("token_reused", "t-gate-1")]
    assert centre.rows("SELECT public FROM device") == [(device.public,)]


def test_a_token_ends(centre: Centre, web: FlaskClient, clock: Clock) -> None:
    token = token_for(centre)
    clock.ms += TOKEN_DAYS * 86_400_000
    assert ask(web, token, SyntheticDevice("t-gate-1"))[1]["error"] == "token_expired"
    assert centre.one("SELECT count(*) FROM device") == 0


def test_a_token_serves_its_device_alone(centre: Centre, web: FlaskClient) -> None:
    assert ask(web, token_for(centre), SyntheticDevice("t-gate-2"))[1]["error"] == "wrong_device"


def test_a_copied_card_cannot_enrol_as_another_device(centre: Centre, web: FlaskClient) -> None:
    device = SyntheticDevice("t-gate-1")
    ask(web, token_for(centre), device)
    other_csr = make_csr(TLS_KEY, "t-gate-2").decode()
    status, answer = ask(web, token_for(centre, "t-gate-2"), device, device="t-gate-2", csr=other_csr)
    assert (status, answer["error"]) == (409, "key_in_use")


def test_a_revoked_kiosk_with_a_fresh_card_and_token_is_trusted_again(centre: Centre, web: FlaskClient) -> None:
    old, new = SyntheticDevice("t-gate-1"), SyntheticDevice("t-gate-1", seed=2)
    ask(web, token_for(centre), old)
    centre.register(old, "revoked")
    assert ask(web, token_for(centre), new)[0] == 200
    assert [outcome.refused for outcome in centre.take(old.batch(1, 1), new.batch(1, 1))] == ["unknown_device", None]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"token": "no such token"}, "bad_token"),
        ({"token": 7}, "bad_request"),
        ({"public": "zz"}, "bad_key"),
        ({"public": "00" * 31}, "bad_key"),
        ({"csr": "no request"}, "bad_csr"),
        ({"csr": make_csr(TLS_KEY, "t-other").decode()}, "wrong_name"),
        ({"csr": "\u0110"}, "bad_csr"),
    ],
)
def test_each_mistake_has_its_own_sentence(
    centre: Centre, web: FlaskClient, changes: dict[str, Any], error: str
) -> None:
    status, answer = ask(web, token_for(centre), SyntheticDevice("t-gate-1"), **changes)
    assert (status, answer["error"]) == (ERRORS[error][0], error)
    assert answer["vi"] and answer["en"]
    assert centre.one("SELECT count(*) FROM device") == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"token":', json.dumps("x").encode()])
def test_no_body_crashes_it(web: FlaskClient, body: bytes) -> None:
    answer = web.post("/enrol", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "bad_request")


def test_a_web_page_cannot_enrol(centre: Centre, web: FlaskClient) -> None:
    answer = web.post("/enrol", json={}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_a_long_body_is_refused(web: FlaskClient) -> None:
    answer = web.post("/enrol", data=b'"' + b"x" * 20_000 + b'"', content_type="application/json")
    assert answer.status_code in (400, 413)
