"""Signing in with the province's own accounts: a real provider on loopback, and every way in which it may lie."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.access import accounts, oidc
from central.access.oidc import Provider, read_provider
from central.web.app import make_app
from central.web.entering import COOKIE
from tests.integration.central.access.conftest import Console
from tests.parts.accounts_provider import CLIENT, SECRET, AccountsProvider, running_provider
from tests.parts.centre import NOW_MS
from wire.refusal import Refused


@pytest.fixture(scope="module")
def province() -> Iterator[AccountsProvider]:
    with running_provider() as made:
        yield made


@pytest.fixture
def client(console: Console, province: AccountsProvider) -> FlaskClient:
    """A browser at a centre that is connected to the province; the officer is bound by their `sub`."""
    province.lies, province.foreign_key, province.amr, province.subject = {}, False, ("pwd", "otp"), "province-0001"
    provider = Provider(province.issuer, CLIENT, SECRET, frozenset({"otp", "hwk"}))
    with console.centre.engine.begin() as connection:
        if accounts.grants_of(connection, "tinh", NOW_MS) == () and accounts.phrase_of(connection, "tinh") is None:
            connection.exec_driver_sql("INSERT OR IGNORE INTO account VALUES ('tinh', 'THỬ', NULL, 'active', 1)")
        oidc.bind(connection, province.issuer, "province-0001", "tinh")
    return make_app(replace(console.site, provider=provider)).test_client()


def go_there_and_back(client: FlaskClient, **changed: Any) -> TestResponse:
    """What a browser does: our button, the province's page, back to us."""
    there = client.post("/sign-in/accounts", data={"to": "/me"})
    assert there.status_code == 303, there.text
    back = requests.get(there.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    query = dict(part.split("=") for part in back.partition("?")[2].split("&"))
    return client.get("/sign-in/back", query_string={**query, **changed})


def test_an_officer_of_the_province_comes_in(client: FlaskClient) -> None:
    assert "Đăng nhập bằng tài khoản của tỉnh" in client.get("/sign-in").text
    answer = go_there_and_back(client)
    assert answer.status_code == 200 and 'url=/me"' in answer.text
    assert client.get("/me").status_code == 200
    assert "Phiên này có lớp thứ hai" in client.get("/me").text


def test_a_province_that_asked_for_a_pass_phrase_alone_gives_a_weak_session(
    client: FlaskClient, province: AccountsProvider
) -> None:
    province.amr = ("pwd",)
    go_there_and_back(client)
    assert "Phiên này có lớp thứ hai" not in client.get("/me").text


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "another"},
        {"exp": int(time.time()) - 3600},
        {"sub": ""},
        {"iss": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    client: FlaskClient, province: AccountsProvider, lie: dict[str, Any]
) -> None:
    province.lies = lie
    assert go_there_and_back(client).status_code in (404, 409)
    assert client.get_cookie(COOKIE) is None


def test_a_token_of_another_key_lets_nobody_in(client: FlaskClient, province: AccountsProvider) -> None:
    province.foreign_key = True
    answer = go_there_and_back(client)
    assert answer.status_code == 409
    assert "Bạn chưa đăng nhập" in answer.text


def test_a_stranger_of_the_province_is_told_whom_to_ask(client: FlaskClient, province: AccountsProvider) -> None:
    province.subject = "province-9999"
    answer = go_there_and_back(client)
    assert answer.status_code == 409
    assert "chưa được gắn" in answer.text
    assert client.get_cookie(COOKIE) is None


@pytest.mark.parametrize("changed", [{"state": "another"}, {"code": "another"}, {"code": ""}])
def test_an_answer_that_was_changed_on_the_way_is_refused(client: FlaskClient, changed: dict[str, str]) -> None:
    assert go_there_and_back(client, **changed).status_code == 409
    assert client.get_cookie(COOKIE) is None


def test_an_answer_counts_once_and_in_its_browser_alone(console: Console, client: FlaskClient) -> None:
    answer = go_there_and_back(client)
    again = client.get(answer.request.full_path)
    assert again.status_code == 409
    assert client.application.test_client().get(answer.request.full_path).status_code == 409


def test_a_province_that_is_away_is_said_so(console: Console) -> None:
    provider = Provider("http://127.0.0.1:9", CLIENT, SECRET)
    answer = make_app(replace(console.site, provider=provider)).test_client().post("/sign-in/accounts")
    assert "chưa trả lời" in answer.text


def test_a_centre_without_a_province_offers_none(console: Console) -> None:
    client = console.app.test_client()
    assert "tài khoản của tỉnh</button>" not in client.get("/sign-in").text
    assert client.post("/sign-in/accounts").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["", 'issuer = "https://a"', 'issuer = "http://a.example"\nclient_id = "x"\nclient_secret = "y"', "issuer ="],
)
def test_a_file_that_does_not_say_it_all_is_refused(tmp_path: Any, text: str) -> None:
    (tmp_path / "accounts.toml").write_text(text)
    with pytest.raises(Refused, match="bad_accounts_file"):
        read_provider(tmp_path / "accounts.toml")
