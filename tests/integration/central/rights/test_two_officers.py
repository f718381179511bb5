"""What one officer of the request desk cannot do alone, nor in another's area; and how a correction stands beside."""

import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from central.places.places import Place, describe_place
from central.rights.deletions import delete_person
from central.rights.two_officers import decide
from central.web.app import Site, make_app
from tests.integration.central.rights.desk import NAME, NUMBER, decides, gate_of, opened, shows_card, signs
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import session_of, signed_in
from tests.parts.vault import running_opener
from wire.refusal import Refused

RIGHT = "NGUYỄN VĂN THỬ HAI"
sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def app(centre: Centre) -> Iterator[Flask]:
    gate_of(centre)
    with running_opener(centre) as vault:
        yield make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS, vault))


def officer(app: Flask, centre: Centre, login: str, area: str = "all") -> FlaskClient:
    return signed_in(app, centre.engine, "data_protection", area, login=login, now_ms=NOW_MS)


def actions(centre: Centre, about: str) -> list[str]:
    rows = centre.rows("SELECT action, about FROM audit ORDER BY number")
    return [action for action, of in rows if of == about and action != "request_seen"]


def test_a_deletion_is_signed_by_another_officer_at_a_session_of_their_own(app: Flask, centre: Centre) -> None:
    one, two = officer(app, centre, "lan"), officer(app, centre, "minh")
    path = opened(one, "deletion")
    name = path.rsplit("/", 1)[1]
    assert one.post(f"{path}/delete", data={"sure": "1"}).status_code == 409, "nobody was identified"
    shows_card(one, path)
    with centre.engine.begin() as connection, pytest.raises(Refused, match="second_officer"):
        delete_person(connection, centre.ring, name, NOW_MS)
    assert one.post(f"{path}/delete", data={"sure": "1"}).status_code == 303
    assert one.post(f"{path}/delete", data={"sure": "1"}).status_code == 409, "it waits already"
    number = centre.one("SELECT max(id) FROM rights_proposal")
    assert one.post(f"{path}/decide", data={"proposal": number, "answer": "sign"}).status_code == 409
    weak = session_of(app, centre.engine, "minh", now_ms=NOW_MS, strong=False)
    assert weak.post(f"{path}/decide", data={"proposal": number, "answer": "sign"}).status_code == 302
    data = {"how": "card", "number_kind": "CCCD", "number": "099000000002"}
    assert one.post(f"{path}/identify", data=data).status_code == 409, "another person behind the same proposal"
    assert one.post(f"{path}/close", data={"outcome": "withdrawn"}).status_code == 409
    assert centre.one("SELECT count(*) FROM visit") == 4
    signs(two, path)
    assert centre.one("SELECT count(*) FROM visit") == 2
    assert two.post(f"{path}/decide", data={"proposal": number, "answer": "sign"}).status_code == 409
    assert actions(centre, name)[-2:] == ["deletion_proposed", "deletion_signed"]


def test_the_database_refuses_one_officer_as_both(app: Flask, centre: Centre) -> None:
    one = officer(app, centre, "lan")
    path = opened(one, "deletion")
    shows_card(one, path)
    one.post(f"{path}/delete", data={"sure": "1"})
    sql = "UPDATE rights_proposal SET state = 'signed', decided_by = 'lan', decided_ms = 1"
    with pytest.raises(IntegrityError), centre.engine.begin() as connection:
        connection.exec_driver_sql(sql)


@sqlite_alone
def test_a_proposal_is_taken_back_or_refused_and_nothing_is_done(app: Flask, centre: Centre) -> None:
    one, two = officer(app, centre, "lan"), officer(app, centre, "minh")
    path = opened(one, "deletion")
    shows_card(one, path)
    for who in (one, two):
        assert one.post(f"{path}/delete", data={"sure": "1"}).status_code == 303
        assert decides(who, path, "refuse") == 303
    assert centre.one("SELECT count(*) FROM visit") == 4
    with centre.engine.begin() as connection, pytest.raises(Refused, match="proposal_gone"):
        decide(connection, path.rsplit("/", 1)[1], 1, "hoa", signed=True, now_ms=NOW_MS)
    assert one.post(f"{opened(one)}/delete", data={"sure": "1"}).status_code == 409, "it asks to see, not to delete"


def test_a_request_is_seen_and_worked_in_its_own_area(app: Flask, centre: Centre) -> None:
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, "v-cho-mau", "Chợ Mẫu", "market", "26740", "79"), NOW_MS)
    ward, province = officer(app, centre, "phuong", "ward-26740"), officer(app, centre, "tinh", "province-79")
    far, everywhere = officer(app, centre, "xa", "province-80"), officer(app, centre, "moi.noi")
    path = opened(ward)
    assert centre.one("SELECT area FROM rights_request") == "ward-26740", "the officer's own by default"
    name = path.rsplit("/", 1)[1]
    for inside in (ward, province, everywhere):
        assert name in inside.get("/requests").text and inside.get(path).status_code == 200
    assert name not in far.get("/requests").text
    asked = ("first", "extend", "data", "delete", "correct", "decide", "restrict", "close", "identify")
    said = {what: far.post(f"{path}/{what}", data={"sure": "1", "form": "pdf"}).status_code for what in asked}
    assert set(said.values()) == {403}, said
    assert far.post(f"{path}/letter", data={"form": "pdf", "which": "first"}).status_code == 403
    assert far.get(path).status_code == 403
    data = {"kind": "access", "channel": "desk", "language": "vi", "came": "2026-09-21", "area": "province-79"}
    assert far.post("/requests/new", data=data).status_code == 403
    assert far.post("/requests/new", data={**data, "area": "mars"}).status_code in (403, 409)
    own = opened(everywhere)
    assert own.rsplit("/", 1)[1] not in province.get("/requests").text and province.get(own).status_code == 403


@sqlite_alone
def test_the_opener_opens_a_request_for_its_own_area_alone(app: Flask, centre: Centre) -> None:
    """Whatever the pages forget: the number of a request of another province opens nothing."""
    here, far = officer(app, centre, "lan", "province-79"), officer(app, centre, "xa", "province-80")
    path = opened(here)
    shows_card(here, path)
    assert NAME in here.post(f"{path}/data").text
    with centre.engine.begin() as connection:  # the page's own question answered wrongly
        connection.exec_driver_sql("UPDATE rights_request SET area = 'province-80'")
    assert NAME not in here.post(f"{path}/data").text
    assert NAME in far.post(f"{path}/data").text


def corrects(client: FlaskClient, path: str, value: str = RIGHT, **more: object) -> int:
    data = {"field": "name", "value": value, "record": ["1-1", "1-2"], **more}
    return client.post(f"{path}/correct", data=data).status_code


def test_a_correction_stands_beside_what_was_said_with_its_date_and_officer(app: Flask, centre: Centre) -> None:
    one, two = officer(app, centre, "lan"), officer(app, centre, "minh")
    path = opened(one, "correction")
    shows_card(one, path)
    assert RIGHT not in one.post(f"{path}/data").text
    assert corrects(one, path) == 303
    assert corrects(one, path) == 409, "one waits already"
    shown = two.post(f"{path}/data").text
    assert shown.count(RIGHT) == 2 and "chờ người thứ hai ký" in shown, "the second officer reads what they sign"
    assert decides(one, path, "sign") == 409
    signs(two, path)
    shown = one.post(f"{path}/data").text
    assert shown.count(RIGHT) == 2 and shown.count(NAME) == 4, "the old value stays beside the new one"
    assert "minh ký" in shown
    later = opened(one)
    shows_card(one, later)
    assert one.post(f"{later}/data").text.count(RIGHT) == 2
    rows = centre.rows("SELECT sealed FROM correction")
    assert len(rows) == 2 and not any(RIGHT.encode() in bytes(row[0]) for row in rows)
    assert not [row for row in centre.rows("SELECT detail FROM audit") if "HAI" in row[0]]


@sqlite_alone
def test_a_correction_moved_to_another_record_does_not_open(app: Flask, centre: Centre) -> None:
    one, two = officer(app, centre, "lan"), officer(app, centre, "minh")
    path = opened(one, "correction")
    shows_card(one, path)
    assert corrects(one, path, record="1-1") == 303
    signs(two, path)
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE correction SET seq = 2")
    assert RIGHT not in one.post(f"{path}/data").text


@sqlite_alone
def test_what_is_no_correction_of_theirs_is_refused_and_leaves_nothing(app: Flask, centre: Centre) -> None:
    one = officer(app, centre, "lan")
    path = opened(one, "correction")
    shows_card(one, path)
    wrong: tuple[dict[str, object], ...] = (
        {"record": "1-4"},  # somebody else's
        {"record": []},
        {"record": "1-1-1"},
        {"record": "x-1"},
        {"field": "identity"},
        {"field": "name; DROP"},
        {"value": ""},
        {"value": "x" * 301},
        {"value": "a\u202eb"},
    )
    said = [corrects(one, path, **{"value": RIGHT, **more}) for more in wrong]  # type: ignore[arg-type]
    assert said == [409] * len(wrong)
    assert centre.rows("SELECT (SELECT count(*) FROM rights_proposal), (SELECT count(*) FROM correction)") == [(0, 0)]


@sqlite_alone
def test_a_correction_goes_with_its_record_and_with_a_refusal(app: Flask, centre: Centre) -> None:
    one, two = officer(app, centre, "lan"), officer(app, centre, "minh")
    path = opened(one, "correction")
    shows_card(one, path)
    corrects(one, path)
    assert decides(two, path, "refuse") == 303
    assert centre.one("SELECT count(*) FROM correction") == 0
    corrects(one, path)
    signs(two, path)
    gone = opened(one, "deletion")
    shows_card(one, gone)
    one.post(f"{gone}/delete", data={"sure": "1"})
    signs(two, gone)
    assert centre.one("SELECT count(*) FROM correction") == 0
    file = sqlite3.connect(centre.url.removeprefix("sqlite:///"))
    assert NUMBER.encode() not in b"".join(line.encode() for line in file.iterdump())
    file.close()
