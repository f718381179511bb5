"""A place's own page: a report card with dates. It says what holds, since when and why, and shames nobody."""

from typing import TYPE_CHECKING, Any

from flask import Response, abort, g, jsonify

from central.map.asking import spend
from central.map.cards import Card, card_of
from central.map.directory import described, directory
from central.map.model import STATES, Facility, Shown
from central.map.open_views import place_in
from central.web.console import show_open

if TYPE_CHECKING:
    from central.web.app import Site


def page(site: "Site", venue: str) -> str:
    """GET /map/place/ID; 404 for a place that is not listed."""
    spend(site)
    place, shown = _listed(site, venue)
    with site.engine.connect().execution_options(reads_only=True) as connection:
        card: Card = card_of(connection, place, g.language, site.now_ms())
    return show_open(
        "map/place.html",
        place=place,
        state=STATES[shown.state],
        since_ms=shown.since_ms,
        where=place_in(place),
        card=card,
        now_ms=site.now_ms(),
    )


def as_json(site: "Site", venue: str) -> Response:
    """GET /map/place/ID.json: the place as snapshots carry it."""
    spend(site)
    place, shown = _listed(site, venue)
    told: dict[str, Any] = described(place, shown)
    answer = jsonify(told)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _listed(site: "Site", venue: str) -> tuple[Facility, Shown]:
    with directory(site).shelf() as shelf:
        number = shelf.numbers.get(venue)
        if number is None:
            abort(404)
        return shelf.places[number], shelf.shown[number]
