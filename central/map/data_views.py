"""Open data: snapshot and base files for open maps, and the whole as CSV and GeoJSON with its dates.

All of it may be read from any site, is conditional (ETag), and names no person. States stand in today's words and in
those of the dashboard of 2021.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Response, abort, request, send_file

from central.authority.days import at
from central.map.asking import spend, takes_gzip
from central.map.directory import Directory, File, directory
from central.map.model import PROVINCES, STATES, STATES_2021, Facility, Shown
from central.map.shaping.dissolving import ISLANDS
from central.statements import run
from central.tracing.exporting import safe
from central.web.console import show_open
from central.zoning.names import official

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from central.web.app import Site

PLACES = (
    *("id", "name", "kind", "province", "province_name", "ward", "ward_name", "address", "lat", "lon"),
    *("state", "state_2021", "since", "until"),
)
HISTORY = ("place", "at", "state", "state_2021", "cause", "until")
LICENCE = "Free to use for any purpose; name the source and the date of the data."
_ROWS = 2_000
_EVENTS = (
    "SELECT e.id, p.id, e.at_ms, e.state, e.cause, e.until_ms FROM facility_event e JOIN place p ON p.number = e.place"
    " WHERE e.id > ? AND p.listed_ms IS NOT NULL AND p.closed_ms IS NULL ORDER BY e.id LIMIT ?"
)
_MARK = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8


def page(_: "Site") -> str:
    """GET /map/open: what there is, and what its columns mean."""
    return show_open("map/data.html", places=PLACES, history=HISTORY, pairs=zip(STATES, STATES_2021, strict=True))


def snapshot(site: "Site") -> Response:
    """GET /map/snapshot.json, where nothing stands before the app (central.map.quick)."""
    return _of_file(directory(site).snapshot())


def province(site: "Site", province: str) -> Response:
    """GET /map/places/CODE.json: the places of a province that have a point."""
    if province not in PROVINCES:
        abort(404)
    return _of_file(directory(site).province(province))


def places_csv(site: "Site") -> Response:
    """GET /map/open/places.csv"""
    kept = directory(site)

    def parts() -> Iterator[bytes]:
        return _csv(PLACES, (_row(place, shown) for place, shown in _all(kept)))

    return _handed(site, "places.csv", "text/csv", kept.version(), parts)


def places_geojson(site: "Site") -> Response:
    """GET /map/open/places.geojson (RFC 7946); both island districts stand in it as labels."""
    kept = directory(site)
    return _handed(
        *(site, "places.geojson", "application/geo+json"),
        kept.version(),
        lambda: _geojson(_all(kept), site.now_ms()),
    )


def history_csv(site: "Site") -> Response:
    """GET /map/open/history.csv: every change of state of the places that are listed."""
    version = directory(site).version()
    return _handed(site, "history.csv", "text/csv", version, lambda: _csv(HISTORY, _events(site.engine)))


def _all(kept: Directory) -> list[tuple[Facility, Shown]]:
    with kept.shelf() as shelf:
        held = list(shelf.all())
    return sorted(held, key=lambda pair: pair[0].id)


def _of_file(file: File) -> Response:
    zipped = takes_gzip(request.headers.get("Accept-Encoding", ""))
    answer = _headed(Response(file.zipped if zipped else file.data, mimetype="application/json"), file.tag)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.make_conditional(request)
    return answer


def _handed(site: "Site", name: str, kind: str, version: str, parts: Callable[[], Iterator[bytes]]) -> Response:
    spend(site)
    made = directory(site).files.get(name, version, parts)
    zipped = takes_gzip(request.headers.get("Accept-Encoding", ""))
    path = made.zipped if zipped else made.plain
    answer = send_file(path, mimetype=kind, etag=f"{made.tag}{'-gzip' if zipped else ''}", download_name=name)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _headed(answer: Response, tag: str) -> Response:
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    yield _MARK
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % _ROWS == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _row(place: Facility, shown: Shown) -> tuple[Any, ...]:
    """By PLACES; what people have typed begins no formula."""
    typed = {"id": safe(place.id), "name": safe(place.name), "address": safe(place.address)}
    return tuple((_told(place, shown) | typed).values())


def _told(place: Facility, shown: Shown) -> dict[str, Any]:
    """By PLACES. Times as ISO 8601 in Viet Nam."""
    until = place.until_ms if shown.since_ms != place.until_ms else None
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "province": place.province,
        "province_name": official("province", place.province, "vi"),
        "ward": place.ward,
        "ward_name": official("ward", place.ward, "vi"),
        "address": place.address,
        "lat": place.lat,
        "lon": place.lon,
        "state": STATES[shown.state],
        "state_2021": STATES_2021[shown.state],
        "since": iso(shown.since_ms),
        "until": None if until is None else iso(until),
    }


def _geojson(held: Iterable[tuple[Facility, Shown]], now_ms: int) -> Iterator[bytes]:
    head = {"type": "FeatureCollection", "licence": LICENCE, "at": iso(now_ms)}
    labels = [
        _feature(f"label-{one['province']}", one["lon"], one["lat"], {"kind": "label", "name": one["name"]})
        for one in ISLANDS
    ]
    yield json.dumps(head, ensure_ascii=False).removesuffix("}").encode() + b', "features": [\n'
    yield ",\n".join(labels).encode()
    some: list[str] = []
    for place, shown in held:
        told = _told(place, shown)
        some.append(_feature(place.id, place.lon, place.lat, {k: told[k] for k in PLACES if k not in _APART}))
        if len(some) == _ROWS:
            yield (",\n" + ",\n".join(some)).encode()
            some.clear()
    yield ("".join(f",\n{one}" for one in some) + "\n]}\n").encode()


_APART = ("id", "lat", "lon")


def _feature(name: str, lon: float | None, lat: float | None, properties: dict[str, Any]) -> str:
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    whole = {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
    return json.dumps(whole, ensure_ascii=False)


def _events(engine: "Engine") -> Iterator[tuple[Any, ...]]:
    """Rows by HISTORY, read in pages: no answer holds a connection for as long as a slow reader takes."""
    after = 0
    while True:
        with engine.connect().execution_options(reads_only=True) as connection:
            rows = run(connection, _EVENTS, (after, _ROWS)).all()
        for _, venue, at_ms, state, cause, until in rows:
            known = STATES_2021[STATES.index(state)]
            yield safe(venue), iso(at_ms), state, known, cause, None if until is None else iso(until)
        if len(rows) < _ROWS:
            return
        after = rows[-1][0]


def iso(at_ms: int) -> str:
    """A time of Viet Nam to the second."""
    return at(at_ms).isoformat(timespec="seconds")
