"""The technician's page, behind a PIN and a press of the button inside the housing.

GET  /technician            the page            POST /technician/enter   {"pin"} -> {"token"} or {"problem"}
GET  /technician/door       what is missing     POST /technician/leave   {}
GET  /technician/findings   the self-test       GET  /technician/live    focus, decoder, radio
GET  /technician/picture    one JPEG            POST /technician/lamps   {"pattern"}    POST /technician/sound  {}
GET  /technician/report     text and QR code    all but page, door, enter and leave: X-Technician: token

- Whoever knows the PIN but cannot open the housing gets nothing, and whoever opens it without the PIN neither: the
  button must have been pressed in the last two minutes, and tries are counted as those of the guards are.
- The first PIN is chosen here, with the button pressed, while there is none.
- One session at a time, in RAM, ended by ten minutes without a question. No cookie: the token lives in the page.
- What a code says is never shown: only what kind it is and how long.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Protocol

import segno
from flask import Blueprint, Flask, Response, abort, jsonify, render_template, request

from ui.guard.pins import objection
from ui.guard.tries import Tries
from ui.passes import as_path

PRESSED_S = 120.0
IDLE_S = 600.0
HEADER = "X-Technician"
PATTERNS = ("green", "yellow", "red", "test", "off")
MOST_VERSION = 25  # a module of a larger code is under a millimetre on a 5-inch panel, and phones stop reading it
LONGEST_PIN = 64
WHO = ("technician", "")


class Technician(Protocol):
    """The box, as the page asks for it. From any thread; raises nothing."""

    def faults(self) -> frozenset[str]:
        """What of the box is lost now: the gate's faults, and "lamps_lost"."""
        ...

    def pressed_s(self) -> float | None:
        """Seconds since the button inside the housing was pressed; None: not since the start, or forgotten."""
        ...

    def forget_press(self) -> None:
        """The technician has left."""
        ...

    def has_pin(self) -> bool: ...

    def fits(self, pin: str) -> bool: ...

    def choose_pin(self, pin: str) -> bool:
        """Keep the first PIN; False when there is one, or when it could not be kept."""
        ...

    def findings(self) -> list[dict[str, object]]:
        """The self-test beside the running gate; may take 30 s."""
        ...

    def live(self) -> Mapping[str, object]:
        """{"sharpness", "best", "soft", "code": {kind, length, ago_s} or None, "radio": {...}}; returns at once."""
        ...

    def picture(self) -> bytes | None:
        """The newest JPEG; waits two seconds at most."""
        ...

    def light(self, pattern: str) -> bool:
        """Show one of PATTERNS for some seconds; False while a visitor is being answered."""
        ...

    def sound(self) -> bool: ...

    def report(self) -> tuple[str, str]:
        """(page of text, the same compressed for a QR code); no secrets in it."""
        ...


def is_called(box: Technician) -> bool:
    """Whether the button was pressed just now: the visitor's screen then goes to the technician's page."""
    ago = box.pressed_s()
    return ago is not None and ago <= PRESSED_S


@dataclass
class _Session:
    token: str = ""
    asked_at: float = 0.0


class Door:
    """Who may in. Thread-safe; `now` is in monotonic seconds."""

    def __init__(self, box: Technician, now: Callable[[], float] = monotonic) -> None:
        self._box, self._now = box, now
        self._tries, self._session, self._lock = Tries(now), _Session(), Lock()

    def missing(self) -> dict[str, object]:
        """What the door shows: {"button": bool, "choose": bool}."""
        return {"button": self._pressed(), "choose": not self._box.has_pin()}

    def enter(self, pin: str) -> dict[str, object]:
        """{"token"} or {"problem": button | wrong | wait | not_kept | an objection of ui.guard.pins, "wait_s"}."""
        with self._lock:  # one try at a time: each computes 16 MB
            if not self._pressed():
                return {"problem": "button"}
            wait = self._tries.wait_s(WHO)
            if wait > 0:
                return {"problem": "wait", "wait_s": int(wait) + 1}
            problem = self._problem(pin)
            if problem:
                if problem == "wrong":
                    self._tries.failed(WHO)
                return {"problem": problem}
            self._tries.succeeded(WHO)
            self._session = _Session(secrets.token_urlsafe(24), self._now())
            return {"token": self._session.token}

    def _problem(self, pin: str) -> str:
        if self._box.has_pin():
            return "" if len(pin) <= LONGEST_PIN and self._box.fits(pin) else "wrong"
        return objection(pin) or ("" if self._box.choose_pin(pin) else "not_kept")

    def open_to(self, token: str) -> bool:
        """Whether this token is the session's; asking keeps it alive."""
        with self._lock:
            session, now = self._session, self._now()
            if not session.token or now - session.asked_at > IDLE_S:
                return False
            if not secrets.compare_digest(session.token.encode(), token.encode("utf-8", "replace")):
                return False
            session.asked_at = now
            return True

    def leave(self, token: str) -> None:
        """Forget the press, and end the session where this is its token: the screen goes back to the visitors."""
        if self.open_to(token):
            with self._lock:
                self._session = _Session()
        self._box.forget_press()

    def _pressed(self) -> bool:
        return is_called(self._box)


def add_technician(app: Flask, box: Technician, now: Callable[[], float] = monotonic) -> None:
    """Put the page on the kiosk's own app."""
    door, pages = Door(box, now), Blueprint("technician", __name__, url_prefix="/technician")
    open_to_all = frozenset(f"technician.{name}" for name in ("page", "at_the_door", "enter", "leave"))

    @pages.before_request
    def ask_for_the_token() -> None:
        if request.endpoint not in open_to_all and not door.open_to(request.headers.get(HEADER, "")):
            abort(401)

    @pages.get("")
    def page() -> str:
        return render_template("technician.html", patterns=PATTERNS)

    @pages.get("/door")
    def at_the_door() -> Response:
        return jsonify(door.missing())

    @pages.post("/enter")
    def enter() -> Response:
        answer = door.enter(_text("pin"))
        response = jsonify(answer)
        response.status_code = 200 if "token" in answer else 429 if answer["problem"] == "wait" else 403
        return response

    @pages.post("/leave")
    def leave() -> Response:
        door.leave(request.headers.get(HEADER, ""))
        return Response(status=204)

    _add_looks(pages, box)
    app.register_blueprint(pages)


def _add_looks(pages: Blueprint, box: Technician) -> None:
    @pages.get("/findings")
    def findings() -> Response:
        return jsonify({"findings": box.findings()})

    @pages.get("/live")
    def live() -> Response:
        return jsonify(dict(box.live()))

    @pages.get("/picture")
    def picture() -> Response:
        jpeg = box.picture()
        return Response(status=503) if jpeg is None else Response(jpeg, mimetype="image/jpeg")

    @pages.post("/lamps")
    def lamps() -> Response:
        pattern = _text("pattern")
        return jsonify({"ok": pattern in PATTERNS and box.light(pattern)})

    @pages.post("/sound")
    def sound() -> Response:
        return jsonify({"ok": box.sound()})

    @pages.get("/report")
    def report() -> Response:
        text, packed = box.report()
        return jsonify({"text": text, "code": drawn_report(packed)})


def drawn_report(packed: str) -> dict[str, object] | None:
    """The QR code as ui.passes.as_path gives it; None when a phone would not read it from a small panel."""
    try:
        code = as_path(packed, "l")
    except segno.DataOverflowError:
        return None
    return code if int(str(code["size"])) <= 17 + 4 * MOST_VERSION else None


def _text(key: str) -> str:
    body = request.get_json(silent=True)
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, str) and len(value) <= 200 else abort(400)
