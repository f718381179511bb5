"""The shell of the visitor's page: an almost empty page that says which files belong to it, and its service workers."""

import json
from typing import TYPE_CHECKING, Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from central.visitor.assets import answer, asset, style_asset, words_asset, words_of
from central.web import built
from forms.model import LANGUAGES

if TYPE_CHECKING:
    from central.web.app import Site

_OWN = "gatepost_spoken"  # the visitor's page has eight languages, the house's other pages two
_MOST_CODE = 1200  # characters of a poster's code; the longest that encode_venue makes has about 700


def way(_: "Site") -> AnyResponse:
    """GET /v"""
    return redirect("/v/", 308)


def page(_: "Site") -> Response:
    """GET /v/"""
    return _shell()


def poster(_: "Site", code: str) -> Response | tuple[str, int]:
    """GET /GPV1/CODE: the same page; its script reads the code from the address. Nothing of it is looked at here."""
    if len(code) > _MOST_CODE:
        return "", 404
    return _shell()


def worker(_: "Site") -> Response:
    """GET /v/sw.js and /GPV1/sw.js: the script, with the list of files that a phone keeps to work without a network."""
    data, _digest = built.read("visitor-sw.js")
    files = _files()
    kept = ["/v/", files["style"], files["app"], files["icon"], words_url(_language())]
    head = f"self.GATEPOST_FILES={json.dumps(kept)};\n"
    return answer(asset(head.encode() + data, "text/javascript"), "no-cache")


def manifest(_: "Site") -> Response:
    """GET /v/manifest.webmanifest"""
    tell = words_of(_language())
    icons: list[dict[str, Any]] = [
        {"src": f"/v/icon-{side}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    shortcuts = [
        {"name": tell["nav.pass"], "url": "/v/#pass"},
        {"name": tell["nav.scan"], "url": "/v/#scan"},
        {"name": tell["nav.well"], "url": "/v/#well"},
    ]
    held = {
        "id": "/v/",
        "name": tell["app.name"],
        "short_name": tell["app.short"],
        "start_url": "/v/",
        "scope": "/v/",
        "display": "standalone",
        "lang": _language(),
        "background_color": "#F6F4EE",
        "theme_color": "#0B5563",
        "icons": icons,
        "shortcuts": shortcuts,
    }
    return answer(asset(json.dumps(held, ensure_ascii=False).encode(), "application/manifest+json"), "no-cache")


def words_url(language: str) -> str:
    """Where the sentences of a language stand, as they are today."""
    return f"/v/words/{language}.json?v={words_asset(language).digest}"


def _shell() -> Response:
    language = _language()
    shown = render_template(
        "visitor/shell.html",
        language=language,
        tell=words_of(language),
        files=_files(),
        words_urls={one: words_url(one) for one in LANGUAGES},
        words_url=words_url(language),
    )
    given = answer(asset(shown.encode(), "text/html"), "no-cache")
    given.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    return given


def _files() -> dict[str, str]:
    """What the page is made of: `old` for browsers without Ed25519, `jsqr` for those that read no codes themselves."""
    scripts = {name: built.built_url(f"visitor-{name}.js") for name in ("app", "old", "jsqr")}
    return {"style": f"{url_for('visitor_style')}?v={style_asset().digest}", **scripts, "icon": "/v/icon-192.png"}


def _language() -> str:
    chosen = request.cookies.get(_OWN, "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "vi"
