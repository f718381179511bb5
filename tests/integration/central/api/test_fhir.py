"""FHIR: a declaration is given as the response that its person gave, for a request or a case that runs, else not."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from central.access.accounts import create_account
from central.access.roles import Grant
from central.api.tokens import NewToken, issue
from central.people.persons import persons_of
from central.web.app import Site, make_app
from central.web.entering import roles
from forms.packed import pack
from tests.parts.centre import NOW_MS, Centre
from tests.parts.people import FORMS, say
from tests.parts.vault import running_opener
from wire.records import Declaration, IdentityKind, Signal

NAME = "NGUYỄN VĂN THỬ"
FORM = FORMS["domestic"]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
_WHY = {"about": "R-2026-000001", "purpose": "data_subject"}


@pytest.fixture
def app(centre: Centre) -> Iterator[Flask]:
    """Two people have declared; one of them stands at the desk, and the request is open and identified."""
    device = centre.device()
    for number in ("099099000001", "099099000002"):
        answers = pack(FORM, say(FORM, full_name=f"{NAME} {number[-1]}"))
        form, authored = FORM.canonical, "2026-09-21T21:00:00+07:00"
        device.add(
            Declaration(
                IdentityKind.CCCD, number, Signal.ALLOW, form=form, language="vi", authored=authored, answers=answers
            )
        )
    centre.take(device.batch(1, 2))
    with centre.engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT person FROM declared ORDER BY seq").all()
        seen = [(bytes(row[0]), 1) for row in rows]
        person = persons_of(connection, seen, NOW_MS)[seen[0][0]]
        grants = [Grant("data_protection", "all"), Grant("reporter", "all")]
        create_account(connection, "cau-noi", "Cầu nối THỬ", None, grants, NOW_MS)
        connection.exec_driver_sql(
            "INSERT INTO rights_request (id, kind, channel, language, processors, asked_ms, opened_by, answer_due_ms,"
            " due_ms, extended_why, person, identified_ms, identified_by, identified_how, reason) VALUES"
            f" ('R-2026-000001', 'access', 'desk', 'vi', 0, {NOW_MS}, 'lan', {NOW_MS}, {NOW_MS}, '', {person},"
            f" {NOW_MS}, 'lan', 'card', '')"
        )
    with running_opener(centre) as vault:
        yield make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: NOW_MS, vault))


def reads(app: Flask, centre: Centre, role: str = "data_protection", *, strong: bool = True) -> FlaskClient:
    """A program with a token."""
    with centre.engine.begin() as connection:
        _, text = issue(connection, roles(), NewToken("cau-noi", role, "all", 1, strong), NOW_MS)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def test_the_response_is_that_of_the_person_and_of_nobody_else(app: Flask, centre: Centre) -> None:
    client = reads(app, centre)
    found = client.get("/fhir/QuestionnaireResponse", query_string=_WHY)
    assert (found.status_code, found.mimetype) == (200, "application/fhir+json")
    bundle = found.get_json(force=True)
    assert bundle["total"] == 1
    response = bundle["entry"][0]["resource"]
    assert (response["resourceType"], response["questionnaire"]) == ("QuestionnaireResponse", FORM.canonical)
    assert f"{NAME} 1" in found.text and f"{NAME} 2" not in found.text
    again = client.get(f"/fhir/QuestionnaireResponse/{response['id']}", query_string=_WHY)
    assert again.get_json(force=True) == response
    log = centre.rows("SELECT actor, purpose, about FROM audit WHERE action = 'names_opened'")
    assert log == [("cau-noi", "data_subject", "R-2026-000001")] * 2
    assert centre.one("SELECT count(*) FROM session") == 0, "the call's session has ended"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"about": "R-2026-000009"}, 200, ""),
        ({"purpose": "care"}, 403, "forbidden"),
        ({"about": "BN-2026-000001"}, 409, "business-rule"),
        ({"about": "D-1-2"}, 403, "forbidden"),
        ({"about": ""}, 400, "invalid"),
    ],
)
def test_without_a_ground_nothing_is_opened(
    app: Flask, centre: Centre, change: dict[str, str], status: int, code: str
) -> None:
    answer = reads(app, centre).get("/fhir/QuestionnaireResponse", query_string={**_WHY, **change})
    assert answer.status_code == status, answer.text
    assert NAME not in answer.text
    if code:
        assert answer.get_json(force=True)["issue"][0]["code"] == code


def test_a_token_that_was_not_issued_for_it_opens_nothing(app: Flask, centre: Centre) -> None:
    for client in (reads(app, centre, strong=False), reads(app, centre, "reporter")):
        assert client.get("/fhir/QuestionnaireResponse", query_string=_WHY).status_code == 403
    assert centre.one("SELECT count(*) FROM audit WHERE action = 'names_opened'") == 0


def test_a_request_that_was_closed_gives_nothing_any_more(app: Flask, centre: Centre) -> None:
    with centre.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE rights_request SET closed_ms = {NOW_MS}, closed_by = 'lan', outcome = 'granted'"
        )
    answer = reads(app, centre).get("/fhir/QuestionnaireResponse", query_string=_WHY)
    assert (answer.status_code, NAME in answer.text) == (409, False)


def test_a_form_is_found_by_its_url(app: Flask, centre: Centre) -> None:
    client = reads(app, centre, "reporter")
    url = FORM.canonical.split("|")[0]
    found = client.get("/fhir/Questionnaire", query_string={"url": url}).get_json(force=True)
    assert found["total"] == 1
    form = found["entry"][0]["resource"]
    assert client.get(f"/fhir/Questionnaire/{form['id']}").get_json(force=True) == form
    assert client.get("/fhir/Questionnaire/0000000000000000").status_code == 404
    assert app.test_client().get("/fhir/metadata").get_json(force=True)["fhirVersion"] == "4.0.1"
