"""The place's self-check on a guard's page: the form's pages (ui.form) behind the guard's session.

GET  /form/?check=daily      begins it (or the whole one, "periodic"); back to the guard's page where there is none
GET, POST /form/<token>/...  as at the kiosk (ui.form.pages), without cards, paper and passes
POST /check  {"check": "daily"}: to the gate's own screen, or back to it; {"check": ""}: away from it

Nothing but the self-checks is offered here, and they are recorded with the name of the session's guard.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Flask, Response, abort, g, make_response, redirect, request, send_from_directory

from ui.form.desk import Extras, Filled, Offer, Outcome
from ui.form.pages import FormScreen, clock_ms
from ui.form.session import begin
from ui.guard.actions import answer_of, body_of
from ui.guard.desk import Said
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

    def hand(self, guard: str, offer: Offer, language: str) -> Said:
        """Give it to the gate's own screen, or bring it back to it; a problem is check_open: another one is there."""
        ...

    def take_back(self) -> Said:
        """Wipe what stands on the gate's screen."""
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

    _add_handing(app, desk)

    @app.get("/static/form/<path:name>")
    def form_file(name: str) -> Response:
        return send_from_directory(STATIC / "form", name)

    @app.get("/static/feed.js")
    def feed_file() -> Response:
        return send_from_directory(STATIC, "feed.js")


def _add_handing(app: Flask, desk: CheckDesk) -> None:
    @app.post("/check")
    def hand() -> Response:
        key = body_of().get("check")
        if key == "":
            return answer_of(desk.take_back())
        offer = next((one for one in desk.check_offers() if one.key == key), None)
        return answer_of(desk.hand(g.session.name, offer, g.session.language)) if offer is not None else abort(400)


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
