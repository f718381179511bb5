"""Who may talk to a page of the kiosk, and what a page may load.

- The Host header must be ours: a foreign name that resolves to this box (DNS rebinding) is refused.
- An Origin, where a browser sends one, must be `http(s)://` and one of our hosts; every POST must have one.
- No inline script or style, nothing from outside, no cookie, no referrer, no frame but those named.
- A body whose JSON is nested beyond what can be read is answered 400 and leaves no trace in the log.
- Pages and answers are never stored; static files are checked again by their ETag at each use.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask.json.provider import DefaultJSONProvider


class _Json(DefaultJSONProvider):
    """How bodies are read."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raises ValueError for what is no JSON; 400 for thousands of brackets, where Python raises RecursionError."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            abort(400, "The JSON of this request is nested too deeply.")


def fence(app: Flask, is_ours: Callable[[str], bool], frame_ancestors: str, extra: Callable[[], str] = str) -> None:
    """Put the fence around `app`.

    is_ours          whether a value of the Host header ("127.0.0.1:8080") is one of ours
    frame_ancestors  the CSP sources that may frame the page: "'none'" or origins
    extra            further CSP directives, asked at each answer
    """

    provider = _Json(app)
    provider.ensure_ascii = getattr(app.json, "ensure_ascii", True)
    app.json = provider

    @app.before_request
    def refuse_strangers() -> None:
        if not is_ours(request.host.lower()):
            abort(421)  # misdirected request, RFC 9110 section 15.5.20
        origin = request.headers.get("Origin")
        if origin is None:
            if request.method not in ("GET", "HEAD"):
                abort(403)
            return
        if not _is_of_ours(origin, is_ours):
            abort(403)

    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {frame_ancestors}"
    )

    @app.after_request
    def close_doors(response: Response) -> Response:
        more = extra()
        response.headers["Content-Security-Policy"] = f"{policy}; {more}" if more else policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_of_ours(origin: str, is_ours: Callable[[str], bool]) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:  # "http://[": no address that could be ours
        return False
    return parts.scheme in ("http", "https") and is_ours(parts.netloc.lower())
