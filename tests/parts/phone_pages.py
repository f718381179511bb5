"""The public pages of a test's centre on a port or in memory, with ingest beside them, and a phone in somebody's hand.

    with PhonePages(centre) as pages:        # waitress on pages.port; what phones say is taken every 50 ms
        ...
    phone = Phone(public_app(centre)); phone.make_pass(); phone.check("in", poster)

`Clock` stands for the centre's clock and the phone's alike.
"""

import base64
import json
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from flask import Flask
from waitress.server import create_server
from werkzeug.test import TestResponse

from central.phones.taking import take_handed_in
from central.web.app import Site
from central.web.public import make_public_app
from credentials.venue_qr import Venue, encode_venue
from tests.parts.centre import NOW_MS, Centre
from wire.crypto import SigningKey

TAKE_S = 0.05


@dataclass(slots=True)
class Clock:
    """Unix ms, moved by hand."""

    ms: int = NOW_MS

    def now_ms(self) -> int:
        """The moment."""
        return self.ms


def public_app(centre: Centre, clock: Clock | None = None, hosts: frozenset[str] = frozenset()) -> Flask:
    """The app of `python -m central public`."""
    return make_public_app(Site(centre.engine, centre.ring, (), hosts, (clock or Clock()).now_ms))


def poster(centre: Centre, place: str, gate: str | None = None, expires_s: int | None = None) -> str:
    """The Base32 code of a place's poster."""
    venue = Venue(place, f"Nơi {place}", gate, expires_s)
    return encode_venue(venue, centre.ring.signing("venue")).removeprefix("GPV1:")


def told(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.text)


def signed_statement(key: SigningKey, signed: str, path: str, at_ms: int, body: object) -> dict[str, Any]:
    """What a phone sends: the text, and its signature over the address, the moment and the text."""
    text = json.dumps(body)
    signature = key.sign_raw(f"gatepost/1 phone\n{path}\n{at_ms}\n{text}".encode())
    return {"pass": signed, "at_ms": at_ms, "body": text, "signature": _b64(signature)}


@dataclass(slots=True)
class Phone:
    """A visitor's phone, without a browser: a key, a pass, and what it signs."""

    app: Flask
    clock: Clock = field(default_factory=Clock)
    key: SigningKey = field(default_factory=lambda: SigningKey(bytes(range(32))))
    signed: str = ""
    pass_id: str = ""

    def make_pass(self, companions: int = 0) -> None:
        """A rotating pass for this phone's key."""
        made = self.app.test_client().post(
            "/v/api/passes", json={"holder": _b64(self.key.public), "companions": companions}
        )
        assert made.status_code == 200 and made.json is not None, made.text
        self.signed, self.pass_id = made.json["signed"], made.json["id"]

    def statement(self, what: str, body: Any, **changes: Any) -> dict[str, Any]:
        """A signed request; `changes` are made after it was signed."""
        self.clock.ms += 1  # nobody says two things in one millisecond
        return {**signed_statement(self.key, self.signed, f"/v/api/{what}", self.clock.ms, body), **changes}

    def say(self, what: str, body: Any, status: int = 200) -> Any:
        """What the centre answers."""
        answer = self.app.test_client().post(f"/v/api/{what}", json=self.statement(what, body))
        assert answer.status_code == status, answer.text
        return answer.json

    def check(self, direction: str, code: str, at_ms: int | None = None, companions: int = 0, **more: Any) -> Any:
        """One check-in or check-out, and its answer."""
        at = self.clock.ms if at_ms is None else at_ms
        visit = {"poster": code, "direction": direction, "at_ms": at, "companions": companions}
        return self.say("visits", {"visits": [visit], **more})["visits"][0]


class PhonePages:
    """The public pages of `centre` on a free port of the loopback; a context manager."""

    def __init__(self, centre: Centre, clock: Clock | None = None) -> None:
        self.centre, self.clock = centre, clock or Clock()
        self.app = public_app(centre, self.clock)
        self._server = create_server(self.app, host="127.0.0.1", port=0, threads=4)
        self.port = int(self._server.effective_port)
        self.address = f"http://127.0.0.1:{self.port}"
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._server.run), threading.Thread(target=self._take)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._server.close()
        for thread in self._threads:
            thread.join(10)

    def _take(self) -> None:
        while not self._stop.wait(TAKE_S):
            take_handed_in(self.centre.engine, self.centre.ingest, self.clock.ms)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
