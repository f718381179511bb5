"""Officers signed in at the centre's pages, with synthetic names."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant
from central.web.entering import COOKIE


def signed_in(app: Flask, engine: Engine, role: str, area: str = "all", *, login: str = "", now_ms: int) -> FlaskClient:
    """A client with a session of a new account that holds `role` in `area`; it came in without the form."""
    login = login or f"{role.replace('_', '-')}.{area}"[:32]
    with engine.begin() as connection:
        create_account(connection, login, "Cán bộ THỬ NGHIỆM", None, [Grant(role, area)], now_ms)
        secret = begin_session(connection, login, now_ms)
    client = app.test_client()
    client.set_cookie(COOKIE, secret)
    return client
