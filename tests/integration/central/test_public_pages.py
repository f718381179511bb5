"""The process of the open pages has them and nothing else."""

from pathlib import Path

from central.web.app import Site
from central.web.console import all_pages
from central.web.public import make_public_app
from tests.parts.centre import NOW_MS, make_centre


def test_no_officers_page_and_no_sign_in_is_served_to_everybody(tmp_path: Path) -> None:
    centre = make_centre(f"sqlite:///{tmp_path}/central.db", tmp_path)
    app = make_public_app(Site(centre.engine, centre.ring, (), frozenset(), lambda: NOW_MS))
    client = app.test_client()
    served = {rule.rule for rule in app.url_map.iter_rules()}
    officers = {page.rule for page in all_pages()} - served
    assert len(officers) > 100
    for path in ("/sign-in", "/welcome", "/", "/health", "/tonight", "/enrol", "/api/v1/health", "/fhir/metadata"):
        assert client.get(path).status_code == 404, path
    assert client.get("/transparency").status_code == 200
