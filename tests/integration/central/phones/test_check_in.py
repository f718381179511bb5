"""A phone at a poster: what it tells is recorded once, at that place, and answered as a gate answers."""

from central.phones.taking import take_handed_in
from central.places.places import Place, describe_place
from central.reports.counting import count_places
from tests.integration.central.phones.places import MARKET
from tests.parts.centre import Centre
from tests.parts.phone_pages import Phone, poster, told


def test_one_scan_checks_in_and_the_next_checks_out(made: Centre, phone: Phone) -> None:
    code = poster(made, MARKET, "g-1")
    came = phone.check("", code, companions=2)
    assert (came["direction"], came["signal"], came["reasons"], came["recorded"]) == (
        "in",
        "ALLOW",
        ["registered"],
        True,
    )
    assert len(came["receipt"]) == 14
    phone.clock.ms += 60_000
    again = phone.check("in", code)
    assert (again["recorded"], again["reasons"], again["at_ms"]) == (False, ["already_in"], came["at_ms"])
    phone.clock.ms += 60_000
    left = phone.check("", code)
    assert (left["direction"], left["reasons"]) == ("out", ["checked_out"])
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    sql = "SELECT v.direction, v.gate, v.companions, v.signal FROM visit v JOIN phone_pass p ON p.pseudonym = v.person"
    rows = made.rows(f"{sql} WHERE p.id = ? ORDER BY v.at_ms", bytes.fromhex(phone.pass_id))
    assert rows == [(1, "g-1", 2, 1), (2, "g-1", 0, 1)]


def test_a_queue_that_is_sent_twice_is_one_visit(made: Centre, phone: Phone) -> None:
    code, at = poster(made, MARKET), phone.clock.ms - 3_600_000
    queue = [
        {"poster": code, "direction": "in", "at_ms": at, "companions": 0},
        {"poster": code, "direction": "out", "at_ms": at + 600_000, "companions": 0},
    ]
    first = phone.say("visits", {"visits": [*queue, queue[0]]})["visits"]
    assert [one["receipt"] for one in first][2] == first[0]["receipt"]
    assert phone.say("visits", {"visits": queue})["visits"] == first[:2]
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    sql = "SELECT v.direction, v.clock FROM visit v JOIN phone_pass p ON p.pseudonym = v.person WHERE p.id = ?"
    assert sorted(made.rows(sql, bytes.fromhex(phone.pass_id))) == [(1, 1), (2, 1)]


def test_a_late_a_future_and_an_ancient_time_are_told_and_not_hidden(made: Centre, phone: Phone) -> None:
    code, day = poster(made, MARKET), 86_400_000
    late = phone.check("in", code, phone.clock.ms - 2 * day)
    assert (late["reasons"], late["recorded"]) == (["registered", "phone_late"], True)
    ahead = phone.check("in", code, phone.clock.ms + day)
    assert ahead["reasons"] == ["registered", "phone_clock"]
    assert ahead["at_ms"] <= phone.clock.ms
    old = phone.check("in", code, phone.clock.ms - 15 * day)
    assert old["error"] == "too_old"
    assert old["vi"]


def test_a_poster_of_another_key_an_expired_one_and_a_closed_place_are_refused(made: Centre, phone: Phone) -> None:
    code = poster(made, MARKET)
    forged = ("A" if code[40] != "A" else "B").join((code[:40], code[41:]))
    for wrong, reason in (
        (forged, "poster_unknown"),
        ("!", "poster_unknown"),
        (poster(made, MARKET, None, 1), "poster_expired"),
    ):
        assert phone.check("in", wrong)["error"] == reason
        assert phone.app.test_client().get(f"/v/api/place/{wrong}").status_code == 404
    seen = told(phone.app.test_client().get(f"/v/api/place/{code.lower()}"))
    assert (seen["place"], seen["name"], seen["open"], seen["state"]) == (MARKET, f"Nơi {MARKET}", True, "not_assessed")


def test_nobody_else_speaks_for_a_pass(made: Centre, phone: Phone) -> None:
    client, code = phone.app.test_client(), poster(made, MARKET)
    body = {"visits": [{"poster": code, "direction": "in", "at_ms": phone.clock.ms}]}
    good = phone.statement("visits", body)
    thief = Phone(phone.app, phone.clock, key=type(phone.key)(bytes(32)), signed=phone.signed)
    for said, reason, status in (
        (thief.statement("visits", body), "bad_signature", 403),
        ({**good, "at_ms": good["at_ms"] + 1}, "bad_signature", 403),
        ({**good, "body": good["body"] + " "}, "bad_signature", 403),
        ({**good, "pass": good["pass"][:-4] + "AAA="}, "bad_pass", 403),
        ({**good, "more": 1}, "bad_request", 400),
        ([], "bad_request", 400),
    ):
        answer = client.post("/v/api/visits", json=said)
        assert (answer.status_code, told(answer)["error"]) == (status, reason)
    assert told(client.post("/v/api/well", json=good))["error"] == "bad_signature"
    assert client.post("/v/api/visits", json=good).status_code == 200
    assert told(client.post("/v/api/visits", json=good))["error"] == "again"
    phone.clock.ms += 600_000
    late = phone.statement("visits", body)
    phone.clock.ms += 300_001
    answer = client.post("/v/api/visits", json=late)
    assert (answer.status_code, told(answer)["error"], told(answer)["now_ms"]) == (409, "clock", phone.clock.ms)


def test_a_printed_pass_has_no_key_and_says_nothing(phone: Phone) -> None:
    made = told(phone.app.test_client().post("/v/api/passes", json={"printed": True, "companions": 0}))
    assert made["text"].startswith("GP1:")
    assert "signed" not in made


def test_giant_and_broken_bodies_are_answered_in_words(phone: Phone) -> None:
    client = phone.app.test_client()
    for data, status in ((b"[" * 60_000, 400), (b"x" * 70_000, 413), (b'{"a": NaN}', 400), (b"\xff", 400)):
        answer = client.post("/v/api/visits", data=data, content_type="application/json")
        assert (answer.status_code, told(answer)["error"]) == (status, "bad_request")
    assert told(client.get("/v/api/visits"))["error"]


def test_a_place_without_any_gate_is_counted_by_its_poster_alone(made: Centre, phone: Phone) -> None:
    with made.engine.begin() as connection:
        describe_place(connection, Place(0, "v-quan", "Quán Thử", "restaurant", "26743", "79"), phone.clock.ms)
    code = poster(made, "v-quan")
    phone.check("in", code)
    phone.clock.ms += 60_000
    phone.check("out", code)
    take_handed_in(made.engine, made.ingest, phone.clock.ms)
    with made.engine.begin() as connection:
        count_places(connection, phone.clock.ms)
    sql = "SELECT c.ins, c.outs FROM day_count c JOIN place p ON p.number = c.place WHERE p.id = 'v-quan'"
    assert made.rows(sql) == [(1, 1)]
