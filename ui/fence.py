"""Who may talk to a page of the kiosk, and what a page may load.

- The Host header must be ours: a foreign name that resolves to this box (DNS rebinding) is refused.
- An Origin, where a browser sends one, must be `http(s)://` and one of our hosts; every POST must have one.
- No inline script or style, nothing from outside, no cookie, no referrer, no frame but those named.
- Pages and answers are never stored; static files are checked again by their ETag at each use.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request


def fence(app: Flask, is_ours: Callable[[str], bool], frame_ancestors: str, extra: Callable[[], str] = str) -> None:
    """Put the fence around `app`.

    is_ours          whether a value of the Host header ("127.0.0.1:8080") is one of ours
    frame_ancestors  the CSP sources that may frame the page: "'none'" or origins
    extra            further CSP directives, asked at each answer
    """

    @app.before_request
    def refuse_strangers() -> None:
        if not is_ours(request.host.lower()):
            abort(421)  # misdirected request, RFC 9110 section 15.5.20
        origin = request.headers.get("Origin")
        if origin is None:
            if request.method not in ("GET", "HEAD"):
                abort(403)
            return
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not is_ours(parts.netloc.lower()):
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
