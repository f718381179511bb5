"""`python -m central public`: the pages for everybody and nothing else, as a process of its own.

Whoever breaks into it finds no officers' page, no session and no key of a case behind it (docs/adr/0034).
"""

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, abort, request

from central.access.first_time import FIRST_TIME
from central.access.signing_in import DOOR
from central.web import access
from central.web.console import Desk, Page, add_pages, open_pages
from central.web.errors import Centre, add_errors
from central.web.frame import begin_page, harden

if TYPE_CHECKING:
    from central.web.app import Site

FORM_BYTES = 1 << 20
STAFF = frozenset((*DOOR, *FIRST_TIME))  # where officers sign in: their own process has them


def make_public_app(site: "Site") -> Flask:
    """The app of the open pages."""
    app = Centre(__name__)
    app.config.update(MAX_CONTENT_LENGTH=FORM_BYTES, MAX_FORM_MEMORY_SIZE=FORM_BYTES)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(harden)
    add_pages(app, site, _nobody, (), [page for page in open_pages() if page not in STAFF])
    app.before_request(partial(_guard, site))
    add_errors(app)
    return app


def _guard(site: "Site") -> None:
    begin_page()
    if not access.host_allowed(request, site.hosts) or not access.origin_allowed(request):
        abort(403)


def _nobody(_: Page) -> Desk:
    raise AssertionError("no officer's page is served here")
