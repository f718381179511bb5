"""A declaration made at home: judged by the form's rules between answers, laid before the station of its ward."""

from typing import Any

from central.declaring import publish_order
from central.desks.jobs import new_declarations
from central.jobs import Bench
from central.phones.homes import Home, home_of
from central.phones.taking import take_handed_in
from forms.model import Answers, Coding, Value
from forms.response import build
from tests.integration.central.phones.places import MARKET
from tests.parts.centre import NOW_MS, Centre
from tests.parts.people import FORMS, SYMPTOM
from tests.parts.phone_pages import Phone, poster
from tests.unit.central.orders import paper
from tests.unit.forms.test_entry_form import arriving

ENTRY = FORMS["entry"]
NAMES = {item.link_id: item for item in ENTRY.flat}


def place(kind: str, code: str) -> tuple[Value, ...]:
    return (Coding(f"urn:gatepost:{kind}", code),)


def at_home(**told: tuple[Value, ...]) -> dict[Any, tuple[Value, ...]]:
    ill = {("symptoms", ()): (Coding(SYMPTOM, "fever"),)}
    home = {("contact_province", ()): place("province", "79"), ("contact_ward", ()): place("ward", "26740")}
    return {**arriving(), **home, **ill, **{(name, ()): values for name, values in told.items()}}


def sent(phone: Phone, order: dict[str, Any], answers: Answers) -> dict[str, Any]:
    said = {"language": "vi", "authored": "2026-09-21T10:00:00+07:00", "response_id": "1"}
    response = build(ENTRY, answers, **said)
    return {"order": order["key"], "form": order["form"], "language": "vi", "consent": order["consent"]["vi"]} | {
        "response": response
    }


def ordered(made: Centre, phone: Phone) -> dict[str, Any]:
    with made.engine.begin() as connection:
        order = paper(id="nhap-canh", form=ENTRY.canonical)
        publish_order(connection, made.ring, order, "all", 30, NOW_MS - 1000)
    phone.clock.ms += 10_000  # what stands is looked up every five seconds
    listed = phone.app.test_client().get("/v/api/orders").json["orders"]  # type: ignore[index]
    return dict(next(one for one in listed if one["id"] == "nhap-canh"))


def queued(made: Centre, phone: Phone) -> list[Any]:
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    phone.clock.ms += 61_000
    new_declarations(Bench(made.engine, made.ring, lambda: phone.clock.ms))
    mine = "SELECT t.venue, t.ward, t.province FROM triage t JOIN identity i ON i.person = t.person JOIN phone_pass p"
    return made.rows(f"{mine} ON p.pseudonym = i.pseudonym WHERE p.id = ?", bytes.fromhex(phone.pass_id))


def test_the_ward_that_the_form_names_has_it_and_no_one_keeps_the_ward_beside_it(made: Centre, phone: Phone) -> None:
    order = ordered(made, phone)
    said = phone.say("declarations", sent(phone, order, at_home()))
    assert said["outcome"] == "ASK"
    assert made.rows("SELECT ward, province FROM phone_home") == [("26740", "79")]
    assert queued(made, phone) == [("", "26740", "79")]
    assert made.rows("SELECT * FROM phone_home") == []


def test_who_goes_in_somewhere_just_then_is_looked_after_there(made: Centre, phone: Phone) -> None:
    order = ordered(made, phone)
    phone.say("declarations", sent(phone, order, at_home()))
    phone.check("in", poster(made, MARKET))
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    (found,) = queued(made, phone)
    assert found == (MARKET, "26734", "79")


def test_days_that_cannot_be_are_sent_back_to_their_question_in_the_visitors_language(
    made: Centre, phone: Phone
) -> None:
    order = ordered(made, phone)
    before = made.one("SELECT count(*) FROM handed_in")
    wrong = sent(phone, order, at_home(departure_date=("2026-09-20",), arrival_date=("2026-09-19",)))
    answer = phone.say("declarations", wrong, 422)
    assert [one["linkId"] for one in answer["between"]] == ["arrival_date"]
    assert {"vi", "en", "zh", "ko", "ja", "km", "lo", "th"} == set(answer["between"][0]["text"])
    born = phone.say("declarations", sent(phone, order, at_home(birth_year=(2027,))), 422)
    assert born["between"] or born["issues"]
    assert made.one("SELECT count(*) FROM handed_in") == before


def test_a_ward_goes_before_a_province_and_a_route_is_no_home() -> None:
    assert home_of(ENTRY, at_home()) == Home("26740", "79")
    assert home_of(ENTRY, at_home(contact_province=place("province", "01"), contact_ward=())) == Home("", "01")
    stays = at_home(contact_ward=place("ward", "26740"), stay_same=(False,), stay_ward=place("ward", "26734"))
    assert home_of(ENTRY, stays).ward in ("26734", "26740")
    assert home_of(ENTRY, {("to_province", ()): place("province", "01")}) == Home()
    assert home_of(ENTRY, {("contact_ward", ()): place("ward", "99999")}) == Home()
    assert home_of(FORMS["daily"], {}) == Home()
