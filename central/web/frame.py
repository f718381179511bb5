"""What every page of the centre has in common: the reader's language, the words, and the headers of each answer."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request

from central.web.console import SAID
from central.web.menu import menu_groups
from central.web.words import LANGUAGES, area_of, clock, day_of, duration, number, say

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAMED_ANYWHERE = _CSP.replace("frame-ancestors 'none'", "frame-ancestors *")  # for what others put into their pages


def begin_page() -> None:
    """Before any page: whose language it is, and the words."""
    g.language = _language()
    g.words = words()


def harden(answer: Response) -> Response:
    """The headers of an answer; what a view has said itself of caching and framing stands."""
    answer.headers.setdefault("Content-Security-Policy", _CSP)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    # Not "no-referrer": a browser then calls the origin of our own forms "null" (Fetch, "request Origin header").
    answer.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        answer.headers.setdefault("Cache-Control", "no-store")
    if g.get("said_shown"):
        answer.delete_cookie(SAID)
    if request.args.get("lang") in LANGUAGES:
        answer.set_cookie("gatepost_language", request.args["lang"], httponly=True, samesite="Lax")
    return answer


def words() -> dict[str, Any]:
    """What every template is given."""
    language = g.language
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    return {
        "language": language,
        "say": partial(say, language),
        "number": partial(number, language),
        "duration": partial(duration, language),
        "clock": clock,
        "area_of": partial(area_of, language),
        "day_of": day_of,
        "other": other,
        "other_link": "?" + urlencode({**request.args.to_dict(), "lang": other}),
        "asking": lambda: g.get("desk"),  # the officer who asks, where one does
        "menu_groups": menu_groups,
        "said": _said,
    }


def _language() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get("gatepost_language")):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _said() -> str:
    """The sentence that a change left for the next page; shown once. Nothing but a known key is ever shown."""
    key = request.cookies.get(SAID, "")
    if not key:
        return ""
    g.said_shown = True
    sentence = say(g.language, key)
    return "" if sentence == key.replace("_", " ") else sentence
