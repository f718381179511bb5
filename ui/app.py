"""The kiosk's web app: the visitor screen and what it listens to. Shows what the gate says, passes on what is pressed.

GET  /         the visitor screen                GET  /events   views as server-sent events, at most 4 streams
GET  /poll     the same views, one at a time     GET  /preview  the live picture, at most 2 streams
POST /press    {"name": "in"} -> the gate        GET  /healthz  200 while the gate's loop turns, else 503
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Event

from flask import Flask, Response, jsonify, render_template, request

from ui.fence import fence
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
    preview_parts,
    view_events,
)
from ui.words import Words

__all__ = ["Place", "Preview", "Server", "make_app", "serve"]

BUTTONS = frozenset({"in", "out", "cancel", "no_code"})
HERE = Path(__file__).parent
PARTS = ("app.py", "words.py", "templates/*.html", "templates/*.svg", "static/*.*", "locales/*.json")


def make_app(feed: Feed, place: Place, press: Callable[[str], None], preview: Preview) -> Flask:
    """The app of one gate. `press` puts a button's name on the gate's queue and must return at once."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1024
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    fence(app, frozenset(host.lower() for host in place.hosts).__contains__, " ".join(place.framed_by) or "'none'")
    words = Words(place.languages)
    events, previews, polls, stop = Slots(EVENT_STREAMS), Slots(PREVIEW_STREAMS), Slots(POLLS), Event()
    app.extensions["gatepost.stop"] = stop.set
    build = _build()

    def tell(number: int, view: View) -> dict[str, object]:
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
            "said": words.say_all(view, place),
        }

    @app.get("/")
    def visitor() -> str:
        labels = words.labels("screen.")
        return render_template("visitor.html", place=place, labels=labels, first=labels[place.languages[0]])

    @app.get("/events")
    def stream() -> Response:
        if not events.take():
            return Response(status=503, headers={"Retry-After": "5"})
        response = Response(view_events(feed, tell, {"build": build}, stop), mimetype="text/event-stream")
        response.call_on_close(events.give_back)
        return response

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
        if not previews.take():
            return Response(status=503, headers={"Retry-After": "5"})
        response = Response(preview_parts(preview, stop), mimetype="multipart/x-mixed-replace; boundary=frame")
        response.call_on_close(previews.give_back)
        return response

    @app.post("/press")
    def pressed() -> Response:
        body = request.get_json(silent=True)
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not (name in BUTTONS or name in languages):
            return Response(status=400)
        press(name)
        return Response(status=204)

    @app.get("/healthz")
    def health() -> tuple[Response, int]:
        alive = feed.alive()
        state = {"ok": alive, "view": feed.latest()[0], "events": events.open, "previews": previews.open}
        return jsonify(state), 200 if alive else 503

    languages = frozenset(f"language:{tag}" for tag in place.languages)
    return app


def _build() -> str:
    """Names this version of the page: a page that was opened by an older kiosk loads itself anew."""
    digest = sha256()
    for pattern in PARTS:
        for path in sorted(HERE.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
