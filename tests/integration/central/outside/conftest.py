"""One town for a module of tests."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from central.places.places import Place, describe_place
from central.safety.states import Cause, State, put_state
from central.statements import run
from central.web.app import Site, make_app
from central.web.public import make_public_app
from tests.integration.central.outside.town import CLOSED, EVIL, FORMULA, HIDDEN, MINE, OTHERS, Town
from tests.parts.centre import NOW_MS, make_centre


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    made = Town(centre, None, None, None)  # type: ignore[arg-type]
    made.site = Site(centre.engine, centre.ring, [], frozenset(), lambda: made.now_ms)
    with centre.engine.begin() as connection:
        for venue, ward, province in ((MINE, "26743", "79"), (OTHERS, "00070", "01"), (HIDDEN, "26743", "79")):
            name = FORMULA if venue == OTHERS else f"{venue} {EVIL}"
            place = describe_place(connection, Place(0, venue, name, "market", ward, province), NOW_MS)
            if venue != HIDDEN:
                run(connection, "UPDATE place SET listed_ms = ?, address = ? WHERE id = ?", (NOW_MS, EVIL, venue))
            put_state(connection, place.number, State.NOT_ASSESSED, Cause.LISTED, NOW_MS)
        place = describe_place(connection, Place(0, CLOSED, CLOSED, "market", "26743", "79"), NOW_MS)
        run(connection, "UPDATE place SET listed_ms = ?, closed_ms = ? WHERE id = ?", (NOW_MS, NOW_MS, CLOSED))
        put_state(connection, place.number, State.NOT_ASSESSED, Cause.CLOSED, NOW_MS)
    made.public, made.officers = make_public_app(made.site), make_app(made.site)
    yield made
    centre.engine.dispose()


@pytest.fixture
def anybody(town: Town) -> FlaskClient:
    return town.public.test_client()
