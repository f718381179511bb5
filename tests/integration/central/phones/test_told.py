"""Whoever was near a case reads it on the page of the pass, is told once, and asks for a call; on both databases."""

import hashlib

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant
from central.alerts.publishing import send_released
from central.alerts.recalling import recall_case
from central.alerts.sealing import make_sender_key
from central.jobs import Bench
from central.phones.taking import take_handed_in
from central.web.app import Site, make_app
from central.web.entering import COOKIE
from tests.parts.centre import Centre
from tests.parts.exposed import DAY_MS, MARKET, Person, World, make_world
from tests.parts.phone_pages import Clock, Phone, poster, public_app
from tests.parts.vault import running_opener

LANGUAGES = {"vi", "en", "zh", "ko", "ja", "km", "lo", "th"}


def release(centre: Centre, world: World, clock: Clock) -> None:
    """Two officers, and the job that sends."""
    make_sender_key(centre.ring.folder)
    with running_opener(centre, clock.now_ms) as vault:
        app = make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), clock.now_ms, vault))
        for role, path in (("case_officer", "/alerts/propose"), ("head", "/alerts/1/release")):
            with centre.engine.begin() as connection:
                create_account(connection, role.replace("_", "-"), "Cán bộ THỬ", None, [Grant(role, "all")], clock.ms)
                secret = begin_session(connection, role.replace("_", "-"), clock.ms, strong=True)
            client = app.test_client()
            client.set_cookie(COOKIE, secret)
            once = hashlib.sha256(path.encode()).hexdigest()[:32]
            assert client.post(path, data={"once": once, "case": world.case}).status_code == 303
        while send_released(Bench(centre.engine, centre.ring, clock.now_ms)):
            pass


def test_an_alert_is_read_told_answered_and_taken_back(centre: Centre) -> None:
    clock = Clock()
    phone = Phone(public_app(centre, clock), clock)
    phone.make_pass()
    exposed = Person("099000000101", passes=(bytes.fromhex(phone.pass_id),))
    world = make_world(centre, [exposed, *(Person(f"09900000020{n}") for n in range(3))])
    take_handed_in(centre.engine, centre.ingest, clock.ms)
    assert phone.say("mine", {})["alerts"] == []
    release(centre, world, clock)

    (alert,) = phone.say("mine", {})["alerts"]
    assert (alert["state"], alert["new"], alert["call_back"]) == ("stands", True, True)
    assert alert["to_ms"] - alert["from_ms"] == DAY_MS, "a day, never an hour: that would tell the place"
    assert set(alert["text"]) == set(alert["title"]) == LANGUAGES
    assert "Trạm y tế Phường Mẫu" in alert["text"]["vi"]
    asked = phone.check("in", poster(centre, MARKET.id))
    assert (asked["signal"], asked["reasons"]) == ("ASK", ["see_desk"]), (
        "the poster asks like any gate, and says no more"
    )

    stranger = Phone(phone.app, clock, key=type(phone.key)(bytes(32)))
    stranger.make_pass()
    stranger.say("seen", {"alerts": [alert["id"]]})
    assert stranger.say("call-back", {"alert": alert["id"]}, 404)["error"] == "alert_unknown"
    phone.say("seen", {"alerts": [alert["id"]]})
    assert [one["new"] for one in phone.say("mine", {})["alerts"]] == [False]
    sql = "SELECT state, reached_by FROM contact WHERE reached_by IS NOT NULL"
    assert centre.rows(sql) == [("reached", "page")]
    for _ in range(2):
        phone.say("call-back", {"alert": alert["id"]})
    assert centre.one("SELECT count(*) FROM task WHERE kind = 'call_back'") == 1

    assert phone.say("mine", {})["looks"] == []
    clock.ms += 15 * DAY_MS
    looks = phone.say("mine", {})["looks"]
    assert {(one["role"], one["purpose"]) for one in looks} == {("case_officer", "tracing")}
    with centre.engine.begin() as connection:
        recall_case(connection, centre.ring, world.case, clock.ms)
    (gone,) = phone.say("mine", {})["alerts"]
    assert (gone["state"], gone["call_back"]) == ("withdrawn", False)
    assert phone.say("requests", {"kind": "access", "language": "vi"})["id"]
    assert phone.say("receipts", {"code": "0000-0000-0000", "number": "099000000101"})["claim"]
    take_handed_in(centre.engine, centre.ingest, clock.ms)
    assert phone.say("mine", {})["claims"][0]["state"] == "none"
