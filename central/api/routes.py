"""The addresses of the programs' interface, as docs/openapi.yaml names them: a test holds the two together."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, Response, jsonify

from central.api import fhir, reading
from central.api.asking import MOST_ROWS, Form, Purses, admit, day, like, one_of, refused, whole
from central.web.entering import roles
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_STATES = ("suspected", "confirmed", "ruled_out", "expired", "merged", "closed")
_LIMIT: dict[str, Form] = {"limit": whole(1, MOST_ROWS)}
_NUMBER: dict[str, Form] = {**_LIMIT, "after": whole(0, 1 << 53)}
_CASE_ID = like(r"BN-[0-9]{4}-[0-9]{6}")


class Route(NamedTuple):
    """One address. `parts` are how the parts of the address read; `writes`: it notes a look before it answers."""

    rule: str
    name: str
    read: Callable[..., Mapping[str, Any]]
    takes: Mapping[str, Form] = {}
    parts: Mapping[str, Form] = {}
    writes: bool = False


ROUTES = (
    Route("/api/v1/health", "api_health", reading.health),
    Route("/api/v1/places", "api_places", reading.places, _NUMBER),
    Route(
        "/api/v1/counts",
        "api_counts",
        reading.counts,
        {**_LIMIT, "after": like(r"[\w.-]{0,64}"), "day": day, "by": one_of("place", "ward", "province")},
    ),
    Route(
        "/api/v1/cases",
        "api_cases",
        reading.cases,
        {**_LIMIT, "after": _CASE_ID, "state": one_of(*_STATES)},
        writes=True,
    ),
    Route("/api/v1/cases/<case_id>", "api_case", reading.case, parts={"case_id": _CASE_ID}, writes=True),
    Route(
        "/api/v1/cases/<case_id>/contacts",
        "api_contacts",
        reading.contacts,
        _NUMBER,
        {"case_id": _CASE_ID},
        writes=True,
    ),
    Route("/api/v1/zones", "api_zones", reading.zones, {"at": whole(0, 4_102_444_800_000)}),
    Route("/api/v1/releases", "api_releases", reading.releases, _NUMBER),
    Route("/api/v1/certificates", "api_certificates", reading.certificates, _NUMBER),
    Route("/api/v1/certificates/<number>", "api_certificate", reading.certificate, parts={"number": whole(1, 1 << 53)}),
)


def add_routes(app: Flask, site: "Site") -> None:
    """Give `app` every address under /api/v1 and /fhir. Each asks for its own token."""
    purses = Purses()
    for route in ROUTES:
        _add(app, route.rule, route.name, partial(_answer, site, purses, route))
    for rule, name, view in fhir.routes(site, purses):
        _add(app, rule, name, view)


def _add(app: Flask, rule: str, name: str, view: Callable[..., Response]) -> None:
    # Every method comes here, so that what is not GET is refused in the words of this interface.
    app.add_url_rule(rule, name, view, methods=list(_METHODS), provide_automatic_options=False)


def _answer(site: "Site", purses: Purses, route: Route, **parts: str) -> Response:
    try:
        ask = admit(site, roles(), purses, route.takes)
        named = {name: _part(route.parts[name], text) for name, text in parts.items()}
        if route.writes:
            with site.engine.begin() as connection:
                return jsonify(route.read(ask, connection, **named))
        with site.engine.connect().execution_options(reads_only=True) as connection:
            return jsonify(route.read(ask, connection, **named))
    except Refused as refusal:
        return refused(refusal)


def _part(form: Form, text: str) -> Any:
    """A part of the address that cannot be one names nothing. Raises Refused("unknown")."""
    try:
        return form(text)
    except ValueError as error:
        raise Refused("unknown", "address") from error
