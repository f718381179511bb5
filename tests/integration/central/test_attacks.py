"""Attacks on the authority's pages, each by somebody who is signed in. All people are invented."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.engine import Connection

from central.access import accounts, proposals
from central.access.glasses import GLASS_MS, MOST_AT_ONCE, break_glass, lasting
from central.access.roles import Grant, Officer, roles
from central.api.tokens import NewToken, issue
from central.authority.cases import case_of, open_case, set_identity, sign_case
from central.authority.merging import merge
from central.authority.words import WORDS
from central.places.places import Place, describe_place
from central.rights.requests import NewRequest, open_request
from central.statements import run
from central.zoning.zones import NewZone, act, decide, propose
from tests.integration.central.authority.world import (
    OTHER_WARD,
    Night,
    app_of,
    make_night,
    new_case,
    once_of,
    person,
    pseudonym,
    signed_case,
)
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import session_of, signed_in
from tests.parts.vault import running_opener
from wire.refusal import Refused

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NAME = "NGUYỄN VĂN THỬ"


@pytest.fixture
def night(centre: Centre) -> Night:
    return make_night(centre, 4)


@pytest.fixture
def app(centre: Centre) -> Flask:
    return app_of(centre)


def zone(connection: Connection, by: str) -> int:
    """A proposal for a ward."""
    new = NewZone("ward-26740", "26740", "79", "red", NOW_MS, NOW_MS + 86_400_000, "r|1", "{}")
    return propose(connection, new, by, NOW_MS)


@sqlite_alone
def test_whoever_names_the_person_does_not_sign_for_them(centre: Centre) -> None:
    """One officer opens a case, the next puts somebody else's number on it and signs as a head: one would decide."""
    with centre.engine.begin() as connection:
        case = open_case(connection, new_case(), "lan", NOW_MS)
        for number, by in ((1, "lan"), (2, "minh")):
            who = person(connection, number)
            set_identity(connection, case_of(connection, case), pseudonym(number), who, by, NOW_MS)
        for officer in ("lan", "minh"):
            with pytest.raises(Refused, match="same_officer"):
                sign_case(connection, case_of(connection, case), officer, NOW_MS)
        assert sign_case(connection, case_of(connection, case), "hoa", NOW_MS) == "confirmed"


def test_two_merges_at_once_leave_one_case_running(centre: Centre) -> None:
    """A into B and B into A: nobody would follow up any of their contacts."""
    with centre.engine.begin() as connection:
        cases = [signed_case(connection), signed_case(connection)]
    both = threading.Barrier(2)

    def one(case: str, into: str) -> str:
        with centre.engine.connect() as connection:
            read = [case_of(connection, name) for name in (case, into)]
        both.wait(10)
        try:
            with centre.engine.begin() as connection:
                merge(connection, read[0], read[1], "lan", NOW_MS)
        except Refused as refusal:
            return refusal.reason
        return "merged"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, cases, reversed(cases)))
    assert said == ["merged", "not_running"]
    assert centre.one("SELECT count(*) FROM case_file WHERE state = 'confirmed'") == 1


@sqlite_alone
def test_a_forged_card_joins_nobody_to_a_signed_case(centre: Centre) -> None:
    """One officer types a card with a victim's number and an old one that a signed case stands on."""
    old, card = "099000012", "099200000012|099000012|NGUYỄN VĂN THỬ|01012000|Nam|Phường Thử|01012022"
    with running_opener(centre) as vault:
        client = signed_in(
            app_of(centre, vault), centre.engine, "case_officer", "province-79", login="ca", now_ms=NOW_MS
        )
        with centre.engine.begin() as connection:
            signed, own = (open_case(connection, new_case(), "ca", NOW_MS) for _ in range(2))
        assert client.post(f"/cases/{signed}/identity", data={"number": old}).status_code == 303
        with centre.engine.begin() as connection:
            sign_case(connection, case_of(connection, signed), "truong", NOW_MS)
        assert client.post(f"/cases/{own}/identity", data={"number": card}).status_code == 409
    assert centre.one("SELECT count(*) FROM identity_link") == 0


@sqlite_alone
def test_a_merge_is_not_undone_from_another_province(centre: Centre, app: Flask) -> None:
    with centre.engine.begin() as connection:
        into, case = signed_case(connection), signed_case(connection, ward="", province="80")
        merge(connection, case_of(connection, case), case_of(connection, into), "lan", NOW_MS)
    client = signed_in(app, centre.engine, "case_officer", "province-80", login="ca.80", now_ms=NOW_MS)
    data = {"once": "a" * 20}
    assert client.post(f"/cases/{case}/part", data=data).status_code == 403
    assert centre.one("SELECT count(*) FROM case_file WHERE state = 'merged'") == 1


@sqlite_alone
def test_a_case_of_another_province_tells_not_even_its_clock(centre: Centre, app: Flask, night: Night) -> None:
    near = signed_in(app, centre.engine, "case_officer", "province-79", login="ca.79", now_ms=NOW_MS)
    far = signed_in(app, centre.engine, "case_officer", "province-80", login="ca.80", now_ms=NOW_MS)
    quiet = WORDS["authority.quiet_night"][0]
    assert quiet not in near.get(f"/tonight?case={night.case}").text
    assert quiet in far.get(f"/tonight?case={night.case}").text


@sqlite_alone
def test_a_place_of_another_province_is_named_by_its_own_officers(centre: Centre, app: Flask, night: Night) -> None:
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, "v-xa", "Chợ Xa", "market", "", "80"), NOW_MS)
    near = signed_in(app, centre.engine, "case_officer", "province-79", login="ca.79", now_ms=NOW_MS)
    asked = {"once": once_of(near, "/cases/new"), "case": night.case, "place": "v-xa"}
    times = {"from": "2026-09-20T08:00", "to": "2026-09-20T09:00"}
    assert near.post("/alerts/public", data={**asked, **times}).status_code == 403
    assert centre.rows("SELECT * FROM public_notice") == []


@sqlite_alone
def test_a_head_of_another_province_does_not_silence_the_notices_of_a_case(
    centre: Centre, app: Flask, night: Night
) -> None:
    ca = signed_in(app, centre.engine, "case_officer", "province-79", login="ca.79", now_ms=NOW_MS)
    assert ca.get(f"/cases/{night.case}").status_code == 200
    data = {"about": night.case, "reason": "vì lý do thử nghiệm", "days": "9"}
    for province, status in (("80", 403), ("79", 303)):
        head = signed_in(app, centre.engine, "head", f"province-{province}", login=f"head.{province}", now_ms=NOW_MS)
        assert head.post("/looks/put-off", data=data).status_code == status, province


@sqlite_alone
@pytest.mark.parametrize(
    "path", ["/tonight?case=Văn THỬ", "/audit?about=Văn THỬ&actor=Văn THỬ", "/audit.csv?about=Văn THỬ"]
)
def test_a_name_typed_into_an_address_stands_in_no_log(centre: Centre, app: Flask, path: str) -> None:
    with centre.engine.begin() as connection:
        grants = [Grant("auditor", "all"), Grant("case_officer", "all")]
        accounts.create_account(connection, "hai.vai", "Cán bộ THỬ", None, grants, NOW_MS)
    assert session_of(app, centre.engine, "hai.vai", now_ms=NOW_MS).get(path).status_code == 200
    rows = centre.rows("SELECT about, detail FROM audit")
    assert rows
    assert not any("Văn" in text or "V\\u0103n" in text for row in rows for text in row)


@sqlite_alone
def test_a_glass_is_no_step_to_the_next_one(centre: Centre) -> None:
    """A ward's station would be a case officer by one emergency, and a head by the next."""
    with centre.engine.begin() as connection:
        accounts.create_account(connection, "tram", "Trạm THỬ", None, [Grant("station", "ward-1")], NOW_MS)

        def officer() -> Officer:
            return Officer("tram", "Trạm THỬ", accounts.grants_of(connection, "tram", NOW_MS))

        why = "một mình trong đêm"
        break_glass(connection, roles(), officer(), "case_officer", "ward-1", why, NOW_MS)
        assert Grant("case_officer", "ward-1") in officer().grants
        with pytest.raises(Refused, match="glass_not_offered"):
            break_glass(connection, roles(), officer(), "head", "ward-1", why, NOW_MS)


@sqlite_alone
def test_no_number_of_glasses_hides_one_of_them(centre: Centre) -> None:
    """What is taken away before the next emergency is looked up with a bound; nobody takes more than it."""
    wards = [f"ward-{n}" for n in range(1, MOST_AT_ONCE + 2)]
    with centre.engine.begin() as connection:
        accounts.create_account(
            connection, "tram", "Trạm THỬ", None, [Grant("station", ward) for ward in wards], NOW_MS
        )

        def officer() -> Officer:
            return Officer("tram", "Trạm THỬ", accounts.grants_of(connection, "tram", NOW_MS))

        for ward in wards[:-1]:
            break_glass(connection, roles(), officer(), "case_officer", ward, "một mình trong đêm", NOW_MS)
        assert {grant.role for grant in lasting(connection, officer()).grants} == {"station"}
        with pytest.raises(Refused, match="glass_many"):
            break_glass(connection, roles(), officer(), "case_officer", wards[-1], "một mình trong đêm", NOW_MS)
        assert break_glass(
            connection, roles(), officer(), "case_officer", wards[-1], "đêm sau đó nữa", NOW_MS + GLASS_MS
        )


@sqlite_alone
def test_a_reset_is_signed_where_the_account_acts(centre: Centre, app: Flask) -> None:
    """Else an administrator of another province reads the first code of a head."""
    with centre.engine.begin() as connection:
        accounts.create_account(connection, "truong", "Trưởng THỬ", None, [Grant("head", "province-79")], NOW_MS)
        number = proposals.propose(connection, "reset", "truong", Grant("", ""), "qt.79", NOW_MS)
    far = signed_in(app, centre.engine, "administrator", "province-80", login="qt.80", now_ms=NOW_MS)
    near = signed_in(app, centre.engine, "administrator", "province-79", login="qt.79b", now_ms=NOW_MS)
    assert far.post(f"/accounts/proposals/{number}", data={"answer": "sign"}).status_code == 403
    assert near.post(f"/accounts/proposals/{number}", data={"answer": "sign"}).status_code == 200


@sqlite_alone
@pytest.mark.parametrize("end", ["ended", "undone"])
def test_whoever_proposed_a_zone_does_not_bring_it_back(centre: Centre, end: str) -> None:
    with centre.engine.begin() as connection:
        number = zone(connection, "lan")
        decide(connection, number, "minh", "", NOW_MS)
        act(connection, number, end, "minh", "nhầm", NOW_MS + 1)
        with pytest.raises(Refused, match="same_person"):
            act(connection, number, "restored", "lan", "vẫn cần", NOW_MS + 2)
        act(connection, number, "restored", "hoa", "vẫn cần", NOW_MS + 2)


@sqlite_alone
def test_a_token_of_one_ward_opens_no_declaration_of_another(centre: Centre, app: Flask) -> None:
    """Its account holds more; the opener sees the account alone."""
    with centre.engine.begin() as connection:
        grants = [Grant("reporter", "all"), Grant("station", "ward-1"), Grant("station", "ward-2")]
        accounts.create_account(connection, "cau-noi", "Cầu nối THỬ", None, grants, NOW_MS)
        _, token = issue(connection, roles(), NewToken("cau-noi", "station", "ward-1", 9, strong=True), NOW_MS)
        sql = (
            "INSERT INTO triage (kind, stream, seq, day, venue, ward, province, rank, why, rules, station, made_ms,"
            " due_ms, calls) VALUES ('declaration', 1, ?, 1, '', ?, '79', 1, '[]', 'r|1', '', 1, 1, 0)"
        )
        for seq, ward in ((1, "1"), (2, "2")):
            run(connection, sql, (seq, ward))
    client, bearer = app.test_client(), {"Authorization": f"Bearer {token}"}
    said = {
        seq: client.get(f"/fhir/QuestionnaireResponse?about=D-1-{seq}&purpose=declaration", headers=bearer).status_code
        for seq in (1, 2, 3)
    }
    assert said == {1: 503, 2: 403, 3: 409}  # no opener runs in this test


@sqlite_alone
def test_a_request_shows_who_looked_and_that_is_a_look(centre: Centre, app: Flask) -> None:
    with centre.engine.begin() as connection:
        name = open_request(connection, NewRequest("access", "desk", "vi", False, NOW_MS), "lan", NOW_MS)
        run(connection, "UPDATE rights_request SET person = ?", (person(connection, 1),))
    client = signed_in(app, centre.engine, "data_protection", login="bao.ve", now_ms=NOW_MS)
    assert client.get(f"/requests/{name}").status_code == 200
    assert centre.rows("SELECT action, about FROM audit WHERE person IS NOT NULL") == [("request_seen", name)]


@sqlite_alone
def test_a_file_of_contacts_is_a_look_at_each_of_them(centre: Centre, app: Flask, night: Night) -> None:
    client = signed_in(app, centre.engine, "case_officer", "province-79", login="ca", now_ms=NOW_MS)
    assert client.get(f"/cases/{night.case}/contacts.csv").status_code == 200
    looked = centre.rows("SELECT n.person FROM look_notice n JOIN audit a ON a.number = n.number ORDER BY 1")
    assert looked == centre.rows("SELECT person FROM contact ORDER BY 1")


def test_what_no_database_takes_is_refused_in_words(centre: Centre, app: Flask) -> None:
    """A number that is too long, a NUL, and dates of antiquity: never a failure of the page."""
    with centre.engine.begin() as connection:
        grants = [Grant(role, "all") for role in roles().names()]
        accounts.create_account(connection, "moi.vai", "Cán bộ THỬ", None, grants, NOW_MS)
    client = session_of(app, centre.engine, "moi.vai", now_ms=NOW_MS)
    for path in (f"/contacts/{'9' * 30}", f"/zones/{'9' * 30}", "/cases/%00", "/requests/%00", "/accounts/%00"):
        assert client.get(path).status_code == 404, path
    assert client.get("/audit?about=%00").status_code == 200
    nul, old = {"venue": "\0", "topic": "kiosk"}, {"kind": "access", "channel": "desk", "language": "vi"}
    assert client.post("/difficulties/raise", data=nul).status_code == 400
    assert client.post("/requests/new", data={**old, "came": "0001-01-01"}).status_code == 409
    assert client.get("/requests?page=" + "9" * 5000).status_code == 200


# What an officer of another area tries, by the numbers of rows that are there.
_READS = ("/contacts/{contact}", "/cases/{case}", "/cases/{case}/contacts.csv", "/cases/{case}/contacts.json")
_WRITES = (
    *(f"/contacts/{{contact}}/{what}" for what in ("name", "call-back", "label", "clearance")),
    *(f"/tasks/{{task}}/{what}" for what in ("take", "outcome")),
    *(
        f"/cases/{{case}}/{what}"
        for what in ("identity", "sign", "trace", "assign", "rule-out", "close", "part", "alike")
    ),
    "/tonight/take",
    "/alerts/propose",
    "/zones/{zone}/decide",
    "/zones/{zone}/end",
    "/zones/{zone}/withdraw",
)


@sqlite_alone
@pytest.mark.parametrize(
    ("role", "area"),
    [
        *(("case_officer", area) for area in ("province-80", "ward-1", "venue-v-cho-mau")),
        *(("head", area) for area in ("province-80", "venue-v-cho-mau")),
        *(("station", area) for area in ("province-80", f"ward-{OTHER_WARD}")),
        ("venue_owner", "venue-v-cho-mau"),
        ("administrator", "all"),
        ("auditor", "all"),
        ("reporter", "all"),
        ("border", "province-79"),
    ],
)
def test_nothing_of_another_area_opens_by_its_number(
    centre: Centre, app: Flask, night: Night, role: str, area: str
) -> None:
    contact = centre.one("SELECT min(id) FROM contact WHERE ward = '26740'")
    with centre.engine.begin() as connection:
        parts = {"case": night.case, "contact": contact, "zone": zone(connection, "job:zones")}
        sql = (
            "INSERT INTO task (kind, about, contact, station, ward, province, made_ms, due_ms, tries)"
            " VALUES ('call', ?, ?, 'tyt-1', '26740', '79', 1, 1, 0) RETURNING id"
        )
        parts["task"] = run(connection, sql, (night.case, contact)).scalar_one()
    before = centre.rows("SELECT state FROM case_file"), centre.rows("SELECT officer, done_ms FROM task")
    client = signed_in(app, centre.engine, role, area, login="ke.ngoai", now_ms=NOW_MS)
    data = {"once": "a" * 20, "case": night.case, "task": str(parts["task"]), "outcome": "reached", "label": "F1"}
    data |= {"words": "vì lý do thử nghiệm", "number": "099099000001"}
    said = {path: client.get(path.format(**parts)).status_code for path in _READS}
    said |= {path: client.post(path.format(**parts), data=data).status_code for path in _WRITES}
    assert {path: status for path, status in said.items() if status != 403} == {}
    assert before == (centre.rows("SELECT state FROM case_file"), centre.rows("SELECT officer, done_ms FROM task"))


@sqlite_alone
def test_a_weak_session_does_nothing_dangerous(centre: Centre, app: Flask, night: Night) -> None:
    signed_in(app, centre.engine, "case_officer", login="ca", now_ms=NOW_MS)
    client = session_of(app, centre.engine, "ca", now_ms=NOW_MS, strong=False)
    for path in (f"/contacts/{night.contacts[0]}/name", "/tonight/names"):
        answer = client.post(path, data={"once": once_of(client, "/tonight")})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/me?why=second"), path
    answer = client.post("/glass/take", data={"role": "head all", "reason": "một mình trong đêm"})
    assert answer.status_code == 403


@sqlite_alone
def test_a_grant_that_ended_opens_nothing(centre: Centre, app: Flask, night: Night) -> None:
    client = signed_in(app, centre.engine, "case_officer", login="ca", now_ms=NOW_MS)
    assert client.get(f"/cases/{night.case}").status_code == 200
    with centre.engine.begin() as connection:
        run(connection, "UPDATE account_grant SET ends_ms = ? WHERE login = 'ca'", (NOW_MS,))
    for path in ("/tonight", "/cases", f"/cases/{night.case}", f"/contacts/{night.contacts[0]}"):
        assert client.get(path).status_code == 403, path
