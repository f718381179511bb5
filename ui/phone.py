"""The app for visitors' own phones: the form's pages behind the TLS proxy, and nothing else of the kiosk.

GET  /form/                     where to find the code that begins a form      POST /form/start  in another language
GET  /form/<invitation>/        the form's first page; as long as nothing is done there the invitation stays good
POST /form/<invitation>/agree   a seat for this phone, and on from there; so does "refuse"
GET, POST /form/<token>/...     as at the kiosk (ui.form.pages), without cards, paper and passes

- A server of its own with few threads: phones that ask without end wait for each other, never the kiosk's screen.
- The desk behind it can be asked for offers and be given a form. It has no way to lamps, views, cards or passes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from flask import Blueprint, Flask, Response, abort, make_response, redirect, request, url_for

from ui.fence import fence
from ui.form.desk import Desk, Extras, Filled, Offer, Outcome
from ui.form.pages import MOST_BODY, FormScreen, body_of_request, clock_ms
from ui.form.reading import Problem
from ui.form.session import begin
from ui.form.state import State
from ui.form.voice import aloud
from ui.phone_invitations import Invitation, Invitations
from ui.place import Place
from ui.streams import Slots
from ui.words import Words

THREADS = 4  # the gate commits one declaration after the other: more threads would only wait there
_BEGINS = frozenset({"agree", "refuse"})
_STATIC = ("form/", "feed.js", "icon.svg")  # what the form's pages load


def make_phone_app(
    desk: Desk,
    place: Place,
    invitations: Invitations,
    extras: Extras,
    now_ms: Callable[[], int] = clock_ms,
    today: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> Flask:
    """`place.hosts` are the names under which phones reach the proxy; `today` gives the local time with its offset."""
    app = Flask("ui")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    fence(app, frozenset(host.lower() for host in place.hosts).__contains__, "'none'")
    plain = Extras(check_phone=extras.check_phone, speak=extras.speak)
    screen = PhoneScreen(_FromAfar(desk), place, plain, invitations, now_ms, today)
    app.extensions["gatepost.stop"] = screen.seats.close
    app.register_blueprint(screen.blueprint())

    @app.before_request
    def refuse_the_rest() -> None:
        origin = request.headers.get("Origin")
        if origin is not None and not origin.startswith("https://"):
            abort(403)
        files = request.view_args or {}
        if request.endpoint == "static" and not str(files.get("filename")).startswith(_STATIC):
            abort(404)

    @app.get("/")
    def root() -> Response:
        return make_response(redirect(url_for("form.start_page"), 303))

    return app


class _FromAfar:
    """A desk as phones may use it. Implements ui.form.desk.Desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def offers(self) -> Sequence[Offer]:
        """See Desk."""
        return self._desk.offers()

    def scanned(self, timeout_s: float) -> Mapping[str, str] | None:
        """A card at the gate is not this visitor's."""
        return None

    def held(self) -> Mapping[str, str] | None:
        """A card at the gate is not this visitor's."""
        return None

    def submit(self, filled: Filled) -> Outcome:
        """See Desk; whatever was filled in, it says that it comes from a phone."""
        return self._desk.submit(replace(filled, by_phone=True))

    def temporary_pass(self, language: str) -> Outcome:
        """A pass is for somebody who stands at the gate."""
        return Outcome("FAULT", (), "", failed="stalled")


class PhoneScreen(FormScreen):
    """The form's pages for phones: each begins with an invitation."""

    by_phone = True

    def __init__(
        self,
        desk: Desk,
        place: Place,
        extras: Extras,
        invitations: Invitations,
        now_ms: Callable[[], int],
        today: Callable[[], datetime],
    ) -> None:
        super().__init__(desk, place, Words(place.languages), extras, now_ms, today)
        self._invitations = invitations
        self._beginning = Lock()
        self._voices = Slots(1)

    def blueprint(self) -> Blueprint:
        pages = Blueprint("form", __name__, url_prefix="/form")
        pages.get("/")(self.start_page)
        pages.post("/start")(self.start_again)
        pages.get("/voice")(self.has_voice)
        pages.get("/<token>/")(self.page)
        pages.get("/<token>/say")(self.say)
        pages.post("/<token>/find")(self.find)
        pages.post("/<token>/<action>")(self.act)
        return pages

    def start_page(self) -> Response:
        language = self._language(request.accept_languages.best_match(self.place.languages))
        return self._whole(self._start(language), language)

    def page(self, token: str) -> Response:
        state = self._invited(token)
        return super().page(token) if state is None else self._whole(self._page(token, state), state.language)

    def act(self, token: str, action: str) -> Response:
        language = body_of_request().get("language")
        state = self._invited(token, language if isinstance(language, str) else "")
        if state is None:
            return super().act(token, action)
        if action in _BEGINS:
            seat = self._begin(token, state)
            if seat is not None:
                return super().act(seat, action)
            full = self.draw.texts[state.language]["form.start.full"]
            state = replace(state, problems=(Problem("general", texts={state.language: full}),))
        if action == "alive":
            return Response(status=204)
        if action in ("wipe", "back"):
            return self._gone(state.language)
        return make_response(self._page(token, state))

    def say(self, token: str) -> Response:
        """One voice at a time: the others are silent rather than in each other's way."""
        if not self._voices.take():
            return Response(status=204)
        try:
            state = self._invited(token)
            return (
                super().say(token)
                if state is None
                else aloud(self.extras.speak, self.draw.spoken(state), state.language)
            )
        finally:
            self._voices.give_back()

    def _invited(self, key: str, language: str = "") -> State | None:
        """The first page under an invitation; None without one, or when its order has ended."""
        invitation: Invitation | None = self._invitations.look(key)
        offer = self._offer(invitation.offer) if invitation else None
        if invitation is None or offer is None:
            return None
        spoken = language if language in self.place.languages else invitation.language
        return replace(begin(offer, spoken, self.now_ms(), by_phone=True), identity=invitation.identity)

    def _begin(self, key: str, state: State) -> str | None:
        """A seat, for the first phone that asks; None when all are taken. The second one finds the invitation used."""
        with self._beginning:
            if self._invitations.look(key) is None:
                return key
            seat = self.seats.open(state)
            if seat is not None:
                self._invitations.use(key)
            return seat

    def _start(self, language: str, full: bool = False) -> str:
        return self.draw.scan(language)
