"""What strangers have typed, and what is not for everybody: none of it is markup, a formula or on the map."""

import pytest
from flask.testing import FlaskClient

from tests.integration.central.outside.town import CLOSED, HIDDEN, MINE, OPEN, Town, ask, text_of


@pytest.mark.parametrize("path", ["/map?province=79", "/map?q=aaaa", f"/map/place/{MINE}", "/map/list?province=79"])
def test_a_places_name_is_never_markup(town: Town, anybody: FlaskClient, path: str) -> None:
    page = anybody.get(path)
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<img src=x" not in page.text
    assert "&lt;script&gt;" in page.text, "the page shows the name at all"


def test_no_cell_of_the_open_data_begins_a_formula(town: Town, anybody: FlaskClient) -> None:
    text = text_of(anybody, "/map/open/places.csv")
    assert "'=HYPERLINK" in text and ",=HYPERLINK" not in text


@pytest.mark.parametrize("venue", [HIDDEN, CLOSED])
def test_a_place_that_is_not_listed_stands_nowhere_in_public(town: Town, anybody: FlaskClient, venue: str) -> None:
    assert anybody.get(f"/map/place/{venue}").status_code == 404
    assert anybody.get(f"/map/place/{venue}.json").status_code == 404
    for path in (
        *("/map/snapshot.json", "/map/places/79.json", "/map/open/places.csv", "/map/open/places.geojson"),
        *(
            "/map/open/history.csv",
            "/map?province=79",
            f"/map?q={venue[-4:]}",
            f"/map/list?q={venue[-4:]}",
            "/map/embed",
        ),
    ):
        assert venue not in text_of(anybody, path), path
    if any(page.rule == "/say/<venue>" for page in OPEN):
        assert anybody.get(f"/say/{venue}").status_code == 404


def test_a_service_worker_reaches_no_further_than_its_own_folder(town: Town, anybody: FlaskClient) -> None:
    for page in OPEN:
        if "GET" in page.methods:
            answer = ask(anybody, page, "GET")
            assert "Service-Worker-Allowed" not in answer.headers, page.rule
            answer.close()
    script = anybody.get("/v/sw.js")
    assert script.mimetype == "text/javascript"
