"""The kiosk's web app: the visitor screen and what it listens to. Shows what the gate says, passes on what is pressed.

GET  /         the visitor screen                GET  /events   views as server-sent events, at most 4 streams
GET  /poll     the same views, one at a time     GET  /preview  the live picture, at most 2 streams
POST /press    {"name": "in"} -> the gate        GET  /healthz  200 while the gate's loop turns, else 503
POST /alone    {"view": 7} -> what that visitor may read alone (ui.alone)
POST /pass     {"view": 7} -> a pass on the screen for whom that view let in (ui.passes)
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from threading import Event

from flask import Flask, Response, jsonify, render_template, request

from ui.alone import AloneDesk, add_alone
from ui.fence import fence
from ui.form.desk import Desk, Extras
from ui.form.pages import add_form
from ui.passes import PassDesk, add_passes, as_path, drawn
from ui.place import Place
from ui.screen import Feed, View
from ui.server import Server, serve
from ui.streams import (
    EVENT_STREAMS,
    POLL_S,
    POLLS,
    PREVIEW_STREAMS,
    Preview,
    Slots,
    Tell,
    preview_parts,
    view_events,
)
from ui.technician import Technician, add_technician, is_called
from ui.words import Words

__all__ = ["Place", "Preview", "Server", "make_app", "serve"]

BUTTONS = frozenset({"in", "out", "cancel", "no_code"})
HERE = Path(__file__).parent
PARTS = ("app.py", "words.py", "templates/**/*.html", "templates/**/*.svg", "static/**/*.*", "locales/*/*.json")


def make_app(
    feed: Feed,
    place: Place,
    press: Callable[[str], None],
    preview: Preview,
    forms: Desk | None = None,
    extras: Extras | None = None,
    passes: PassDesk | None = None,
    alone: AloneDesk | None = None,
    technician: Technician | None = None,
) -> Flask:
    """The app of one gate. `press` puts a button's name on the gate's queue and must return at once.

    With `forms` the screen also takes declarations; `extras` are what the gate has beside its desk. With `passes` it
    offers a pass to whoever has just checked in without one, with `alone` a page that only the visitor reads. With
    `technician` there is the technician's page, and /healthz also tells which parts of the box are lost.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1024
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    fence(app, frozenset(host.lower() for host in place.hosts).__contains__, " ".join(place.framed_by) or "'none'")
    words = Words(place.languages)
    handed = extras.handed if forms is not None and extras is not None else None
    aside = extras.aside if forms is not None and extras is not None else None
    feedback = aside is not None and aside("feedback") is not None
    parts = {"forms": forms is not None, "passes": passes is not None, "alone": alone is not None}
    _add_page(app, place, words, parts | {"feedback": feedback})

    def tell(number: int, view: View) -> dict[str, object]:
        offers = () if forms is None or view.page not in ("idle", "result") else forms.offers()
        owed = [offer.key for offer in offers if offer.mandatory and "declaration_due" in view.reasons]
        due = view.due if view.due in owed else next(iter(owed), "")
        told = _tell(feed, number, view, words.say_all(view, place)) | {"declare": bool(offers), "due": due}
        told["private"] = view.private and alone is not None
        told["check"] = handed.path() if handed is not None else ""
        if technician is not None:
            told["technician"] = is_called(technician)
        told["say"] = feedback and (view.page == "idle" or (view.signal, view.direction) == ("ALLOW", "out"))
        return told | {"offer": view.offer and passes is not None, "code": drawn(feed, number, view)}

    _add_views(app, feed, tell, preview, technician.faults if technician is not None else frozenset)
    _add_buttons(app, place, press)
    if forms is not None:
        add_form(app, forms, place, words, extras)
    if passes is not None:
        add_passes(app, passes, place, extras.print_receipt if extras else None)
    if alone is not None:
        add_alone(app, alone, place, words)
    if technician is not None:
        add_technician(app, technician)
    return app


def _tell(feed: Feed, number: int, view: View, said: object) -> dict[str, object]:
    """A view as the page hears it: `said` holds its words in every language of the place."""
    return {
        "n": number,
        "alive": feed.alive(),
        "age_ms": feed.age_ms(number),
        "page": view.page,
        "signal": view.signal,
        "direction": view.direction,
        "at": view.at,
        "stays_ms": view.stays_ms,
        "lamps": view.lamps,
        "starting": "starting" in view.reasons,
        "progress": view.progress,
        "taps": view.taps,
        "said": said,
    }


def _add_page(app: Flask, place: Place, words: Words, parts: Mapping[str, bool]) -> None:
    # A code of 57 modules and less fits the corner of a small screen; the lowest correction keeps it that coarse.
    poster = as_path(place.poster, "l") if place.poster else None

    @app.get("/")
    def visitor() -> str:
        labels = words.labels("screen.")
        first = labels[place.languages[0]]
        return render_template("visitor.html", place=place, labels=labels, first=first, poster=poster, **parts)


def _add_views(
    app: Flask, feed: Feed, tell: Tell, preview: Preview, faults: Callable[[], frozenset[str]] = frozenset
) -> None:
    events, previews, polls, stop = Slots(EVENT_STREAMS), Slots(PREVIEW_STREAMS), Slots(POLLS), Event()
    app.extensions["gatepost.stop"] = stop.set
    build = _build()

    @app.get("/events")
    def stream() -> Response:
        return _stream(events, lambda: view_events(feed, tell, {"build": build}, stop), "text/event-stream")

    @app.get("/poll")
    def poll() -> Response:
        after = request.args.get("after", None, type=int)
        waits = after is not None and polls.take()
        try:
            following = feed.latest() if after is None else feed.wait(after, POLL_S if waits else 0)
        finally:
            if waits:
                polls.give_back()
        view = tell(*following) if following is not None else None
        return jsonify({"alive": feed.alive(), "build": build, "view": view})

    @app.get("/preview")
    def live() -> Response:
        return _stream(previews, lambda: preview_parts(preview, stop), "multipart/x-mixed-replace; boundary=frame")

    @app.get("/healthz")
    def health() -> tuple[Response, int]:
        alive = feed.alive()
        counts = {"view": feed.latest()[0], "events": events.open, "previews": previews.open}
        state = {"ok": alive, **counts, "faults": sorted(faults())}
        return jsonify(state), 200 if alive else 503


def _stream(slots: Slots, parts: Callable[[], Iterator[bytes]], mimetype: str) -> Response:
    """An open-ended answer, for as many at a time as there are slots."""
    if not slots.take():
        return Response(status=503, headers={"Retry-After": "5"})
    response = Response(parts(), mimetype=mimetype)
    response.call_on_close(slots.give_back)
    return response


def _add_buttons(app: Flask, place: Place, press: Callable[[str], None]) -> None:
    names = BUTTONS | {f"language:{tag}" for tag in place.languages}

    @app.post("/press")
    def pressed() -> Response:
        body = request.get_json(silent=True)
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or name not in names:
            return Response(status=400)
        press(name)
        return Response(status=204)


def _build() -> str:
    """Names this version of the page: a page that was opened by an older kiosk loads itself anew."""
    digest = sha256()
    for pattern in PARTS:
        for path in sorted(HERE.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
