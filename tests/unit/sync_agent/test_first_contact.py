"""Enrolment against a real HTTP server on loopback: keys made once, the root pinned, every failure in clear words."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from store import bulletins
from store.db import Store, open_store
from sync_agent.enrol import LEAST_WAIT_S, MOST_WAIT_S, Invitation, NotEnrolled, enrol, wait_before
from sync_agent.identity import Identity
from tests.parts.devices import START_MS
from tests.unit.sync_agent.both_ends import DEVICE, ROOT_KEY, key_of, make_root
from wire.certificates import common_name_of
from wire.root import encode_root, fingerprint_of

_HEAD = {
    "device": DEVICE,
    "venue": "cho-mau",
    "gate": "a",
    "certificate": "PEM",
    "ca": "PEM",
    "brokers": ["mqtts://x:1"],
}


class Office:
    """A centre's /enrol that answers what the test says."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: Any = None
        self.asked: list[dict[str, Any]] = []
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                office.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                body = office.answer if isinstance(office.answer, bytes) else json.dumps(office.answer).encode()
                self.send_response(office.status)
                if office.status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/enrol"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    office.answer = _HEAD | {"roots": [_encoded(1), _encoded(2)]}
    yield office
    office.close()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Store]:
    held = open_store(tmp_path, now_ms=lambda: START_MS)
    yield held
    held.close()


def test_keys_are_made_on_the_device_and_the_root_is_pinned(office: Office, held: Store, tmp_path: Path) -> None:
    identity = Identity(tmp_path / "identity")
    papers = enrol(_invitation(office.url), identity, held)
    assert (papers.device, papers.brokers) == (DEVICE, ("mqtts://x:1",))
    assert identity.papers() == papers
    root = bulletins.root(held, fingerprint_of(make_root()))
    assert root is not None
    assert root.version == 2
    (asked,) = office.asked
    assert asked["public"] == identity.device_key().public.hex()
    assert common_name_of(asked["csr"].encode()) == DEVICE


def test_what_is_secret_is_readable_by_its_owner_only(office: Office, held: Store, tmp_path: Path) -> None:
    identity = Identity(tmp_path / "identity")
    enrol(_invitation(office.url), identity, held)
    files = list((tmp_path / "identity").iterdir())
    assert {file.name for file in files} == {"device.key", "tls.key", "tls.crt", "ca.crt", "enrolment.json"}
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    assert oct((tmp_path / "identity").stat().st_mode & 0o777) == "0o700"


def test_a_key_is_never_made_twice(tmp_path: Path) -> None:
    first, second = Identity(tmp_path / "i"), Identity(tmp_path / "i")
    assert first.device_key().public == second.device_key().public
    assert first.tls_key() == second.tls_key()


def test_asking_again_after_a_lost_reply_uses_the_same_keys(office: Office, held: Store, tmp_path: Path) -> None:
    identity = Identity(tmp_path / "identity")
    good, office.answer, office.status = office.answer, b"", 200
    with pytest.raises(NotEnrolled):
        enrol(_invitation(office.url), identity, held)
    office.answer = good
    enrol(_invitation(office.url), identity, held)
    assert office.asked[0]["public"] == office.asked[1]["public"]


def test_a_wrong_centre_cannot_pin_itself(office: Office, held: Store, tmp_path: Path) -> None:
    identity = Identity(tmp_path / "identity")
    stranger = key_of("stranger")
    root = make_root()
    office.answer = _HEAD | {"roots": [base64.b64encode(encode_root(root, [stranger])).decode()]}
    with pytest.raises(NotEnrolled) as error:
        enrol(_invitation(office.url), identity, held)
    assert error.value.code == "bad_signature"
    with pytest.raises(NotEnrolled, match="foreign"):
        office.answer = _HEAD | {"roots": [_encoded(1)]}
        enrol(_invitation(office.url, fingerprint=bytes(16)), identity, held)
    assert identity.papers() is None
    assert bulletins.root(held) is None


def test_the_centres_own_words_reach_the_technician(office: Office, held: Store, tmp_path: Path) -> None:
    office.status, office.answer = 403, {"error": "token_expired", "vi": "Mã đã hết hạn.", "en": "It has expired."}
    with pytest.raises(NotEnrolled) as error:
        enrol(_invitation(office.url), Identity(tmp_path / "i"), held)
    assert (error.value.code, error.value.vi, error.value.final) == ("token_expired", "Mã đã hết hạn.", True)


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, b"<html>", "bad_answer"),
        (200, b"[]", "bad_answer"),
        (200, {}, "bad_answer"),
        (200, _HEAD | {"roots": 7}, "bad_answer"),
        (200, _HEAD | {"roots": ["%%%"]}, "bad_answer"),
        (200, _HEAD | {"roots": []}, "bad_root"),
        (500, b"oops", "http_500"),
        (302, b"", "http_302"),
    ],
)
def test_any_other_answer_is_refused_in_words(
    office: Office, held: Store, tmp_path: Path, status: int, answer: Any, code: str
) -> None:
    office.status, office.answer = status, answer
    with pytest.raises(NotEnrolled) as error:
        enrol(_invitation(office.url), Identity(tmp_path / "i"), held)
    assert error.value.code == code
    assert not error.value.final


def test_another_devices_answer_is_refused(office: Office, held: Store, tmp_path: Path) -> None:
    office.answer |= {"device": "t-gate-2"}
    with pytest.raises(NotEnrolled, match="bad_answer"):
        enrol(_invitation(office.url), Identity(tmp_path / "i"), held)


def test_nobody_there_says_check_the_cable(held: Store, tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="cable"):
        enrol(_invitation("http://127.0.0.1:1/enrol"), Identity(tmp_path / "i"), held)


def test_waits_between_attempts_double_and_end_at_five_minutes() -> None:
    assert wait_before(1, 0.0) == LEAST_WAIT_S
    waits = [wait_before(n, 1.0) for n in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == MOST_WAIT_S


def _invitation(url: str, fingerprint: bytes | None = None) -> Invitation:
    return Invitation(DEVICE, url, "a-token", fingerprint or fingerprint_of(make_root()))


def _encoded(version: int) -> str:
    return base64.b64encode(encode_root(make_root(version), [ROOT_KEY])).decode()
