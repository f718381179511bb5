"""The page's files: compressed, kept, framed by nobody; service workers that reach no further than their folder."""

import gzip
import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from central.web import built
from forms.model import LANGUAGES
from tests.needs import need
from tests.parts.centre import Centre, make_centre
from tests.parts.phone_pages import public_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    need((built.FOLDER / "visitor-app.js").exists(), "the built pages (bin/build-web)")
    folder = tmp_path_factory.mktemp("visitor")
    centre: Centre = make_centre(f"sqlite:///{folder}/central.db", folder)
    yield public_app(centre).test_client()
    centre.engine.dispose()


@pytest.mark.parametrize("path", ["/v/", "/GPV1/ABCDEFGHIJKLMNOP", "/gpv1/abcdefghijklmnop"])
def test_the_poster_and_the_page_are_one_shell_that_says_nothing_of_the_code(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "ABCDEFGHIJKLMNOP" not in answer.text.upper()
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers


def test_a_poster_longer_than_any_poster_is_not_found(client: FlaskClient) -> None:
    assert client.get("/GPV1/" + "A" * 1201).status_code == 404


@pytest.mark.parametrize("folder", ["/v", "/GPV1"])
def test_a_service_worker_reaches_no_further_than_its_folder(client: FlaskClient, folder: str) -> None:
    answer = client.get(f"{folder}/sw.js", headers={"Accept-Language": "km"})
    assert "Service-Worker-Allowed" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"
    files = json.loads(answer.text.split("=", 1)[1].split(";\n", 1)[0])
    assert any("words/km" in path for path in files)
    for path in files:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_shell_its_words_and_its_manifest(client: FlaskClient, language: str) -> None:
    said = {"Accept-Language": language}
    assert f'<html lang="{language}">' in client.get("/v/", headers=said).text
    manifest = client.get("/v/manifest.webmanifest", headers=said)
    assert manifest.mimetype == "application/manifest+json"
    held = json.loads(manifest.text)
    assert (held["lang"], held["scope"], held["start_url"]) == (language, "/v/", "/v/")
    for icon in held["icons"]:
        assert client.get(icon["src"]).data.startswith(b"\x89PNG"), icon
    words = client.get(f"/v/words/{language}.json", headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(words.data))["welcome.make"]


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/v/words/fr.json", "/v/words/..%2fvi.json", "/v/lists/nothing.json", "/v/icon-4096.png"):
        assert client.get(path).status_code == 404, path
    assert client.get("/v").headers["Location"] == "/v/"


def test_lists_come_with_their_system_and_groups(client: FlaskClient) -> None:
    wards = json.loads(client.get("/v/lists/wards.json").text)
    assert wards["system"] == "urn:gatepost:ward"
    assert len(wards["options"]) > 3000
    assert all(len(row) == 3 and row[2] for row in wards["options"])
