"""A short way to the snapshot, before Flask: thousands of open maps ask for it every two seconds.

Host and Origin are not looked at here: the file is for everybody, holds nothing of a person and changes nothing.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from central.map.asking import takes_gzip
from central.map.directory import Directory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/map/snapshot.json"
_HEADERS = [
    ("Cache-Control", "no-cache"),
    ("Vary", "Accept-Encoding"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag"),
    ("X-Content-Type-Options", "nosniff"),
]


class Quick:
    """Answers PATH itself and leaves all else to `inner`."""

    def __init__(self, inner: "WSGIApplication", directory: Directory) -> None:
        self.inner, self._directory = inner, directory

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.inner(environ, start)
        try:
            file = self._directory.snapshot()
        except SQLAlchemyError:
            start("503 Service Unavailable", [("Retry-After", "5"), ("Content-Length", "0")])
            return [b""]
        if file.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start("304 Not Modified", [*_HEADERS, ("ETag", file.tag)])
            return [b""]
        zipped = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body = file.zipped if zipped else file.data
        more = [("Content-Encoding", "gzip")] if zipped else []
        sized = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("ETag", file.tag)]
        start("200 OK", [*_HEADERS, *sized, *more])
        return [body if environ["REQUEST_METHOD"] == "GET" else b""]


def begin(app: Any, site: Any) -> None:
    """Put the short way before an app."""
    kept = Directory(site.engine, site.now_ms)
    app.extensions["gatepost_map"] = kept
    app.wsgi_app = Quick(app.wsgi_app, kept)
