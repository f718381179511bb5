"""Two codes with the same sealed telephone and name: compared inside the opener, linked for a case, undone by a touch.
And what a case published by radio goes with it."""

import pytest

from central.authority.days import HOUR_MS, MINUTE_MS
from central.authority.taking_back import take_back
from central.opening import Pseudonyms
from central.people.persons import known_persons
from central.radio.standing import say
from central.statements import run
from central.tracing.model import Contact, Reason
from central.tracing.stays import derive_stays
from tests.integration.central.authority.world import app_of, list_contacts, once_of, signed_case
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from tests.parts.vault import running_opener
from wire.records import Direction, IdentityKind, Signal, Source, Visit

NAME, PHONE = "LÊ VĂN THỬ", "0900000009"


@pytest.fixture
def database() -> str:
    """What is not about SQL's dialects needs one database alone."""
    return "sqlite"


def came(centre: Centre) -> list[int]:
    """person.id of three: two said one telephone and name, the third that name alone."""
    device = centre.device()
    said = [
        (IdentityKind.CCCD, "099200000002", {"name": NAME, "phone": PHONE}),
        (IdentityKind.PASSPORT, "USA-1234567", {"name": NAME, "phone": PHONE}),
        (IdentityKind.CCCD, "099200000003", {"name": NAME, "phone": "0900000001"}),
    ]
    for i, (kind, number, vault) in enumerate(said):
        at_ms = NOW_MS - HOUR_MS + i * MINUTE_MS
        device.add(Visit(Direction.IN, Signal.ALLOW, kind, number, (), source=Source.CAMERA, **vault), at_ms=at_ms)
    centre.take(device.batch(1, 3))
    names = Pseudonyms(centre.ring.secret("pepper"))
    with centre.engine.begin() as connection:
        while derive_stays(connection, NOW_MS):
            pass
        codes = [names.of(kind, number) or b"" for kind, number, _ in said]
        found = known_persons(connection, codes)
        return [found[code] for code in codes]


def test_the_same_telephone_and_name_are_one_person_and_a_name_alone_is_not(centre: Centre) -> None:
    persons = came(centre)
    with centre.engine.begin() as connection:
        case = signed_case(connection, 1)
        reason = Reason("visit", 1, 1, NOW_MS - HOUR_MS, NOW_MS)
        list_contacts(connection, case, [Contact(person, 1, HOUR_MS, (reason,)) for person in persons])
    with running_opener(centre) as vault:
        lan = signed_in(app_of(centre, vault), centre.engine, "case_officer", "province-79", login="lan", now_ms=NOW_MS)
        page = f"/cases/{case}"
        assert lan.post(f"{page}/alike", data={"once": once_of(lan, page)}).status_code == 303
    assert centre.rows("SELECT source, case_id FROM identity_link") == [("sealed_fields", case)]
    whose = dict(centre.rows("SELECT first_person, person FROM identity"))
    assert whose[persons[0]] == whose[persons[1]] != whose[persons[2]]
    text = " ".join(str(row) for row in centre.rows("SELECT detail FROM audit"))
    assert NAME not in text and PHONE not in text


def test_keys_of_a_case_that_is_taken_back_are_ruled_out(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        case = signed_case(connection, 1)
        say(connection, case, "confirmed", NOW_MS)
        assert take_back(connection, centre.ring, case, NOW_MS).radio
        assert run(connection, "SELECT standing FROM ble_case").scalar_one() == "ruled_out"
        assert take_back(connection, centre.ring, case, NOW_MS).contacts == 0
