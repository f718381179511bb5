"""The pages of the night on both databases: what they show, to whom, how large they are; and forms that count once."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from central.authority.areas import rows_within
from central.authority.cases import open_case
from central.authority.labelling import label
from central.authority.night import Filter, counts, rows
from central.authority.reaching import on_its_way, reached
from central.authority.tasks import assign_rest, take_task, tasks_of
from central.statements import run
from tests.integration.central.authority.world import (
    OTHER_WARD,
    WARD,
    actions,
    app_of,
    found,
    list_contacts,
    make_night,
    make_places,
    new_case,
    once_of,
    person,
    signed_case,
)
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import session_of, signed_in

EVERYWHERE = Filter(*rows_within({"all"}, "c"))


def people(page: str) -> list[int]:
    """The contacts that a page lists, in its order."""
    return [int(number) for number in re.findall(r'href="/contacts/(\d+)"', page)]


def test_the_list_is_in_the_order_to_work_through(centre: Centre) -> None:
    """Late, nobody's, called back, open by time, being told, reached: and the numbers above say the same."""
    night = make_night(centre, 12)
    told, done, late, nobody = night.contacts[0], night.contacts[1], night.contacts[2], night.contacts[3]
    with centre.engine.begin() as connection:
        on_its_way(connection, told, "gate,sms")
        reached(connection, done, "gate", NOW_MS - 5)
        assign_rest(connection, night.case, NOW_MS)
        run(connection, "UPDATE task SET due_ms = ? WHERE contact = ?", (NOW_MS - 1, late))
        run(connection, "DELETE FROM task WHERE contact = ?", (nobody,))
        label(connection, told, "F1", "lan", NOW_MS)
        listed = [row.contact for row in rows(connection, EVERYWHERE, NOW_MS)]
        numbers = counts(connection, EVERYWHERE, NOW_MS)
    assert (listed[0], listed[1], listed[-2], listed[-1]) == (late, nobody, told, done)
    assert numbers == (12, 1, 10, 1, 1, 11, NOW_MS - 5)


def test_the_pages_show_what_the_officer_asked_for(centre: Centre) -> None:
    night = make_night(centre, 12)
    app = app_of(centre)
    lan = signed_in(app, centre.engine, "case_officer", "province-79", login="lan", now_ms=NOW_MS)
    with centre.engine.begin() as connection:
        other = signed_case(connection, 2, reference="XN-7782")
        list_contacts(connection, other, found(connection, 2, 3, make_places(connection), first=300))
        assign_rest(connection, other, NOW_MS)
        (task,) = tasks_of(connection, 13)
        take_task(connection, task.id, "lan")
    assert len(people(lan.get("/tonight").text)) == 15
    assert people(lan.get(f"/tonight?case={other}").text) == [13, 14, 15]
    assert people(lan.get("/tonight?show=mine").text) == [13]
    assert people(lan.get("/tonight?show=by:lan").text) == [13]
    assert people(lan.get("/tonight?show=by:nobody").text) == []
    assert sorted(people(lan.get("/tonight?show=none").text)) == night.contacts
    assert len(people(lan.get(f"/tonight?ward={OTHER_WARD}").text)) == 7
    assert people(lan.get("/tonight?show=late").text) == []
    for wrong in ("?case=%00", "?page=x", "?ward=%27", "?show=drop", "?page=99999"):
        assert lan.get(f"/tonight{wrong}").status_code == 200
    assert actions(centre.engine).count("tonight_seen") == 13


@pytest.fixture
def crowd(centre: Centre) -> FlaskClient:
    """An officer before 120 contacts."""
    make_night(centre, 120)
    return signed_in(app_of(centre), centre.engine, "case_officer", "all", login="lan", now_ms=NOW_MS)


def test_a_page_is_small_and_the_next_one_goes_on(crowd: FlaskClient) -> None:
    seen: list[int] = []
    for number, shown in ((0, 50), (1, 50), (2, 20)):
        answer = crowd.get(f"/tonight?page={number}")
        assert len(answer.data) < 30_000
        assert len(people(answer.text)) == shown
        seen += people(answer.text)
    assert sorted(seen) == list(range(1, 121))


def test_no_page_says_more_than_it_has_to(crowd: FlaskClient) -> None:
    for path in (
        "/tonight",
        "/cases",
        "/cases/outbreak",
        "/cases/BN-2026-000001",
        "/contacts/1",
        "/cases/BN-2026-000001/persons/1",
    ):
        text = crowd.get(path).text
        said = set(re.findall(r"authority\.[a-z_.]+", text)) - {"authority.css", "authority.js"}
        assert not said, path  # a sentence that nobody wrote
        assert "thu nghiem" not in text  # a pseudonym
        assert "<style" not in text and "style=" not in text and "onclick" not in text


def test_the_same_form_six_times_at_once_counts_once(centre: Centre) -> None:
    night = make_night(centre, 2)
    app = app_of(centre)
    lan = signed_in(app, centre.engine, "case_officer", login="lan", now_ms=NOW_MS)
    page = f"/contacts/{night.contacts[0]}"
    form = {"once": once_of(lan, page)}
    clients = [session_of(app, centre.engine, "lan", now_ms=NOW_MS) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: client.post(f"{page}/call-back", data=form), clients))
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {(303, page)}
    assert centre.one("SELECT count(*) FROM task") == 1
    assert actions(centre.engine).count("call_back_asked") == 1


class TestOnSqlite:
    """What is not about SQL's dialects."""

    @pytest.fixture
    def database(self) -> str:
        """One database is enough."""
        return "sqlite"

    def test_a_form_that_a_bad_link_sends_twice_counts_once(self, centre: Centre) -> None:
        night = make_night(centre, 3)
        app = app_of(centre)
        lan = signed_in(app, centre.engine, "case_officer", login="lan", now_ms=NOW_MS)
        hoa = signed_in(app, centre.engine, "case_officer", login="hoa", now_ms=NOW_MS)
        token = once_of(lan, f"/contacts/{night.contacts[0]}")
        page = f"/contacts/{night.contacts[0]}"
        asked = [lan.post(f"{page}/call-back", data={"once": token}) for _ in range(3)]
        assert {(one.status_code, one.headers["Location"]) for one in asked} == {
            (303, f"/contacts/{night.contacts[0]}")
        }
        assert centre.one("SELECT count(*) FROM task") == 1
        assert actions(centre.engine).count("call_back_asked") == 1
        for client, wrong in ((hoa, token), (lan, ""), (lan, "short"), (lan, "x" * 200)):
            answer = client.post(f"/contacts/{night.contacts[0]}/call-back", data={"once": wrong})
            assert answer.status_code == 409
        assert centre.one("SELECT count(*) FROM task") == 1

    def test_what_an_officer_may_not_do_is_refused_and_changes_nothing(self, centre: Centre) -> None:
        night = make_night(centre, 4)
        app = app_of(centre)
        far = signed_in(app, centre.engine, "case_officer", "province-01", login="far", now_ms=NOW_MS)
        station = signed_in(app, centre.engine, "station", f"ward-{WARD}", login="tram", now_ms=NOW_MS)
        elsewhere = next(
            row[0] for row in centre.rows(f"SELECT id FROM contact WHERE ward = '{OTHER_WARD}' ORDER BY id")
        )
        token = once_of(station, f"/contacts/{night.contacts[0]}")
        assert people(far.get("/tonight").text) == []
        for client, path in (
            (far, f"/cases/{night.case}"),
            (far, f"/contacts/{night.contacts[0]}"),
            (far, f"/cases/{night.case}/persons/1"),
            (station, "/cases"),
            (station, f"/cases/{night.case}"),
            (station, f"/contacts/{elsewhere}"),
        ):
            assert client.get(path).status_code == 403, path
        for client, path in (
            (far, f"/cases/{night.case}/trace"),
            (far, f"/cases/{night.case}/rule-out"),
            (far, f"/contacts/{night.contacts[0]}/label"),
            (station, f"/contacts/{elsewhere}/call-back"),
            (station, f"/contacts/{elsewhere}/name"),
            (station, f"/cases/{night.case}/trace"),
        ):
            assert client.post(path, data={"once": token, "label": "F1"}).status_code == 403, path
        assert centre.rows("SELECT DISTINCT state, label FROM contact") == [("listed", "")]
        assert centre.one("SELECT count(*) FROM task") == 0

    def test_a_person_who_is_not_of_the_case_is_not_shown(self, centre: Centre) -> None:
        night = make_night(centre, 2)
        with centre.engine.begin() as connection:
            stranger = person(connection, 900)
        lan = signed_in(app_of(centre), centre.engine, "case_officer", login="lan", now_ms=NOW_MS)
        assert lan.get(f"/cases/{night.case}/persons/{stranger}").status_code == 403

    def test_an_officer_links_two_people_of_a_case_and_takes_it_back(self, centre: Centre) -> None:
        night = make_night(centre, 2)
        lan = signed_in(app_of(centre), centre.engine, "case_officer", login="lan", now_ms=NOW_MS)
        persons = [row[0] for row in centre.rows("SELECT person FROM contact ORDER BY id")]
        page = f"/cases/{night.case}/persons/{persons[0]}"
        said = {"once": once_of(lan, page), "other": str(persons[1]), "why": "name_alike"}
        assert lan.post(f"{page}/link", data=said).status_code == 409
        said = {"once": once_of(lan, page), "other": str(persons[1]), "why": "station_knows"}
        assert lan.post(f"{page}/link", data=said).status_code == 303
        assert centre.one("SELECT count(DISTINCT person) FROM identity WHERE person <> 1") == 1
        undo = {"once": once_of(lan, page)}
        assert lan.post(f"/cases/{night.case}/links/1/undo", data=undo).status_code == 303
        assert centre.one("SELECT count(DISTINCT person) FROM identity WHERE person <> 1") == 2
        assert {"linked", "unlinked"} <= set(actions(centre.engine))

    def test_a_case_that_is_ruled_out_leaves_nobody_on_the_list(self, centre: Centre) -> None:
        night = make_night(centre, 3)
        lan = signed_in(app_of(centre), centre.engine, "case_officer", login="lan", now_ms=NOW_MS)
        page = f"/cases/{night.case}"
        assert lan.post(f"{page}/rule-out", data={"once": once_of(lan, page)}).status_code == 303
        assert people(lan.get("/tonight").text) == []
        assert "ruled_out" in [row[0] for row in centre.rows("SELECT what FROM case_event")]
        assert lan.post(f"{page}/rule-out", data={"once": once_of(lan, "/cases/new")}).status_code == 409

    def test_a_case_is_not_signed_without_a_person_nor_closed_while_somebody_waits(self, centre: Centre) -> None:
        night = make_night(centre, 2)
        app = app_of(centre)
        head = signed_in(app, centre.engine, "head", login="minh", now_ms=NOW_MS)
        with centre.engine.begin() as connection:
            empty = open_case(connection, new_case(), "lan", NOW_MS)
        page = f"/cases/{empty}"
        assert f"{page}/sign" not in head.get(page).text
        assert head.post(f"{page}/sign", data={"once": once_of(head, f"/cases/{night.case}")}).status_code == 409
        page = f"/cases/{night.case}"
        assert head.post(f"{page}/close", data={"once": once_of(head, page)}).status_code == 409
        with centre.engine.begin() as connection:
            for contact in night.contacts:
                reached(connection, contact, "call", NOW_MS)
        assert head.post(f"{page}/close", data={"once": once_of(head, page)}).status_code == 303
        assert centre.one(f"SELECT state FROM case_file WHERE id = '{night.case}'") == "closed"

    def test_the_list_leaves_as_a_file_without_names_and_is_noted(self, centre: Centre) -> None:
        night = make_night(centre, 3)
        app = app_of(centre)
        lan = signed_in(app, centre.engine, "case_officer", "province-79", login="lan", now_ms=NOW_MS)
        far = signed_in(app, centre.engine, "case_officer", "province-01", login="far", now_ms=NOW_MS)
        for ending, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("json", b"{")):
            answer = lan.get(f"/cases/{night.case}/contacts.{ending}")
            assert (answer.status_code, answer.data[: len(begins)]) == (200, begins)
            assert f"{night.case}.{ending}" in answer.headers["Content-Disposition"]
            assert far.get(f"/cases/{night.case}/contacts.{ending}").status_code == 403
        assert lan.get(f"/cases/{night.case}/contacts.exe").status_code in (404, 409)
        assert actions(centre.engine).count("contacts_exported") == 3

    def test_the_form_of_a_new_case_says_what_is_wrong_in_words(self, centre: Centre) -> None:
        lan = signed_in(app_of(centre), centre.engine, "case_officer", login="lan", now_ms=NOW_MS)
        good = {
            "disease": "covid-19",
            "evidence": "clinician",
            "reference": "BS. GIẢ ĐỊNH",
            "anchor": "sample",
            "day": "2026-09-20",
            "result": "2026-09-21T20:41",
            "province": "79",
            "ward": "sài gòn",
        }
        for wrong in ({"province": "XX"}, {"ward": "Nowhere"}, {"day": "20/09"}, {"result": ""}, {"number": "12"}):
            answer = lan.post("/cases/new", data={**good, **wrong, "once": once_of(lan, "/cases/new")})
            assert answer.status_code in (404, 409), wrong
            assert "authority.refused" not in answer.text
        answer = lan.post("/cases/new", data={**good, "once": once_of(lan, "/cases/new")})
        assert answer.headers["Location"] == "/cases/BN-2026-000001"
        assert centre.rows("SELECT state, ward, province FROM case_file") == [("waiting", WARD, "79")]
