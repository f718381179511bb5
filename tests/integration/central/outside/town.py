"""A centre with four places, as outsiders meet it, and what they throw at it."""

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.authority.once import token
from central.web.app import Site
from central.web.console import OpenPage, open_pages
from central.web.public import STAFF
from tests.parts.centre import NOW_MS, Centre

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
FORMULA = "=HYPERLINK(0)"
MINE, OTHERS, HIDDEN, CLOSED = "v-26743-aaaa", "v-00070-bbbb", "v-26743-cccc", "v-26743-dddd"
OPEN = [page for page in open_pages() if page not in STAFF]
"""Every address that anybody may ask of the public process."""


@dataclass(slots=True)
class Town:
    """A centre with four places: two on the map, one that never came there, one that is closed."""

    centre: Centre
    site: Site
    public: Flask
    officers: Flask
    now_ms: int = NOW_MS


def filled(rule: str, venue: str = MINE, part: str = "1") -> str:
    """The address of a rule."""
    parts = []
    for piece in rule.split("/"):
        name = piece.partition("<")[2].partition(">")[0].rpartition(":")[2]
        whole = f"<{piece.partition('<')[2].partition('>')[0]}>"
        known = {"": "", "venue": venue, "language": "vi", "province": "79", "side": "192"}
        parts.append(piece.replace(whole, known.get(name, part)) if name else piece)
    return "/".join(parts)


def ask(client: FlaskClient, page: OpenPage, method: str, *, part: str = "1", **more: Any) -> TestResponse:
    venue = MINE if part == "1" else part
    return client.open(filled(page.rule, venue, part), method=method, **more)


def text_of(client: FlaskClient, path: str) -> str:
    """What stands there; its file is closed as a server closes it."""
    answer = client.get(path)
    try:
        assert answer.status_code == 200, path
        return answer.text
    finally:
        answer.close()


def form_for(method: str) -> dict[str, str] | None:
    """What an honest page's form would send along, so that nothing else is refused first."""
    return {"once": token(), "words": "x", "pledge": "1"} if method == "POST" else None


def rubbish() -> list[tuple[bytes, str]]:
    form, sent, parts = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"
    deep = b"[" * 20_000 + b"]" * 20_000
    return [
        (b"", form),
        (b"a=%00&once=%ff%fe&code=%F0%9F%92%A9", form),
        (b"&".join(b"f%d=1" % n for n in range(3000)), form),
        (b"{", sent),
        (deep, sent),
        (b'{"pass": 1, "at_ms": 1e400, "body": [], "signature": null}', sent),
        (b'{"holder": "' + b"A" * 60_000 + b'", "companions": 99999999999999999999999}', sent),
        (b'"\\ud800"', sent),
        (
            b"--x\r\nContent-Disposition: form-data; name=picture; filename=a.png\r\n\r\nGIF89a\r\n--x--\r\n",
            f"{parts}; boundary=x",
        ),
    ]


def png_of(width: int, height: int) -> bytes:
    """A black picture, eight bits of each of four colours (PNG, sections 5 and 11), as far as its first rows."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    rows = zlib.compress(bytes((1 + width * 4) * 8))
    parts = (b"IHDR" + head, b"IDAT" + rows, b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts
    )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
