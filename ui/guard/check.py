"""The place's self-check on a guard's page: the form's pages (ui.form) behind the guard's session.

GET  /form/?check=daily      begins it (or the whole one, "periodic"); back to the guard's page where there is none
GET, POST /form/<token>/...  as at the kiosk (ui.form.pages), without cards, paper and passes

Nothing but the self-checks is offered here, and they are recorded with the name of the session's guard.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Flask, Response, g, make_response, redirect, request, send_from_directory

from ui.form.desk import Extras, Filled, Offer, Outcome
from ui.form.pages import FormScreen, clock_ms
from ui.form.session import begin
from ui.place import Place
from ui.words import Words

STATIC = Path(__file__).parents[1] / "static"


class CheckDesk(Protocol):
    """The gate's side."""

    def check_offers(self) -> Sequence[Offer]:
        """The self-checks of this place, the daily one first; none where it has none."""
        ...

    def check_due(self) -> bool:
        """Whether today's is still to be done, as far as this gate knows; from memory."""
        ...

    def take_check(self, guard: str, filled: Filled) -> Outcome:
        """Record it. Returns after the commit, or with `failed` set, within 2 s."""
        ...


def add_check(app: Flask, desk: CheckDesk, place: Place, words: Words) -> None:
    """Put the self-check into the guards' app, whose sessions guard it."""
    screen = CheckScreen(_FormDesk(desk), place, words, Extras(), clock_ms, lambda: datetime.now().astimezone())
    stop_views: Callable[[], None] = app.extensions["gatepost.stop"]

    def stop() -> None:
        stop_views()
        screen.seats.close()

    app.extensions["gatepost.stop"] = stop
    app.register_blueprint(screen.blueprint())

    @app.get("/static/form/<path:name>")
    def form_file(name: str) -> Response:
        return send_from_directory(STATIC / "form", name)

    @app.get("/static/feed.js")
    def feed_file() -> Response:
        return send_from_directory(STATIC, "feed.js")


class _FormDesk:
    """The self-checks. Implements ui.form.desk.Desk."""

    def __init__(self, desk: CheckDesk) -> None:
        self._desk = desk

    def offers(self) -> Sequence[Offer]:
        """See Desk."""
        return self._desk.check_offers()

    def scanned(self, timeout_s: float) -> Mapping[str, str] | None:
        """No card belongs to a place."""
        return None

    def held(self) -> Mapping[str, str] | None:
        """No card belongs to a place."""
        return None

    def submit(self, filled: Filled) -> Outcome:
        """See Desk."""
        return self._desk.take_check(g.session.name, filled)

    def temporary_pass(self, language: str) -> Outcome:
        """A pass is for somebody who stands at the gate."""
        return Outcome("FAULT", (), "", failed="stalled")


class CheckScreen(FormScreen):
    """The form's pages on a guard's phone."""

    by_phone = True

    def blueprint(self) -> Blueprint:
        pages = Blueprint("form", __name__, url_prefix="/form")
        pages.get("/")(self.start_page)
        pages.post("/start")(self.start_again)
        pages.get("/<token>/")(self.page)
        pages.post("/<token>/find")(self.find)
        pages.post("/<token>/<action>")(self.act)
        return pages

    def _gone(self, language: str) -> Response:
        return make_response(self.draw.gone(language, by_phone=False))  # with the way back to the guard's page

    def start_page(self) -> Response:
        offer = self._offer(request.args.get("check"))
        language = self._language(g.session.language)
        token = self.seats.open(begin(offer, language, self.now_ms(), by_phone=True)) if offer else None
        if token is None:
            return make_response(redirect("/", 303))
        return make_response(redirect(f"/form/{token}/", 303))
