"""What the holder of a pass sees and asks for: their own, all of it, and nobody else's."""

import json

import pytest

from central.alerts.sealing import make_sender_key, open_letter, sender_key
from central.jobs import Bench
from central.phones.jobs import end_passes
from central.phones.receipt import written
from central.phones.reminding import remind_well
from central.phones.taking import take_handed_in
from central.rights.deletions import delete_again, delete_person
from central.rights.two_officers import DELETION, decide, propose
from tests.integration.central.phones.places import MARKET
from tests.parts.centre import Centre
from tests.parts.phone_pages import Clock, Phone, poster, public_app
from wire.crypto import SigningKey
from wire.envelope import record_id
from wire.records import Declaration, Direction, IdentityKind, Signal, Visit

CARD, OTHER_CARD = "079090123456", "079090123457"
HOUR_MS = 3_600_000


def test_the_page_shows_this_pass_and_no_other(made: Centre, phone: Phone) -> None:
    code = poster(made, MARKET)
    stranger = Phone(phone.app, phone.clock, key=SigningKey(bytes([7]) * 32))
    stranger.make_pass()
    assert not phone.say("mine", {})["ready"]
    came = phone.check("in", code)
    stranger.check("in", code)
    shown = phone.say("mine", {})
    assert [one["receipt"] for one in shown["visits"]] == [came["receipt"]], "told a blink ago"
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    shown = phone.say("mine", {})
    assert shown["ready"]
    (visit,) = shown["visits"]
    assert (visit["place"], visit["name"], visit["direction"], visit["signal"], visit["by"]) == (
        *(MARKET, "Chợ Mẫu", "in", "ALLOW", "phone"),
    )
    assert visit["receipt"] == came["receipt"]
    assert shown["inside"] == {"place": MARKET, "name": "Chợ Mẫu", "since_ms": came["at_ms"]}
    assert (shown["alerts"], shown["looks"], shown["claims"], shown["requests"]) == ([], [], [], [])


def test_a_visit_by_card_is_found_by_its_slip_and_its_number_alone(made: Centre, phone: Phone) -> None:
    gate, at = made.device("t-gate-claims"), phone.clock.ms - HOUR_MS
    gate.add(Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, CARD), at_ms=at)
    gate.add(Declaration(IdentityKind.TYPED, CARD, Signal.ALLOW), at_ms=at)
    gate.add(Visit(Direction.OUT, Signal.ALLOW, IdentityKind.CCCD, CARD), at_ms=at + 1000)
    gate.add(Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, OTHER_CARD), at_ms=at)
    made.take(gate.batch(1, 4))
    slip = written(record_id(gate.device, gate.epoch, 1))
    for code, number in ((slip, OTHER_CARD), ("0000-0000-0000", CARD), (slip.lower(), f"{CARD[:6]} {CARD[6:]}")):
        phone.say("receipts", {"code": code, "number": number})
    sealed = [bytes(row[0]) for row in made.rows("SELECT sealed FROM phone_claim")]
    assert len({len(one) for one in sealed}) == 1, "a length tells no kind of card"
    assert not any(CARD.encode() in one for one in sealed)
    assert {one["state"] for one in phone.say("mine", {})["claims"]} == {"waiting"}
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    shown = phone.say("mine", {})
    assert [one["state"] for one in shown["claims"]] == ["found", "none", "none"]
    assert [(one["direction"], one["by"]) for one in shown["claimed"]] == [("out", "gate"), ("in", "gate")]
    assert made.one("SELECT max(length(sealed)) FROM phone_claim") == 0
    for _ in range(2):
        phone.say("receipts", {"code": "1111-1111-1111", "number": CARD})
    assert phone.say("receipts", {"code": "1111-1111-1111", "number": CARD}, 409)["error"] == "too_many_claims"
    assert phone.say("receipts", {"code": "nonsense", "number": CARD}, 400)["error"] == "bad_code"
    assert phone.say("receipts", {"code": slip, "number": "?"}, 409)["error"] == "bad_number"
    take_handed_in(made.engine, made.ingest, phone.clock.ms)


def test_nobody_tries_many_numbers_at_one_slip(made: Centre, phone: Phone) -> None:
    for n in range(6):
        one = Phone(phone.app, phone.clock, key=SigningKey(bytes([n]) * 32))
        one.make_pass()
        answer = one.say("receipts", {"code": "2222-2222-2222", "number": f"07909012340{n}"}, 200 if n < 5 else 429)
    assert answer["error"] == "too_fast"
    take_handed_in(made.engine, made.ingest, phone.clock.ms)


def test_a_request_names_the_records_of_the_pass_and_no_person(made: Centre, phone: Phone) -> None:
    assert phone.say("requests", {"kind": "access", "language": "en"}, 409)["error"] == "nothing_held"
    phone.check("in", poster(made, MARKET))
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    asked = phone.say("requests", {"kind": "access", "language": "en"})
    sql = "SELECT person, identified_how, opened_by FROM rights_request WHERE id = ?"
    assert made.rows(sql, asked["id"]) == [(None, "pass", "public-pages")]
    assert len(made.rows("SELECT seq FROM rights_record WHERE request = ?", asked["id"])) == 1
    (shown,) = phone.say("mine", {})["requests"]
    assert (shown["id"], shown["kind"], shown["state"], shown["due_ms"]) == (
        asked["id"],
        "access",
        "open",
        asked["due_ms"],
    )
    phone.say("requests", {"kind": "correction", "language": "vi"})
    phone.say("requests", {"kind": "object", "language": "vi"})
    assert phone.say("requests", {"kind": "object", "language": "vi"}, 409)["error"] == "too_many_requests"
    assert phone.say("requests", {"kind": "murder", "language": "vi"}, 400)["error"] == "bad_request"


def test_an_ended_pass_ends_here_at_once_and_at_the_gates_by_the_list(made: Centre, phone: Phone) -> None:
    phone.check("in", poster(made, MARKET))
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    ended = phone.say("end", {"delete": True, "language": "vi"})
    assert made.rows("SELECT kind FROM rights_request WHERE id = ?", ended["id"]) == [("deletion",)]
    assert phone.say("mine", {}, 403)["error"] == "pass_revoked"
    bench = Bench(made.engine, made.ring, lambda: phone.clock.ms)
    assert not end_passes(bench)
    rows = made.rows("SELECT revoked_ms FROM issued_pass WHERE id = ?", bytes.fromhex(phone.pass_id))
    assert rows == [(phone.clock.ms,)]
    assert made.one("SELECT count(*) FROM bulletin WHERE kind = 'passes'") == 1


def test_a_pass_is_renewed_in_its_last_days(made: Centre) -> None:
    clock = Clock()
    phone = Phone(public_app(made, clock), clock)
    phone.make_pass()
    assert phone.say("renew", {}, 409)["error"] == "too_early"
    clock.ms += 150 * 86_400_000
    new = phone.say("renew", {})
    assert new["expires_s"] == clock.ms // 1000 + 180 * 86_400
    phone.signed = new["signed"]
    clock.ms += 100 * 86_400_000
    phone.say("mine", {})


@pytest.mark.parametrize("reported", [False, True])
def test_a_reminder_comes_once_a_day_at_its_hour_unless_one_has_reported(made: Centre, reported: bool) -> None:
    clock = Clock(ms=1_790_000_500_000 // 86_400_000 * 86_400_000 + (40 if reported else 8) * 86_400_000)  # 7 o'clock
    phone = Phone(public_app(made, clock), clock, key=SigningKey(bytes([9 if reported else 8]) * 32))
    phone.make_pass()
    make_sender_key(made.ring.folder)
    with made.engine.begin() as connection:
        value = json.dumps({"channels": ["push"], "base": ""})
        connection.exec_driver_sql(
            "INSERT INTO meta (key, value) VALUES ('alert_channels', ?) ON CONFLICT DO NOTHING", (value,)
        )
        entry = bytes.fromhex(phone.pass_id)[:8]
        row = (entry, b"x", clock.ms, clock.ms + 10**10)
        connection.exec_driver_sql("INSERT INTO push_subscription VALUES (?, ?, ?, ?)", row)
        connection.exec_driver_sql("UPDATE phone_pass SET reminder_hour = NULL")
        connection.exec_driver_sql("DELETE FROM message")
    assert phone.say("reminders", {"hour": 8})["hour"] == 8
    assert phone.say("reminders", {"hour": 24}, 400)["error"] == "bad_request"
    bench = Bench(made.engine, made.ring, lambda: clock.ms)
    remind_well(bench)
    assert made.one("SELECT count(*) FROM message") == 0, "not before its hour"
    if reported:
        phone.say("well", {"well": True, "language": "vi"})
        take_handed_in(made.engine, made.ingest, clock.ms)
    clock.ms += 2 * HOUR_MS
    for _ in range(3):
        remind_well(bench)
    rows = made.rows("SELECT sealed FROM message WHERE kind = 'notice' AND channel = 'push' AND state = 'waiting'")
    assert len(rows) == (0 if reported else 1)
    for (sealed,) in rows:
        assert open_letter(sealed, sender_key(made.ring.folder)).to == f"pass:{entry.hex()}"
    assert phone.say("mine", {})["reminder"] == {"hour": 8}
    phone.say("reminders", {"hour": None})
    assert phone.say("mine", {})["reminder"] is None
    clock.ms += 86_400_000
    remind_well(bench)
    assert made.one("SELECT count(*) FROM message") == len(rows), "stopped at once"


def test_what_is_destroyed_is_gone_from_the_page_too(made: Centre, phone: Phone) -> None:
    phone.check("in", poster(made, MARKET))
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    sql = "SELECT s.epoch, v.seq FROM visit v JOIN stream s ON s.id = v.stream JOIN phone_pass p"
    ((epoch, seq),) = made.rows(f"{sql} ON p.pseudonym = v.person WHERE p.id = ?", bytes.fromhex(phone.pass_id))
    with made.engine.begin() as connection:
        assert delete_again(connection, [("public-pages", epoch, seq, seq)]) == 1
    shown = phone.say("mine", {})
    assert (shown["visits"], shown["inside"]) == ([], None)
    assert made.rows("SELECT key FROM phone_said WHERE pass = ?", bytes.fromhex(phone.pass_id)) == []


def test_a_deletion_waits_for_no_kiosk_that_never_had_it(made: Centre, phone: Phone) -> None:
    phone.check("in", poster(made, MARKET))
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    asked = phone.say("requests", {"kind": "deletion", "language": "vi"})["id"]
    with made.engine.begin() as connection:
        number = propose(connection, asked, DELETION, "dpo-a", phone.clock.ms)
        decide(connection, asked, number, "dpo-b", signed=True, now_ms=phone.clock.ms)
        done = delete_person(connection, made.ring, asked, phone.clock.ms)
    assert (done.records, done.kiosks) == (1, 0)
    rows = made.rows("SELECT certificate FROM deletion_run WHERE about = ?", asked)
    assert rows[0][0] is not None
