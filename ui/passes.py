"""The offer of a pass after a check-in: one touch on the visitor's screen, and the screen shows it as a QR code.

POST /pass {"view": N, "language": TAG} -> {"shown": true}, and printed where a printer is; false: it was too late

The pass goes to the page with its view and with no other: what is no longer on the screen is not told to a late page.
"""

from collections.abc import Callable
from typing import Protocol

import segno
from flask import Flask, Response, jsonify, request

from ui.form.desk import Outcome
from ui.place import Place
from ui.screen import Feed, View


class PassDesk(Protocol):
    """The gate's side of the offer."""

    def give(self, view: int) -> str:
        """The text of a pass for the visitor whom the view of that number lets in, shown by the gate before this
        returns; "" when another visitor was answered since. Within 2 s."""
        ...


def add_passes(app: Flask, desk: PassDesk, place: Place, print_receipt: Callable[[Outcome, str], bool] | None) -> None:
    """Put the offer into the kiosk's app."""

    @app.post("/pass")
    def take_pass() -> Response:
        body = request.get_json(silent=True)
        view, language = (body.get("view"), body.get("language")) if isinstance(body, dict) else (None, None)
        if type(view) is not int or language not in place.languages:
            return Response(status=400)
        text = desk.give(view)
        if text and print_receipt is not None:
            print_receipt(Outcome("ALLOW", (), "", text), language)
        return jsonify({"shown": bool(text)})


def drawn(feed: Feed, number: int, view: View) -> dict[str, object] | None:
    """The QR code of the pass on `view`, a path in a square of `size`; None on every other view and on an old one."""
    return None if not view.code or feed.latest()[0] != number else as_path(view.code)


def as_path(text: str, error: str = "m") -> dict[str, object]:
    """The QR code of a text as an SVG path in a square of `size` modules, without its quiet zone."""
    rows = segno.make(text, error=error, micro=False, boost_error=False).matrix
    runs = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return {"size": len(rows), "path": "".join(runs)}
