"""The first time: the code of an administrator, a pass phrase that nobody else knows, and a second factor, at once."""

from typing import TYPE_CHECKING, Any

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from central.access import accounts, doorway, factors, passkeys, purses, steps
from central.access.own_keys import secret_for
from central.web.console import OpenPage, show_open
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site


def welcome(site: "Site") -> Any:
    """GET: ask for login and first code. POST: check it and begin setting up."""
    if request.method == "GET":
        return show_open("access/welcome.html", wrong="")
    login, code, now_ms = doorway.field("login", 32).lower(), doorway.field("code", 40), site.now_ms()
    try:
        with site.engine.begin() as connection:
            purses.take(connection, login, doorway.network(), now_ms)
    except Refused:
        return show_open("access/welcome.html", wrong="too_fast"), 429
    with site.engine.begin() as connection:
        if not factors.is_invited(connection, login, code, now_ms):
            doorway.note_step(connection, "", "first_code_refused", now_ms)
            return show_open("access/welcome.html", wrong="wrong"), 401
        purses.give_back(connection, login, doorway.network(), now_ms)
        secret, _ = steps.begin_step(connection, "welcome", login, "/", now_ms)
    return doorway.with_step(redirect(url_for("access_setting_up"), 303), secret)


def setting_up(site: "Site") -> Any:
    """GET: pass phrase and a first factor, at once. POST: keep both; the first code is used up, the officer is in."""
    secret, now_ms = request.cookies.get(doorway.STEP_COOKIE, ""), site.now_ms()
    with site.engine.connect().execution_options(reads_only=True) as connection:
        step = steps.step_of(connection, secret, ("welcome",), now_ms)
        login = step.login or ""
        one_time = secret_for(site.ring, step.challenge)
        page: dict[str, Any] = {"login": login, "secret": one_time, "picture": _picture(login, one_time), "wrong": ""}
        page["passkey"] = doorway.registration(connection, login, step.challenge)
    if request.method == "GET":
        return show_open("access/setting_up.html", **page)
    try:
        return _set_up(site, secret, step)
    except Refused as refusal:
        if refusal.reason not in ("weak_phrase", "code_wrong", "passkey_refused", "phrases_differ"):
            raise
        return show_open("access/setting_up.html", **{**page, "wrong": refusal.reason}), 400


def _set_up(site: "Site", secret: str, step: steps.Step) -> Response:
    login, now_ms, answer = step.login or "", site.now_ms(), request.form.get("credential", "")
    phrase = request.form.get("phrase", "")
    if phrase != request.form.get("again", ""):
        raise Refused("phrases_differ")
    digest = accounts.hash_phrase(phrase)
    with site.engine.begin() as connection:
        if answer:
            host, origins = doorway.names()
            passkeys.register(connection, login, answer, step.challenge, host, origins, now_ms)
            codes = factors.new_recovery(connection, login)
        else:
            one_time = secret_for(site.ring, step.challenge)
            codes = factors.set_one_time(connection, site.ring, login, one_time, doorway.field("code", 10), now_ms)
        steps.end_step(connection, secret)
        factors.end_invitation(connection, login)
        accounts.store_phrase(connection, login, digest)
        doorway.note_step(connection, login, "set_up_account", now_ms)
        page = make_response(show_open("access/recovery.html", codes=codes, to="/"))
        return doorway.let_in(connection, site, login, "/", strong=True, how="first_code", answer=page)


def _picture(login: str, secret: str) -> str:
    import segno

    return str(segno.make(factors.address_of(login, secret), micro=False).svg_inline(omitsize=True, border=2))


FIRST_TIME = (
    OpenPage("/welcome", "access_welcome", welcome, ("GET", "POST")),
    OpenPage("/welcome/set-up", "access_setting_up", setting_up, ("GET", "POST")),
)
