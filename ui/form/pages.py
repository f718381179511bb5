"""The form's pages on the web: server-rendered fragments that a small script swaps. Decides nothing.

GET  /form/                   the start: what may be declared here (?offer=KEY or ?papers=1 goes on at once, ?handed=1
                              to the self-check that a guard gave to this screen)
POST /form/start              the same as a fragment, in another language
POST /form/begin              a seat for a visitor: {"language", "offer"}; without an offer, the way without papers
GET  /form/<token>/           the visitor's page as it stands
POST /form/<token>/<action>   what the visitor did, as JSON with the page's "turn"; gives the next page
POST /form/<token>/card       waits for a card, 2 s at most; gives the next page, or 204
POST /form/<token>/find       rows of a long list
GET  /form/<token>/say        the page read aloud, WAV       GET  /form/voice   whether a language has a voice

There is no cookie: the token in the path names the visitor, and a page is never stored.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, make_response, redirect, request, url_for

from ui.form.actions import Asking, event_of
from ui.form.choices import find, rows
from ui.form.desk import Desk, Extras, Offer, Outcome
from ui.form.draw import Drawing
from ui.form.seats import Seat, Seats
from ui.form.session import begin, step
from ui.form.state import MOST_PRINTS, Held, Invite, Invited, IssuePass, Printed, Sent, State, Submit
from ui.form.voice import aloud
from ui.form.walk import shown_page
from ui.place import Place
from ui.streams import Slots
from ui.words import Words

MOST_BODY = 16 * 1024  # of one answer: far more than anybody types, little enough for 32 at once
CARD_WAIT_MS = 2000  # one request of the page; it asks again while the page stands
CARD_LOOK_S = 0.25  # a code that is shown so soon after the visitor went on is still taken for the form's
CARD_WAITS = 2
MOST_SOUGHT = 60
NOT_RECORDED = Outcome("FAULT", (), "", failed="store_failed")


def clock_ms() -> int:
    """Milliseconds on a clock that never steps back."""
    return int(monotonic() * 1000)


def add_form(
    app: Flask,
    desk: Desk,
    place: Place,
    words: Words,
    extras: Extras | None = None,
    now_ms: Callable[[], int] = clock_ms,
    today: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> None:
    """Put the form's pages into the kiosk's app. `today` gives the local time with its offset."""
    app.config["MAX_CONTENT_LENGTH"] = max(app.config["MAX_CONTENT_LENGTH"] or 0, MOST_BODY)
    screen = FormScreen(desk, place, words, extras or Extras(), now_ms, today)
    stop_streams = app.extensions.get("gatepost.stop", lambda: None)

    def stop() -> None:
        stop_streams()
        screen.seats.close()

    app.extensions["gatepost.stop"] = stop
    app.register_blueprint(screen.blueprint())


class FormScreen:
    """The shell around the visitors' states: seats, the desk, and the words of each language."""

    by_phone = False  # ui.phone has the pages for visitors' own phones

    def __init__(
        self,
        desk: Desk,
        place: Place,
        words: Words,
        extras: Extras,
        now_ms: Callable[[], int],
        today: Callable[[], datetime],
    ) -> None:
        self.desk, self.place, self.extras = desk, place, extras
        self.now_ms, self.today = now_ms, today
        self.seats = Seats(now_ms)
        self.draw = Drawing(place, words, extras, MOST_BODY)
        self._cards = Slots(CARD_WAITS)
        if extras.handed is not None:
            extras.handed.bind(self.seats, now_ms)

    def blueprint(self) -> Blueprint:
        pages = Blueprint("form", __name__, url_prefix="/form")
        pages.get("/")(self.start_page)
        pages.post("/start")(self.start_again)
        pages.post("/begin")(self.begin)
        pages.get("/voice")(self.has_voice)
        pages.get("/<token>/")(self.page)
        pages.get("/<token>/say")(self.say)
        pages.post("/<token>/card")(self.card)
        pages.post("/<token>/find")(self.find)
        pages.post("/<token>/<action>")(self.act)
        return pages

    # --- the start -------------------------------------------------------------------------------------------------

    def start_page(self) -> Response:
        language = self._language(request.args.get("language"))
        wanted, papers = request.args.get("offer"), "papers" in request.args
        if "handed" in request.args:
            handed = self.extras.handed.token() if self.extras.handed is not None else ""
            return make_response(redirect(url_for("form.page", token=handed) if handed else "/", 303))
        if wanted is not None or papers:
            offer = self._offer(wanted)
            token = self._seat(offer, language) if offer or papers else None
            if token is not None:
                looks = {name: request.args[name] for name in ("text", "theme") if name in request.args}
                return make_response(redirect(f"{url_for('form.page', token=token)}?{urlencode(looks)}", 303))
        return self._whole(self._start(language), language)

    def start_again(self) -> Response:
        return make_response(self._start(self._language(body_of_request().get("language"))))

    def begin(self) -> Response:
        language = self._language(body_of_request().get("language"))
        wanted = body_of_request().get("offer")
        offer = self._offer(wanted)
        if offer is None and wanted:  # the order ended while the page stood open
            return make_response(self._start(language))
        token = self._seat(offer, language)
        if token is None:
            return make_response(self._start(language, full=True))
        with self.seats.use(token) as seat:
            return make_response(self._page(token, seat.state) if seat else self._start(language))

    def _seat(self, offer: Offer | None, language: str) -> str | None:
        state = begin(offer, language, self.now_ms())
        held = self.desk.held() if offer and not offer.aside else None
        if held:
            state, _ = step(state, Held(held), self.now_ms())
        return self.seats.open(state)

    def _offer(self, key: object) -> Offer | None:
        found = next((offer for offer in self.desk.offers() if offer.key == key), None)
        if found is None and isinstance(key, str) and self.extras.aside is not None:
            return self.extras.aside(key)
        return found

    # --- one visitor -----------------------------------------------------------------------------------------------

    def page(self, token: str) -> Response:
        with self.seats.use(token) as seat:
            if seat is None:
                return make_response(redirect(url_for("form.start_page"), 303))
            return self._whole(self._page(token, seat.state), seat.state.language, handed=bool(seat.state.by))

    def act(self, token: str, action: str) -> Response:
        body = body_of_request()
        with self.seats.use(token) as seat:
            if seat is None:
                return self._gone(self._language(body.get("language")))
            asking = Asking(action, body, seat.state, self.place.languages, self.extras.check_phone, self.today())
            event = event_of(asking)
            if action == "wait" and self.extras.handed is not None:
                self.extras.handed.wait(token)
            if event is None and action == "print":
                event = self._print(seat.state, body.get("turn"))
            if event is not None:
                self._step(seat, event)
            if asking.quiet:
                return Response(status=204)
            if seat.state.page == "wiped":
                language = seat.state.language
                return make_response(self._start(language)) if action == "back" else self._gone(language)
            return make_response(self._page(token, seat.state))

    def _step(self, seat: Seat, event: Any) -> None:
        """The event and what follows from it: a hand-over comes back as an event of its own."""
        seat.state, effects = step(seat.state, event, self.now_ms())
        for effect in effects:
            try:
                follows = self._carry_out(effect)
            except Exception:  # told to the visitor as not recorded, and to the log as what it is
                seat.state, _ = step(seat.state, Sent(NOT_RECORDED), self.now_ms())
                raise
            if follows is not None:
                seat.state, _ = step(seat.state, follows, self.now_ms())

    def _carry_out(self, effect: Submit | IssuePass | Invite) -> Sent | Invited | None:
        if isinstance(effect, Submit):
            handed = self.extras.handed if effect.filled.by else None
            return Sent((handed or self.desk).submit(effect.filled))
        if isinstance(effect, IssuePass):
            return Sent(self.desk.temporary_pass(effect.language))
        invite = self.extras.invite
        return Invited(invite(effect.offer, effect.language, effect.identity)) if invite is not None else None

    def _print(self, state: State, turn: object) -> Printed | None:
        """Only for whoever stands before the page at the gate; a roll of paper is for a whole day."""
        if self.extras.print_receipt is None or state.page not in ("receipt", "pass") or state.outcome is None:
            return None
        if state.by_phone or type(turn) is not int or turn != state.turn or state.prints >= MOST_PRINTS:
            return None
        return Printed(self.extras.print_receipt(state.outcome, state.language))

    def card(self, token: str) -> Response:
        """The seat is not held while waiting, and the camera is let go as soon as the visitor has gone on."""
        turn = self._waiting(token)
        if turn is None or not self._cards.take():
            return Response(status=204)
        try:
            ends = self.now_ms() + CARD_WAIT_MS
            fields = None
            while fields is None and self.now_ms() < ends and self._waiting(token) == turn:
                fields = self.desk.scanned(CARD_LOOK_S)
        finally:
            self._cards.give_back()
        with self.seats.use(token) as seat:
            if not fields or seat is None or seat.state.turn != turn:
                return Response(status=204)
            self._step(seat, Held(fields))
            return make_response(self._page(token, seat.state))

    def _waiting(self, token: str) -> int | None:
        """The turn of a card page at the gate, None when another page is shown."""
        with self.seats.use(token) as seat:
            state = seat.state if seat else None
            return state.turn if state and state.page == "card" and not state.by_phone else None

    def find(self, token: str) -> Response:
        wanted = body_of_request().get("text")
        with self.seats.use(token) as seat:
            page = shown_page(seat.state) if seat else None
            if seat is None or page is None or not isinstance(wanted, str):
                return Response(status=204)
            found = find(rows(page.item, page.at, seat.state.answers, seat.state.language), wanted[:MOST_SOUGHT])
            return make_response(self.draw.rows(seat.state, found))

    # --- reading aloud ---------------------------------------------------------------------------------------------

    def say(self, token: str) -> Response:
        with self.seats.use(token) as seat:
            said, language = (self.draw.spoken(seat.state), seat.state.language) if seat else ((), "")
        return aloud(self.extras.speak, said, language)

    def has_voice(self) -> Response:
        language = request.args.get("language", "")
        return Response(status=200 if language in self.place.languages and self._voice(language) else 204)

    def _voice(self, language: str) -> bool:
        speak = self.extras.speak
        return speak is not None and speak(self.draw.texts[language]["language.name"], language) is not None

    # --- what every page needs -------------------------------------------------------------------------------------

    def _page(self, token: str, state: State) -> str:
        return self.draw.fragment(token, state, self.today().date().isoformat())

    def _start(self, language: str, full: bool = False) -> str:
        return self.draw.start(language, self.desk.offers(), full=full)

    def _gone(self, language: str) -> Response:
        return make_response(self.draw.gone(language, self.by_phone))

    def _whole(self, fragment: str, language: str, handed: bool = False) -> Response:
        looks = {"big": request.args.get("text") == "200", "sun": request.args.get("theme") == "sun"}
        return make_response(self.draw.shell(fragment, language, by_phone=self.by_phone, handed=handed, **looks))

    def _language(self, tag: object) -> str:
        return tag if isinstance(tag, str) and tag in self.place.languages else self.place.languages[0]


def body_of_request() -> Mapping[str, Any]:
    """The request's JSON object; an empty one for anything else."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}
