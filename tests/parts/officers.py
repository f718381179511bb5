"""Officers signed in at the centre's pages, with synthetic names.

`signed_in` comes in without the form; `set_up` and `sign_in` go through the door as people do: first code, pass phrase,
one-time codes of a phone.
"""

import re
from dataclasses import dataclass

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from central.access.accounts import begin_session, create_account
from central.access.factors import invite
from central.access.roles import Grant
from central.web.entering import COOKIE

PHRASE = "bốn từ chẳng liên quan"


def signed_in(
    app: Flask,
    engine: Engine,
    role: str,
    area: str = "all",
    *,
    login: str = "",
    now_ms: int,
    strong: bool = True,
) -> FlaskClient:
    """A client with a session of a new account that holds `role` in `area`; it came in without the form."""
    login = login or f"{role.replace('_', '-')}.{area}"[:32]
    with engine.begin() as connection:
        create_account(connection, login, "Cán bộ THỬ NGHIỆM", None, [Grant(role, area)] if role else [], now_ms)
    return session_of(app, engine, login, now_ms=now_ms, strong=strong)


def session_of(app: Flask, engine: Engine, login: str, *, now_ms: int, strong: bool = True) -> FlaskClient:
    """Another client of an account that is there."""
    with engine.begin() as connection:
        secret = begin_session(connection, login, now_ms, strong=strong)
    client = app.test_client()
    client.set_cookie(COOKIE, secret)
    return client


@dataclass(frozen=True, slots=True)
class Phone:
    """What an officer's phone and head hold."""

    login: str
    secret: str
    recovery: tuple[str, ...]
    phrase: str = PHRASE

    def code(self, now_ms: int) -> str:
        """What it shows now."""
        return pyotp.TOTP(self.secret).at(now_ms // 1000)


def new_account(engine: Engine, role: str, area: str = "all", *, login: str, now_ms: int) -> str:
    """An account nobody has signed in to yet; its first code."""
    with engine.begin() as connection:
        create_account(connection, login, "Cán bộ THỬ NGHIỆM", None, [Grant(role, area)], now_ms)
        return invite(connection, login, now_ms)


def set_up(client: FlaskClient, login: str, first_code: str, now_ms: int) -> Phone:
    """Go through /welcome with a first code; the client is signed in afterwards."""
    assert client.post("/welcome", data={"login": login, "code": first_code}).status_code == 303
    page = client.get("/welcome/set-up").text
    found = re.search(r'<span class="mono">([A-Z2-7]{32})</span>', page)
    assert found is not None, page[:500]
    secret = found.group(1)
    code = pyotp.TOTP(secret).at(now_ms // 1000)
    answer = client.post("/welcome/set-up", data={"phrase": PHRASE, "again": PHRASE, "code": code})
    assert answer.status_code == 200, answer.text[:500]
    return Phone(login, secret, tuple(re.findall(r"<li>([A-Z2-9-]{12})</li>", answer.text)))


def sign_in(client: FlaskClient, phone: Phone, now_ms: int, to: str = "/") -> str:
    """Sign in by pass phrase and one-time code; the address that the centre leads to."""
    answer = client.post("/sign-in", data={"login": phone.login, "phrase": phone.phrase, "to": to})
    assert answer.headers["Location"] == "/sign-in/second"
    answer = client.post("/sign-in/second", data={"code": phone.code(now_ms)})
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["Location"])
