"""Two orders at one place: two forms, one check-in, and one pass that says both to a gate without a network."""

from datetime import UTC, datetime
from typing import Any

from central.declaring import publish_form, publish_order
from central.phones.signed import from_base64, to_base64
from central.places.places import Place, describe_place
from credentials.pass_qr import encode_rotating, open_pass, sign_pass
from credentials.read import read
from credentials.trust import Trust
from rules.decide import decide
from rules.known import Known
from rules.orders import read_order
from tests.integration.central.phones.places import FEVER
from tests.integration.central.phones.test_declaring import filled
from tests.parts.centre import NOW_MS, Centre
from tests.parts.phone_pages import Phone, poster
from tests.unit.central.orders import paper, small_form
from wire.bulletin import Bulletin, accept
from wire.crypto import SigningKey
from wire.declared import mark_of
from wire.records import Signal

TWICE, COUGH = "v-hai-lenh", "https://gatepost.example/form/ho|1"
MINUTES = 60_000


def both(made: Centre) -> str:
    """A place with two mandatory orders: one form lasts a day, the other an hour."""
    cough = {**small_form(text="Quý vị có ho không?"), "url": COUGH.partition("|")[0]}
    cough["item"][0] |= {"required": True, "code": [{"system": "urn:gatepost:fact", "code": "symptoms"}]}
    with made.engine.begin() as connection:
        describe_place(connection, Place(0, TWICE, "Nơi hai lệnh", "office", "26740", "79"), NOW_MS)
        publish_form(connection, made.ring, cough, NOW_MS - 2000)
        for name, form, hours in (("lenh-a", FEVER, 24), ("lenh-b", COUGH, 1)):
            order = paper(id=name, form=form, valid_hours=hours)
            publish_order(connection, made.ring, order, f"venue-{TWICE}", 30, NOW_MS - 1000)
    return poster(made, TWICE)


def declare(phone: Phone, order: dict[str, Any], code: str, held: list[str]) -> dict[str, Any]:
    said = filled(order, fever=False)
    said["response"]["questionnaire"] = order["form"]
    return dict(phone.say("declarations", {**said, "poster": code, "held": held}))


def at_a_gate(made: Centre, phone: Phone, signed: str) -> Signal:
    now_ms = phone.clock.ms
    sql = "SELECT message FROM bulletin WHERE kind = 'order' AND scope = ?"
    heard = [
        accept(None, message, made.ring.root(), None, frozenset({f"venue-{TWICE}"}))
        for (message,) in made.rows(sql, f"venue-{TWICE}")
    ]
    orders = tuple(read_order(one) for one in heard if isinstance(one, Bulletin))
    assert len(orders) == 2
    text = encode_rotating(from_base64(signed, 512), bytes.fromhex(phone.pass_id), phone.key, now_ms // 1000)
    trust = Trust(made.ring.root().keys("pass"), {}, frozenset())
    code = read(text, now=datetime.fromtimestamp(now_ms / 1000, UTC), trust=trust)
    return decide(Known(code, venue="office", orders=orders, now_ms=now_ms)).signal


def test_both_forms_are_said_by_one_pass_each_until_its_own_end(made: Centre, phone: Phone) -> None:
    code = both(made)
    orders = phone.app.test_client().get(f"/v/api/place/{code}").json["orders"]  # type: ignore[index]
    assert [one["form"] for one in orders] == [FEVER, COUGH]
    first = declare(phone, orders[0], code, [])
    assert open_pass(from_base64(first["signed"], 512), made.ring.root().keys("pass")).outcome == mark_of(FEVER)
    assert phone.check("in", code, held=[first["signed"]])["reasons"] == ["declaration_due"]
    assert at_a_gate(made, phone, first["signed"]) is Signal.ASK

    second = declare(phone, orders[1], code, [first["signed"]])
    shown = open_pass(from_base64(second["signed"], 512), made.ring.root().keys("pass"))
    assert {mark for mark, _ in shown.declared} == {mark_of(FEVER), mark_of(COUGH)}
    assert at_a_gate(made, phone, second["signed"]) is Signal.ALLOW
    assert phone.check("in", code, held=[second["signed"]])["signal"] == "ALLOW"
    phone.clock.ms += 61 * MINUTES
    assert at_a_gate(made, phone, second["signed"]) is Signal.ASK, "the form of an hour is over, the pass is not"
    again = declare(phone, orders[1], code, [second["signed"]])
    assert at_a_gate(made, phone, again["signed"]) is Signal.ALLOW, "and only that one was asked again"


def test_nobody_adds_a_form_by_saying_so(made: Centre, phone: Phone) -> None:
    code = both(made)
    orders = phone.app.test_client().get(f"/v/api/place/{code}").json["orders"]  # type: ignore[index]
    shown = open_pass(from_base64(phone.signed, 512), made.ring.root().keys("pass"))
    own = type(shown)(shown.pass_id, shown.expires, 0, mark_of(COUGH), shown.holder)
    forged = to_base64(sign_pass(own, SigningKey(bytes(32))))
    said = {**filled(orders[0], fever=False), "poster": code, "held": [forged]}
    assert phone.say("declarations", said, 403)["error"] == "bad_pass"
    other = Phone(phone.app, phone.clock, key=SigningKey(bytes(range(5, 37))))
    other.make_pass()
    theirs = declare(other, orders[1], code, [])
    assert phone.say("declarations", {**said, "held": [theirs["signed"]]}, 403)["error"] == "bad_pass"
