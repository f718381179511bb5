"""A place that is full by the scans: the visitor reads it and comes in, unless the place has decided otherwise."""

import pytest

from central.__main__ import main
from central.phones.rooms import put_full_rule
from central.phones.taking import take_handed_in
from central.places.places import Place, Site, describe_place, put_site
from tests.parts.centre import NOW_MS, Centre
from tests.parts.phone_pages import Clock, Phone, poster
from wire.crypto import SigningKey
from wire.refusal import Refused

SMALL = "v-nho"


@pytest.fixture
def code(made: Centre) -> str:
    """The poster of a place for three; whoever is in it was checked out."""
    with made.engine.begin() as connection:
        place = describe_place(connection, Place(0, SMALL, "Quán Nhỏ", "restaurant", "26740", "79"), NOW_MS)
        put_site(connection, place.number, Site("", None, None, 3))
        put_full_rule(connection, place.number, "warn", NOW_MS)
    return poster(made, SMALL)


def phones(made: Centre, phone: Phone, count: int) -> list[Phone]:
    found = [Phone(phone.app, phone.clock, key=SigningKey(bytes([n]) * 32)) for n in range(1, count + 1)]
    for one in found:
        one.make_pass()
    return found


def taken(made: Centre, clock: Clock) -> None:
    take_handed_in(made.engine, made.ingest, clock.ms)


def test_whoever_is_one_too_many_is_in_and_knows_it(made: Centre, phone: Phone, code: str) -> None:
    first, second, third = phones(made, phone, 3)
    assert first.check("in", code, companions=1)["reasons"] == ["registered"]
    taken(made, phone.clock)
    assert second.check("in", code)["reasons"] == ["registered"], "three of three is not too many"
    taken(made, phone.clock)
    full = third.check("in", code)
    assert (full["signal"], full["reasons"], full["recorded"]) == ("ALLOW", ["full", "registered"], True)
    taken(made, phone.clock)
    assert first.check("in", code)["reasons"] == ["already_in"], "nobody who is inside is told to wait"
    for one, people in ((first, 1), (second, 0), (third, 0)):
        phone.clock.ms += 1000
        assert one.check("out", code, companions=people)["reasons"] == ["checked_out"]
        taken(made, phone.clock)
    phone.clock.ms += 1000
    assert first.check("in", code)["reasons"] == ["registered"], "room again"
    first.check("out", code)
    taken(made, phone.clock)


def test_a_place_that_wants_them_to_wait_is_obeyed_and_is_told_of_nobody_twice(
    made: Centre, phone: Phone, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    database = made.engine.url.render_as_string(hide_password=False)
    said = ["when-full", SMALL, "ask", "--database", database, "--keys", str(made.ring.folder)]
    assert main(said) == 0
    late = phone.check("in", code, at_ms=phone.clock.ms - 3_600_000, companions=9)
    assert late["signal"] == "ALLOW", "what was told an hour later is not turned away now"
    phone.clock.ms += 1000
    taken(made, phone.clock)
    (other,) = phones(made, phone, 1)
    assert (other.check("in", code)["signal"], other.check("out", code)["signal"]) == ("ASK", "ALLOW")
    assert other.check("in", code)["reasons"] == ["full"]
    phone.check("out", code, companions=9)
    taken(made, phone.clock)


def test_a_family_in_one_request_is_counted_as_it_comes(made: Centre, phone: Phone, code: str) -> None:
    phone.clock.ms += 3_600_000
    (one,) = phones(made, phone, 1)
    at_ms = one.clock.ms
    visits = [
        {"poster": code, "direction": way, "at_ms": at_ms + number, "companions": 1}
        for number, way in enumerate(("in", "out", "in"))
    ]
    answers = one.say("visits", {"visits": visits})["visits"]
    assert [answer["reasons"][0] for answer in answers] == ["registered", "checked_out", "registered"]


def test_a_rule_that_nobody_knows_is_none(made: Centre) -> None:
    with made.engine.begin() as connection, pytest.raises(Refused, match="bad_request"):
        put_full_rule(connection, 1, "throw out", NOW_MS)
