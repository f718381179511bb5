"""A place on the map with a manager, its staff and an inspector, on SQLite unless a test names both databases."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from central.jobs import Bench
from central.places.places import Place, describe_place
from central.safety.jobs import JOBS
from central.safety.states import Cause, State, put_state, state_of
from central.statements import run
from central.web.app import Site, make_app
from tests.parts.centre import NOW_MS, Centre
from tests.parts.officers import signed_in

MARKET, OTHER = "v-cho-mau", "v-cho-khac"  # the first is where a synthetic device stands
WARD, PROVINCE = "26740", "79"


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """These tests ask for SQLite unless they name both."""
    return str(request.param)


@dataclass
class Town:
    """A centre whose clock the test moves."""

    centre: Centre
    number: int
    now_ms: int = NOW_MS
    app: Flask | None = None  # made when somebody comes in

    def enter(self, role: str, area: str) -> FlaskClient:
        """Somebody signed in."""
        if self.app is None:
            self.app = make_app(Site(self.centre.engine, self.centre.ring, [], frozenset(), lambda: self.now_ms))
        login = f"{role}.{area}".replace("_", "-")[:32]
        return signed_in(self.app, self.centre.engine, role, area, login=login, now_ms=self.now_ms)

    def state(self) -> str:
        """What holds of the market now."""
        with self.centre.engine.connect() as connection:
            found = state_of(connection, self.number, self.now_ms)
        assert found is not None
        return str(found.state)

    def run_jobs(self) -> None:
        """Each named job once."""
        for job in JOBS:
            job.run(Bench(self.centre.engine, self.centre.ring, lambda: self.now_ms))


@pytest.fixture
def town(centre: Centre) -> Town:
    """Two markets in one ward; the first has room for 200 and stands on the map."""
    with centre.engine.begin() as connection:
        places = [
            describe_place(connection, Place(0, venue, name, "market", WARD, PROVINCE), NOW_MS)
            for venue, name in ((MARKET, "Chợ Mẫu"), (OTHER, "Chợ Khác"))
        ]
        for one in places:
            put_state(connection, one.number, State.NOT_ASSESSED, Cause.LISTED, NOW_MS - 1)
        run(connection, "UPDATE place SET capacity = 200, listed_ms = ? WHERE number = ?", (NOW_MS, places[0].number))
    return Town(centre, places[0].number)
