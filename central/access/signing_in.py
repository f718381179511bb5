"""The door: pass phrase and second factor, passkey alone, first code, the province's accounts. Pages for everybody.

- A pass phrase alone lets in only who has no second factor yet, and then to nothing dangerous.
- What is wrong is said the same way for who exists and who does not, and after the same work.
"""

from typing import TYPE_CHECKING, Any

from flask import make_response, redirect, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from central.access import accounts, factors, oidc, passkeys, purses, steps
from central.access.audit import Look, note
from central.access.own_keys import secret_for
from central.access.roles import Purpose
from central.web import entering
from central.web.console import OpenPage, show_open
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

STEP_COOKIE = "gatepost_step"


def sign_in(site: "Site") -> Any:
    """GET: the form. POST: the pass phrase; on to the second factor, or in."""
    if request.method == "GET":
        return _door(site)
    login, phrase = _field("login", 32).lower(), request.form.get("phrase", "")[: accounts.LONGEST_PHRASE]
    try:
        right = _check(site, login, phrase)
    except Refused as refusal:
        return _door(site, refusal.reason, int(refusal.detail or 0)), 429
    to = entering.inside(request.form.get("to", ""))
    if not right:
        return _door(site, "wrong"), 401
    with site.engine.begin() as connection:
        if not factors.has_factor(connection, login):
            return _in(connection, site, login, to, strong=False, how="phrase")
        secret, _ = steps.begin_step(connection, "second", login, to, site.now_ms())
    return with_step(redirect(url_for("access_second"), 303), secret)


def second(site: "Site") -> Any:
    """GET: ask for the second factor. POST: a one-time code, a recovery code or a passkey."""
    secret = request.cookies.get(STEP_COOKIE, "")
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
            _note(connection, "", "second_factor_refused", site.now_ms())
        wrong = "first_too_fast" if refusal.reason == "too_fast" else refusal.reason
        return show_open("access/second.html", passkey=offers, codes=codes, wrong=wrong), 401


def passkey_challenge(site: "Site") -> Response:
    """POST: what a passkey has to sign, as JSON. The button asks for it: looking at the door writes nothing."""
    if passkeys.name_of(_host()) is None:
        raise Refused("passkey_refused")
    with site.engine.begin() as connection:
        to = entering.inside(request.form.get("to", ""))
        secret, challenge = steps.begin_step(connection, "passkey", None, to, site.now_ms())
        options = passkeys.signing_in(connection, _host(), None, challenge)
    return with_step(Response(options, mimetype="application/json"), secret)


def with_passkey(site: "Site") -> Any:
    """POST: the passkey that signed the challenge of the sign-in page."""
    secret, answer = request.cookies.get(STEP_COOKIE, ""), request.form.get("credential", "")
    host, origins = names()
    with site.engine.begin() as connection:
        step = steps.step_of(connection, secret, ("passkey",), site.now_ms())
        steps.end_step(connection, secret)
    try:
        with site.engine.begin() as connection:
            login = passkeys.sign_in(connection, answer, step.challenge, host, origins, site.now_ms())
            return _in(connection, site, login, step.goes_to, strong=True, how="passkey")
    except Refused as refusal:
        if refusal.reason != "passkey_refused":
            raise
        return _door(site, "passkey_refused"), 401


def welcome(site: "Site") -> Any:
    """GET: ask for login and first code. POST: check it and begin setting up."""
    if request.method == "GET":
        return show_open("access/welcome.html", wrong="")
    login, code, now_ms = _field("login", 32).lower(), _field("code", 40), site.now_ms()
    try:
        with site.engine.begin() as connection:
            purses.take(connection, login, _network(), now_ms)
    except Refused:
        return show_open("access/welcome.html", wrong="too_fast"), 429
    with site.engine.begin() as connection:
        if not factors.is_invited(connection, login, code, now_ms):
            _note(connection, "", "first_code_refused", now_ms)
            return show_open("access/welcome.html", wrong="wrong"), 401
        purses.give_back(connection, login, _network(), now_ms)
        secret, _ = steps.begin_step(connection, "welcome", login, "/", now_ms)
    return with_step(redirect(url_for("access_setting_up"), 303), secret)


def setting_up(site: "Site") -> Any:
    """GET: pass phrase and a first factor, at once. POST: keep both; the first code is used up, the officer is in."""
    secret, now_ms = request.cookies.get(STEP_COOKIE, ""), site.now_ms()
    with site.engine.connect().execution_options(reads_only=True) as connection:
        step = steps.step_of(connection, secret, ("welcome",), now_ms)
        login = step.login or ""
        one_time = secret_for(site.ring, step.challenge)
        page: dict[str, Any] = {"login": login, "secret": one_time, "picture": _picture(login, one_time), "wrong": ""}
        page["passkey"] = registration(connection, login, step.challenge)
    if request.method == "GET":
        return show_open("access/setting_up.html", **page)
    try:
        return _set_up(site, secret, step)
    except Refused as refusal:
        if refusal.reason not in ("weak_phrase", "code_wrong", "passkey_refused", "phrases_differ"):
            raise
        return show_open("access/setting_up.html", **{**page, "wrong": refusal.reason}), 400


def to_accounts(site: "Site") -> Any:
    """POST: away to the province's accounts."""
    if site.provider is None:
        raise Refused("accounts_unknown")
    with site.engine.begin() as connection:
        to = entering.inside(request.form.get("to", ""))
        secret, challenge = steps.begin_step(connection, "oidc", None, to, site.now_ms())
    answer = redirect(oidc.way_there(site.provider, challenge, _back()), 303)
    # Lax: the province's page leads the browser back, which Strict would come back without.
    return with_step(answer, secret, samesite="Lax")


def from_accounts(site: "Site") -> Any:
    """GET: back from the province's accounts."""
    secret, provider = request.cookies.get(STEP_COOKIE, ""), site.provider
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
            _note(connection, "", "accounts_not_bound", site.now_ms())
            raise Refused("accounts_not_bound")
        # The browser would keep a Strict cookie back on a journey that began elsewhere: a page of ours leads on.
        page = make_response(show_open("access/onward.html", to=step.goes_to))
        return _in(connection, site, login, step.goes_to, strong=known.strong, how="accounts", answer=page)


def _check(site: "Site", login: str, phrase: str) -> bool:
    """Whether it is right. The slow hash runs outside a transaction: nobody waits at the database for it."""
    now_ms = site.now_ms()
    with site.engine.begin() as connection:
        purses.take(connection, login, _network(), now_ms)
        digest = accounts.phrase_of(connection, login)
    right = accounts.is_phrase(digest, phrase)
    with site.engine.begin() as connection:
        if right:
            purses.give_back(connection, login, _network(), now_ms)
            if digest is not None and accounts.needs_rehash(digest):
                accounts.store_phrase(connection, login, accounts.hash_phrase(phrase))
        else:
            _note(connection, "", "sign_in_refused", now_ms)
    return right


def _second_given(site: "Site", secret: str, step: steps.Step) -> Response:
    login, now_ms, answer = step.login or "", site.now_ms(), request.form.get("credential", "")
    with site.engine.begin() as connection:
        if not answer:
            purses.take(connection, login, f"second {login}", now_ms)
    with site.engine.begin() as connection:
        if answer:
            host, origins = names()
            if passkeys.sign_in(connection, answer, step.challenge, host, origins, now_ms) != login:
                raise Refused("passkey_refused")
        elif not factors.use_code(connection, site.ring, login, _field("code", 40), now_ms):
            raise Refused("code_wrong")
        else:
            purses.give_back(connection, login, f"second {login}", now_ms)
        steps.end_step(connection, secret)
        return _in(connection, site, login, step.goes_to, strong=True, how="passkey" if answer else "code")


def _set_up(site: "Site", secret: str, step: steps.Step) -> Response:
    login, now_ms, answer = step.login or "", site.now_ms(), request.form.get("credential", "")
    phrase = request.form.get("phrase", "")
    if phrase != request.form.get("again", ""):
        raise Refused("phrases_differ")
    digest = accounts.hash_phrase(phrase)
    with site.engine.begin() as connection:
        if answer:
            host, origins = names()
            passkeys.register(connection, login, answer, step.challenge, host, origins, now_ms)
            codes = factors.new_recovery(connection, login)
        else:
            one_time = secret_for(site.ring, step.challenge)
            codes = factors.set_one_time(connection, site.ring, login, one_time, _field("code", 10), now_ms)
        steps.end_step(connection, secret)
        factors.end_invitation(connection, login)
        accounts.store_phrase(connection, login, digest)
        _note(connection, login, "set_up_account", now_ms)
        page = make_response(show_open("access/recovery.html", codes=codes, to="/"))
        return _in(connection, site, login, "/", strong=True, how="first_code", answer=page)


def _in(
    connection: Connection, site: "Site", login: str, to: str, *, strong: bool, how: str, answer: Response | None = None
) -> Response:
    """A new session: never one that the browser brought along."""
    now_ms = site.now_ms()
    accounts.end_session(connection, request.cookies.get(entering.COOKIE, ""))
    secret = accounts.begin_session(connection, login, now_ms, strong=strong)
    _note(connection, login, "signed_in", now_ms, how=how)
    done = entering.begin(answer or redirect(to, 303), secret)
    done.delete_cookie(STEP_COOKIE)
    return done


def _door(site: "Site", wrong: str = "", wait_s: int = 0) -> str:
    """The sign-in page."""
    return show_open(
        "access/sign_in.html",
        wrong=wrong,
        wait_s=wait_s,
        passkeys=passkeys.name_of(_host()) is not None,
        accounts=site.provider is not None,
        to=request.values.get("to", ""),
    )


def with_step(answer: Response, secret: str, samesite: str = "Strict") -> Response:
    """Give the browser its step."""
    answer.set_cookie(STEP_COOKIE, secret, httponly=True, samesite=samesite, secure=request.is_secure, max_age=300)
    return answer


def _note(connection: Connection, login: str, action: str, now_ms: int, **detail: Any) -> None:
    """Without the login where it was wrong: people type their pass phrase into that field."""
    note(connection, Look(login, action, Purpose.OVERSIGHT, "", detail=detail), now_ms)


def _passkey_options(connection: Connection, login: str, challenge: bytes) -> str | None:
    if passkeys.name_of(_host()) is None or not passkeys.credentials_of(connection, login):
        return None
    return passkeys.signing_in(connection, _host(), login, challenge)


def can_passkey() -> bool:
    """Whether the centre was reached by a name that passkeys can be bound to."""
    return passkeys.name_of(_host()) is not None


def registration(connection: Connection, login: str, challenge: bytes) -> str | None:
    """What the browser needs to make a passkey for this centre's name; None where it was reached without one."""
    if passkeys.name_of(_host()) is None:
        return None
    return passkeys.registration(connection, _host(), login, login, challenge)


def _picture(login: str, secret: str) -> str:
    import segno

    return str(segno.make(factors.address_of(login, secret), micro=False).svg_inline(omitsize=True, border=2))


def names() -> tuple[str, list[str]]:
    """(the name that passkeys are bound to, where our pages may stand)."""
    host, _, port = request.host.partition(":")
    return host, passkeys.origins_of(host, int(port) if port.isdigit() else None)


def _host() -> str:
    return request.host.rpartition(":")[0] if request.host.count(":") == 1 else request.host


def _network() -> str:
    return request.remote_addr or ""


def _back() -> str:
    return str(url_for("access_from_accounts", _external=True))


def _field(name: str, most: int) -> str:
    value = request.form.get(name, "").strip()[:most]
    return value if value.isprintable() else ""


DOOR = (
    OpenPage("/sign-in", "sign_in", sign_in, ("GET", "POST")),
    OpenPage("/sign-in/second", "access_second", second, ("GET", "POST")),
    OpenPage("/sign-in/passkey/challenge", "access_passkey_challenge", passkey_challenge, ("POST",)),
    OpenPage("/sign-in/passkey", "access_with_passkey", with_passkey, ("POST",)),
    OpenPage("/sign-in/accounts", "access_to_accounts", to_accounts, ("POST",)),
    OpenPage("/sign-in/back", "access_from_accounts", from_accounts),
    OpenPage("/welcome", "access_welcome", welcome, ("GET", "POST")),
    OpenPage("/welcome/set-up", "access_setting_up", setting_up, ("GET", "POST")),
)
