"""Cases and contacts for bridges to other systems: what lies in the token's area, nobody's name, number or person."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.central.api.conftest import Token
from tests.parts.case_rows import CASE, put_case
from tests.parts.centre import NOW_MS, Centre


@pytest.fixture(scope="module", autouse=True)
def two_cases(reader: Centre) -> Iterator[None]:
    """One in the token's province, one in another."""
    with reader.engine.begin() as connection:
        put_case(connection, NOW_MS, closed=False)
        put_case(connection, NOW_MS, "BN-2026-000002", closed=False)
        connection.exec_driver_sql("UPDATE case_file SET province = '79' WHERE id = 'BN-2026-000002'")
    yield


@pytest.fixture
def bridge(app: Flask, token: Token) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = token("case_officer", "province-01")["Authorization"]
    return client


def test_a_province_sees_its_own_cases(bridge: FlaskClient) -> None:
    found = bridge.get("/api/v1/cases").get_json()
    assert ([one["id"] for one in found["items"]], found["next"]) == ([CASE], None)
    assert bridge.get(f"/api/v1/cases/{CASE}").get_json() == found["items"][0]
    assert bridge.get("/api/v1/cases/BN-2026-000002").status_code == 404
    assert bridge.get("/api/v1/cases/BN-2026-000002/contacts").status_code == 404
    assert bridge.get("/api/v1/cases?limit=1").get_json()["next"] == CASE
    assert bridge.get(f"/api/v1/cases?after={CASE}").get_json()["items"] == []


def test_a_contact_is_a_number_with_what_was_done(bridge: FlaskClient, reader: Centre) -> None:
    contact = bridge.get(f"/api/v1/cases/{CASE}/contacts").get_json()["items"][0]
    assert (contact["hop"], contact["label"], contact["overlap_minutes"], contact["state"]) == (1, "F1", 42, "reached")
    assert not {"person", "name", "phone", "reasons"} & contact.keys()
    action, about = reader.rows("SELECT action, about FROM audit ORDER BY number DESC LIMIT 1")[0]
    assert (action, about) == ("api_contacts", CASE)


def test_no_reference_and_no_officer_goes_out(bridge: FlaskClient) -> None:
    for path in ("/api/v1/cases", f"/api/v1/cases/{CASE}", f"/api/v1/cases/{CASE}/contacts"):
        text = bridge.get(path).text
        assert "XN-THU-1" not in text and "hoa" not in text and "binh" not in text


def test_releases_are_counts_by_channel(app: Flask, token: Token) -> None:
    found = app.test_client().get("/api/v1/releases", headers=token()).get_json()["items"]
    assert [(one["case"], one["counts"]) for one in found] == [(CASE, {"sms": 1}), ("BN-2026-000002", {"sms": 1})]
