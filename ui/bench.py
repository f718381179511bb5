"""The bench page: the whole system on one desk, to be poked and watched. For developers; never on an installed kiosk.

    GET  /          the page                          GET  /state     the desk's state as JSON
    POST /qr        {"text"} -> {"modules": [...]}    POST /picture   the bytes of a picture file
    POST /text      {"text", "style"}                 POST /type      {"text"}, as a reader would give it
    POST /camera    {"action": clear|unplug|plug}     POST /press     {"button"}
    POST /process   {"name", "action"}                POST /network   {"action"}
    POST /order     {"name", "action": on|off}       POST /phones    {"count"}
    POST /tag       {"id"}                           POST /radio     {"action": unplug|plug|silence|speak}

Every action answers {"error": null}, or a sentence. Only this machine may ask, under a loopback name.
"""

from collections.abc import Callable
from typing import Any, Literal, Protocol, cast, get_args
from urllib.parse import urlsplit

import segno
from flask import Flask, Response, abort, jsonify, render_template, request

from ui.fence import fence
from ui.words import Words

LANGUAGES = ("vi", "en")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_BYTES = 12 * 1024 * 1024  # a phone's photo
MOST_PHONES = 1000
MOST_TEXT = 4296  # characters of the largest QR code, ISO/IEC 18004 table 7
ProcessAction = Literal["kill", "stop", "start", "pause", "resume", "restart"]
NetworkAction = Literal["cut", "mend", "slow"]
PROCESS_ACTIONS: frozenset[str] = frozenset(get_args(ProcessAction))
NETWORK_ACTIONS: frozenset[str] = frozenset(get_args(NetworkAction))


class RadioDesk(Protocol):
    """The air around the gate. Every method returns at once."""

    def fill(self, phones: int) -> None:
        """So many phones in the market."""
        ...

    def hold(self, name: str) -> None:
        """Hold the tag with that id to the gate and walk on. `name` is the id of one in `state`."""
        ...

    def unplug(self, on: bool) -> None: ...

    def silence(self, on: bool) -> None: ...


class Desk(Protocol):
    """What stands on the desk. Every method returns at once."""

    def state(self) -> dict[str, object]:
        """All that the page shows, ready for JSON.

        processes [{name, state running|starting|stopped|paused, pid, restarts}], network up|cut|slow, lights (the last
        line of the simulated lamps), lights_log and sounds (the last lines), backlog (visits), oldest_s, receipt
        {through, generation, n} or None, outbox {total, received, rejected}, central {visits, devices, last} or None,
        camera empty|picture|unplugged, screen_url, central_url, samples [{id, title, text}], orders [{id, mandatory,
        form, on, changing}] as the gate holds them, radio {process {name, state, pid}, status (the radio process's own
        words, None: silent or stale), steps [{name, at_ms, silent_s, reason}], newest first, phones, most_phones,
        tags [{id, name, who}], unplugged, silent}, and, where it is known, view {reasons}: what the screen says now.
        """
        ...

    @property
    def radio(self) -> RadioDesk: ...

    def show_picture(self, data: bytes) -> str | None:
        """Hold this picture file before the camera. A sentence when it cannot be shown."""
        ...

    def show_text(self, text: str, style: dict[str, object]) -> str | None:
        """Draw a QR code of `text` (style: size, tilt, blur, crease) and hold it before the camera."""
        ...

    def type_code(self, text: str) -> None:
        """Give `text` as a reader on a cable would."""
        ...

    def clear_camera(self) -> None: ...

    def unplug_camera(self, on: bool) -> None: ...

    def press(self, button: str) -> None: ...

    def process(self, name: str, action: ProcessAction) -> None: ...

    def network(self, action: NetworkAction) -> None: ...

    def order(self, name: str, on: bool) -> None:
        """Publish a sample order for a short time, or end it. `name` is the id of one in `state`."""
        ...


def is_loopback(host: str) -> bool:
    """Whether a value of the Host header names this machine's loopback, whatever the port."""
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False


def make_bench(desk: Desk) -> Flask:
    """The bench app around `desk`."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    words = Words(LANGUAGES)
    fence(
        app, is_loopback, "'none'", lambda: f"frame-src {_origin(str(desk.state()['screen_url']))}" if _page() else ""
    )

    @app.before_request
    def refuse_the_network() -> None:
        if request.remote_addr not in (*LOOPBACK, "", None):
            abort(403)

    @app.get("/")
    def page() -> str:
        labels = words.labels("bench.")
        reasons = words.labels("why.")
        lamps = words.labels("screen.lamp.")
        both = {tag: labels[tag] | reasons[tag] | lamps[tag] for tag in LANGUAGES}
        return render_template("bench.html", labels=both, first=both[LANGUAGES[0]], languages=LANGUAGES)

    @app.get("/state")
    def state() -> Response:
        return jsonify(desk.state())

    @app.post("/qr")
    def draw() -> tuple[Response, int]:
        try:
            code = segno.make_qr(_text("text"), error="m")
        except (segno.DataOverflowError, ValueError):
            return jsonify({"error": "too_long"}), 400
        return jsonify({"modules": ["".join("1" if dark else "0" for dark in row) for row in code.matrix]}), 200

    _add_codes(app, desk)
    _add_machines(app, desk)
    _add_radio(app, desk)
    return app


def _add_codes(app: Flask, desk: Desk) -> None:
    @app.post("/picture")
    def picture() -> Response:
        return _done(desk.show_picture(request.get_data()))

    @app.post("/text")
    def text() -> Response:
        style = _body().get("style", {})
        if not isinstance(style, dict):
            abort(400)
        return _done(desk.show_text(_text("text"), style))

    @app.post("/type")
    def type_code() -> Response:
        desk.type_code(_text("text"))
        return _done()

    @app.post("/camera")
    def camera() -> Response:
        actions: dict[str, Callable[[], None]] = {
            "clear": desk.clear_camera,
            "unplug": lambda: desk.unplug_camera(True),
            "plug": lambda: desk.unplug_camera(False),
        }
        actions[_choice("action", frozenset(actions))]()
        return _done()


def _add_machines(app: Flask, desk: Desk) -> None:
    @app.post("/press")
    def press() -> Response:
        desk.press(_text("button"))
        return _done()

    @app.post("/process")
    def process() -> Response:
        state = cast(dict[str, Any], desk.state())
        processes = [*state["processes"], state["radio"]["process"]]
        name = _choice("name", frozenset(str(process["name"]) for process in processes))
        desk.process(name, cast(ProcessAction, _choice("action", PROCESS_ACTIONS)))
        return _done()

    @app.post("/network")
    def network() -> Response:
        desk.network(cast(NetworkAction, _choice("action", NETWORK_ACTIONS)))
        return _done()

    @app.post("/order")
    def order() -> Response:
        orders = cast(list[dict[str, object]], desk.state()["orders"])
        name = _choice("name", frozenset(str(order["id"]) for order in orders))
        desk.order(name, _choice("action", frozenset({"on", "off"})) == "on")
        return _done()


def _add_radio(app: Flask, desk: Desk) -> None:
    @app.post("/phones")
    def phones() -> Response:
        count = _body().get("count")
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_PHONES:
            abort(400)
        desk.radio.fill(count)
        return _done()

    @app.post("/tag")
    def tag() -> Response:
        tags = cast(dict[str, Any], desk.state())["radio"]["tags"]
        desk.radio.hold(_choice("id", frozenset(str(tag["id"]) for tag in tags)))
        return _done()

    @app.post("/radio")
    def radio() -> Response:
        actions: dict[str, Callable[[], None]] = {
            "unplug": lambda: desk.radio.unplug(True),
            "plug": lambda: desk.radio.unplug(False),
            "silence": lambda: desk.radio.silence(True),
            "speak": lambda: desk.radio.silence(False),
        }
        actions[_choice("action", frozenset(actions))]()
        return _done()


def _body() -> dict[str, object]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else abort(400)


def _text(key: str) -> str:
    """The text under `key`; 400 unless it is a string of 1 to MOST_TEXT characters."""
    value = _body().get(key)
    return value if isinstance(value, str) and 0 < len(value) <= MOST_TEXT else abort(400)


def _choice(key: str, allowed: frozenset[str]) -> str:
    value = _text(key)
    return value if value in allowed else abort(400)


def _done(error: str | None = None) -> Response:
    return jsonify({"error": error})


def _page() -> bool:
    return request.endpoint == "page"


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, as a CSP source; 'none' for anything else."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else "'none'"
