"""From a laboratory's result to a contact reached, through the pages of two officers and a real opener."""

import re

from flask.testing import FlaskClient

from central.authority.days import HOUR_MS, MINUTE_MS, at
from central.places.places import Place, Station, describe_place, put_station
from central.tracing.stays import derive_stays
from tests.integration.central.authority.world import OTHER_WARD, PROVINCE, WARD, actions, app_of, once_of
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from tests.parts.vault import running_opener
from wire.records import Direction, IdentityKind, Signal, Source, Visit

CASE_NUMBER, CONTACT_NUMBER, PHONE = "099200000001", "099200000002", "0900000002"
NAME = "TRẦN THỊ THỬ NGHIỆM"


def visit(number: str, way: Direction, **vault: str) -> Visit:
    """A way through the gate."""
    return Visit(way, Signal.ALLOW, IdentityKind.CCCD, number, (), source=Source.CAMERA, **vault)


def a_market_day(centre: Centre) -> None:
    """The case and one more were at the market together for 40 minutes; a third came later."""
    device = centre.device()
    came = NOW_MS - 5 * HOUR_MS
    for number, start, minutes in ((CASE_NUMBER, 0, 60), (CONTACT_NUMBER, 20, 60), ("099200000003", 90, 30)):
        said = {"name": NAME, "phone": PHONE} if number == CONTACT_NUMBER else {}
        device.add(visit(number, Direction.IN, **said), at_ms=came + start * MINUTE_MS)
        device.add(visit(number, Direction.OUT), at_ms=came + (start + minutes) * MINUTE_MS)
    centre.take(device.batch(1, 6))
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, "v-cho-mau", "Chợ Mẫu", "market", WARD, PROVINCE), NOW_MS)
        put_station(connection, Station("tyt-1", "Trạm y tế P. Mẫu", WARD, PROVINCE, "1900 0001"))
        while derive_stays(connection, NOW_MS):
            pass


def send(client: FlaskClient, page: str, path: str, **said: str) -> str:
    """Fill in a form of `page`; the page it led to."""
    answer = client.post(path, data={"once": once_of(client, page), **said})
    assert answer.status_code == 303, (path, answer.status_code, answer.text[:1500])
    return answer.headers["Location"]


def test_from_the_result_to_the_contact_reached(centre: Centre) -> None:
    a_market_day(centre)
    with running_opener(centre) as vault:
        app = app_of(centre, vault)
        lan = signed_in(app, centre.engine, "case_officer", "province-79", login="lan", now_ms=NOW_MS)
        minh = signed_in(app, centre.engine, "head", "province-79", login="minh", now_ms=NOW_MS)
        station = signed_in(app, centre.engine, "station", f"ward-{WARD}", login="tram", now_ms=NOW_MS)
        elsewhere = signed_in(app, centre.engine, "station", f"ward-{OTHER_WARD}", login="tram2", now_ms=NOW_MS)
        form = {
            "disease": "covid-19",
            "evidence": "laboratory",
            "reference": "XN-7781",
            "result": at(NOW_MS - HOUR_MS).strftime("%Y-%m-%dT%H:%M"),
            "anchor": "onset",
            "day": at(NOW_MS).strftime("%Y-%m-%d"),
            "number": f"{CASE_NUMBER}|099000012|NGUYỄN VĂN THỬ|01012000|Nam|Phố Giả Định|01012022",
            "province": PROVINCE,
            "ward": WARD,
        }
        case = send(lan, "/cases/new", "/cases/new", **form)
        assert minh.post(f"{case}/trace", data={"once": once_of(minh, case)}).status_code == 403
        assert lan.post(f"{case}/sign", data={"once": once_of(lan, case)}).status_code == 403
        send(minh, case, f"{case}/sign")
        send(lan, case, f"{case}/trace")
        assert centre.rows("SELECT state, hop, overlap_ms, ward FROM contact") == [("listed", 1, 40 * MINUTE_MS, WARD)]
        assert "Chợ Mẫu" in lan.get("/tonight").text
        send(lan, case, f"{case}/assign")
        assert "Chợ Mẫu" in station.get("/tonight").text
        assert "Chợ Mẫu" not in elsewhere.get("/tonight").text
        task = re.findall(r'name="task" value="(\d+)"', station.get("/tonight").text)[0]
        contact = send(station, "/tonight", "/tonight/take", task=task)  # the first click
        assert elsewhere.get(contact).status_code == 403
        assert elsewhere.post(f"{contact}/name").status_code == 403
        opened = station.post(f"{contact}/name")  # the second
        assert NAME in opened.text and PHONE in opened.text
        assert NAME not in station.get(contact).text
        own = station.post("/tonight/names")
        assert NAME in own.text and PHONE in own.text
        send(station, contact, f"/tasks/{task}/outcome", outcome="reached")  # the third
    assert centre.rows("SELECT state, reached_by, reached_ms FROM contact") == [("reached", "call", NOW_MS)]
    assert centre.one("SELECT count(*) FROM identity_link WHERE source = 'card'") == 1
    done = actions(centre.engine)
    for action in (
        "case_opened",
        "number_looked_for",
        "case_identified",
        "case_signed",
        "case_traced",
        "task_taken",
        "names_opened",
        "own_list_opened",
        "outcome_written",
    ):
        assert action in done, action
    stored = " ".join(str(row) for row in centre.rows("SELECT about, detail FROM audit"))
    assert NAME not in stored and PHONE not in stored and CASE_NUMBER not in stored
