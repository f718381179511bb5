"""A centre with its pages, a sender that knows short messages, and people of a ward: as far as these tests need."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from central.alerts.sealing import Letter, make_sender_key, open_letter, sender_key
from central.alerts.senders import Carriers
from central.alerts.sending import say_ready
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.officers import session_of, signed_in

WARD, PROVINCE = "26740", "79"
PLACE = {
    "kind": "market",
    "province": PROVINCE,
    "name": "Chợ Mẫu",
    "ward": WARD,
    "address": "1 đường Giả Định",
    "capacity": "400",
    "lat": "10.77210",
    "lon": "106.69830",
    "opens": "05:00",
    "closes": "18:00",
    "phone": "0912 345 678",
}


@dataclass(slots=True)
class Town:
    """One centre; `at_ms` is its clock."""

    centre: Centre
    app: Flask
    at_ms: int = NOW_MS
    logins: dict[str, str] = field(default_factory=dict)

    def officer(self, role: str, area: str) -> FlaskClient:
        """Somebody with a role, signed in just now; the same one for the same words."""
        key = f"{role} {area}"
        if key in self.logins:
            return self.as_login(self.logins[key])
        self.logins[key] = f"t{len(self.logins)}"
        return signed_in(self.app, self.centre.engine, role, area, login=self.logins[key], now_ms=self.at_ms)

    def ward(self) -> FlaskClient:
        """The ward's officer."""
        return self.officer("ward_office", f"ward-{WARD}")

    def as_login(self, login: str) -> FlaskClient:
        """Whoever has this account, signed in."""
        return session_of(self.app, self.centre.engine, login, now_ms=self.at_ms)

    def register(self, **changes: str) -> str:
        """Fill in the form; where the registration stands. The next one comes when its address may ask again."""
        self.at_ms += 6 * 60_000
        client = self.app.test_client()
        page = client.get("/register", query_string={"kind": PLACE["kind"], "province": PROVINCE})
        answer = client.post("/register", data={**PLACE, **changes, "once": hidden(page.text, "once")})
        assert answer.status_code == 303, answer.text[:800]
        return str(answer.headers["Location"])

    def prove(self, link: str, code: str) -> int:
        """Type a code."""
        return self.app.test_client().post(f"{link}/code", data={"code": code}).status_code

    def texts(self) -> list[tuple[str, str]]:
        """(to, text) of every short message that waits, opened as the sending job opens it."""
        key = sender_key(self.centre.keys)
        rows = self.centre.rows("SELECT sealed FROM message WHERE channel = 'sms' AND state = 'waiting' ORDER BY id")
        return [(letter.to, letter.text) for letter in (open_letter(row[0], key) for row in rows)]

    def code_of(self, link: str) -> str:
        """The code in the newest text."""
        found = re.search(r"\b(\d{6})\b", self.texts()[-1][1])
        assert found is not None and link
        return found[1]

    def open_place(self, **changes: str) -> tuple[str, FlaskClient]:
        """A place that the ward has confirmed; (its id, its manager)."""
        link = self.register(**changes)
        assert self.prove(link, self.code_of(link)) == 303
        number = self.centre.rows("SELECT max(id) FROM registration")[0][0]
        assert self.ward().post(f"/venues/waiting/{number}/confirm").status_code == 303
        venue = self.centre.rows(
            "SELECT p.id FROM place p JOIN registration r ON r.place = p.number WHERE r.id = ?", number
        )[0][0]
        return venue, self.as_login(venue)

    def send(self, client: FlaskClient, page: str, action: str, **fields: str) -> int:
        """Send the form of a page; what the centre answers."""
        once = hidden(form_of(client.get(page).text, action), "once")
        return client.post(action, data={"once": once, **fields}).status_code


def make_town(url: str, folder: Path, *, texts: bool = True) -> Town:
    """A new centre in a folder; `texts` says whether it has a carrier for short messages."""
    centre = make_centre(url, folder)
    make_sender_key(centre.keys)
    town = Town(centre, Flask("none yet"))
    town.app = make_app(Site(centre.engine, centre.ring, ["mqtt://127.0.0.1:1"], frozenset(), lambda: town.at_ms))
    if texts:
        with centre.engine.begin() as connection:
            say_ready(connection, Carriers({"sms": NoCarrier()}, "https://gatepost.example"))
    return town


class NoCarrier:
    """Stands for a channel in what is promised; nothing is sent in these tests."""

    def send(self, letter: Letter, number: int) -> str:
        """Never asked."""
        raise AssertionError((letter, number))

    def receipts(self) -> list[tuple[str, bool]]:
        """None."""
        return []

    def close(self) -> None:
        """Nothing is open."""


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found is not None, page[:600]
    return found[1]


def form_of(page: str, action: str) -> str:
    """The form that goes to `action`."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert found is not None, f"no form to {action}"
    return found[0]
