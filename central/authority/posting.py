"""A change by a form: one transaction, counted once however often a bad link sends it, then on to a page."""

from collections.abc import Callable

from flask import request
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from central.authority import once
from central.web.console import Desk


def post(desk: Desk, write: Callable[[Connection], str], said: str = "") -> Response:
    """Do `write` (it checks, notes and returns where to go on), unless this very form was sent before."""
    token = request.form.get("once", "")
    with desk.write() as connection:
        answered = once.before(connection, token, desk.officer.account)
        if answered is None:
            answered = write(connection)
            once.keep(connection, token, answered, desk.now_ms)
    return desk.go(answered, said)
