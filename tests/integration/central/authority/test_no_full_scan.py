"""No page walks through a table that grows with the visits: each statement that it sends is explained by SQLite."""

import re
from typing import Any

import pytest
from sqlalchemy import event

from central.authority.tasks import assign_rest
from tests.integration.central.authority.world import app_of, make_night
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in

GROWING = "visit|stay|raw_record|declared|identity|person|contact|c|v"
PATHS = (
    "/tonight",
    "/tonight?show=mine",
    "/cases",
    "/cases?state=confirmed",
    "/cases/outbreak",
    "/cases/{case}",
    "/contacts/1",
    "/cases/{case}/persons/1",
)


@pytest.fixture
def database() -> str:
    """SQLite tells its plan without figures of the data."""
    return "sqlite"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_finds_its_rows_by_an_index(centre: Centre, path: str) -> None:
    night = make_night(centre, 8)
    with centre.engine.begin() as connection:
        assign_rest(connection, night.case, NOW_MS)
    lan = signed_in(app_of(centre), centre.engine, "case_officer", "province-79", login="lan", now_ms=NOW_MS)
    sent: list[tuple[str, Any]] = []
    event.listen(centre.engine, "before_cursor_execute", lambda _c, _k, sql, values, *_: sent.append((sql, values)))
    assert lan.get(path.format(case=night.case)).status_code == 200
    looked = [(sql, values) for sql, values in sent if sql.startswith(("SELECT", "WITH"))]
    assert looked
    with centre.engine.connect() as connection:
        for sql, values in looked:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            walks = [step for step in plan if re.fullmatch(rf"SCAN ({GROWING})", step)]
            assert walks == [], sql
