"""A province of two listed places, its moderators and managers, and citizens with and without a visit."""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.phones.taking import take_handed_in
from central.places.places import Place, describe_place
from central.safety.states import Cause, State, put_state, state_of
from central.statements import run
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import session_of, signed_in
from tests.parts.phone_pages import Clock, Phone, poster, public_app
from tests.parts.say_work import Citizen
from wire.crypto import SigningKey

MARKET, SCHOOL, HIDDEN = "v-cho-thu", "v-truong-thu", "v-chua-len"
WARD, OTHER_WARD, PROVINCE = "26740", "26743", "79"
PLACES = ((MARKET, "Chợ Thử", "market", WARD), (SCHOOL, "Trường Thử", "school", OTHER_WARD))


@dataclass(slots=True)
class Town:
    """The pages for everybody and the officers', on one clock."""

    centre: Centre
    clock: Clock = field(default_factory=Clock)
    open: Flask = field(init=False)
    office: Flask = field(init=False)
    addresses: int = 0

    def __post_init__(self) -> None:
        centre = self.centre
        with centre.engine.begin() as connection:
            for venue, name, kind, ward in PLACES:
                place = describe_place(connection, Place(0, venue, name, kind, ward, PROVINCE), NOW_MS)
                run(connection, "UPDATE place SET listed_ms = ? WHERE id = ?", (NOW_MS, venue))
                put_state(connection, place.number, State.NOT_ASSESSED, Cause.LISTED, NOW_MS)
            describe_place(connection, Place(0, HIDDEN, "Nơi chưa lên bản đồ", "market", WARD, PROVINCE), NOW_MS)
        self.open = public_app(centre, self.clock)
        self.office = make_app(Site(centre.engine, centre.ring, [], frozenset(), self.clock.now_ms))

    def citizen(self) -> Citizen:
        """Somebody at an address of their own."""
        self.addresses += 1
        return Citizen(self.open, f"198.51.{self.addresses // 250}.{self.addresses % 250 + 1}")

    def officer(self, role: str, area: str, login: str = "") -> "Officer":
        """A new account."""
        login = login or f"{role.replace('_', '-')}.{area}"[:32]
        signed_in(self.office, self.centre.engine, role, area, login=login, now_ms=self.clock.ms)
        return Officer(self, login)

    def visitor(self, number: int, venue: str = MARKET) -> tuple[Phone, str]:
        """A phone that has just checked in at a place, and its proof."""
        phone = Phone(self.open, self.clock, SigningKey(number.to_bytes(32, "big")))
        phone.make_pass()
        phone.check("in", poster(self.centre, venue, "g-1"))
        take_handed_in(self.centre.engine, self.centre.ingest, self.clock.ms)
        return phone, self.prove(phone, venue)["proof"]

    def prove(self, phone: Phone, venue: str) -> Any:
        """What the centre answers to a phone that says it was there."""
        statement = phone.statement("visits", {"place": venue})
        text = json.dumps({"place": venue})
        message = f"gatepost/1 phone\n/say/proof\n{statement['at_ms']}\n{text}".encode()
        statement["signature"] = _b64(phone.key.sign_raw(message))
        return self.open.test_client().post("/say/proof", json=statement).json

    def state(self, venue: str = MARKET) -> State:
        """What holds of a place."""
        with self.centre.engine.connect() as connection:
            number = int(run(connection, "SELECT number FROM place WHERE id = ?", (venue,)).scalar_one())
            found = state_of(connection, number, self.clock.ms)
        assert found is not None
        return found.state

    def newest(self) -> int:
        """The number of the last word."""
        return int(self.centre.one("SELECT max(id) FROM feedback"))


@dataclass(slots=True)
class Officer:
    """Signs in anew when a session is over: the clock moves by days."""

    town: Town
    login: str
    client: FlaskClient | None = None
    since_ms: int = 0

    def get(self, path: str) -> TestResponse:
        """A page."""
        return self._client().get(path)

    def post(self, path: str, data: dict[str, str]) -> TestResponse:
        """A form."""
        return self._client().post(path, data=data)

    def _client(self) -> FlaskClient:
        now_ms = self.town.clock.ms
        if self.client is None or now_ms - self.since_ms > 600_000:
            self.client = session_of(self.town.office, self.town.centre.engine, self.login, now_ms=now_ms)
            self.since_ms = now_ms
        return self.client


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def act(client: Officer, page: str, path: str, **data: str) -> Any:
    """Send the form of a page that goes to `path`, with the token of its first form."""
    found = re.search(r'name="once" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(path, data={"once": found.group(1), **data})
