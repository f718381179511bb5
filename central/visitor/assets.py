"""The files of the visitor's page that are not scripts: style, icons, words in eight languages, lists of options.

They are small, compressed once in a process' life, and named with the hash of what is in them (`?v=`).
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, abort, request

from central.visitor.icon import ICON_SIDES, draw_icon
from forms.bundled import BUNDLED
from forms.model import LANGUAGES, Coding
from forms.value_sets import value_sets

if TYPE_CHECKING:
    from central.web.app import Site

_LOCALES = Path(__file__).with_name("locales")
_STYLE = Path(__file__).parents[1] / "web" / "static" / "visitor.css"
_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """`digest` is the first 16 hex digits of the SHA-256 of `data`."""

    data: bytes
    zipped: bytes
    mimetype: str
    digest: str


def asset(data: bytes, mimetype: str) -> Asset:
    """`data` with its compressed form and its name."""
    zipped = gzip.compress(data, 9, mtime=0)
    return Asset(data, zipped if len(zipped) < len(data) else b"", mimetype, hashlib.sha256(data).hexdigest()[:16])


def answer(one: Asset, caching: str = "") -> Response:
    """An asset as the asking browser takes it; for ever where the address carries its digest."""
    forever = _YEAR if request.args.get("v") == one.digest else "no-cache"
    zipped = bool(one.zipped) and "gzip" in request.headers.get("Accept-Encoding", "")
    given = Response(one.zipped if zipped else one.data, mimetype=one.mimetype)
    if zipped:
        given.headers["Content-Encoding"] = "gzip"
    given.headers["Vary"] = "Accept-Encoding"
    given.headers["Cache-Control"] = caching or forever
    given.set_etag(f"{one.digest}{'-gzip' if zipped else ''}")
    given.make_conditional(request)
    return given


def style(_: "Site") -> Response:
    """GET /v/style.css"""
    return answer(style_asset())


def words(_: "Site", language: str) -> Response:
    """GET /v/words/LANGUAGE.json; 404 for a language that is not spoken here."""
    if language not in LANGUAGES:
        abort(404)
    return answer(words_asset(language))


def icon(_: "Site", side: int) -> Response:
    """GET /v/icon-SIDE.png"""
    if side not in ICON_SIDES:
        abort(404)
    return answer(icon_asset(side), "public, max-age=604800")


def option_list(_: "Site", name: str) -> Response:
    """GET /v/lists/NAME.json {"system", "options": [[code, name or {language: name}, group]]}: what forms name."""
    url = BUNDLED + name
    if url not in value_sets():
        abort(404)
    return answer(_list_asset(url), "public, max-age=604800")


def style_asset() -> Asset:
    """The style sheet as it is on the disk now."""
    return _style_at(_STYLE.stat().st_mtime_ns)


@cache
def words_of(language: str) -> dict[str, str]:
    """key -> sentence in one of LANGUAGES."""
    found: dict[str, str] = json.loads((_LOCALES / f"{language}.json").read_text("utf-8"))
    return found


@cache
def words_asset(language: str) -> Asset:
    """The sentences of a language, compact."""
    text = json.dumps(words_of(language), ensure_ascii=False, separators=(",", ":"))
    return asset(text.encode(), "application/json")


@cache
def icon_asset(side: int) -> Asset:
    """The icon of the installed page."""
    return asset(draw_icon(side), "image/png")


@cache
def _style_at(_: int) -> Asset:
    return asset(_STYLE.read_bytes(), "text/css")


@cache
def _list_asset(url: str) -> Asset:
    options = value_sets()[url]
    system = next((one.value.system for one in options if isinstance(one.value, Coding)), "")
    rows = []
    for one in options:
        if isinstance(one.value, Coding):
            texts = dict(one.text.texts)
            rows.append([one.value.code, texts if len(texts) > 1 else one.text.in_("vi"), one.group])
    text = json.dumps({"system": system, "options": rows}, ensure_ascii=False, separators=(",", ":"))
    return asset(text.encode(), "application/json")
