"""A pass that is photographed, overheard, lent, ended; a poster printed at home; a clock that lies."""

import base64
import os
from typing import Any

from credentials.pass_qr import PREFIX, encode_rotating
from credentials.venue_qr import Venue, encode_venue
from tests.integration.central.outside.town import MINE, Town, b64
from tests.parts.phone_pages import signed_statement
from wire import base45, cbor
from wire.crypto import SigningKey


class Phone:
    """A phone that speaks to the test client."""

    def __init__(self, town: Town, signed: str = "") -> None:
        self.town, self.client = town, town.public.test_client()
        self.key, self.signed, self.pass_id = SigningKey(os.urandom(32)), signed, ""

    def take_a_pass(self) -> "Phone":
        sent = {"holder": b64(self.key.public), "companions": 0}
        made = self.client.post("/v/api/passes", json=sent).get_json()
        self.signed, self.pass_id = made["signed"], made["id"]
        return self

    def statement(self, path: str, body: object, at_ms: int | None = None) -> dict[str, Any]:
        return signed_statement(self.key, self.signed, path, self.town.now_ms if at_ms is None else at_ms, body)

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
    pass_id = bytes.fromhex(holder.pass_id)
    shown = encode_rotating(base64.b64decode(holder.signed), pass_id, holder.key, town.now_ms // 1000)
    _, slot, signature = cbor.loads(base45.decode(shown.removeprefix(PREFIX)), 1024)
    said = thief.statement(VISITS, _check_in(town, poster(town))) | {"signature": b64(signature), "at_ms": slot}
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
