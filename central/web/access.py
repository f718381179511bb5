"""Who may look: an operator with the token, and nobody else.

- The link printed at start carries the token once; it becomes a cookie, and the address bar is clean again.
- /health.json alone is open, to this machine only and not through a proxy: a monitor needs no secret.
- A request under a foreign host name is refused (DNS rebinding), so is any change that comes from a page elsewhere
  (Origin, Sec-Fetch-Site). The cookies of sessions are SameSite=Strict besides.
"""

import hashlib
import hmac
import ipaddress
from urllib.parse import urlsplit

from flask import Request

COOKIE = "gatepost_operator"
_ONLY_LOOK = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_of(token: str) -> str:
    """What the cookie holds: not the token itself, which would be readable in a browser's storage."""
    return hmac.new(token.encode(), b"gatepost operator cookie", hashlib.sha256).hexdigest()


def is_token(given: str, token: str) -> bool:
    """Whether the link carried the right token."""
    return hmac.compare_digest(given.encode(), token.encode())


def is_operator(request: Request, token: str) -> bool:
    """Whether the request carries the cookie, or the token as a bearer (for programs)."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    cookie = request.cookies.get(COOKIE, "").encode()
    return hmac.compare_digest(bearer, token.encode()) or hmac.compare_digest(cookie, cookie_of(token).encode())


def is_this_machine(request: Request) -> bool:
    """Whether it came over loopback and no proxy passed it on."""
    proxied = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return not proxied and _is_loopback(request.remote_addr or "")


def host_allowed(request: Request, names: frozenset[str]) -> bool:
    """Whether the Host header is an address, localhost or one of our names."""
    host = urlsplit(f"//{request.host}").hostname or ""
    return host == "localhost" or host in names or _is_address(host)


def origin_allowed(request: Request) -> bool:
    """Whether a request comes from a program (no Origin) or from a page of ours."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return False
    # What a browser itself says of who asks (W3C Fetch Metadata); links from elsewhere may lead here, forms may not.
    return request.method in _ONLY_LOOK or request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ipaddress.ip_address(address).is_loopback


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
