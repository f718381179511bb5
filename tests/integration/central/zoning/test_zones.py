"""Zones from cases to a signed bulletin: proposed by the rule, decided by a second person, undone with nothing lost."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from central.access.roles import areas_of_place
from central.jobs import Bench
from central.published import published
from central.vault.port import NoOpener
from central.web.app import Site, make_app
from central.zoning.jobs import propose_due, publish_changes
from central.zoning.levels import level_in, levels
from central.zoning.zones import MOST_EVENTS, NewZone, act, decide, history, left_by, propose
from tests.integration.central.desks.world import MARKET, OTHER_WARD, PROVINCE, SCHOOL, WARD, case, person, stay
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.refusal import Refused

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
DAY_MS = 86_400_000


def _outbreak(centre: Centre) -> None:
    """Three cases of one market, with eight people met there; the whole ward has forty visitors."""
    with centre.engine.begin() as connection:
        for i in range(3):
            case(connection, f"00000{i}", [MARKET], days_ago=2 + i, contacts=8 if i == 0 else 0)
        for i in range(40):
            stay(connection, person(connection, f"khach-{i}"), SCHOOL, NOW_MS - DAY_MS + i)


def _bench(centre: Centre, now_ms: int = NOW_MS) -> Bench:
    return Bench(centre.engine, centre.ring, lambda: now_ms)


def _app(centre: Centre, now_ms: int = NOW_MS) -> Flask:
    return make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: now_ms, NoOpener()))


def _head(centre: Centre, app: Flask | None = None, area: str = f"province-{PROVINCE}") -> FlaskClient:
    return signed_in(app or _app(centre), centre.engine, "head", area, now_ms=NOW_MS)


def _levels(centre: Centre, at_ms: int = NOW_MS) -> dict[str, str]:
    with centre.engine.connect() as connection:
        return {one.area: one.level for one in levels(connection, at_ms)}


@BOTH
def test_the_smallest_area_is_proposed_once_and_by_itself_nothing_is_in_force(province: Centre) -> None:
    _outbreak(province)
    for _ in range(2):
        propose_due(_bench(province))
    rows = province.rows("SELECT area, level, ward, province, proposed_by, to_ms, reasons FROM zone")
    assert [row[:5] for row in rows] == [(f"venue-{MARKET}", "orange", WARD, PROVINCE, "job:zones")]
    assert NOW_MS + DAY_MS < rows[0][5] <= NOW_MS + 10 * DAY_MS
    grounds = json.loads(rows[0][6])
    assert (grounds["figures"]["cases_7"], grounds["figures"]["contacts_7"], grounds["people"]) == (3, 8, 11)
    assert grounds["covers"]["best"] == [3, 8, 0, 0, 11, 1]
    assert grounds["covers"]["wards"][4] == 51
    assert _levels(province) == {}


@BOTH
def test_the_second_person_decides_and_the_kiosks_of_the_province_hear_it(province: Centre) -> None:
    _outbreak(province)
    propose_due(_bench(province))
    head = _head(province)
    assert "Chợ Thử" in head.get("/zones").text
    assert head.post("/zones/1/decide", data={"words": "QĐ 12/THỬ"}).headers["Location"] == "/zones/1"
    assert _levels(province) == {f"venue-{MARKET}": "orange"}
    publish_changes(_bench(province))
    publish_changes(_bench(province))
    with province.engine.connect() as connection:
        (bulletin,) = published(connection, province.ring.root(), "texts")
    assert (bulletin.scope, bulletin.name, bulletin.version) == ("province-79", "zones", 1)
    assert bulletin.body["zones"][f"venue-{MARKET}"][0] == "orange"
    assert ("zone_decided", "Z-1") in province.rows("SELECT action, about FROM audit")


def test_a_zone_ends_by_itself_and_the_kiosks_hear_that_too(province: Centre) -> None:
    _outbreak(province)
    propose_due(_bench(province))
    _head(province).post("/zones/1/decide")
    publish_changes(_bench(province))
    after = NOW_MS + 28 * DAY_MS
    assert _levels(province, after) == {}
    publish_changes(_bench(province, after))
    with province.engine.connect() as connection:
        (bulletin,) = published(connection, province.ring.root(), "texts")
    assert (bulletin.version, bulletin.body) == (2, {"zones": {}})


def test_whoever_proposed_does_not_decide(province: Centre) -> None:
    _outbreak(province)
    app = _app(province)
    both = signed_in(app, province.engine, "case_officer", now_ms=NOW_MS, login="hai-vai")
    with province.engine.begin() as connection:
        sql = "INSERT INTO account_grant (login, role, area, reason) VALUES ('hai-vai', 'head', 'all', '')"
        connection.exec_driver_sql(sql)
    asked = {"kind": "venue", "area": MARKET, "level": "red", "days": "5", "words": "THỬ"}
    assert both.post("/zones/new", data=asked).headers["Location"] == "/zones/1"
    answer = both.post("/zones/1/decide")
    assert answer.status_code == 409 or answer.status_code == 400
    assert _levels(province) == {}
    with pytest.raises(IntegrityError), province.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO zone_event (zone, proposed_by, at_ms, what, actor, words)"
            " VALUES (1, 'hai-vai', 1, 'decided', 'hai-vai', '')"
        )
    assert both.post("/zones/1/withdraw").status_code == 303
    assert province.rows("SELECT what FROM zone_event") == [("withdrawn",)]


def test_an_undo_gives_back_what_stood_before_and_keeps_every_event(province: Centre) -> None:
    _outbreak(province)
    app = _app(province)
    officer = signed_in(app, province.engine, "case_officer", now_ms=NOW_MS)
    head = _head(province, app)
    for level in ("yellow", "red"):
        officer.post("/zones/new", data={"kind": "ward", "area": WARD, "level": level, "days": "7"})
    head.post("/zones/1/decide")
    head.post("/zones/2/decide")
    assert _levels(province) == {f"ward-{WARD}": "red"}
    assert head.post("/zones/2/undo", data={"words": ""}).status_code >= 400
    head.post("/zones/2/undo", data={"words": "nhầm xã"})
    assert _levels(province) == {f"ward-{WARD}": "yellow"}
    head.post("/zones/1/end", data={"words": "hết ca"})
    assert _levels(province) == {}
    assert [what for (what,) in province.rows("SELECT what FROM zone_event ORDER BY id")] == [
        "decided",
        "decided",
        "ended",
        "undone",
        "restored",
        "ended",
    ]
    assert province.rows("SELECT area, level FROM zone ORDER BY id") == [
        (f"ward-{WARD}", "yellow"),
        (f"ward-{WARD}", "red"),
    ]


def test_a_long_history_is_shown_from_its_newest_end_and_goes_on(province: Centre) -> None:
    new = NewZone(f"ward-{WARD}", WARD, PROVINCE, "red", NOW_MS, NOW_MS + DAY_MS, "rule", "{}")
    with province.engine.begin() as connection:
        number = propose(connection, new, "mot", NOW_MS)
        decide(connection, number, "hai", "", NOW_MS)
        for n in range(MOST_EVENTS):
            act(connection, number, "ended" if n % 2 == 0 else "restored", "hai", "lật đi lật lại", NOW_MS + n)
        found = history(connection, number)
        assert (len(found), found[0].what, found[-1].what) == (MOST_EVENTS, "ended", "restored")
        assert left_by(found) == "in_force"
        act(connection, number, "ended", "hai", "lần cuối", NOW_MS + MOST_EVENTS)
        with pytest.raises(Refused, match="zone_state"):
            act(connection, number, "ended", "hai", "hai lần", NOW_MS + MOST_EVENTS)
        assert left_by(history(connection, number)) == "ended"


def test_it_comes_down_when_the_figures_do(province: Centre) -> None:
    _outbreak(province)
    propose_due(_bench(province))
    _head(province).post("/zones/1/decide")
    later = NOW_MS + 6 * DAY_MS
    propose_due(_bench(province, later))
    rows = province.rows("SELECT area, level, replaces FROM zone WHERE id = 2")
    assert rows == [(f"venue-{MARKET}", "yellow", 1)]


def test_another_provinces_head_and_other_roles_are_refused(province: Centre) -> None:
    _outbreak(province)
    propose_due(_bench(province))
    app = _app(province)
    elsewhere = signed_in(app, province.engine, "head", "province-01", now_ms=NOW_MS)
    assert elsewhere.post("/zones/1/decide").status_code == 403
    assert elsewhere.get("/zones/1").status_code == 403
    assert "Chợ Thử" not in elsewhere.get("/zones").text
    officer = signed_in(app, province.engine, "case_officer", now_ms=NOW_MS)
    assert officer.post("/zones/1/decide").status_code == 403
    assert officer.post("/zones/1/end", data={"words": "x"}).status_code == 403
    station = signed_in(app, province.engine, "station", now_ms=NOW_MS)
    assert station.get("/zones").status_code == 403


def test_the_worst_level_around_a_place_counts_and_none_is_not_green(province: Centre) -> None:
    _outbreak(province)
    app = _app(province)
    officer, head = signed_in(app, province.engine, "case_officer", now_ms=NOW_MS), _head(province, app)
    for kind, area, level in (("ward", WARD, "yellow"), ("venue", MARKET, "red"), ("province", PROVINCE, "green")):
        officer.post("/zones/new", data={"kind": kind, "area": area, "level": level, "days": "3"})
    for number in (1, 2, 3):
        head.post(f"/zones/{number}/decide")
    with province.engine.connect() as connection:
        found = levels(connection, NOW_MS)
    for venue, ward, level in ((MARKET, WARD, "red"), (SCHOOL, WARD, "yellow"), ("v-x", OTHER_WARD, "green")):
        worst = level_in(found, areas_of_place(venue, ward, PROVINCE))
        assert worst is not None and worst.level == level
    assert level_in(found, areas_of_place("v-y", "00004", "01")) is None


@pytest.mark.parametrize(
    "fields",
    [{"level": "blue"}, {"days": "0"}, {"days": "99"}, {"days": "x"}, {"area": "nowhere"}, {"kind": "moon"}],
)
def test_a_proposal_that_is_not_well_formed_is_answered_in_words(province: Centre, fields: dict[str, str]) -> None:
    officer = signed_in(_app(province), province.engine, "case_officer", now_ms=NOW_MS)
    answer = officer.post("/zones/new", data={"kind": "venue", "area": MARKET, "level": "red", "days": "3"} | fields)
    assert answer.status_code < 500 and "Traceback" not in answer.text
    assert province.one("SELECT count(*) FROM zone") == 0
