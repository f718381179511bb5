"""What every step at the door needs: the browser's cookies, the centre's name, the session at the end."""

from typing import TYPE_CHECKING, Any

from flask import redirect, request
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from central.access import accounts, passkeys
from central.access.audit import Look, note
from central.access.roles import Purpose
from central.web import entering

if TYPE_CHECKING:
    from central.web.app import Site

STEP_COOKIE = "gatepost_step"


def let_in(
    connection: Connection, site: "Site", login: str, to: str, *, strong: bool, how: str, answer: Response | None = None
) -> Response:
    """A new session: never one that the browser brought along."""
    now_ms = site.now_ms()
    accounts.end_session(connection, request.cookies.get(entering.COOKIE, ""))
    secret = accounts.begin_session(connection, login, now_ms, strong=strong)
    note_step(connection, login, "signed_in", now_ms, how=how)
    done = entering.begin(answer or redirect(to, 303), secret)
    done.delete_cookie(STEP_COOKIE)
    return done


def with_step(answer: Response, secret: str, samesite: str = "Strict") -> Response:
    """Give the browser its step."""
    answer.set_cookie(STEP_COOKIE, secret, httponly=True, samesite=samesite, secure=request.is_secure, max_age=300)
    return answer


def note_step(connection: Connection, login: str, action: str, now_ms: int, **detail: Any) -> None:
    """Without the login where it was wrong: people type their pass phrase into that field."""
    note(connection, Look(login, action, Purpose.OVERSIGHT, "", detail=detail), now_ms)


def can_passkey() -> bool:
    """Whether the centre was reached by a name that passkeys can be bound to."""
    return passkeys.name_of(host()) is not None


def registration(connection: Connection, login: str, challenge: bytes) -> str | None:
    """What the browser needs to make a passkey for this centre's name; None where it was reached without one."""
    if passkeys.name_of(host()) is None:
        return None
    return passkeys.registration(connection, host(), login, login, challenge)


def names() -> tuple[str, list[str]]:
    """(the name that passkeys are bound to, where our pages may stand)."""
    name, _, port = request.host.partition(":")
    return name, passkeys.origins_of(name, int(port) if port.isdigit() else None)


def host() -> str:
    """The name under which the browser reached the centre."""
    return request.host.rpartition(":")[0] if request.host.count(":") == 1 else request.host


def network() -> str:
    """The address that the request came from."""
    return request.remote_addr or ""


def field(name: str, most: int) -> str:
    """A field of the form, cut to `most` characters; "" where it is not printable."""
    value = request.form.get(name, "").strip()[:most]
    return value if value.isprintable() else ""
