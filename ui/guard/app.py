"""The guard's web app, behind the TLS proxy on a unix socket. Shows what the gate says, passes on what a guard decides.

GET  /          the page; without a session only the door       POST /login  {"name", "pin", "language"}
POST /pin       {"pin"}: the guard's own, after a one-time PIN  POST /leave  end the session
GET  /events    views and what is known, at most 4 streams      GET  /poll   the same, one at a time
POST /override  {"allow", "reason", "view"}                     POST /help   {"on"}    POST /lights  {}
POST /suspected  {"words"}
POST /paper     {"on"}     POST /slip  {} -> {"number"}         POST /scan   {} -> {"kind"}
POST /slips     {"slips": [{"number", "told", "direction", "people", "identity" or "card": true}]}
POST /language  {"language"}
GET  /form/...  the place's self-check, where it has one (ui.guard.check)

- Every answer but the door's needs a session: a random token in a cookie that only TLS and this host get back.
- Actions answer {"ok", "problem"}: 200 done, 409 not done, 400 a request that no page sends, 401 no session.
"""

import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Event

from flask import Blueprint, Flask, Response, abort, g, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ui.fence import fence
from ui.guard.actions import add_actions
from ui.guard.check import CheckDesk, add_check
from ui.guard.desk import GuardDesk
from ui.guard.door import Accounts, Door, Entry
from ui.guard.labels import labels_of, reasons_of
from ui.guard.sessions import LONGEST_S, Session
from ui.guard.stream import guard_events, known_for_json, view_for_guards
from ui.place import Place
from ui.screen import Feed, View
from ui.streams import EVENT_STREAMS, POLL_S, POLLS, Slots
from ui.words import Words

COOKIE = "__Host-gatepost"
SOURCE = "X-Real-IP"  # written by the proxy, whatever a client sends; kept in memory to count wrong PINs, never logged
MOST_BYTES = 16 * 1024
HERE = Path(__file__).parents[1]
PARTS = ("guard/*.py", "words.py", "templates/guard/*", "static/guard/*", "locales/*/*.json")


def make_guard_app(
    feed: Feed,
    desk: GuardDesk,
    accounts: Accounts,
    place: Place,
    now: Callable[[], float],
    now_ms: Callable[[], int | None],
    checks: CheckDesk | None = None,
) -> Flask:
    """The app of one gate's guards. `place.hosts` are the names and ports under which phones reach the proxy.

    checks   the place's self-checks, where it has any
    now      monotonic seconds: what sessions and waits are measured by
    now_ms   Unix ms, None while the kiosk does not know the time
    """
    app = Flask("ui", static_folder="static/guard", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    hosts = frozenset(host.lower() for host in place.hosts)
    fence(app, hosts.__contains__, "'none'")
    words = Words(place.languages)
    door = Door(accounts, now, lambda: secrets.token_urlsafe(32))
    _add_sessions(app, door)
    _add_door(app, door, place, words, bool(checks and checks.check_offers()))
    _add_views(app, feed, desk, door, place, words)
    inside = Blueprint("inside", __name__)
    add_actions(inside, desk, now_ms)
    app.register_blueprint(inside)
    if checks is not None:
        add_check(app, checks, place, words)
    return app


def _add_sessions(app: Flask, door: Door) -> None:
    open_to_all = frozenset({"static", "page", "login", "pin"})

    @app.before_request
    def ask_for_a_session() -> None:
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"https://{request.host.lower()}":
            abort(403)  # the fence takes every host that is ours; a session belongs to one of them
        g.token = request.cookies.get(COOKIE, "")
        g.session = door.session(g.token)
        if g.session is None and request.endpoint not in open_to_all:
            abort(make_response(jsonify({"problem": "ended"}), 401))


def _add_door(app: Flask, door: Door, place: Place, words: Words, checks: bool) -> None:
    build = _build()

    @app.get("/")
    def page() -> str:
        session: Session | None = g.session
        asked = request.args.get("language", "")
        language = session.language if session else asked if asked in place.languages else place.languages[0]
        names = {tag: texts["screen.language"] for tag, texts in words.labels("screen.language").items()}
        labels = labels_of(words, language)
        if session is None:
            step = "choose" if door.may_choose(g.token) else "enter"
            return render_template(
                "guard/door.html", step=step, labels=labels, language=language, names=names, place=place
            )
        return render_template(
            "guard/guard.html",
            checks=checks, place=place, labels=labels, language=language, names=names, build=build, guard=session.name,
            allow=reasons_of(words, language, True), keep_out=reasons_of(words, language, False),
        )  # fmt: skip

    _add_entry(app, door, place)


def _add_entry(app: Flask, door: Door, place: Place) -> None:
    @app.post("/login")
    def login() -> AnyResponse:
        language = _text("language", 16)
        language = language if language in place.languages else place.languages[0]
        return _entered(door.enter(_text("name", 200), _text("pin", 200), language, request.headers.get(SOURCE, "")))

    @app.post("/pin")
    def pin() -> AnyResponse:
        return _entered(door.choose(g.token, _text("pin", 200)))

    @app.post("/leave")
    def leave() -> AnyResponse:
        door.leave(g.token)
        answer = jsonify({"ok": True})
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
        return answer

    @app.post("/language")
    def language() -> AnyResponse:
        tag = _text("language", 16)
        if tag not in place.languages:
            abort(400)
        g.session.language = tag
        return jsonify({"ok": True})


def _entered(entry: Entry) -> AnyResponse:
    """200 with the cookie, 401 for a wrong name or PIN, 409 for a PIN that cannot be, 429 for too many tries."""
    answer = jsonify({"ok": bool(entry.token), "problem": entry.problem, "choosing": entry.choosing})
    if entry.token:
        answer.set_cookie(COOKIE, entry.token, max_age=int(LONGEST_S), secure=True, httponly=True, samesite="Strict")
        return answer
    answer.status_code = {"wrong": 401, "wait": 429}.get(entry.problem, 409)
    if entry.wait_s:
        answer.headers["Retry-After"] = str(int(entry.wait_s) + 1)
    return answer


def _add_views(app: Flask, feed: Feed, desk: GuardDesk, door: Door, place: Place, words: Words) -> None:
    events, polls, stop, build = Slots(EVENT_STREAMS), Slots(POLLS), Event(), _build()
    app.extensions["gatepost.stop"] = stop.set

    def teller() -> Callable[[int, View], dict[str, object]]:
        language: str = g.session.language
        return lambda number, view: view_for_guards(feed, words, place, language, number, view)

    @app.get("/events")
    def stream() -> Response:
        if not events.take():
            return Response(status=503, headers={"Retry-After": "5"})
        token: str = g.token
        parts = guard_events(feed, desk, teller(), lambda: door.session(token) is not None, build, stop)
        response = Response(parts, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # nginx holds nothing back, whatever its configuration says
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
        view = teller()(*following) if following is not None else None
        return jsonify({"alive": feed.alive(), "build": build, "view": view, "now": known_for_json(desk.state())})


def _text(key: str, longest: int) -> str:
    """The text under `key` of the JSON body; 400 unless it is one of at most `longest` characters."""
    body = request.get_json(silent=True)
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, str) and len(value) <= longest else abort(400)


def _build() -> str:
    """Names this version of the page: one that was opened by an older kiosk loads itself anew."""
    digest = sha256()
    for pattern in PARTS:
        for path in sorted(HERE.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
