"""docs/open-data.yaml and the public pages are one: the same addresses, and the shapes that it promises."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from werkzeug.wsgi import ClosingIterator

from central.map.pages import OPEN
from central.safety.periods import day_of
from central.safety.states import Cause, State, put_state
from central.statements import run
from tests.integration.central.map.world import add_place, fill
from tests.parts.api_file import FEW, ApiFile
from tests.parts.centre import NOW_MS, make_centre
from tests.parts.phone_pages import Clock, public_app
from tests.parts.waits import wait_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FILE = ApiFile("open-data.yaml")
PATHS = sorted(FILE.document["paths"])
DAY_MS = 86_400_000
PAGES_FOR_PEOPLE = {"/map", "/map/list", "/map/embed", "/map/place/<venue>", "/map/open"}


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Flask]:
    """With places in every state, without a point, without a ward, with each cause, one gone, and a formula's name."""
    folder = tmp_path_factory.mktemp("open")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    with centre.engine.begin() as connection:
        fill(connection, 40)
        add_place(connection, 50, "v-cong-thuc", '=1+1 "Chợ", Thử', "48", ward="20194")
        add_place(connection, 51, "v-chua-ro", "Nơi Chưa Rõ", "", kind="other", point=(16.0, 108.0))
        sql = "INSERT INTO closure (place, first_day, last_day, made_ms) VALUES (?, ?, ?, 1)"
        run(connection, sql, (51, day_of(NOW_MS), day_of(NOW_MS) + 30))
        for number, cause in enumerate([one for one in Cause if one is not Cause.SHUT], 1):  # that one is no event
            put_state(connection, number, State.AT_RISK, cause, NOW_MS, until_ms=NOW_MS + DAY_MS)
    made = public_app(centre, clock)
    assert made.test_client().get("/map/snapshot.json").status_code == 200
    with centre.engine.begin() as connection:
        put_state(connection, 50, State.SAFE, Cause.SELF_CHECK, NOW_MS, until_ms=NOW_MS + DAY_MS)
        put_state(connection, 3, State.UNSAFE, Cause.INSPECTION, NOW_MS)
        run(connection, "UPDATE place SET listed_ms = NULL WHERE number = 3")
    yield made
    centre.engine.dispose()


def test_the_file_names_every_address_that_is_for_programs() -> None:
    renamed = {"/map/places/<province>.json": "/map/places/{province}.json", "/map/place/<venue>.json": None}
    served = {renamed.get(one.rule, one.rule) or "/map/place/{id}.json" for one in OPEN}
    assert served - PAGES_FOR_PEOPLE == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_made_up_requests_are_answered_as_the_file_says(app: Flask, clock: Clock, path: str) -> None:
    schema = schemathesis.openapi.from_dict(FILE.document)
    schema.app = _whole(app)

    @FEW
    @given(case=schema[path]["GET"].as_strategy())
    def asks(case: schemathesis.Case[Any]) -> None:
        clock.ms += 2_000  # the purses refill
        case.call_and_validate(headers={"Accept-Encoding": "identity"})  # the way in memory unpacks nothing

    asks()


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/map/snapshot.json", "/map/snapshot.json"),
        ("/map/places/{province}.json", "/map/places/48.json"),
        ("/map/place/{id}.json", "/map/place/v-chua-ro.json"),
        ("/map/open/places.geojson", "/map/open/places.geojson"),
    ],
)
def test_what_stands_there_has_the_shape_of_the_file(app: Flask, path: str, asked: str) -> None:
    answer = app.test_client().get(asked, buffered=True)
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    FILE.answer(path).validate(json.loads(answer.text))


def test_the_snapshot_tells_what_has_gone_since_its_base(app: Flask) -> None:
    wait_for(lambda: len(app.test_client().get("/map/snapshot.json").get_json()["changed"]) == 2, "both changes")
    told = app.test_client().get("/map/snapshot.json").get_json()
    FILE.answer("/map/snapshot.json").validate(told)
    assert {"id": "v-000003", "removed": True} in told["changed"]
    assert told["states"] == [state.value for state in State]


@pytest.mark.parametrize(("name", "row"), [("places", "PlaceRow"), ("history", "HistoryRow")])
def test_each_row_of_a_sheet_is_as_the_file_says(app: Flask, name: str, row: str) -> None:
    answer = app.test_client().get(f"/map/open/{name}.csv", buffered=True)
    assert answer.status_code == 200 and answer.data.startswith(b"\xef\xbb\xbf") and answer.mimetype == "text/csv"
    rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert rows.fieldnames == FILE.properties(row)
    shape, held = FILE.shape(row), list(rows)
    for found in held:
        shape.validate({name: _read(name, cell) for name, cell in found.items()})
    assert len(held) >= 40


@pytest.mark.parametrize("path", [path for path in PATHS if "{id}" not in path])
def test_who_has_it_already_is_told_so(app: Flask, path: str) -> None:
    client, asked = app.test_client(), path.replace("{province}", "48")
    tag = client.get(asked, buffered=True).headers["ETag"]
    again = client.get(asked, headers={"If-None-Match": tag}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def _whole(app: Flask) -> "WSGIApplication":
    """Files are read to their end and closed, as a server does and schemathesis does not."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        with closing(ClosingIterator(app(environ, start))) as parts:
            return [b"".join(parts)]

    return answer


def _read(name: str, cell: str) -> Any:
    """As the file means a cell: nothing, a number, or text."""
    if name in ("lat", "lon", "until"):
        return None if cell == "" else cell if name == "until" else float(cell)
    return cell
