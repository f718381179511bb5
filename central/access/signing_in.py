"""The door: pass phrase and second factor, passkey alone, the province's accounts. Pages for everybody.

- A pass phrase alone lets in only who has no second factor yet, and then to nothing dangerous.
- What is wrong is said the same way for who exists and who does not, and after the same work.
"""

from typing import TYPE_CHECKING, Any

from flask import make_response, redirect, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from central.access import accounts, doorway, factors, oidc, passkeys, purses, steps
from central.web import entering
from central.web.console import OpenPage, show_open
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site


def sign_in(site: "Site") -> Any:
    """GET: the form. POST: the pass phrase; on to the second factor, or in."""
    if request.method == "GET":
        return _door(site)
    login, phrase = doorway.field("login", 32).lower(), request.form.get("phrase", "")[: accounts.LONGEST_PHRASE]
    try:
        right = _check(site, login, phrase)
    except Refused as refusal:
        return _door(site, refusal.reason, int(refusal.detail or 0)), 429
    to = entering.inside(request.form.get("to", ""))
    if not right:
        return _door(site, "wrong"), 401
    with site.engine.begin() as connection:
        if not factors.has_factor(connection, login):
            return doorway.let_in(connection, site, login, to, strong=False, how="phrase")
        secret, _ = steps.begin_step(connection, "second", login, to, site.now_ms())
    return doorway.with_step(redirect(url_for("access_second"), 303), secret)


def second(site: "Site") -> Any:
    """GET: ask for the second factor. POST: a one-time code, a recovery code or a passkey."""
    secret = request.cookies.get(doorway.STEP_COOKIE, "")
    with site.engine.connect().execution_options(reads_only=True) as connection:
        step = steps.step_of(connection, secret, ("second",), site.now_ms())
        login = step.login or ""
        offers = _passkey_options(connection, login, step.challenge)
        codes = factors.has_one_time(connection, login)
    if request.method == "GET":
        return show_open("access/second.html", passkey=offers, codes=codes, wrong="")
    try:
        return _second_given(site, secret, step)
    except Refused as refusal:
        if refusal.reason not in ("code_wrong", "passkey_refused", "too_fast"):
            raise
        with site.engine.begin() as connection:
            doorway.note_step(connection, "", "second_factor_refused", site.now_ms())
        wrong = "first_too_fast" if refusal.reason == "too_fast" else refusal.reason
        return show_open("access/second.html", passkey=offers, codes=codes, wrong=wrong), 401


def passkey_challenge(site: "Site") -> Response:
    """POST: what a passkey has to sign, as JSON. The button asks for it: looking at the door writes nothing."""
    if passkeys.name_of(doorway.host()) is None:
        raise Refused("passkey_refused")
    with site.engine.begin() as connection:
        to = entering.inside(request.form.get("to", ""))
        secret, challenge = steps.begin_step(connection, "passkey", None, to, site.now_ms())
        options = passkeys.signing_in(connection, doorway.host(), None, challenge)
    return doorway.with_step(Response(options, mimetype="application/json"), secret)


def with_passkey(site: "Site") -> Any:
    """POST: the passkey that signed the challenge of the sign-in page."""
    secret, answer = request.cookies.get(doorway.STEP_COOKIE, ""), request.form.get("credential", "")
    host, origins = doorway.names()
    with site.engine.begin() as connection:
        step = steps.step_of(connection, secret, ("passkey",), site.now_ms())
        steps.end_step(connection, secret)
    try:
        with site.engine.begin() as connection:
            login = passkeys.sign_in(connection, answer, step.challenge, host, origins, site.now_ms())
            return doorway.let_in(connection, site, login, step.goes_to, strong=True, how="passkey")
    except Refused as refusal:
        if refusal.reason != "passkey_refused":
            raise
        return _door(site, "passkey_refused"), 401


def to_accounts(site: "Site") -> Any:
    """POST: away to the province's accounts."""
    if site.provider is None:
        raise Refused("accounts_unknown")
    with site.engine.begin() as connection:
        to = entering.inside(request.form.get("to", ""))
        secret, challenge = steps.begin_step(connection, "oidc", None, to, site.now_ms())
    answer = redirect(oidc.way_there(site.provider, challenge, _back()), 303)
    # Lax: the province's page leads the browser back, which Strict would come back without.
    return doorway.with_step(answer, secret, samesite="Lax")


def from_accounts(site: "Site") -> Any:
    """GET: back from the province's accounts."""
    secret, provider = request.cookies.get(doorway.STEP_COOKIE, ""), site.provider
    if provider is None:
        raise Refused("accounts_unknown")
    with site.engine.begin() as connection:
        step = steps.step_of(connection, secret, ("oidc",), site.now_ms())
        steps.end_step(connection, secret)
    known = oidc.come_back(
        provider, step.challenge, _back(), request.args.get("state", ""), request.args.get("code", "")
    )
    with site.engine.begin() as connection:
        login = oidc.login_of(connection, provider.issuer, known.subject)
        if login is None:
            doorway.note_step(connection, "", "accounts_not_bound", site.now_ms())
            raise Refused("accounts_not_bound")
        # The browser would keep a Strict cookie back on a journey that began elsewhere: a page of ours leads on.
        page = make_response(show_open("access/onward.html", to=step.goes_to))
        return doorway.let_in(connection, site, login, step.goes_to, strong=known.strong, how="accounts", answer=page)


def _check(site: "Site", login: str, phrase: str) -> bool:
    """Whether it is right. The slow hash runs outside a transaction: nobody waits at the database for it."""
    now_ms = site.now_ms()
    with site.engine.begin() as connection:
        purses.take(connection, login, doorway.network(), now_ms)
        digest = accounts.phrase_of(connection, login)
    right = accounts.is_phrase(digest, phrase)
    with site.engine.begin() as connection:
        if right:
            purses.give_back(connection, login, doorway.network(), now_ms)
            if digest is not None and accounts.needs_rehash(digest):
                accounts.store_phrase(connection, login, accounts.hash_phrase(phrase))
        else:
            doorway.note_step(connection, "", "sign_in_refused", now_ms)
    return right


def _second_given(site: "Site", secret: str, step: steps.Step) -> Response:
    login, now_ms, answer = step.login or "", site.now_ms(), request.form.get("credential", "")
    with site.engine.begin() as connection:
        if not answer:
            purses.take(connection, login, f"second {login}", now_ms)
    with site.engine.begin() as connection:
        if answer:
            host, origins = doorway.names()
            if passkeys.sign_in(connection, answer, step.challenge, host, origins, now_ms) != login:
                raise Refused("passkey_refused")
        elif not factors.use_code(connection, site.ring, login, doorway.field("code", 40), now_ms):
            raise Refused("code_wrong")
        else:
            purses.give_back(connection, login, f"second {login}", now_ms)
        steps.end_step(connection, secret)
        return doorway.let_in(connection, site, login, step.goes_to, strong=True, how="passkey" if answer else "code")


def _door(site: "Site", wrong: str = "", wait_s: int = 0) -> str:
    """The sign-in page."""
    return show_open(
        "access/sign_in.html",
        wrong=wrong,
        wait_s=wait_s,
        passkeys=passkeys.name_of(doorway.host()) is not None,
        accounts=site.provider is not None,
        to=request.values.get("to", ""),
    )


def _passkey_options(connection: Connection, login: str, challenge: bytes) -> str | None:
    if passkeys.name_of(doorway.host()) is None or not passkeys.credentials_of(connection, login):
        return None
    return passkeys.signing_in(connection, doorway.host(), login, challenge)


def _back() -> str:
    return str(url_for("access_from_accounts", _external=True))


DOOR = (
    OpenPage("/sign-in", "sign_in", sign_in, ("GET", "POST")),
    OpenPage("/sign-in/second", "access_second", second, ("GET", "POST")),
    OpenPage("/sign-in/passkey/challenge", "access_passkey_challenge", passkey_challenge, ("POST",)),
    OpenPage("/sign-in/passkey", "access_with_passkey", with_passkey, ("POST",)),
    OpenPage("/sign-in/accounts", "access_to_accounts", to_accounts, ("POST",)),
    OpenPage("/sign-in/back", "access_from_accounts", from_accounts),
)
