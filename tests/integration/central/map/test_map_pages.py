"""The map's addresses on a whole centre: what stands on them, what must not, and how soon a change is there."""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from central.map.directory import LOOK_S, Directory
from central.map.model import STATES_2021
from central.map.quick import PATH, Quick
from central.safety.states import Cause, State, put_state
from central.statements import run
from central.web.app import Site
from central.web.public import make_public_app
from tests.integration.central.map.world import add_place
from tests.parts.centre import NOW_MS, Centre, make_centre

LATER_S = 1.25 * LOOK_S
ISLANDS = ("Hoàng Sa", "Trường Sa")
HIDDEN = ("v-unlisted", "v-closed")


class Stand:
    """A centre with a few places and its public pages; `elapsed` is the clock that the map looks by."""

    def __init__(self, centre: Centre) -> None:
        self.centre, self.elapsed, self.now_ms = centre, 0.0, NOW_MS
        with centre.engine.begin() as connection:
            add_place(connection, 1, "v-cho", "Chợ Mẫu <b>Đà Nẵng", "48", ward="20194", point=(16.05, 108.2))
            add_place(connection, 2, "v-truong", "=Trường Thử", "48", kind="school", ward="20194")
            add_place(connection, 3, "v-vien", "Bệnh viện Thử", "01", kind="hospital", point=(21.02, 105.83))
            add_place(connection, 4, "v-unlisted", "Chợ Chưa Đăng", "48", point=(16.1, 108.1), listed=False)
            add_place(connection, 5, "v-closed", "Chợ Đã Đóng", "48", point=(16.1, 108.1), closed=True)
            put_state(connection, 1, State.SAFE, Cause.SELF_CHECK, NOW_MS, until_ms=NOW_MS + 1000)
        app = make_public_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: self.now_ms))
        quick = app.wsgi_app
        assert isinstance(quick, Quick)
        kept = Directory(centre.engine, lambda: self.now_ms, lambda: self.elapsed)
        app.extensions["gatepost_map"] = kept
        app.wsgi_app = Quick(quick.inner, kept)  # type: ignore[assignment, method-assign]
        self.client: FlaskClient = app.test_client()

    def state(self, venue: str) -> str:
        """As the place's own file has it."""
        self.elapsed += LATER_S
        return str(self.client.get(f"/map/place/{venue}.json").get_json()["state"])

    def change(self, number: int, state: State) -> None:
        with self.centre.engine.begin() as connection:
            put_state(connection, number, state, Cause.INSPECTION, self.now_ms)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder: Path = tmp_path_factory.mktemp("map")
    centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    yield Stand(centre)
    centre.engine.dispose()


@pytest.fixture
def stand(kept: Stand) -> Stand:
    kept.now_ms = NOW_MS
    return kept


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/map",
            "/map?province=48",
            "/map?q=cho",
            "/map/list?q=dang",
            "/map/list?province=48",
            "/map/embed?province=48",
        ),
        *(PATH, "/map/places/48.json", "/map/open/places.csv", "/map/open/places.geojson", "/map/open/history.csv"),
    ],
)
def test_a_place_that_is_not_listed_or_closed_stands_nowhere(stand: Stand, path: str) -> None:
    answer = stand.client.get(path, buffered=True)
    assert answer.status_code == 200
    for hidden in (*HIDDEN, "Chợ Chưa Đăng", "Chợ Đã Đóng"):
        assert hidden not in answer.text


@pytest.mark.parametrize("venue", [*HIDDEN, "v-none", "%00", "x" * 900])
def test_its_own_page_is_not_there_either(stand: Stand, venue: str) -> None:
    assert stand.client.get(f"/map/place/{venue}").status_code == 404
    assert stand.client.get(f"/map/place/{venue}.json").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["/map", "/map?province=48", "/map/embed", "/map/embed?province=01"])
def test_every_map_shows_both_island_districts(stand: Stand, path: str, language: str) -> None:
    text = stand.client.get(path, query_string={"lang": language} if "?" not in path else None).text
    assert all(f">{name}" in text or f"{name}<" in text or f"{name} islands<" in text for name in ISLANDS)
    assert "Paracel" not in text and "Spratly" not in text


def test_the_open_data_shows_them_too(stand: Stand) -> None:
    told = stand.client.get("/map/open/places.geojson", buffered=True).get_json(force=True)
    labels = {one["properties"]["name"] for one in told["features"] if one["properties"].get("kind") == "label"}
    assert labels == {f"Đặc khu {name}" for name in ISLANDS}


def test_a_change_is_in_the_snapshot_at_the_next_look(stand: Stand) -> None:
    first = stand.client.get(PATH)
    stand.change(3, State.UNSAFE)
    again = stand.client.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""
    stand.elapsed += LATER_S
    told = stand.client.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert told.status_code == 200 and told.headers["ETag"] != first.headers["ETag"]
    changed = {one["id"]: one["state"] for one in told.get_json()["changed"]}
    assert changed["v-vien"] == "unsafe" and told.get_json()["provinces"]["01"] == [0, 0, 1, 0]


def test_a_state_ends_on_the_map_without_anybody_writing(stand: Stand) -> None:
    stand.change(1, State.SAFE)
    assert stand.state("v-cho") == "safe"
    with stand.centre.engine.begin() as connection:
        put_state(connection, 1, State.SAFE, Cause.SELF_CHECK, NOW_MS, until_ms=NOW_MS + 1000)
    assert stand.state("v-cho") == "safe"
    stand.now_ms = NOW_MS + 1000
    assert stand.state("v-cho") == "not_assessed"
    assert "Chưa đánh giá" in stand.client.get("/map/place/v-cho?lang=vi").text


def test_a_place_comes_and_goes_and_is_renamed(stand: Stand) -> None:
    with stand.centre.engine.begin() as connection:
        add_place(connection, 9, "v-moi", "Quán Mới", "46", kind="restaurant", point=(16.4, 107.6))
    assert stand.state("v-moi") == "not_assessed"
    with stand.centre.engine.begin() as connection:
        run(connection, "UPDATE place SET name = 'Quán Đổi Tên' WHERE number = 9")
    stand.elapsed += 2
    assert "Quán Đổi Tên" in stand.client.get("/map/list?q=doi+ten").text
    with stand.centre.engine.begin() as connection:
        run(connection, "UPDATE place SET listed_ms = NULL WHERE number = 9")
    stand.elapsed += 2
    assert stand.client.get("/map/place/v-moi.json").status_code == 404
    assert {"id": "v-moi", "removed": True} in stand.client.get(PATH).get_json()["changed"]


def test_the_snapshot_is_new_though_others_look_all_the_time(stand: Stand) -> None:
    before = stand.client.get(PATH).headers["ETag"]
    stand.change(2, State.AT_RISK)
    stand.state("v-truong")  # looks, so that the snapshot's own look is not due
    assert stand.client.get(PATH).headers["ETag"] != before


def test_names_are_escaped_and_begin_no_formula(stand: Stand) -> None:
    assert "Mẫu &lt;b&gt;Đà" in stand.client.get("/map/list?q=cho+mau").text
    rows = list(
        csv.reader(io.StringIO(stand.client.get("/map/open/places.csv", buffered=True).data.decode("utf-8-sig")))
    )
    names = [row[1] for row in rows[1:]]
    assert not any(name.startswith("=") for name in names) and any("Trường Thử" in name for name in names)


def test_the_history_names_the_states_of_2021_too_and_is_compressed(stand: Stand) -> None:
    answer = stand.client.get("/map/open/history.csv", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(answer.data).decode("utf-8-sig"))))
    assert {row["place"] for row in rows} >= {"v-cho", "v-truong", "v-vien"}
    assert {row["state_2021"] for row in rows} <= set(STATES_2021) and all(row["at"].endswith("+07:00") for row in rows)
    known = {"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    again = stand.client.get("/map/open/history.csv", headers=known, buffered=True)
    assert again.status_code == 304


def test_only_the_map_for_other_pages_may_be_framed(stand: Stand) -> None:
    assert "frame-ancestors *" in stand.client.get("/map/embed").headers["Content-Security-Policy"]
    for path in ("/map", "/map/list", "/map/place/v-truong", "/map/open"):
        assert "frame-ancestors 'none'" in stand.client.get(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "asked", ["province=99", "state=x", "ward=1%27", "page=-1", "page=99999999999", "kind=<b>", "q=%00"]
)
def test_what_nobody_knows_is_as_if_it_were_not_asked(stand: Stand, asked: str) -> None:
    assert stand.client.get(f"/map/list?{asked}").status_code in (200, 400)
    assert stand.client.get("/map/places/99.json").status_code == 404


def test_one_network_may_not_ask_for_ever(stand: Stand) -> None:
    crowd = {"REMOTE_ADDR": "198.51.100.7"}
    answers = {stand.client.get("/map/list?q=zzz", environ_overrides=crowd).status_code for _ in range(610)}
    assert answers == {200, 429}
    assert stand.client.get(PATH, environ_overrides=crowd).status_code == 200
    assert stand.client.get("/map/list").status_code == 200
