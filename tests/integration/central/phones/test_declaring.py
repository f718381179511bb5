"""A declaration from a phone: judged, sealed, decided as a gate decides, and honoured by a gate without a network."""

from datetime import UTC, datetime
from typing import Any

from central.desks.jobs import new_declarations
from central.jobs import Bench
from central.phones.signed import from_base64
from central.phones.taking import take_handed_in
from credentials.pass_qr import encode_rotating, open_pass
from credentials.read import read
from credentials.trust import Trust
from rules.decide import decide
from rules.known import Known
from rules.orders import read_order
from tests.integration.central.phones.places import FEVER, MARKET, SCHOOL
from tests.parts.centre import Centre
from tests.parts.phone_pages import Phone, poster
from wire.bulletin import Bulletin, accept
from wire.declared import mark_of
from wire.records import Signal


def filled(order: dict[str, Any], fever: bool) -> dict[str, Any]:
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": FEVER,
        "status": "completed",
        "item": [{"linkId": "fever", "answer": [{"valueBoolean": fever}]}],
    }
    return {
        "order": order["key"],
        "form": order["form"],
        "language": "vi",
        "consent": order["consent"]["vi"],
        "response": response,
    }


def order_at(phone: Phone, code: str) -> dict[str, Any]:
    (order,) = phone.app.test_client().get(f"/v/api/place/{code}").json["orders"]  # type: ignore[index]
    return dict(order)


def test_declared_once_the_pass_says_so_to_the_poster_and_to_a_gate_without_a_network(
    made: Centre, phone: Phone
) -> None:
    code = poster(made, SCHOOL)
    asked = phone.check("in", code)
    assert (asked["signal"], asked["reasons"], asked["recorded"]) == ("ASK", ["declaration_due"], True)
    order = order_at(phone, code)
    said = phone.say("declarations", {**filled(order, fever=False), "poster": code})
    assert (said["outcome"], said["reasons"], said["expires_s"]) == (
        "ALLOW",
        ["declared"],
        phone.clock.ms // 1000 + 86_400,
    )
    assert phone.check("in", code)["signal"] == "ASK", "a pass that says nothing is asked again"
    came = phone.check("in", code, held=[said["signed"]])
    assert (came["signal"], came["reasons"]) == ("ALLOW", ["registered"])

    signed = from_base64(said["signed"], 512)
    shown = open_pass(signed, made.ring.root().keys("pass"))
    assert (shown.outcome, shown.pass_id.hex()) == (mark_of(FEVER), phone.pass_id)
    text = encode_rotating(signed, shown.pass_id, phone.key, phone.clock.ms // 1000)
    rows = made.rows("SELECT message FROM bulletin WHERE kind = 'order' AND scope = ?", f"venue-{SCHOOL}")
    bulletin = accept(None, rows[0][0], made.ring.root(), None, frozenset({f"venue-{SCHOOL}"}))
    assert isinstance(bulletin, Bulletin)
    trust = Trust(made.ring.root().keys("pass"), {}, frozenset())
    now = datetime.fromtimestamp(phone.clock.ms / 1000, UTC)
    known = Known(
        read(text, now=now, trust=trust), venue="school", orders=(read_order(bulletin),), now_ms=phone.clock.ms
    )
    assert decide(known).signal is Signal.ALLOW
    base = encode_rotating(from_base64(phone.signed, 512), shown.pass_id, phone.key, phone.clock.ms // 1000)
    known = Known(
        read(base, now=now, trust=trust), venue="school", orders=(read_order(bulletin),), now_ms=phone.clock.ms
    )
    assert "declaration_due" in decide(known).reasons


def test_whoever_is_ill_is_asked_to_the_desk_and_nothing_is_signed(made: Centre, phone: Phone) -> None:
    code = poster(made, SCHOOL)
    said = phone.say("declarations", {**filled(order_at(phone, code), fever=True), "poster": code})
    assert (said["outcome"], said["reasons"], said["signed"]) == ("ASK", ["see_desk"], None)
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    (found,) = phone.say("mine", {})["declarations"]
    assert (found["receipt"], found["outcome"]) == (said["receipt"], "ASK")
    rows = made.rows("SELECT sealed FROM raw_record")
    assert all(b"fever" not in sealed for (sealed,) in rows)


def test_wrong_answers_another_text_and_an_order_that_is_over_are_refused(made: Centre, phone: Phone) -> None:
    code = poster(made, SCHOOL)
    order = order_at(phone, code)
    good = {**filled(order, fever=False), "poster": code}
    empty = {**good, "response": {**good["response"], "item": []}}
    assert phone.say("declarations", empty, 422)["issues"]
    assert phone.say("declarations", {**good, "consent": "00" * 32}, 409)["error"] == "consent_other"
    assert phone.say("declarations", {**good, "poster": poster(made, MARKET)}, 409)["error"] == "order_over"
    assert phone.say("declarations", {**good, "order": ""}, 409)["error"] == "order_over"
    assert phone.say("declarations", {**good, "language": "xx"}, 400)["error"] == "bad_request"
    no = {**good, "refused": True, "response": {}}
    answer = phone.say("declarations", no)
    assert (answer["outcome"], answer["reasons"]) == ("ASK", ["declaration_refused"])
    assert made.one("SELECT count(*) FROM handed_in") == 1
    take_handed_in(made.engine, made.ingest, phone.clock.ms)


def test_still_well_is_one_tap(made: Centre, phone: Phone) -> None:
    said = phone.say("well", {"well": True, "language": "km"})
    assert (said["outcome"], said["signed"]) == ("ALLOW", None)
    assert phone.say("well", {"well": False, "language": "km"}, 400)["error"] == "bad_request"
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    (found,) = phone.say("mine", {})["declarations"]
    assert found["receipt"] == said["receipt"]


def test_whoever_declares_illness_at_a_poster_is_called_by_the_station_of_that_ward(made: Centre, phone: Phone) -> None:
    code = poster(made, SCHOOL)
    phone.say("declarations", {**filled(order_at(phone, code), fever=True), "poster": code})
    phone.check("in", code)
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    bench = Bench(made.engine, made.ring, lambda: phone.clock.ms)
    new_declarations(bench)
    mine = "SELECT t.venue, t.ward FROM triage t JOIN identity i ON i.person = t.person JOIN phone_pass p"
    sql = f"{mine} ON p.pseudonym = i.pseudonym WHERE p.id = ?"
    assert made.rows(sql, bytes.fromhex(phone.pass_id)) == [], "the check-in may be on its way"
    phone.clock.ms += 61_000
    new_declarations(bench)
    assert made.rows(sql, bytes.fromhex(phone.pass_id)) == [(SCHOOL, "26740")]
