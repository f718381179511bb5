"""Signing in and out of the officers' pages, and who is asking at each request."""

from functools import cache
from typing import TYPE_CHECKING

from flask import abort, g, redirect, render_template, request
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from central.access import accounts
from central.access.audit import Look, note
from central.access.roles import Purpose, Roles, load_roles
from central.web.console import Desk, Page

if TYPE_CHECKING:
    from central.web.app import Site

COOKIE = "gatepost_session"
OPEN = frozenset({"sign_in"})


@cache
def roles() -> Roles:
    """roles.toml, read once a process."""
    return load_roles()


def enter(site: "Site", page: Page) -> Desk:
    """The desk of whoever is signed in. Ends the request: to the sign-in page, or 403 without the page's right."""
    secret = request.cookies.get(COOKIE, "")
    with site.engine.connect().execution_options(reads_only=True) as connection:
        officer = accounts.officer_of(connection, secret, site.now_ms()) if secret else None
    if officer is None:
        abort(redirect(f"/sign-in?to={request.path}"))
    desk = Desk(site, roles(), officer, secret, page)
    desk.require(page.needs)
    return desk


def sign_in(site: "Site") -> str | Response | tuple[str, int]:
    """GET: the form. POST: the session, and on to where the officer wanted to go."""
    if request.method == "GET":
        return render_template("sign_in.html", wrong=False, **g.words)
    login, phrase = request.form.get("login", "")[:32], request.form.get("phrase", "")[:200]
    with site.engine.begin() as connection:
        right = accounts.check_phrase(connection, login, phrase)
        _note(connection, login, right, site.now_ms())
        secret = accounts.begin_session(connection, login, site.now_ms()) if right else ""
    if not right:
        return render_template("sign_in.html", wrong=True, **g.words), 401
    answer = redirect(_inside(request.form.get("to", "")))
    answer.set_cookie(COOKIE, secret, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


def sign_out(site: "Site") -> Response:
    """POST: the session ends here and at the centre."""
    with site.engine.begin() as connection:
        accounts.end_session(connection, request.cookies.get(COOKIE, ""))
    answer = redirect("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


def _note(connection: Connection, login: str, right: bool, now_ms: int) -> None:
    action = "signed_in" if right else "sign_in_refused"
    note(connection, Look(login if right else "", action, Purpose.OVERSIGHT, ""), now_ms)


def _inside(path: str) -> str:
    """Only an address of this house: //elsewhere.example is one of another's."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/tonight"
