"""Pages for everybody: places named in public, and "call me back" of an alert. Nobody is named on them."""

from typing import TYPE_CHECKING

from flask import Response, request

from central.alerts.callbacks import CODE_LETTERS, ask_back, is_open
from central.alerts.limits import limits
from central.alerts.public import feed, feed_json
from central.alerts.reachable import LANGUAGES
from central.alerts.visitor_words import NAMES, words_for
from central.authority.days import at
from central.web.console import show_open

if TYPE_CHECKING:
    from central.web.app import Site


def feed_json_page(site: "Site") -> Response:
    """GET /feed.json: may be read from any site."""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        body = feed_json(feed(connection, site.now_ms()), limits().helpline, site.now_ms())
    answer = Response(body, mimetype="application/json")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def feed_page(site: "Site") -> str:
    """GET /feed"""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        rows = feed(connection, site.now_ms())
    return show_open("alerts/feed.html", rows=rows, at=at, helpline=limits().helpline, **_spoken())


def call_back_page(site: "Site", code: str) -> str | tuple[str, int]:
    """GET: the button. POST: the call stands on the station's list. No code looks like one that was used."""
    code = code[: CODE_LETTERS * 2]
    if request.method == "POST":
        with site.engine.begin() as connection:
            done = ask_back(connection, code, limits(), site.now_ms())
        state = "asked" if done else "over"
    else:
        with site.engine.connect().execution_options(reads_only=True) as connection:
            state = "open" if is_open(connection, code, site.now_ms()) else "over"
    page = show_open("alerts/call_back.html", state=state, helpline=limits().helpline, **_spoken())
    return page if state != "over" else (page, 404)


def _spoken() -> dict[str, object]:
    """The visitor's language: asked for, else the browser's first that we have, else Vietnamese."""
    wanted = request.args.get("in", "")
    best = request.accept_languages.best_match(LANGUAGES)
    spoken = wanted if wanted in LANGUAGES else best or "vi"
    return {"spoken": spoken, "tell": words_for(spoken), "names": NAMES}
