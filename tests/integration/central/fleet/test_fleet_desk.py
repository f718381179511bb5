"""The fleet's desk: who is away and why, who sees to it, whose box it is, and a release that goes out in rings."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from central.bulletins import to_publish
from central.fleet import caring, claims, listing, rollouts
from central.fleet.jobs import JOBS
from central.fleet.noting import note_state
from central.fleet.rollout_step import Plan, Ring
from central.fleet.watching import watch
from central.jobs import Bench
from central.published import published
from central.web.app import Site, make_app
from tests.integration.central.desks.world import build_places
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.refusal import Refused
from wire.release import Release, read_release, takes, write_release

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
OLD, NEW = "2026.11.1", "2026.11.2"
BODY = write_release(
    Release(NEW, "https://centre.example/new.raucb", 9_000_000, bytes(32), "ab" * 32, 0, NEW, 0, frozenset())
)


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """These tests ask for SQLite unless they name both."""
    return str(request.param)


def app_of(centre: Centre, now_ms: int = NOW_MS) -> Flask:
    return make_app(Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: now_ms))


def say(centre: Centre, device: str, now_ms: int = NOW_MS, **said: Any) -> None:
    with centre.engine.begin() as connection:
        note_state(connection, device, json.dumps({"online": True, "version": OLD, **said}).encode(), now_ms)


def fleet_of(centre: Centre, count: int, now_ms: int = NOW_MS, **said: Any) -> list[str]:
    names = [f"t-{n:02d}" for n in range(count)]
    known = {row[0] for row in centre.rows("SELECT id FROM device")}
    for name in names:
        if name not in known:
            centre.device(name)
        say(centre, name, now_ms, **said)
    return names


def state_of(centre: Centre, number: int = 1) -> tuple[Any, ...]:
    return centre.rows(f"SELECT state, ring, why FROM rollout WHERE id = {number}")[0]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_the_history_of_a_kiosk_says_what_happened(centre: Centre) -> None:
    centre.device("t-1")
    say(centre, "t-1", boots=1, clock="synced", backlog=5, oldest_ms=NOW_MS - 9, temp_c=50, fails=["camera"])
    say(centre, "t-1", NOW_MS + 1, online=False)
    say(centre, "t-1", NOW_MS + 2, online=False)
    say(centre, "t-1", NOW_MS + 3, boots=2, clock="unset", volts_low=True)
    with centre.engine.begin() as connection:
        note_state(connection, "t-1", b'{"online": false, "bye": true}', NOW_MS + 4)
        note_state(connection, "t-nobody", b'{"online": true}', NOW_MS)
        note_state(connection, "t-1", b"no JSON", NOW_MS)
        found = [what for _, what, _ in listing.moments_of(connection, "t-1")][::-1]
        shown = listing.one_kiosk(connection, "t-1", NOW_MS + 5)
    assert found[:3] == ["first", "lost", "power_cut"] and found[-1] == "bye"
    assert {"back", "clock_unset", "volts_low", "test_well"} <= set(found)
    assert shown is not None and (shown.why.code, shown.kiosk.backlog) == ("clock", 5)
    assert centre.one("SELECT count(*) FROM kiosk_now") == 1


def test_a_history_keeps_its_newest_lines_and_no_more(centre: Centre) -> None:
    centre.device("t-1")
    for turn in range(120):
        say(centre, "t-1", NOW_MS + 2 * turn)
        say(centre, "t-1", NOW_MS + 2 * turn + 1, online=False)
    assert centre.one("SELECT count(*) FROM kiosk_moment") == 200
    assert centre.one("SELECT max(at_ms) FROM kiosk_moment") == NOW_MS + 239


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_the_pages_say_why_and_a_stranger_sees_none(centre: Centre) -> None:
    fleet_of(centre, 3)
    say(centre, "t-00", disk_free_mb=90, fails=["camera"], backlog=7, oldest_ms=NOW_MS - 3 * DAY_MS)
    say(centre, "t-01", online=False)
    app = app_of(centre, NOW_MS + 2 * HOUR_MS)
    for one in ("t-00", "t-02"):
        say(centre, one, NOW_MS + 2 * HOUR_MS)
    assert app.test_client().get("/fleet").status_code == 303  # to the door
    technician = signed_in(app, centre.engine, "technician", now_ms=NOW_MS + 2 * HOUR_MS)
    page = technician.get("/fleet?lang=en").text
    assert "connection lost without a word" in page and page.index("t-01") < page.index("t-02")
    assert "t-02" not in technician.get("/fleet?why=lost&lang=en").text.partition("<tbody>")[2]
    assert "No kiosk is like that" in technician.get("/fleet?place=nowhere&lang=en").text
    assert "there a network?" in technician.get("/fleet/kiosk/t-01?lang=en").text
    assert technician.get("/fleet/kiosk/t-nobody").status_code == 404
    assert technician.get("/fleet?page=9&mark=%00&version=%F0").status_code == 200
    assert technician.get("/fleet?page=%C2%B2").status_code == 200  # a digit that is no number
    far = signed_in(app, centre.engine, "technician", "province-01", now_ms=NOW_MS + 2 * HOUR_MS)
    assert "t-01" not in far.get("/fleet").text and far.get("/fleet/kiosk/t-01").status_code == 403


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_an_alarm_is_told_once_a_day_and_comes_back_when_it_comes_again(centre: Centre) -> None:
    fleet_of(centre, 2)
    say(centre, "t-00", online=False)
    soon, later = NOW_MS + HOUR_MS // 2, NOW_MS + 2 * HOUR_MS
    with centre.engine.begin() as connection:
        note_state(connection, "t-01", b'{"online": true}', later)
        assert watch(connection, soon) == 0  # a line that is cut for half an hour is nobody's work
        assert watch(connection, later) == 1
        assert watch(connection, later + 60_000) == 0
        (alarm,) = caring.alarms(connection)
        assert (alarm.kind, alarm.device, alarm.seen_by) == ("kiosk_away", "t-00", None)
    app = app_of(centre, later)
    technician = signed_in(app, centre.engine, "technician", now_ms=later)
    form = {"kind": "kiosk_away", "device": "t-00", "words": "Gọi chợ"}
    assert technician.post("/fleet/alarms/seen", data=form).status_code == 303
    assert technician.post("/fleet/alarms/seen", data=form | {"kind": "nothing"}).status_code == 404
    with centre.engine.begin() as connection:
        assert caring.alarms(connection)[0].seen_by == "technician.all"
        note_state(connection, "t-01", b'{"online": true}', later + DAY_MS)
        assert watch(connection, later + DAY_MS) == 1
        assert caring.alarms(connection)[0].seen_by is None


@pytest.mark.parametrize(
    ("box", "words", "chu"),
    [
        ("moved", "its card was in another box before", "trước đây nằm trong hộp khác"),
        ("copied", "copied from another card", "chép từ thẻ nhớ khác"),
    ],
)
def test_a_card_in_another_box_is_an_alarm_that_stays_until_somebody_sees_to_it(
    centre: Centre, box: str, words: str, chu: str
) -> None:
    fleet_of(centre, 2, box="same", boots=4)
    later = NOW_MS + 60_000
    fleet_of(centre, 1, later, box=box, boots=5)
    with centre.engine.begin() as connection:
        assert watch(connection, later) == 1
    fleet_of(centre, 1, later + 60_000, box="same", boots=6)  # the next start finds nothing new
    technician = signed_in(app_of(centre, later + 60_000), centre.engine, "technician", now_ms=later)
    for language, sentence in (("en", words), ("vi", chu)):
        for page in ("/fleet/kiosk/t-00", "/fleet/alarms"):
            assert sentence in technician.get(f"{page}?lang={language}").text
    assert words not in technician.get("/fleet?lang=en").text
    fleet_of(centre, 1, later + 120_000, box=box, boots=7)
    assert words in technician.get("/fleet?lang=en").text
    assert words not in technician.get("/fleet/kiosk/t-01?lang=en").text
    assert "Its card is in another box" in technician.get("/fleet/alarms?lang=en").text


def test_in_quiet_hours_nobody_is_told(centre: Centre) -> None:
    fleet_of(centre, 1, fails=["camera"])
    say(centre, "t-00", online=False)
    app = app_of(centre)
    technician = signed_in(app, centre.engine, "technician", now_ms=NOW_MS)
    hours = {"scope": "all", "from": "20:00", "to": "06:00"}
    assert technician.post("/fleet/quiet", data=hours).status_code == 303
    assert technician.post("/fleet/quiet", data=hours | {"from": "25:00"}).status_code == 409
    assert technician.post("/fleet/quiet", data=hours | {"scope": "somewhere"}).status_code in (403, 409)
    with centre.engine.begin() as connection:
        assert watch(connection, NOW_MS + 2 * HOUR_MS) == 0
        assert listing.fleet(connection, NOW_MS + 2 * HOUR_MS)[0].why.code == "quiet"
        assert watch(connection, NOW_MS + 10 * HOUR_MS) == 2  # it is half past seven: away, and its camera fails
    assert "20:00" in technician.get("/fleet/alarms").text
    assert technician.post("/fleet/quiet", data=hours | {"do": "end"}).status_code == 303
    assert centre.one("SELECT count(*) FROM quiet_hours") == 0


def test_whoever_stands_before_the_box_claims_it(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        build_places(connection)
        code = claims.new_claim(connection, "t-00", NOW_MS)
    app = app_of(centre)
    technician = signed_in(app, centre.engine, "technician", now_ms=NOW_MS)
    venue = centre.one("SELECT min(id) FROM place WHERE closed_ms IS NULL")
    assert "has not enrolled yet" in technician.get(f"/fleet/claim?code={code}&lang=en").text
    fleet_of(centre, 2)
    spoken = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for typed in (code, spoken, claims.label_text("t-00", code)):
        assert "Registered at" in technician.get(f"/fleet/claim?code={typed}&lang=en").text
    assert technician.get(f"/fleet/claim?code=GPC1:t-01:{code.replace('-', '')}").status_code == 404
    assert technician.get("/fleet/claim?code=0000-0000-0000").status_code == 404
    here = {"code": code, "venue": venue, "gate": "g-7"}
    assert technician.post("/fleet/claim/here", data=here | {"venue": "v-nowhere"}).status_code == 409
    assert technician.post("/fleet/claim/here", data=here).status_code == 303
    assert centre.rows("SELECT venue, gate FROM device WHERE id = 't-00'") == [(venue, "g-7")]
    assert "technician.all" in technician.get("/fleet/kiosk/t-00?lang=en").text
    assert code not in str(centre.rows("SELECT * FROM audit")) + str(centre.rows("SELECT * FROM kiosk_claim"))


def test_a_new_kiosk_takes_the_place_of_a_broken_one(centre: Centre) -> None:
    fleet_of(centre, 2)
    with centre.engine.begin() as connection:
        code = claims.new_claim(connection, "t-01", NOW_MS)
        connection.exec_driver_sql("UPDATE device SET venue = 'v-old', gate = 'g-9' WHERE id = 't-00'")
        caring.put_into(connection, "trial", "t-00")
    technician = signed_in(app_of(centre), centre.engine, "technician", now_ms=NOW_MS)
    form = {"code": code, "replaces": "t-00"}
    assert technician.post("/fleet/claim/here", data=form | {"replaces": "t-01"}).status_code == 409
    assert technician.post("/fleet/claim/here", data=form | {"replaces": "t-09"}).status_code == 404
    assert technician.post("/fleet/claim/here", data=form).status_code == 303
    assert centre.rows("SELECT venue, gate, state FROM device ORDER BY id") == [
        ("v-old", "g-9", "revoked"),
        ("v-old", "g-9", "active"),
    ]
    assert centre.rows("SELECT name, device FROM kiosk_group") == [("trial", "t-01")]
    assert "t-00" in technician.get("/fleet/kiosk/t-01?lang=en").text


def test_a_kiosk_goes_into_a_group_and_out(centre: Centre) -> None:
    fleet_of(centre, 1)
    technician = signed_in(app_of(centre), centre.engine, "technician", now_ms=NOW_MS)
    assert technician.post("/fleet/kiosk/t-00/group", data={"group": "trial"}).status_code == 303
    assert technician.post("/fleet/kiosk/t-00/group", data={"group": "No Good"}).status_code == 409
    assert "t-00" in technician.get("/fleet?group=trial").text
    assert technician.post("/fleet/kiosk/t-00/group", data={"group": "trial", "do": "out"}).status_code == 303
    assert centre.one("SELECT count(*) FROM kiosk_group") == 0


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_two_persons_release_and_it_goes_out_ring_by_ring(centre: Centre) -> None:
    names = fleet_of(centre, 6)
    with centre.engine.begin() as connection:
        for name in names[:2]:
            caring.put_into(connection, "trial", name)
    app = app_of(centre)
    technician = signed_in(app, centre.engine, "technician", now_ms=NOW_MS)
    head = signed_in(app, centre.engine, "administrator", now_ms=NOW_MS)
    form = {
        "kind": "release",
        "version": NEW,
        "url": "https://centre.example/n.raucb",
        "size": "9",
        "sha256": "00" * 32,
        "key_id": "ab" * 32,
        "rings": "group:trial, 100",
        "hold_h": "2",
        "good_pct": "90",
        "most_failed": "0",
    }
    assert technician.post("/fleet/rollouts/new", data=form | {"version": "2026.011.2"}).status_code == 409
    assert technician.post("/fleet/rollouts/new", data=form | {"rings": "50, 10"}).status_code == 409
    assert technician.post("/fleet/rollouts/new", data=form).status_code == 303
    assert technician.post("/fleet/rollouts/1/begin").status_code == 403
    digest = re.search(r'name="read" value="([0-9a-f]{64})"', head.get("/fleet/rollouts/1").text)
    assert digest is not None
    assert head.post("/fleet/rollouts/1/begin", data={"read": "00" * 32}).status_code == 409
    assert centre.one("SELECT count(*) FROM bulletin") == 0
    assert head.post("/fleet/rollouts/1/begin", data={"read": digest[1]}).status_code == 303
    assert in_by_bulletin(centre, names) == names[:2]

    ripe = NOW_MS + 2 * HOUR_MS
    assert carry(centre, ripe) == ("wait", "unproven")
    fleet_of(centre, 2, ripe, version=NEW, update={"version": NEW, "outcome": "good"})
    assert carry(centre, ripe) == ("advance", "well")
    assert in_by_bulletin(centre, names, ripe) == names
    last = ripe + 2 * HOUR_MS
    fleet_of(centre, 6, last, version=NEW)
    assert carry(centre, last) == ("done", "all")
    assert state_of(centre) == ("done", 2, "")
    with centre.engine.connect() as connection:
        assert {one.target for one in listing.fleet(connection, last)} == {NEW}
    assert head.get("/fleet/rollouts?lang=en").text.count(NEW) >= 2


def test_one_failure_too_many_stops_it_and_the_rest_is_told(centre: Centre) -> None:
    names = fleet_of(centre, 5)
    begun(centre, Plan((Ring(0, ("device-t-00", "device-t-01")), Ring(10_000)), most_failed=0))
    say(centre, "t-00", version=OLD, update={"version": NEW, "outcome": "rolled_back", "why": "self_test"})
    job = next(job for job in JOBS if job.name == "fleet_roll_out")
    assert job.run(Bench(centre.engine, centre.ring, lambda: NOW_MS + 60_000)) is False
    assert state_of(centre) == ("stopped", 1, "failures")
    assert in_by_bulletin(centre, names, NOW_MS + DAY_MS) == []
    job.run(Bench(centre.engine, centre.ring, lambda: NOW_MS + 90 * DAY_MS))
    assert state_of(centre) == ("stopped", 1, "failures")
    head = signed_in(app_of(centre), centre.engine, "administrator", now_ms=NOW_MS)
    assert "too many kiosks failed" in head.get("/fleet/rollouts/1?lang=en").text


def test_anybody_who_may_change_stops_it_at_once(centre: Centre) -> None:
    names = fleet_of(centre, 4)
    begun(centre, Plan((Ring(10_000),)))
    assert in_by_bulletin(centre, names) == names
    technician = signed_in(app_of(centre), centre.engine, "technician", now_ms=NOW_MS)
    assert technician.post("/fleet/rollouts/1/stop").status_code == 303
    assert in_by_bulletin(centre, names) == [] and state_of(centre)[0] == "stopped"
    assert technician.post("/fleet/rollouts/1/stop").status_code == 409


def test_a_setting_goes_to_a_ward_first_and_then_to_all(centre: Centre) -> None:
    fleet_of(centre, 2)
    with centre.engine.begin() as connection:
        build_places(connection)
        ward = connection.exec_driver_sql("SELECT ward FROM place WHERE ward <> '' LIMIT 1").scalar_one()
        place = connection.exec_driver_sql(f"SELECT id FROM place WHERE ward = '{ward}' LIMIT 1").scalar_one()
        connection.exec_driver_sql(f"UPDATE device SET venue = '{place}' WHERE id = 't-00'")
        plan = Plan((Ring(0, (f"ward-{ward}",)), Ring(10_000)), hold_h=1)
        with pytest.raises(Refused, match="bad_plan"):
            rollouts.propose(connection, "texts", "screen", {"a": 1}, Plan((Ring(100),)), "one", "", NOW_MS)
        with pytest.raises(Refused, match="bad_kind"):
            rollouts.propose(connection, "exposures", "list", {}, plan, "one", "", NOW_MS)
        held = rollouts.propose(connection, "texts", "screen", {"hello": "Xin chào"}, plan, "one", "", NOW_MS)
        rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS)
    assert scopes(centre, "texts") == [f"ward-{ward}"]
    later = NOW_MS + 2 * HOUR_MS
    fleet_of(centre, 2, later)
    assert carry(centre, later) == ("advance", "well")
    assert scopes(centre, "texts") == ["all", f"ward-{ward}"]


def test_what_cannot_begin(centre: Centre) -> None:
    fleet_of(centre, 2)
    with centre.engine.begin() as connection:
        held = rollouts.propose(connection, "release", "", BODY, Plan((Ring(0, ("ward-1",)),)), "one", "", NOW_MS)
        with pytest.raises(Refused, match="rollout_nobody"):
            rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS)
        with pytest.raises(Refused, match="second_person"):
            rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "one", NOW_MS)
        with pytest.raises(Refused, match="rollout_over"):
            rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS + 8 * DAY_MS)
        assert rollouts.turn_down(connection, held.id, "two", NOW_MS) == "refused"
    begun(centre, Plan((Ring(10_000),)))
    with centre.engine.begin() as connection:
        held = rollouts.propose(connection, "release", "", BODY, Plan((Ring(10_000),)), "one", "", NOW_MS)
        with pytest.raises(Refused, match="rollout_running"):
            rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS)
        assert rollouts.end_old(connection, NOW_MS + 8 * DAY_MS) == 1


def begun(centre: Centre, plan: Plan) -> None:
    with centre.engine.begin() as connection:
        held = rollouts.propose(connection, "release", "", BODY, plan, "one", "", NOW_MS)
        rollouts.begin(connection, centre.ring, held.id, held.hash.hex(), "two", NOW_MS)


def carry(centre: Centre, now_ms: int) -> tuple[str, str]:
    with centre.engine.begin() as connection:
        found = rollouts.carry_on(connection, centre.ring, 1, now_ms)
    return found.what, found.why


def in_by_bulletin(centre: Centre, names: list[str], now_ms: int = NOW_MS) -> list[str]:
    """Who would install it, each kiosk asked by what it reads in the signed bulletin."""
    with centre.engine.connect() as connection:
        (bulletin,) = published(connection, centre.ring.root(), "release")
        assert any("/release/system" in topic for topic, _, _ in to_publish(connection, centre.ring, {}))
    release = read_release(bulletin.body)
    return [name for name in names if takes(release, name, {"all", f"device-{name}"}, now_ms)]


def scopes(centre: Centre, kind: str) -> list[str]:
    return [row[0] for row in centre.rows(f"SELECT scope FROM bulletin WHERE kind = '{kind}' ORDER BY scope")]
