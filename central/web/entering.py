"""Who is asking at each request of the officers' pages, and their way out."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import abort, g, redirect, request
from werkzeug.wrappers import Response

from central.access import accounts
from central.access.roles import roles
from central.web.console import Desk, Page

if TYPE_CHECKING:
    from central.web.app import Site

COOKIE = "gatepost_session"
__all__ = ["COOKIE", "begin", "desk_of", "enter", "inside", "roles", "sign_out"]


def enter(site: "Site", page: Page) -> Desk:
    """The desk of whoever is signed in. Ends the request: to the sign-in page, or 403 without the page's right."""
    desk = desk_of(site, page)
    if desk is None:
        to = quote(request.full_path.rstrip("?")) if request.method == "GET" else ""
        abort(redirect(f"/sign-in?to={to}", 303))
    if page.needs is not None:
        desk.require(page.needs)
    return desk


def desk_of(site: "Site", page: Page) -> Desk | None:
    """The desk of whoever is signed in, whatever they may; None for nobody."""
    secret, now_ms = request.cookies.get(COOKIE, ""), site.now_ms()
    if not secret:
        return None
    with site.engine.connect().execution_options(reads_only=True) as connection:
        session = accounts.session_of(connection, secret, now_ms)
    if session is None:
        return None
    if now_ms - session.seen_ms >= accounts.SEEN_EACH_MS:
        with site.engine.begin() as connection:
            accounts.touch_session(connection, secret, now_ms)
    g.desk = Desk(site, roles(), session.officer, secret, page, session.strong)
    return g.desk  # type: ignore[no-any-return]


def begin(answer: Response, secret: str) -> Response:
    """Give the browser its session."""
    answer.set_cookie(COOKIE, secret, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


def sign_out(site: "Site") -> Response:
    """POST: the session ends here and at the centre."""
    with site.engine.begin() as connection:
        accounts.end_session(connection, request.cookies.get(COOKIE, ""))
    answer = redirect("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def inside(path: str) -> str:
    """Only an address of this house: //elsewhere.example is one of another's."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) <= 300
    return path if safe else "/"
