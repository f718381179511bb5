"""Early warning from sealed records to a judged warning, and the numbers that the province's report asks for."""

import pytest

from central.desks.figures import checks_late, desk_day, open_items
from central.desks.jobs import early_warning, new_declarations
from central.desks.warnings import own_history
from central.jobs import Bench
from central.vault.port import NoOpener
from central.web.app import Site, make_app
from forms.model import Coding
from tests.integration.central.desks.world import (
    MARKET,
    OTHER_WARD,
    PROVINCE,
    TODAY,
    WARD,
    declaration,
    deliver,
    kiosk,
    suspicion,
)
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in
from wire.records import SelfCheck, Signal

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
DAY_MS = 86_400_000
WELL = {"today": Coding("urn:gatepost:daily", "healthy")}


def _days(centre: Centre, numbers: dict[int, int]) -> None:
    """So many people asked to the desk, by days ago."""
    device = kiosk(centre, MARKET, "t-cho-1")
    for ago, people in numbers.items():
        for i in range(people):
            at = NOW_MS - ago * DAY_MS - i * 1000
            device.add(declaration(f"0990{ago:04d}{i:04d}", WELL, signal=Signal.ASK), at_ms=at)
    deliver(centre, device)


def _watch(centre: Centre) -> None:
    early_warning(Bench(centre.engine, centre.ring, lambda: NOW_MS))


@BOTH
def test_a_day_that_stands_out_is_a_warning_for_its_place_and_its_ward_once(province: Centre) -> None:
    _days(province, dict.fromkeys(range(17, 1, -1), 4) | {1: 19})
    _watch(province)
    _watch(province)
    rows = province.rows("SELECT series, area, day, people FROM warning ORDER BY area")
    assert rows == [("asked", f"venue-{MARKET}", TODAY - 1, 19), ("asked", f"ward-{WARD}", TODAY - 1, 19)]


def test_a_place_without_a_past_does_not_warn(province: Centre) -> None:
    _days(province, {1: 30})
    _watch(province)
    assert province.one("SELECT count(*) FROM warning") == 0


def test_an_officer_judges_it_and_the_share_of_false_ones_is_shown(province: Centre) -> None:
    _days(province, dict.fromkeys(range(17, 1, -1), 4) | {1: 19})
    _watch(province)
    app = make_app(Site(province.engine, province.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS, NoOpener()))
    officer = signed_in(app, province.engine, "station", f"ward-{WARD}", now_ms=NOW_MS)
    page = officer.get("/warnings?lang=en").text
    assert "19 people; usually 4" in page and "<4" not in page
    assert officer.post("/warnings/1/judge", data={"judgement": "false"}).status_code == 303
    assert officer.post("/warnings/2/judge", data={"judgement": "real"}).status_code == 303
    assert officer.post("/warnings/2/judge", data={"judgement": "maybe"}).status_code >= 400
    with province.engine.connect() as connection:
        assert own_history(connection) == (1, 2)
    assert "1 of 2 warnings" in officer.get("/warnings?lang=en").text
    other = signed_in(app, province.engine, "station", f"ward-{OTHER_WARD}", now_ms=NOW_MS)
    assert "19 people" not in other.get("/warnings?lang=en").text
    assert other.post("/warnings/1/judge", data={"judgement": "real"}).status_code == 403


@BOTH
def test_the_report_gets_its_numbers_by_ward(province: Centre) -> None:
    device = kiosk(province, MARKET, "t-cho-1")
    device.add(declaration("099000000001", WELL), at_ms=NOW_MS)
    device.add(declaration("099000000002", WELL, signal=Signal.ASK), at_ms=NOW_MS)
    device.add(suspicion(), at_ms=NOW_MS)
    device.add(SelfCheck("market", {"c-1": 1}), at_ms=NOW_MS)
    deliver(province, device)
    new_declarations(Bench(province.engine, province.ring, lambda: NOW_MS))
    with province.engine.connect() as connection:
        (row,) = desk_day(connection, TODAY)
        assert row == (PROVINCE, WARD, 2, 0, 1, 0, 1, 1)
        assert desk_day(connection, TODAY - 1) == []
        assert checks_late(connection, TODAY) == {(PROVINCE, WARD): 1, (PROVINCE, OTHER_WARD): 1}
        assert open_items(connection) == {(PROVINCE, WARD, "declaration"): 1, (PROVINCE, WARD, "report"): 1}
