"""What kiosks send: self-checks and measured hours, sealed by a device and taken by the real ingest."""

import pytest

from central.safety.periods import HOUR_MS
from tests.integration.central.safety.conftest import Town
from tests.parts.centre import NOW_MS
from wire.records import DeviceEvent, SelfCheck

ALL_MET = {str(n): 1 for n in range(1, 15)}
HOUR = NOW_MS // HOUR_MS * HOUR_MS - HOUR_MS
FACTS = {"hour": HOUR, "in": 40, "out": 10, "by_hand": 4, "occupancy_max": 35, "up_s": 1800, "co2_mean": None}
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@BOTH
def test_a_check_at_the_kiosk_makes_the_place_green(town: Town) -> None:
    device = town.centre.device()
    device.add(SelfCheck("check-market|1", {**ALL_MET, "commitment": 1}, "TRẦN THỊ THỬ"), at_ms=NOW_MS - 1000)
    town.centre.take(device.batch(1, 1))
    assert town.state() == "not_assessed"
    town.run_jobs()
    assert town.state() == "safe"
    assert town.centre.rows("SELECT period, scheme, author FROM self_check") == [
        ("periodic", "market-2026/1", "kiosk:t-gate-1")
    ]
    assert town.centre.rows("SELECT refused FROM kiosk_check") == [(None,)]


def test_a_check_that_cannot_be_scored_is_kept_with_its_reason_and_holds_nothing_up(town: Town) -> None:
    device = town.centre.device()
    sent = [
        ("check-market|1", {"1": 1, "commitment": 1}),
        ("check-market/daily|1", {"4": 1, "7": 1, "8": 1, "10": 1, "11": 1, "commitment": 0}),
        ("check-castle|1", ALL_MET),
        ("check-market|1", {**ALL_MET, "99": 1}),
        ("check-market|1", {**ALL_MET, "4": 3}),
        ("", {}),
        ("check-market/daily|1", {"4": 1, "7": 0, "8": 1, "10": 1, "11": 1, "commitment": 1}),
    ]
    for form, scores in sent:
        device.add(SelfCheck(form, scores), at_ms=NOW_MS - 1000)
    town.centre.take(device.batch(1, len(sent)))
    town.run_jobs()
    assert [row[0] for row in town.centre.rows("SELECT refused FROM kiosk_check ORDER BY id")] == [
        *("safety_unanswered", "safety_pledge", "scheme_unknown", "criterion_unknown", "bad_score", "scheme_unknown"),
        None,
    ]
    assert town.centre.rows("SELECT period, state FROM self_check") == [("daily", "at_risk")]


@BOTH
def test_an_hour_that_comes_in_two_parts_is_one_hour(town: Town) -> None:
    device = town.centre.device()
    device.add(DeviceEvent("measured", FACTS))
    device.add(DeviceEvent("measured", {**FACTS, "in": 5, "by_hand": None, "occupancy_max": 60, "co2_mean": 900}))
    town.centre.take(device.batch(1, 2))
    town.centre.take(device.batch(1, 2))
    assert town.centre.rows(
        "SELECT hour_ms, source, ins, outs, by_hand, occupancy_max, up_s, co2_mean FROM measured"
    ) == [(HOUR, "t-gate-1", 45, 20, 4, 60, 3600, 900)]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {**FACTS, "hour": "x"},
        {**FACTS, "hour": NOW_MS + 2 * HOUR_MS},
        {**FACTS, "in": -1},
        {**FACTS, "up_s": 3601},
        {**FACTS, "co2_max": 1 << 60},
        {**FACTS, "occupancy_max": "many"},
    ],
)
def test_facts_that_cannot_be_are_alarmed_and_not_counted(town: Town, facts: dict[str, object]) -> None:
    device = town.centre.device()
    device.add(DeviceEvent("measured", facts))
    town.centre.take(device.batch(1, 1))
    assert town.centre.one("SELECT count(*) FROM measured") == 0
    assert town.centre.rows("SELECT kind, detail FROM alarm") == [("bad_event", "measured")]
