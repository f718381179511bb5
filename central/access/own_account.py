"""An officer's own account: what they hold, their second factors, and the way to make the session strong."""

from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from central.access import doorway, factors, passkeys, steps
from central.access.roles import Purpose
from central.web.console import Desk, Page
from wire.refusal import Refused


def me(desk: Desk) -> Any:
    """GET: the page; `why=second` says that something needs the second factor."""
    login, now_ms = desk.officer.account, desk.now_ms
    with desk.read() as connection:
        keys = passkeys.credentials_of(connection, login)
        codes = factors.has_one_time(connection, login)
    return desk.show(
        "access/me.html",
        keys=[key.hex() for key in keys],
        codes=codes,
        why=request.args.get("why") == "second",
        can_passkey=doorway.can_passkey(),
        now_ms=now_ms,
    )


def sign_in_again(desk: Desk) -> Response:
    """POST: on to the second factor of an account that has one; the session of the pass phrase alone ends there."""
    with desk.write() as connection:
        if not factors.has_factor(connection, desk.officer.account):
            raise Refused("no_factor")
        secret, _ = steps.begin_step(connection, "second", desk.officer.account, "/", desk.now_ms)
    return doorway.with_step(redirect("/sign-in/second", 303), secret)


def add_passkey(desk: Desk) -> Any:
    """GET: ask the browser for another passkey. POST: keep it. Only from a strong session."""
    _need_strong(desk)
    login = desk.officer.account
    if request.method == "GET":
        with desk.write() as connection:
            secret, challenge = steps.begin_step(connection, "add", login, "/me", desk.now_ms)
            options = doorway.registration(connection, login, challenge)
        page = Response(desk.show("access/add_passkey.html", options=options), mimetype="text/html")
        return doorway.with_step(page, secret)
    secret = request.cookies.get(doorway.STEP_COOKIE, "")
    host, origins = doorway.names()
    with desk.write() as connection:
        step = steps.step_of(connection, secret, ("add",), desk.now_ms)
        if step.login != login:
            raise Refused("step_over")
        answer = request.form.get("credential", "")
        passkeys.register(connection, login, answer, step.challenge, host, origins, desk.now_ms)
        steps.end_step(connection, secret)
        desk.note(connection, "added_passkey", Purpose.UPKEEP, "")
    return desk.go("/me", "access.said.passkey_added")


def drop_passkey(desk: Desk) -> Response:
    """POST: one of one's own passkeys counts no more; never the last factor."""
    _need_strong(desk)
    login = desk.officer.account
    try:
        credential = bytes.fromhex(request.form.get("key", ""))
    except ValueError as error:
        raise Refused("passkey_unknown") from error
    with desk.write() as connection:
        passkeys.forget(connection, login, credential)
        if not factors.has_factor(connection, login):
            raise Refused("last_factor")
        desk.note(connection, "dropped_passkey", Purpose.UPKEEP, "")
    return desk.go("/me", "access.said.passkey_dropped")


def new_recovery(desk: Desk) -> str:
    """POST: new recovery codes, shown once."""
    _need_strong(desk)
    with desk.write() as connection:
        codes = factors.new_recovery(connection, desk.officer.account)
        desk.note(connection, "renewed_recovery_codes", Purpose.UPKEEP, "")
    return desk.show("access/recovery.html", codes=codes, to="/me")


def _need_strong(desk: Desk) -> None:
    if not desk.strong:
        raise Refused("second_factor")


OWN = (
    Page("/me", "access_me", me, None),
    Page("/me/second", "access_sign_in_again", sign_in_again, None, ("POST",)),
    Page("/me/passkey", "access_add_passkey", add_passkey, None, ("GET", "POST")),
    Page("/me/passkey/drop", "access_drop_passkey", drop_passkey, None, ("POST",)),
    Page("/me/recovery", "access_new_recovery", new_recovery, None, ("POST",)),
)
