"""Tokens of programs: whose they are, what they see, when they end, and how fast they may ask."""

import json
from argparse import Namespace

import pytest
from flask import Flask

from central.access.accounts import create_account
from central.access.roles import Grant
from central.api import token_commands
from central.api.asking import PURSE, REFILL_PER_S
from central.api.tokens import NewToken, issue, revoke
from central.web.entering import roles
from tests.integration.central.api.conftest import Clock, Token
from tests.parts.centre import NOW_MS, Centre, run_central
from wire.refusal import Refused

_DAY_MS = 86_400_000


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Bearer gpt_" + "a" * 300, "Bearer ⚠"])
def test_without_a_token_nothing_is_read(app: Flask, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given.encode().decode("latin-1")}
    for path in ("/api/v1/health", "/api/v1/cases", "/fhir/QuestionnaireResponse"):
        answer = app.test_client().get(path, headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_cookie_is_no_token(app: Flask, reader: Centre) -> None:
    client = app.test_client()
    client.set_cookie("gatepost_operator", reader.ring.operator_token())
    assert client.get("/api/v1/health").status_code == 401


@pytest.mark.parametrize(
    ("role", "area", "path", "status"),
    [
        ("reporter", "all", "/api/v1/counts?day=2026-09-21", 200),
        ("reporter", "all", "/api/v1/zones", 200),
        ("reporter", "all", "/api/v1/cases", 403),
        ("case_officer", "province-01", "/api/v1/cases", 200),
        ("case_officer", "province-01", "/api/v1/cases/BN-2026-000001", 404),
        ("case_officer", "province-01", "/api/v1/counts?day=2026-09-21", 403),
        ("venue_owner", "venue-v-cho-mau", "/api/v1/counts?day=2026-09-21", 200),
        ("venue_owner", "venue-v-cho-mau", "/api/v1/zones", 403),
        ("reporter", "all", "/fhir/QuestionnaireResponse?about=BN-2026-000001&purpose=tracing", 403),
        ("reporter", "all", "/fhir/Questionnaire", 200),
    ],
)
def test_a_token_sees_what_its_role_may_see(
    app: Flask, token: Token, role: str, area: str, path: str, status: int
) -> None:
    answer = app.test_client().get(path, headers=token(role, area))
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/counts",
        "/api/v1/counts?day=2026-02-30",
        "/api/v1/counts?day=2026-09-21&day=2026-09-22",
        "/api/v1/places?limit=0",
        "/api/v1/places?limit=501",
        "/api/v1/places?limit=%2B5",
        "/api/v1/places?after=٣",
        "/api/v1/places?area=all",
        "/fhir/QuestionnaireResponse?purpose=tracing",
        "/fhir/QuestionnaireResponse?about=BN-2026-000001&purpose=police",
    ],
)
def test_a_parameter_that_is_wrong_unknown_or_twice_is_refused(app: Flask, token: Token, path: str) -> None:
    answer = app.test_client().get(path, headers=token())
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "QUERY"])
def test_one_can_only_read(app: Flask, token: Token, method: str) -> None:
    for path in ("/api/v1/cases", "/fhir/metadata"):
        answer = app.test_client().open(path, method=method, headers=token())
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_a_token_ends_with_its_date_its_account_and_its_grant(app: Flask, reader: Centre, clock: Clock) -> None:
    with reader.engine.begin() as connection:
        create_account(connection, "tam", "Tạm THỬ", None, [Grant("reporter", "all")], NOW_MS)
        made = [issue(connection, roles(), NewToken("tam", "reporter", "all", 1), NOW_MS) for _ in range(2)]
    client = app.test_client()

    def status(text: str) -> int:
        return client.get("/api/v1/health", headers={"Authorization": f"Bearer {text}"}).status_code

    (first_id, first), (_, second) = made
    assert (status(first), status(second)) == (200, 200)
    with reader.engine.begin() as connection:
        revoke(connection, first_id, NOW_MS)
        with pytest.raises(Refused, match="token_unknown"):
            revoke(connection, first_id, NOW_MS)
    assert (status(first), status(second)) == (401, 200)
    clock.now_ms = NOW_MS + _DAY_MS
    assert status(second) == 401
    clock.now_ms = NOW_MS
    with reader.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM account_grant WHERE login = 'tam'")
    assert status(second) == 401


@pytest.mark.parametrize(
    ("login", "role", "area", "days", "reason"),
    [
        ("nobody", "reporter", "all", 1, "account_unknown"),
        ("cau-noi", "head", "all", 1, "not_granted"),
        ("cau-noi", "case_officer", "all", 1, "not_granted"),
        ("chi-ca", "case_officer", "all", 1, "no_api_right"),
        ("cau-noi", "reporter", "all", 366, "bad_days"),
        ("cau-noi", "reporter", "everywhere", 1, "bad_days"),
    ],
)
def test_a_token_is_issued_for_what_the_account_holds(
    reader: Centre, login: str, role: str, area: str, days: int, reason: str
) -> None:
    with reader.engine.begin() as connection, pytest.raises(Refused, match=reason):
        issue(connection, roles(), NewToken(login, role, area, days), NOW_MS)


def test_a_token_stands_in_the_database_as_its_hash_alone(reader: Centre, token: Token) -> None:
    text = token()["Authorization"].removeprefix("Bearer ")
    rows = reader.rows("SELECT * FROM api_token")
    assert not [row for row in rows if any(text in str(value) for value in row)]


def test_who_asks_too_fast_waits(app: Flask, token: Token, clock: Clock) -> None:
    client, headers = app.test_client(), token()
    codes = [client.get("/api/v1/health", headers=headers).status_code for _ in range(PURSE + 1)]
    assert codes == [200] * PURSE + [429]
    assert client.get("/api/v1/health", headers=headers).headers["Retry-After"] == "1"
    assert client.get("/api/v1/health", headers=token()).status_code == 200, "another token has its own purse"
    clock.now_ms += 1000
    codes = [client.get("/api/v1/health", headers=headers).status_code for _ in range(REFILL_PER_S + 1)]
    assert codes == [200] * REFILL_PER_S + [429]


def test_a_look_at_cases_is_written_down_with_the_token(app: Flask, reader: Centre, token: Token) -> None:
    before = reader.one("SELECT count(*) FROM audit")
    app.test_client().get("/api/v1/cases", headers=token("case_officer", "province-01"))
    actor, action, detail = reader.rows("SELECT actor, action, detail FROM audit ORDER BY number DESC LIMIT 1")[0]
    assert (actor, action, reader.one("SELECT count(*) FROM audit")) == ("cau-noi", "api_cases", before + 1)
    assert len(json.loads(detail)["token"]) == 8


def test_tokens_are_issued_and_revoked_by_command(reader: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"login": "cau-noi", "role": "reporter", "area": "all", "days": 1, "opens": False}
    options = Namespace(database=reader.url, keys=reader.keys, **asked)
    assert token_commands.issue(options) == 0
    options.id = json.loads(capsys.readouterr().out)["id"]
    assert (token_commands.list_tokens(options), options.id in capsys.readouterr().out) == (0, True)
    assert (token_commands.revoke(options), token_commands.revoke(options)) == (0, 1)
    where = ("--database", reader.url, "--keys", str(reader.keys))
    done = run_central("api-token", "issue", "nobody", "reporter", *where)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
