"""Scripts and shapes that bin/build-web has put together: /built/NAME, compressed for whoever takes that.

`?v=` of `built_url` changes with the file, so that a browser may keep it for a year.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, abort, request

if TYPE_CHECKING:
    from central.web.app import Site

FOLDER = Path(__file__).with_name("built")
_NAME = re.compile(r"[a-z][a-z0-9-]*\.(js|json|css|png|svg)")
_TYPES = {
    "js": "text/javascript",
    "json": "application/json",
    "css": "text/css",
    "png": "image/png",
    "svg": "image/svg+xml",
}


def page(_: "Site", name: str) -> Response:
    """GET /built/NAME; 404 for what was not built."""
    data, digest = read(name)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "") and (FOLDER / f"{name}.gz").exists()
    answer = Response(
        (FOLDER / f"{name}.gz").read_bytes() if zipped else data, mimetype=_TYPES[name.rpartition(".")[2]]
    )
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    forever = request.args.get("v") == digest
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
    answer.set_etag(f"{digest}{'-gzip' if zipped else ''}")
    answer.make_conditional(request)
    return answer


def built_url(name: str) -> str:
    """The address of a built file as it is today."""
    return f"/built/{name}?v={read(name)[1]}"


def read(name: str) -> tuple[bytes, str]:
    """(bytes, the first 16 hex digits of their SHA-256); ends the request with 404 for what was not built."""
    if not _NAME.fullmatch(name) or not (FOLDER / name).is_file():
        abort(404)
    return _read(name, (FOLDER / name).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(name: str, _: int) -> tuple[bytes, str]:
    data = (FOLDER / name).read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:16]
