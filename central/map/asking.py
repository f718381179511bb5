"""How often one network may ask for what costs this process some milliseconds; and answers made small."""

import gzip
import re
from typing import TYPE_CHECKING

from flask import Response, request

from central.phones.limits import LOOKS, networks_of

if TYPE_CHECKING:
    from central.web.app import Site

_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


def spend(site: "Site") -> None:
    """One look at a list, a place or a file. Raises Refused("too_fast")."""
    networks = networks_of(request.remote_addr, request.headers.get("X-Forwarded-For"))
    site.phones.counter.take("map", LOOKS, networks, site.now_ms())


def takes_gzip(accepted: str) -> bool:
    """PURE. Whether a reader who sends this Accept-Encoding can be given gzip (RFC 9110, 12.5.3)."""
    return "gzip" in accepted and not _NO_GZIP.search(accepted)


def packed(page: str) -> Response:
    """A page as small as its reader takes it: the provinces' shapes stand on it. It holds no secret that its length
    could tell (BREACH)."""
    answer = Response(page.encode(), mimetype="text/html")
    answer.vary.add("Accept-Encoding")
    if takes_gzip(request.headers.get("Accept-Encoding", "")):
        answer.set_data(gzip.compress(answer.get_data(), 4, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
